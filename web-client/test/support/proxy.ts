/** A hostile proxy between the browser and the server, one bad habit at a time, on real sockets. */
import { createServer, connect, type Server, type Socket } from "node:net";

export type Habit =
  | { is: "harmless" }
  /** Takes a request to upgrade and never answers it. */
  | { is: "swallows_upgrade" }
  | { is: "refuses_upgrade" }
  /** Refuses upgrades, and keeps what comes back until a response has ended. */
  | { is: "buffers" }
  /** Cuts a connection on which nothing comes back for so long. */
  | { is: "cuts_idle"; ms: number }
  /** Cuts every connection after so long. */
  | { is: "cuts_after"; ms: number }
  /** Everything that comes back is late, and now and then much later. */
  | { is: "slow"; delay_ms: number; stall_ms: number }
  /** Resets a connection in the middle of what comes back, somewhere within so many bytes, the pages' own files apart. */
  | { is: "resets"; within: number };

/** Whether a response that was kept has a length and is all there. */
function isComplete(kept: Buffer): boolean {
  const end = kept.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /content-length: *(\d+)/i.exec(kept.subarray(0, end).toString())?.[1];
  const status = kept.subarray(9, 12).toString();
  return length === undefined ? status === "304" || status === "204" : kept.length >= end + 4 + Number(length);
}

export class Proxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Connections that it has ended, or requests that it has not let through. */
  harm = 0;

  private constructor(
    readonly port: number,
    server: Server,
  ) {
    this.#server = server;
  }

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  static start(target: number, habit: Habit): Promise<Proxy> {
    return new Promise((resolve) => {
      const server = createServer();
      server.listen(0, "127.0.0.1", () => {
        const proxy = new Proxy((server.address() as { port: number }).port, server);
        server.on("connection", (client) => proxy.#serve(client, target, habit));
        resolve(proxy);
      });
    });
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: Socket, target: number, habit: Habit): void {
    this.#keep(client);
    client.once("data", (head) => {
      const upgrades = /\r\nupgrade:/i.test(head.toString("latin1"));
      if (upgrades && habit.is === "swallows_upgrade") {
        this.harm += 1;
        return;
      }
      if (upgrades && (habit.is === "refuses_upgrade" || habit.is === "buffers")) {
        this.harm += 1;
        client.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        return;
      }
      const server = connect(target, "127.0.0.1", () => {
        server.write(head);
        client.on("data", (bytes) => server.write(bytes));
      });
      this.#keep(server);
      const assets = /^GET /.test(head.toString("latin1")) && !upgrades;
      this.#bring(server, client, assets && habit.is === "resets" ? { is: "harmless" } : habit);
      client.on("close", () => server.destroy());
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    socket.on("close", () => this.#sockets.delete(socket));
  }

  #bring(server: Socket, client: Socket, habit: Habit): void {
    const cut = (): void => {
      this.harm += 1;
      client.resetAndDestroy();
      server.destroy();
    };
    let kept = Buffer.alloc(0);
    let left = habit.is === "resets" ? 1 + Math.floor(Math.random() * habit.within) : Infinity;
    let queue = Promise.resolve();
    let timer: ReturnType<typeof setTimeout> | undefined;
    if (habit.is === "cuts_after") timer = setTimeout(cut, habit.ms);
    const idle = (): void => {
      if (habit.is !== "cuts_idle") return;
      clearTimeout(timer);
      timer = setTimeout(cut, habit.ms);
    };
    idle();
    server.on("data", (bytes) => {
      idle();
      if (habit.is === "buffers") {
        kept = Buffer.concat([kept, bytes]);
        if (!isComplete(kept)) return;
        client.write(kept);
        kept = Buffer.alloc(0);
      } else if (habit.is === "slow") {
        const late_ms = habit.delay_ms + (Math.random() < 0.1 ? Math.random() * habit.stall_ms : 0);
        queue = queue.then(() => new Promise((resolve) => setTimeout(resolve, late_ms)));
        void queue.then(() => client.write(bytes));
      } else if (bytes.length >= left) {
        client.write(bytes.subarray(0, Math.floor(left / 2)), cut);
      } else client.write(bytes);
      left -= bytes.length;
    });
    server.on("end", () => {
      void queue.then(() => {
        if (kept.length > 0) client.write(kept);
        client.end();
      });
    });
    server.on("close", () => clearTimeout(timer));
  }
}
