/** The built pages with a scripted server behind the WebSocket: a screen can be put into any state. */
import { preview, type PreviewServer } from "vite";
import type { BrowserContext, Page, WebSocketRoute } from "playwright-core";
import type { ClientFrame, Event, MeetingView, Rejection, ServerFrame } from "../../src/protocol/protocol";
import { NOW } from "./fixture";
import { Traffic } from "./traffic";

/** What the real server sends with every page. */
const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; " +
  "font-src 'self'; connect-src 'self' ws:; object-src 'none'; base-uri 'none'; form-action 'self'";

/** What stands for the picture of any poster. */
const POSTER =
  '<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1131"><rect width="1600" height="1131" fill="#e8f1fe"/>' +
  '<rect x="80" y="80" width="1440" height="200" fill="#0017c1"/><circle cx="480" cy="680" r="260" fill="#197a4b"/></svg>';

export async function servePages(): Promise<{ server: PreviewServer; address: string }> {
  const server = await preview({
    configFile: false,
    logLevel: "error",
    build: { outDir: "dist" },
    preview: { port: 0, host: "127.0.0.1", headers: { "Content-Security-Policy": POLICY } },
  });
  const port = (server.httpServer.address() as { port: number }).port;
  return { server, address: `http://127.0.0.1:${port}` };
}

/** A page whose server is the test. */
export class Stage {
  readonly page: Page;
  /** Commands that came in. */
  readonly commands: Extract<ClientFrame, { type: "submit" }>[] = [];
  readonly errors: string[] = [];
  readonly traffic: Traffic;
  #socket: WebSocketRoute | null = null;
  #seq = 10;
  #cut = false;

  private constructor(page: Page) {
    this.page = page;
    this.traffic = new Traffic(page);
  }

  static async open(context: BrowserContext, address: string, view: MeetingView): Promise<Stage> {
    const page = await context.newPage();
    const stage = new Stage(page);
    page.on("pageerror", (error) => stage.errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") stage.errors.push(message.text());
    });
    await page.routeWebSocket(/\/ws$/, (socket) => {
      if (stage.#cut) return void socket.close();
      stage.#socket = socket;
      socket.onMessage((text) => stage.#receive(JSON.parse(String(text)) as ClientFrame, view));
    });
    await page.route(/\/api\/way-in$/, (route) =>
      route.fulfill({ json: { short_code: "85KR-67MX", link: "https://engawa.example.jp/j#AQED".padEnd(110, "x") } }),
    );
    await page.route(/\/api\/meetings\/.*\/posters\//, (route) =>
      route.fulfill({ contentType: "image/svg+xml", body: POSTER }),
    );
    await page.goto(`${address}/j#TOKEN`);
    await page.getByText("つながっています").first().waitFor();
    return stage;
  }

  send(frame: ServerFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  /** Breaks the line and lets no other one through. */
  async cut(): Promise<void> {
    this.#cut = true;
    await this.#socket?.close();
  }

  /** Says no to the command that came in last. */
  refuse(rejection: Rejection): void {
    const client_seq = this.commands.at(-1)?.client_seq ?? 0;
    this.send({ type: "refused", rejections: [{ client_seq, rejection }] });
  }

  /** Says yes to the command that came in last. */
  accept(events: Event[] = [], created: number | null = null): void {
    const client_seq = this.commands.at(-1)?.client_seq ?? 0;
    const [from, to] = [this.#seq, this.#seq + 1];
    this.send({ type: "frame", from, to, events, acks: [{ client_seq, seq: to, created }], rejections: [] });
    this.#seq = to;
  }

  /** Lets events happen. */
  happen(events: Event[]): void {
    this.send({ type: "frame", from: this.#seq, to: this.#seq + 1, events, acks: [], rejections: [] });
    this.#seq += 1;
  }

  #receive(frame: ClientFrame, view: MeetingView): void {
    if (frame.type === "hello") {
      this.#seq = 10;
      this.send({
        type: "welcome",
        protocol: 1,
        meeting: view.meeting.id,
        position: { epoch: 1, seq: this.#seq },
        start: { from: "view", view },
        server_time: NOW,
        heartbeat_ms: 20_000,
      });
      this.send({ type: "presence", full: true, online: Object.keys(view.people).map(Number), offline: [] });
    } else if (frame.type === "ping") {
      this.send({ type: "pong", client_time: frame.client_time, server_time: NOW });
    } else if (frame.type === "submit") {
      this.commands.push(frame);
    }
  }
}
