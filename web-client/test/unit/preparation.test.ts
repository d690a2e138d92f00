/** What the preparation page works out by itself: pieces of a roster, teams of files, days. */
import { describe, expect, test } from "vitest";
import type { RosterRow, TeamView } from "../../src/protocol/protocol";
import { posterPicture } from "../../src/posters/picture";
import { daysFromNow, dateOf, endOf } from "../../src/screens/preparation/dates";
import { sortOf } from "../../src/screens/preparation/failures";
import { matchTeam } from "../../src/screens/preparation/matching";
import { sendPatiently } from "../../src/screens/preparation/patience";
import { inPieces } from "../../src/screens/preparation/pieces";

describe("a roster in pieces", () => {
  const row = (n: number): RosterRow => ({
    team: "弘前市",
    region: null,
    name: `担当${n}`,
    role: "participant",
    email: null,
  });

  test("keeps every row in order and every piece within its bytes", () => {
    const rows = Array.from({ length: 500 }, (_, n) => row(n));
    const pieces = inPieces(rows, 4_000);
    expect(pieces.flat()).toEqual(rows);
    expect(pieces.length).toBeGreaterThan(5);
    for (const piece of pieces)
      expect(new TextEncoder().encode(JSON.stringify(piece)).length).toBeLessThanOrEqual(4_001);
  });

  test("5,000 rows are one command", () => {
    expect(inPieces(Array.from({ length: 5_000 }, (_, n) => row(n)))).toHaveLength(1);
    expect(inPieces([])).toEqual([]);
  });
});

describe("the team a file's name means", () => {
  const teams: TeamView[] = [
    { id: 1, name: "府中市", region: "東京都" },
    { id: 2, name: "府中市", region: "広島県" },
    { id: 3, name: "中市", region: null },
    { id: 4, name: "弘前市", region: "青森県" },
  ];

  test.each([
    ["posters/02_弘前市.png", 4],
    ["弘前市（青森県）.pdf", 4],
    ["posters\\ 弘 前 市 .png", 4],
    ["広島県府中市.png", 2],
    ["府中市.png", null],
    ["01.png", null],
    ["弘前.png", null],
  ])("%s", (name, team) => {
    expect(matchTeam(name, teams)).toBe(team);
  });
});

test("days end at their last second, and come back as they were", () => {
  expect(dateOf(endOf("2026-11-29"))).toBe("2026-11-29");
  expect(endOf("")).toBeNull();
  expect(dateOf(null)).toBe("");
  expect(daysFromNow(0)).toBe(dateOf(Date.now()));
});

test("files are sorted by their names, whatever the case", () => {
  expect(["A.ZIP", "一覧.XLSX", "x.csv", "p.PNG", "x"].map(sortOf)).toEqual([
    "archive",
    "list",
    "list",
    "poster",
    "poster",
  ]);
});

test("a command that came too fast is sent again, another no is told", async () => {
  const answers = ["too_fast", "too_fast", null] as const;
  let sent = 0;
  const meeting = {
    send: () => {
      const code = answers[sent];
      sent += 1;
      return Promise.resolve(
        code ? ({ ok: false, rejection: { code } } as const) : ({ ok: true, seq: 1, created: null } as const),
      );
    },
  };
  expect((await sendPatiently(meeting, { type: "share_feedback" })).ok).toBe(true);
  expect(sent).toBe(3);
});

test("a poster's file has its address, a picture two", () => {
  const hash = "ab".repeat(32);
  const file = (kind: "jpeg" | "pdf") => ({ file: { hash, kind, width: 2400, height: 1600 } });
  expect(posterPicture("m", file("pdf"))).toEqual({ is: "document", address: `/api/meetings/m/posters/${hash}.pdf` });
  expect(posterPicture("m", file("jpeg"))).toMatchObject({
    is: "picture",
    full: `/api/meetings/m/posters/${hash}.jpg`,
    small: `/api/meetings/m/posters/${hash}.small.jpg`,
  });
  expect(posterPicture("m", { file: null })).toBeNull();
});
