/**
 * The life of the line to the server, as a pure function from state and input to state and effects. Knows no socket,
 * no timer and no view: `connection.ts` carries out what it says.
 */
import { CLOSE_CODES } from "../protocol/constants";
import type { CloseCode } from "../protocol/protocol";
import { backoffMs } from "./backoff";

/** Time from opening a line to its welcome, and between two signs of progress. Longer than any step of the chooser's. */
export const WELCOME_TIMEOUT_MS = 12_000;
/** Time for a line that may be dead after sleep to show that it lives. */
export const WAKE_TIMEOUT_MS = 5_000;
/** A line that has been live this long counts as good again: the next failure waits briefly. */
export const SETTLED_AFTER_MS = 10_000;

/** Why there is no line: the server said so, it broke, or this page is older than the server. */
export type Reason = CloseCode | "lost" | "page_outdated";

export type State =
  /** The first line of this page is being opened; there is no view yet. */
  | { is: "connecting"; attempt: number }
  /** Welcomed: frames are coming in. */
  | { is: "live"; attempt: number; since_ms: number; silence_ms: number }
  /** A line is being opened again; the view of before is on the screen. */
  | { is: "resuming"; attempt: number }
  /** No line until `until_ms` of this browser's clock. */
  | { is: "waiting"; attempt: number; until_ms: number; reason: Reason; has_view: boolean }
  /** It does not come back by itself. */
  | { is: "ended"; reason: Reason };

export type Input =
  | { type: "start" }
  /** The line is open: the hello can go out. It comes again when the line changes its way under the page. */
  | { type: "opened" }
  /** Something is coming in, if not a whole frame yet: a view on a weak line takes its time. */
  | { type: "progressed" }
  | { type: "welcomed"; heartbeat_ms: number; now_ms: number }
  /** Anything at all came in. */
  | { type: "heard" }
  | { type: "closed"; number: number; retry_after_ms: number | null; now_ms: number; chance: number }
  /** The timer that was armed last ran out. */
  | { type: "timed_out"; now_ms: number; chance: number }
  /** A frame did not follow the one before (SPEC FR1), or folding failed. */
  | { type: "gap_found" }
  /** The server said something this page does not know (SPEC GN2). */
  | { type: "unknown_found" }
  /** The page woke up, the network came back, or somebody pressed 「今すぐつなぐ」. */
  | { type: "woken" };

export type Effect =
  | { do: "open" }
  /** Says hello; with the position of the view if it still holds. */
  | { do: "greet" }
  | { do: "close" }
  /** Forgets the position, so that the next hello asks for a fresh view. */
  | { do: "drop_position" }
  /** Sends every command again that is not settled (SPEC RS2). */
  | { do: "resend" }
  | { do: "measure_clock" }
  /** Arms the one timer; an armed one is replaced. */
  | { do: "arm"; ms: number }
  | { do: "disarm" };

export interface Step {
  state: State;
  effects: Effect[];
}

export const INITIAL: State = { is: "waiting", attempt: 0, until_ms: 0, reason: "lost", has_view: false };

/** The name of a close code; anything unknown is a broken line. */
export function reasonOf(number: number): CloseCode | "lost" {
  const codes: Record<number, CloseCode | undefined> = CLOSE_CODES;
  return codes[number] ?? "lost";
}

export function isFinal(number: number): boolean {
  return number >= 4500 && number <= 4999;
}

/** Opens a line, having a view or not. */
function open(attempt: number, has_view: boolean): Step {
  return {
    state: has_view ? { is: "resuming", attempt } : { is: "connecting", attempt },
    effects: [{ do: "open" }, { do: "arm", ms: WELCOME_TIMEOUT_MS }],
  };
}

function hasView(state: State): boolean {
  switch (state.is) {
    case "live":
    case "resuming":
      return true;
    case "waiting":
      return state.has_view;
    case "connecting":
    case "ended":
      return false;
  }
}

function wait(state: Exclude<State, { is: "ended" }>, reason: Reason, delay_ms: number, now_ms: number): Step {
  const settled = state.is === "live" && now_ms - state.since_ms >= SETTLED_AFTER_MS;
  const attempt = settled ? 0 : state.attempt + 1;
  return {
    state: { is: "waiting", attempt, until_ms: now_ms + delay_ms, reason, has_view: hasView(state) },
    effects: [{ do: "arm", ms: delay_ms }],
  };
}

function closed(state: Exclude<State, { is: "ended" }>, input: Extract<Input, { type: "closed" }>): Step {
  const reason = reasonOf(input.number);
  if (isFinal(input.number)) return { state: { is: "ended", reason }, effects: [{ do: "disarm" }] };
  const settled = state.is === "live" && input.now_ms - state.since_ms >= SETTLED_AFTER_MS;
  const grown_ms = backoffMs(settled ? 0 : state.attempt, input.chance);
  // The server spreads people out; it does not know that we have failed before.
  const delay_ms =
    input.retry_after_ms === null ? grown_ms : Math.max(input.retry_after_ms, state.attempt > 1 ? grown_ms : 0);
  const step = wait(state, reason, delay_ms, input.now_ms);
  if (reason === "epoch_changed" || reason === "view_changed") step.effects.unshift({ do: "drop_position" });
  return step;
}

export function step(state: State, input: Input): Step {
  if (state.is === "ended") return { state, effects: [] };
  const linked = state.is !== "waiting";
  switch (input.type) {
    case "start":
    case "woken":
      if (!linked) return open(state.attempt, state.has_view);
      // A line that slept with its page may be dead without knowing: a ping finds out within the timer.
      if (state.is === "live" && input.type === "woken") {
        return { state, effects: [{ do: "measure_clock" }, { do: "arm", ms: WAKE_TIMEOUT_MS }] };
      }
      return { state, effects: [] };
    case "opened":
      return { state, effects: linked ? [{ do: "greet" }, { do: "arm", ms: WELCOME_TIMEOUT_MS }] : [] };
    case "progressed": {
      if (!linked) return { state, effects: [] };
      return { state, effects: [{ do: "arm", ms: state.is === "live" ? state.silence_ms : WELCOME_TIMEOUT_MS }] };
    }
    case "welcomed": {
      if (!linked) return { state, effects: [] };
      const silence_ms = 2 * input.heartbeat_ms;
      return {
        state: { is: "live", attempt: state.attempt, since_ms: input.now_ms, silence_ms },
        effects: [{ do: "arm", ms: silence_ms }, { do: "resend" }, { do: "measure_clock" }],
      };
    }
    case "heard":
      return { state, effects: state.is === "live" ? [{ do: "arm", ms: state.silence_ms }] : [] };
    case "closed":
      return linked ? closed(state, input) : { state, effects: [] };
    case "timed_out": {
      if (!linked) return open(state.attempt, state.has_view);
      const step = wait(state, "lost", backoffMs(state.attempt, input.chance), input.now_ms);
      step.effects.unshift({ do: "close" });
      return step;
    }
    case "gap_found": {
      if (!linked) return { state, effects: [{ do: "drop_position" }] };
      const step = open(state.attempt + 1, hasView(state));
      step.effects.unshift({ do: "close" }, { do: "drop_position" });
      return step;
    }
    case "unknown_found":
      return { state: { is: "ended", reason: "page_outdated" }, effects: [{ do: "close" }, { do: "disarm" }] };
  }
}
