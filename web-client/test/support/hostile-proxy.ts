/**
 * What stands between a city hall and the world, one bad habit at a time, on real sockets. The pages themselves come
 * through, as they do behind such proxies; the habit shows on the lines (`/ws`, `/api/…`), or on every connection.
 */
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import type { Duplex } from "node:stream";

/** Seconds are scaled down, so that a test lives to see them. */
export type Habit =
  | { is: "none" }
  /** Takes a request to upgrade and never answers it. */
  | { is: "swallows_upgrade" }
  /** Answers 403 to a request to upgrade. */
  | { is: "refuses_upgrade" }
  /** Refuses upgrades, and holds a response back until it has ended. */
  | { is: "buffers_responses" }
  /** Cuts a connection on which nothing has passed for so long. */
  | { is: "cuts_idle"; after_ms: number }
  /** Cuts every connection after so long. */
  | { is: "cuts_always"; after_ms: number }
  /** Adds a delay to everything that comes back, and every so many pieces a stall. */
  | { is: "slow"; delay_ms: number; stall_ms: number; every: number }
  /** Resets a connection in the middle of the so many-th piece that comes back on it. */
  | { is: "resets"; every: number };

export class HostileProxy {
  /** Connections ended, requests refused or swallowed, responses held back, pieces stalled. */
  harm = 0;
  /** Requests to upgrade that came in. */
  upgrades = 0;
  readonly #habit: Habit;
  readonly #target: URL;
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  #pieces = 0;

  private constructor(target: string, habit: Habit) {
    this.#habit = habit;
    this.#target = new URL(target);
    this.#server = createServer((asked, answer) => this.#ask(asked, answer));
    this.#server.on("connection", (socket: Socket) => this.#watch(socket));
    this.#server.on("upgrade", (asked: IncomingMessage, socket: Socket) => this.#upgrade(asked, socket));
  }

  static async start(target: string, habit: Habit): Promise<HostileProxy> {
    const proxy = new HostileProxy(target, habit);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The same page seen through the proxy. */
  through(link: string): string {
    return link.replace(this.#target.origin, this.address);
  }

  /** Resets everything that is open now, as a network does that a sleeping PC has left. */
  cutAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async end(): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => this.#sockets.delete(socket));
  }

  #cut(socket: Socket): void {
    if (socket.destroyed) return;
    this.harm += 1;
    socket.resetAndDestroy();
  }

  #watch(socket: Socket): void {
    this.#keep(socket);
    const habit = this.#habit;
    if (habit.is === "cuts_always") {
      const timer = setTimeout(() => this.#cut(socket), habit.after_ms);
      socket.once("close", () => clearTimeout(timer));
    }
    if (habit.is === "cuts_idle") socket.setTimeout(habit.after_ms, () => this.#cut(socket));
  }

  #upgrade(asked: IncomingMessage, socket: Socket): void {
    this.upgrades += 1;
    const { is } = this.#habit;
    if (is === "swallows_upgrade") {
      this.harm += 1;
      socket.resume();
      return;
    }
    if (is === "refuses_upgrade" || is === "buffers_responses") {
      this.harm += 1;
      socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
      return;
    }
    const server = connect(Number(this.#target.port), this.#target.hostname);
    this.#keep(server);
    server.setNoDelay(true);
    socket.setNoDelay(true);
    const head = [`${asked.method} ${asked.url} HTTP/1.1`];
    for (let index = 0; index < asked.rawHeaders.length; index += 2) {
      head.push(`${asked.rawHeaders[index]}: ${asked.rawHeaders[index + 1]}`);
    }
    server.write(`${head.join("\r\n")}\r\n\r\n`);
    socket.pipe(server);
    void this.#bring(server, socket, socket, true);
    socket.once("close", () => server.destroy());
  }

  #ask(asked: IncomingMessage, answer: ServerResponse): void {
    const line = asked.url?.startsWith("/api/") ?? false;
    const { hostname, port } = this.#target;
    const onward = request({ hostname, port, path: asked.url, method: asked.method, headers: asked.headers });
    asked.pipe(onward);
    answer.once("close", () => onward.destroy());
    onward.on("error", () => asked.socket.destroy());
    onward.on("response", (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      const slow = this.#habit.is === "slow" || this.#habit.is === "buffers_responses";
      // A held response says nothing at all until it has ended, not even that it was found.
      if (!slow) answer.flushHeaders();
      void this.#bring(response, answer, asked.socket, line);
    });
  }

  /** Brings back what the server says, as the habit is. */
  async #bring(from: AsyncIterable<Buffer>, to: Duplex | ServerResponse, socket: Socket, line: boolean): Promise<void> {
    const habit = this.#habit;
    const held: Buffer[] = [];
    let own_pieces = 0;
    try {
      for await (const piece of from) {
        if (line) this.#pieces += 1;
        own_pieces += 1;
        if (habit.is === "slow") await this.#wait(habit);
        if (habit.is === "buffers_responses" && line) held.push(piece);
        else if (habit.is === "resets" && line && own_pieces === habit.every) {
          to.write(piece.subarray(0, piece.length / 2), () => this.#cut(socket));
          return;
        } else to.write(piece);
      }
      for (const piece of held) to.write(piece);
      to.end();
    } catch {
      // Whichever side is gone takes the other one with it.
      socket.destroy();
    }
  }

  async #wait({ delay_ms, stall_ms, every }: Extract<Habit, { is: "slow" }>): Promise<void> {
    const stalls = this.#pieces % every === every - 1;
    if (stalls) this.harm += 1;
    await new Promise((resolve) => setTimeout(resolve, stalls ? delay_ms + stall_ms : delay_ms));
  }
}
