/** A line to the server that carries frames: a WebSocket, or a stream or a long poll beside it. */
import type { ClientFrame, ServerFrame } from "../protocol/protocol";

/**
 * What a line that has ended tells about the way: `unreachable` when there was no server at its end, `held_back` when
 * something in between keeps what should pass.
 */
export type Ending = "unreachable" | "held_back";

export interface LinkEvents {
  /** The line is open: the hello can go out. Comes again when the line changes its way. */
  opened(): void;
  /** Something came in, if not a whole frame yet. */
  progressed(): void;
  received(frame: ServerFrame): void;
  /** The line is gone; called once. `number` is a WebSocket close code, 1006 when nobody gave one. */
  closed(number: number, ending?: Ending): void;
}

export interface Link {
  send(frame: ClientFrame): void;
  /** Gives the line up; no event comes from it any more. */
  close(): void;
}

/** Opens a line and tells what happens on it. */
export type OpenLink = (events: LinkEvents) => Link;

/** The close code for "no close frame was received" (RFC 6455, 7.1.5). */
export const ABNORMAL = 1006;
