/**
 * What a stream and a long poll share: frames come down one way and go up another, so an acceptance may be known before
 * its effect is here. It is held until the position has reached it, and then comes as the ack of a frame, exactly as
 * over a WebSocket (SPEC TR5).
 */
import type { Ack, ClientFrame, FramesReply, Hello, Position, ServerFrame } from "../protocol/protocol";
import { ABNORMAL, type Ending, type Link, type LinkEvents } from "./link";
import { Uplink } from "./uplink";

/** An effect that has not come this long after its command was taken is being held back on the way. */
export const HELD_BACK_MS = 8_000;

/** How one response (or one series of polls) came to its end. */
export type Followed = "renewed" | "broken" | "refused" | "unreachable";

/** What reads frames from the server until the line ends. */
export type Follow = (hello: () => Hello & { type: "hello" }, line: Downwards) => Promise<Followed>;

export interface Downwards {
  signal: AbortSignal;
  progressed(): void;
  received(frame: ServerFrame): void;
  /** Whether the line may go on as it is; otherwise it ends, and says nothing. */
  goesOn(): boolean;
}

export interface HttpLineEvents extends LinkEvents {
  /** Asked at a moment when the line can be changed without a break. */
  goesOn(): boolean;
  /** The line has ended because it was not to go on; nothing comes from it any more. */
  left(): void;
}

export function openHttpLine(follow: Follow, events: HttpLineEvents): Link {
  const abort = new AbortController();
  let hello: (Hello & { type: "hello" }) | null = null;
  let uplink: Uplink | null = null;
  let position: Position | null = null;
  let goodbye: number | null = null;
  let held: Ack[] = [];
  let patience: ReturnType<typeof setTimeout> | undefined;

  const end = (ending?: Ending): void => {
    if (abort.signal.aborted) return;
    stop();
    events.closed(goodbye ?? ABNORMAL, ending);
  };
  const stop = (): void => {
    abort.abort();
    uplink?.close();
    clearTimeout(patience);
  };
  const release = (): void => {
    const at = position;
    if (at === null) return;
    const acks = held.filter(({ seq }) => seq <= at.seq);
    if (acks.length === 0) return;
    held = held.filter(({ seq }) => seq > at.seq);
    if (held.length === 0) clearTimeout(patience);
    events.received({ type: "frame", from: at.seq, to: at.seq, events: [], acks, rejections: [] });
  };
  const received = (frame: ServerFrame): void => {
    if (abort.signal.aborted) return;
    if (frame.type === "welcome") position = frame.position;
    if (frame.type === "goodbye") goodbye = frame.number;
    if (frame.type === "frame" && position !== null) position = { epoch: position.epoch, seq: frame.to };
    events.received(frame);
    release();
  };
  const replied = ({ outcomes, pongs }: FramesReply): void => {
    for (const pong of pongs) events.received({ type: "pong", ...pong });
    for (const { client_seq, reply } of outcomes) {
      if (reply.outcome === "accepted") held.push({ client_seq, seq: reply.seq, created: reply.created });
      else events.received({ type: "refused", rejections: [{ client_seq, rejection: reply.rejection }] });
    }
    clearTimeout(patience);
    release();
    if (held.length > 0) patience = setTimeout(() => end("held_back"), HELD_BACK_MS);
  };
  const start = async (first: Hello & { type: "hello" }): Promise<void> => {
    hello = first;
    uplink = new Uplink({ token: first.token, device: first.device, replied, broken: () => end() });
    const line: Downwards = {
      signal: abort.signal,
      progressed: () => abort.signal.aborted || events.progressed(),
      received,
      goesOn: () => goodbye === null && events.goesOn(),
    };
    const greeting = () => ({ ...first, resume: position ?? first.resume });
    let followed: Followed;
    do followed = await follow(greeting, line);
    while (followed === "renewed" && !abort.signal.aborted && goodbye === null && events.goesOn());
    if (followed === "renewed" && goodbye === null && !abort.signal.aborted) {
      stop();
      events.left();
      return;
    }
    end(followed === "unreachable" ? "unreachable" : undefined);
  };

  queueMicrotask(() => abort.signal.aborted || events.opened());
  return {
    send(frame: ClientFrame) {
      if (frame.type === "hello") void (hello === null && start(frame));
      else uplink?.send(frame);
    },
    close: stop,
  };
}
