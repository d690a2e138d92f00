/** What the check has found out so far, and what that means for taking part. Pure. */

export type SocketFinding = "works" | "refused" | "silent";
export type StreamFinding = "works" | "held_back" | "blocked";
export type PollFinding = "works" | "blocked";
/** How long a connection was let alone: until the end of the test, or cut after so long. */
export type Kept = "kept" | { cut_after_ms: number };

/** `null`: not known yet, or not to be found out because what comes before it does not work. */
export interface Findings {
  websocket: SocketFinding | null;
  stream: StreamFinding | null;
  poll: PollFinding | null;
  /** A WebSocket on which nothing is said. */
  silent_socket: Kept | null;
  /** A WebSocket on which something is said all the time. */
  busy_socket: Kept | null;
  /** A stream on which nothing is said. */
  silent_stream: Kept | null;
  /** The way to the server and back, the shortest and the longest of several. */
  delay_ms: { shortest: number; longest: number } | null;
  /** This computer's clock against the server's: positive when it is behind. */
  clock_offset_ms: number | null;
  storage: "kept" | "works" | "none" | null;
  database: boolean | null;
}

export const NOTHING: Findings = {
  websocket: null,
  stream: null,
  poll: null,
  silent_socket: null,
  busy_socket: null,
  silent_stream: null,
  delay_ms: null,
  clock_offset_ms: null,
  storage: null,
  database: null,
};

/** A WebSocket that is cut sooner than this is not one to hold a meeting on. */
export const SHORT_MS = 20_000;
/** A way that takes longer than this is felt. */
export const SLOW_MS = 600;

export type Verdict = "unknown" | "good" | "stream" | "poll" | "impossible";

export function isShort(kept: Kept | null): boolean {
  return kept !== null && kept !== "kept" && kept.cut_after_ms < SHORT_MS;
}

/** Whether this computer will work, and over which way. */
export function verdictOf(found: Findings): Verdict {
  const { websocket, stream, poll } = found;
  if (websocket === null || stream === null || poll === null) return "unknown";
  if (websocket === "works" && !isShort(found.busy_socket)) return "good";
  if (stream === "works") return "stream";
  if (poll === "works") return "poll";
  return websocket === "works" ? "good" : "impossible";
}

export type Remark =
  | "upgrade_swallowed"
  | "upgrade_refused"
  | "responses_held_back"
  | "cut_when_silent"
  | "cut_always"
  | "slow"
  | "clock_off"
  | "nothing_kept";

/** What is worth saying beside the verdict. */
export function remarksOn(found: Findings): Remark[] {
  const cut = (kept: Kept | null): boolean => kept !== null && kept !== "kept";
  const remarks: (Remark | false)[] = [
    found.websocket === "silent" && "upgrade_swallowed",
    found.websocket === "refused" && "upgrade_refused",
    found.stream === "held_back" && "responses_held_back",
    cut(found.busy_socket) && "cut_always",
    (cut(found.silent_socket) || cut(found.silent_stream)) && !cut(found.busy_socket) && "cut_when_silent",
    found.delay_ms !== null && found.delay_ms.longest >= SLOW_MS && "slow",
    found.clock_offset_ms !== null && Math.abs(found.clock_offset_ms) >= 30_000 && "clock_off",
    found.storage === "none" && "nothing_kept",
  ];
  return remarks.filter((remark) => remark !== false);
}

/** How long a cut connection lived, in whole seconds. */
export function secondsOf(kept: Kept | null): number {
  return kept === null || kept === "kept" ? 0 : Math.max(1, Math.round(kept.cut_after_ms / 1000));
}
