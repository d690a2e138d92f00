/** The ways for those through whose proxy no WebSocket comes: loaded when they are needed. */
export { openPoll } from "./poll";
export { openStream } from "./stream";
export { probeSocket, probeStream } from "./probes";
