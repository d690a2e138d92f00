/**
 * Carries out what the machine says: opens links, says hello, sends what is in the outbox, checks that frames follow
 * each other. Holds the position of the view, not the view; knows nothing of screens.
 */
import { LIMITS } from "../protocol/constants";
import type {
  Command,
  Event,
  Gesture,
  MeetingView,
  Position,
  Rejected,
  Rejection,
  Seq,
  ServerFrame,
} from "../protocol/protocol";
import type { ServerFrameOf } from "../meeting/events";
import type { Link, OpenLink } from "../link/link";
import type { ServerClock } from "./clock";
import { INITIAL, step, type Input, type State } from "./machine";
import { isPassing, RETRY_MS, type Outbox, type Pending } from "./outbox";

/** The one version of the protocol this page speaks. */
const PROTOCOL = 1;
/** Pings after a welcome, and the time between them. */
const PINGS = 4;
const PING_EVERY_MS = 400;

export type Outcome = { ok: true; seq: Seq; created: number | null } | { ok: false; rejection: Rejection };

export interface ConnectionEvents {
  stateChanged(state: State): void;
  /** A fresh view. */
  started(view: MeetingView): void;
  /** Events to fold; throws if it cannot. */
  happened(events: Event[]): void;
  /** A command's outcome is known; it has left the outbox. `awaited`: whoever sent it on this page learns it too. */
  settled(pending: Pending, outcome: Outcome, awaited: boolean): void;
  /** A command came into the outbox or left it. */
  outboxChanged(): void;
  presence(presence: ServerFrameOf<"presence">): void;
  gestured(gestured: ServerFrameOf<"gestured">): void;
}

/** A frame with a tag this page does not know (SPEC GN2). */
export class UnknownFrame extends Error {}

export interface ConnectionParts {
  token: string;
  outbox: Outbox;
  clock: ServerClock;
  openLink: OpenLink;
  /** Sends a command that is too large for a frame (SPEC CM10). */
  sendLarge: (pending: Pending) => Promise<Outcome>;
  events: ConnectionEvents;
  /** Whether folding failed because the server knows more than this page. */
  isUnknown: (error: unknown) => boolean;
}

export class Connection {
  readonly #parts: ConnectionParts;
  #state: State = INITIAL;
  #link: Link | null = null;
  #position: Position | null = null;
  #goodbye: ServerFrameOf<"goodbye"> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #waiters = new Map<number, (outcome: Outcome) => void>();

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  get state(): State {
    return this.#state;
  }

  start(): void {
    this.#take({ type: "start" });
  }

  /** The page woke up or the network came back. */
  wake(): void {
    this.#take({ type: "woken" });
  }

  /** Ends it all: the page goes elsewhere. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#link?.close();
    this.#link = null;
  }

  /** Puts a command on its way. Null when too many wait already. */
  submit(command: Command): { client_seq: number; outcome: Promise<Outcome> } | null {
    const pending = this.#parts.outbox.add(command);
    if (pending === null) return null;
    const outcome = new Promise<Outcome>((resolve) => this.#waiters.set(pending.client_seq, resolve));
    this.#parts.events.outboxChanged();
    if (this.#state.is === "live") this.#send(pending);
    return { client_seq: pending.client_seq, outcome };
  }

  /** Says what one is about to do; lost when there is no line. */
  gesture(gesture: Gesture): void {
    if (this.#state.is === "live") this.#link?.send({ type: "gesture", ...gesture });
  }

  #take(input: Input): void {
    const { state, effects } = step(this.#state, input);
    const changed = state !== this.#state;
    this.#state = state;
    for (const effect of effects) {
      switch (effect.do) {
        case "open":
          this.#open();
          break;
        case "greet":
          this.#greet();
          break;
        case "close":
          this.#link?.close();
          this.#link = null;
          break;
        case "drop_position":
          this.#position = null;
          break;
        case "resend":
          for (const pending of this.#parts.outbox.pending) this.#send(pending);
          break;
        case "measure_clock":
          this.#measure(PINGS);
          break;
        case "arm":
          clearTimeout(this.#timer);
          this.#timer = setTimeout(
            () => this.#take({ type: "timed_out", now_ms: Date.now(), chance: Math.random() }),
            effect.ms,
          );
          break;
        case "disarm":
          clearTimeout(this.#timer);
          break;
      }
    }
    if (changed) this.#parts.events.stateChanged(state);
  }

  #open(): void {
    this.#link?.close();
    this.#goodbye = null;
    this.#link = this.#parts.openLink({
      opened: () => this.#take({ type: "opened" }),
      progressed: () => this.#take({ type: "progressed" }),
      received: (frame) => this.#receive(frame),
      closed: (number) => {
        this.#link = null;
        this.#take({
          type: "closed",
          number: this.#goodbye?.number ?? number,
          retry_after_ms: this.#goodbye?.retry_after_ms ?? null,
          now_ms: Date.now(),
          chance: Math.random(),
        });
      },
    });
  }

