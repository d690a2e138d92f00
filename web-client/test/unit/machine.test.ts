import { describe, expect, test } from "vitest";
import { backoffMs, BACKOFF_MS_MAX } from "../../src/connection/backoff";
import {
  INITIAL,
  step,
  WAKE_TIMEOUT_MS,
  WELCOME_TIMEOUT_MS,
  type Effect,
  type Input,
  type State,
} from "../../src/connection/machine";

const NOW = 1_000_000;
const CONNECTING: State = { is: "connecting", attempt: 0 };
const LIVE: State = { is: "live", attempt: 2, since_ms: NOW - 60_000, silence_ms: 40_000 };
const FRESH: State = { ...LIVE, since_ms: NOW - 1_000 };
const RESUMING: State = { is: "resuming", attempt: 1 };
const WAITING: State = { is: "waiting", attempt: 1, until_ms: NOW + 500, reason: "lost", has_view: true };
const ENDED: State = { is: "ended", reason: "link_revoked" };

const closed = (number: number, retry_after_ms: number | null = null): Input => ({
  type: "closed",
  number,
  retry_after_ms,
  now_ms: NOW,
  chance: 0,
});
const opens: Effect[] = [{ do: "open" }, { do: "arm", ms: WELCOME_TIMEOUT_MS }];

interface Row {
  name: string;
  from: State;
  input: Input;
  to: State;
  effects: Effect[];
}

const TABLE: Row[] = [
  { name: "a page starts", from: INITIAL, input: { type: "start" }, to: CONNECTING, effects: opens },
  {
    name: "an open line is greeted",
    from: CONNECTING,
    input: { type: "opened" },
    to: CONNECTING,
    effects: [{ do: "greet" }, { do: "arm", ms: WELCOME_TIMEOUT_MS }],
  },
  {
    name: "a welcome makes it live, and everything unsettled is sent again",
    from: RESUMING,
    input: { type: "welcomed", heartbeat_ms: 20_000, now_ms: NOW },
    to: { is: "live", attempt: 1, since_ms: NOW, silence_ms: 40_000 },
    effects: [{ do: "arm", ms: 40_000 }, { do: "resend" }, { do: "measure_clock" }],
  },
  {
    name: "what is heard puts the silence off",
    from: LIVE,
    input: { type: "heard" },
    to: LIVE,
    effects: [{ do: "arm", ms: 40_000 }],
  },
  {
    name: "a view that is coming in slowly gets its time",
    from: CONNECTING,
    input: { type: "progressed" },
    to: CONNECTING,
    effects: [{ do: "arm", ms: WELCOME_TIMEOUT_MS }],
  },
  {
    name: "part of a frame puts the silence off",
    from: LIVE,
    input: { type: "progressed" },
    to: LIVE,
    effects: [{ do: "arm", ms: 40_000 }],
  },
  {
    name: "a live line that changes its way is greeted again",
    from: LIVE,
    input: { type: "opened" },
    to: LIVE,
    effects: [{ do: "greet" }, { do: "arm", ms: WELCOME_TIMEOUT_MS }],
  },
  {
    name: "what is heard before the welcome does not",
    from: CONNECTING,
    input: { type: "heard" },
    to: CONNECTING,
    effects: [],
  },
  {
    name: "two heartbeats of silence: the line is given up",
    from: LIVE,
    input: { type: "timed_out", now_ms: NOW, chance: 0 },
    to: { is: "waiting", attempt: 0, until_ms: NOW + 2_000, reason: "lost", has_view: true },
    effects: [{ do: "close" }, { do: "arm", ms: 2_000 }],
  },
  {
    name: "no welcome in time: the line is given up",
    from: CONNECTING,
    input: { type: "timed_out", now_ms: NOW, chance: 0 },
    to: { is: "waiting", attempt: 1, until_ms: NOW + 500, reason: "lost", has_view: false },
    effects: [{ do: "close" }, { do: "arm", ms: 500 }],
  },
  {
    name: "waiting is over",
    from: WAITING,
    input: { type: "timed_out", now_ms: NOW, chance: 0 },
    to: RESUMING,
    effects: opens,
  },
  { name: "a page that wakes does not wait", from: WAITING, input: { type: "woken" }, to: RESUMING, effects: opens },
  {
    name: "a line that slept is tried out",
    from: LIVE,
    input: { type: "woken" },
    to: LIVE,
    effects: [{ do: "measure_clock" }, { do: "arm", ms: WAKE_TIMEOUT_MS }],
  },
  {
    name: "a broken line comes back soon if it was good",
    from: LIVE,
    input: closed(1006),
    to: { is: "waiting", attempt: 0, until_ms: NOW + 500, reason: "lost", has_view: true },
    effects: [{ do: "arm", ms: 500 }],
  },
  {
    name: "a line that breaks at once waits longer each time",
    from: FRESH,
    input: closed(1006),
    to: { is: "waiting", attempt: 3, until_ms: NOW + 2_000, reason: "lost", has_view: true },
    effects: [{ do: "arm", ms: 2_000 }],
  },
  {
    name: "the server's own delay is kept",
    from: LIVE,
    input: closed(1012, 4_321),
    to: { is: "waiting", attempt: 0, until_ms: NOW + 4_321, reason: "restarting", has_view: true },
    effects: [{ do: "arm", ms: 4_321 }],
  },
  {
    name: "another view: the position is dropped",
    from: LIVE,
    input: closed(4002, 0),
    to: { is: "waiting", attempt: 0, until_ms: NOW + 500, reason: "view_changed", has_view: true },
    effects: [{ do: "drop_position" }, { do: "arm", ms: 500 }],
  },
  {
    name: "a revoked link ends it",
    from: LIVE,
    input: closed(4504),
    to: ENDED,
    effects: [{ do: "disarm" }],
  },
  {
    name: "a final code that is not known ends it, too",
    from: LIVE,
    input: closed(4999),
    to: { is: "ended", reason: "lost" },
    effects: [{ do: "disarm" }],
  },
  {
    name: "a gap: a fresh view, at once",
    from: LIVE,
    input: { type: "gap_found" },
    to: { is: "resuming", attempt: 3 },
    effects: [{ do: "close" }, { do: "drop_position" }, ...opens],
  },
  {
    name: "a server that knows more: the page is outdated",
    from: LIVE,
    input: { type: "unknown_found" },
    to: { is: "ended", reason: "page_outdated" },
    effects: [{ do: "close" }, { do: "disarm" }],
  },
  { name: "what ended stays ended", from: ENDED, input: { type: "woken" }, to: ENDED, effects: [] },
  {
    name: "a late close of a line given up changes nothing",
    from: WAITING,
    input: closed(1006),
    to: WAITING,
    effects: [],
  },
];

describe("the machine", () => {
  test.each(TABLE)("$name", ({ from, input, to, effects }) => {
    expect(step(from, input)).toEqual({ state: to, effects });
  });

  test("every state takes every input without falling over", () => {
    const inputs: Input[] = [...TABLE.map(({ input }) => input)];
    for (const state of [INITIAL, CONNECTING, LIVE, RESUMING, WAITING, ENDED]) {
      for (const input of inputs) expect(step(state, input).state.is).toBeTypeOf("string");
    }
  });
});

describe("the backoff", () => {
  test("grows, is bounded, and is spread by chance", () => {
    expect(backoffMs(0, 0)).toBe(500);
    expect(backoffMs(0, 0.5)).toBe(750);
    expect(backoffMs(3, 0)).toBe(4_000);
    expect(backoffMs(1_000, 0.999_999)).toBeLessThanOrEqual(BACKOFF_MS_MAX);
  });
});
