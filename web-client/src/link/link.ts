/** A line to the server that carries frames: a WebSocket now, a stream or a long poll beside it. */
import type { ClientFrame, ServerFrame } from "../protocol/protocol";

export interface LinkEvents {
  opened(): void;
  received(frame: ServerFrame): void;
  /** The line is gone; called once. `number` is a WebSocket close code, 1006 when nobody gave one. */
  closed(number: number): void;
}

export interface Link {
  send(frame: ClientFrame): void;
  /** Gives the line up; no event comes from it any more. */
  close(): void;
}

/** Opens a line and tells what happens on it. */
export type OpenLink = (events: LinkEvents) => Link;
