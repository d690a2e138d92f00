/** What the check makes of its findings. */
import { expect, test } from "vitest";
import {
  NOTHING,
  remarksOn,
  verdictOf,
  type Findings,
  type Remark,
  type Verdict,
} from "../../src/screens/check/findings";
import { browserOf, textOf } from "../../src/screens/check/report";

const WELL: Findings = {
  websocket: "works",
  stream: "works",
  poll: "works",
  silent_socket: "kept",
  busy_socket: "kept",
  silent_stream: "kept",
  delay_ms: { shortest: 20, longest: 40 },
  clock_offset_ms: 100,
  storage: "works",
  database: true,
};
const UNTRIED = { silent_socket: null, busy_socket: null } as const;

const TABLE: [string, Partial<Findings>, Verdict, Remark[]][] = [
  ["nothing in between", {}, "good", []],
  ["an upgrade that is swallowed", { websocket: "silent", ...UNTRIED }, "stream", ["upgrade_swallowed"]],
  ["an upgrade that is refused", { websocket: "refused", ...UNTRIED }, "stream", ["upgrade_refused"]],
  [
    "responses that are held back",
    { websocket: "refused", stream: "held_back", silent_stream: null, ...UNTRIED },
    "poll",
    ["upgrade_refused", "responses_held_back"],
  ],
  [
    "idle connections that are cut after 30 s",
    { silent_socket: { cut_after_ms: 30_000 }, silent_stream: { cut_after_ms: 31_000 } },
    "good",
    ["cut_when_silent"],
  ],
  ["every connection that is cut after 60 s", { busy_socket: { cut_after_ms: 60_000 } }, "good", ["cut_always"]],
  ["every connection that is cut at once", { busy_socket: { cut_after_ms: 3_000 } }, "stream", ["cut_always"]],
  ["a slow line", { delay_ms: { shortest: 800, longest: 2_900 } }, "good", ["slow"]],
  ["a clock that is ten minutes off", { clock_offset_ms: -600_000 }, "good", ["clock_off"]],
  ["a browser that keeps nothing", { storage: "none", database: false }, "good", ["nothing_kept"]],
  [
    "nothing that gets through",
    { websocket: "refused", stream: "blocked", poll: "blocked", ...UNTRIED },
    "impossible",
    ["upgrade_refused"],
  ],
];

test.each(TABLE)("%s", (_, found, verdict, remarks) => {
  expect(verdictOf({ ...WELL, ...found })).toBe(verdict);
  expect(remarksOn({ ...WELL, ...found })).toEqual(remarks);
});

test("nothing is said before the three ways are known", () => {
  expect(verdictOf(NOTHING)).toBe("unknown");
  expect(verdictOf({ ...WELL, poll: null })).toBe("unknown");
});

test("the text names what was found, and nobody", () => {
  const about = { browser: "Edge 140.0", host: "engawa.example.jp", time: "2026/11/29 10:00:00", finished: true };
  const text = textOf({ ...WELL, websocket: "silent", ...UNTRIED }, about);
  expect(text).toContain("WebSocketが通らないので");
  expect(text).toContain("サーバー: engawa.example.jp");
  expect(text.split("\n").length).toBeGreaterThan(12);
});

test("browsers are known by name and version alone", () => {
  const chromium =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
  expect(browserOf(`${chromium} Edg/140.0.3485.54`)).toBe("Edge 140.0.3485.54");
  expect(browserOf(chromium)).toBe("Chrome 140.0.0.0");
  expect(browserOf("Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Version/17.4 Mobile/15E148 Safari/604.1")).toBe(
    "Safari 17.4",
  );
  expect(browserOf("something else")).toBe("?");
});