  #greet(): void {
    this.#link?.send({
      type: "hello",
      protocol: { oldest: PROTOCOL, newest: PROTOCOL },
      token: this.#parts.token,
      device: this.#parts.outbox.device,
      resume: this.#position,
    });
  }

  #receive(frame: ServerFrame): void {
    try {
      this.#handle(frame);
      this.#take({ type: "heard" });
    } catch (error) {
      const unknown = error instanceof UnknownFrame || this.#parts.isUnknown(error);
      this.#take({ type: unknown ? "unknown_found" : "gap_found" });
    }
  }

  #handle(frame: ServerFrame): void {
    switch (frame.type) {
      case "welcome":
        return this.#welcome(frame);
      case "frame":
        return this.#frame(frame);
      case "refused":
        return frame.rejections.forEach((rejected) => this.#reject(rejected));
      case "presence":
        return this.#parts.events.presence(frame);
      case "gestured":
        return this.#parts.events.gestured(frame);
      case "pong":
        if (frame.client_time === null) this.#measure(1);
        else this.#parts.clock.take(frame.client_time, frame.server_time);
        return;
      case "goodbye":
        this.#goodbye = frame;
        return;
      default:
        throw new UnknownFrame((frame as { type: string }).type);
    }
  }

  #welcome(welcome: ServerFrameOf<"welcome">): void {
    this.#parts.clock.hint(welcome.server_time);
    if (welcome.start.from === "view") this.#parts.events.started(welcome.start.view);
    this.#position = welcome.position;
    this.#take({ type: "welcomed", heartbeat_ms: welcome.heartbeat_ms, now_ms: Date.now() });
  }

  #frame(frame: ServerFrameOf<"frame">): void {
    const position = this.#position;
    if (position === null || position.seq !== frame.from) {
      this.#take({ type: "gap_found" });
      return;
    }
    this.#parts.events.happened(frame.events);
    this.#position = { epoch: position.epoch, seq: frame.to };
    for (const { client_seq, seq, created } of frame.acks) this.#settle(client_seq, { ok: true, seq, created });
    for (const rejected of frame.rejections) this.#reject(rejected);
  }

  #reject({ client_seq, rejection }: Rejected): void {
    if (isPassing(rejection)) this.#retryLater(client_seq);
    else this.#settle(client_seq, { ok: false, rejection });
  }

  #retryLater(client_seq: number): void {
    setTimeout(() => {
      const pending = this.#parts.outbox.pending.find((pending) => pending.client_seq === client_seq);
      if (pending && this.#state.is === "live") this.#send(pending);
    }, RETRY_MS);
  }

  #settle(client_seq: number, outcome: Outcome): void {
    const pending = this.#parts.outbox.settle(client_seq);
    if (pending === null) return;
    const waiter = this.#waiters.get(client_seq);
    this.#waiters.delete(client_seq);
    this.#parts.events.settled(pending, outcome, waiter !== undefined);
    waiter?.(outcome);
    this.#parts.events.outboxChanged();
  }

  #send(pending: Pending): void {
    const bytes = new TextEncoder().encode(JSON.stringify(pending)).length;
    // Room for the tag of the frame.
    if (bytes + 64 <= LIMITS.CLIENT_FRAME_BYTES_MAX) {
      this.#link?.send({ type: "submit", ...pending });
      return;
    }
    this.#parts.sendLarge(pending).then(
      (outcome) => {
        if (!outcome.ok && isPassing(outcome.rejection)) this.#retryLater(pending.client_seq);
        else this.#settle(pending.client_seq, outcome);
      },
      () => this.#retryLater(pending.client_seq),
    );
  }

  #measure(times: number): void {
    if (this.#link === null) return;
    this.#link.send({ type: "ping", client_time: this.#parts.clock.ping() });
    if (times > 1) setTimeout(() => this.#measure(times - 1), PING_EVERY_MS);
  }
}
