/** A page with a scripted server behind its WebSocket: a screen can be put into any state. */
import type { Page, WebSocketRoute } from "playwright-core";
import type { ClientFrame, Event, MeetingView, Rejection, ServerFrame } from "../../src/protocol/protocol";
import { NOW } from "./fixture";
import type { Traffic } from "./traffic";

/** A page whose server is the test. `House.play` puts one on. */
export class Stage {
  readonly page: Page;
  readonly traffic: Traffic;
  /** Commands that came in. */
  readonly commands: Extract<ClientFrame, { type: "submit" }>[] = [];
  /** What the page has complained of. */
  readonly errors: readonly string[];
  readonly #view: MeetingView;
  #socket: WebSocketRoute | null = null;
  #seq = 10;
  #cut = false;

  constructor(page: Page, traffic: Traffic, errors: readonly string[], view: MeetingView) {
    this.page = page;
    this.traffic = traffic;
    this.errors = errors;
    this.#view = view;
  }

  /** The page has opened its line. */
  connect(socket: WebSocketRoute): void {
    if (this.#cut) return void socket.close();
    this.#socket = socket;
    socket.onMessage((text) => this.#receive(JSON.parse(String(text)) as ClientFrame));
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

  #receive(frame: ClientFrame): void {
    const view = this.#view;
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
