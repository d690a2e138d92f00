/** Short ways to name parts of the generated unions. Types only. */
import type { ClientFrame, Command, Event, ServerFrame } from "../protocol/protocol";

export type EventOf<T extends Event["type"]> = Extract<Event, { type: T }>;
export type CommandOf<T extends Command["type"]> = Extract<Command, { type: T }>;
export type ServerFrameOf<T extends ServerFrame["type"]> = Extract<ServerFrame, { type: T }>;
export type ClientFrameOf<T extends ClientFrame["type"]> = Extract<ClientFrame, { type: T }>;
export type { AuthorName } from "../protocol/protocol";
