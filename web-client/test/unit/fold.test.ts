/** The fold: every event of the protocol's examples, laws that hold for all, and the vectors that the server's tests write. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { fold, UnknownEvent } from "../../src/meeting/fold";
import type { Event, MeetingView } from "../../src/protocol/protocol";
import { note, viewOf } from "../support/fixture";

const ROOT = join(import.meta.dirname, "../..");
const EXAMPLES = join(ROOT, "../protocol/tests/examples");
const VECTORS = join(ROOT, "test/vectors");

const read = (path: string): unknown => JSON.parse(readFileSync(path, "utf8"));
const events = read(join(EXAMPLES, "events.json")) as Event[];
const [example] = read(join(EXAMPLES, "views.json")) as [MeetingView];

/** Freezes all of it, so that a fold that changes what it was given throws. */
function frozen<T>(thing: T): T {
  if (typeof thing === "object" && thing !== null && !Object.isFrozen(thing)) {
    Object.freeze(thing);
    Object.values(thing).forEach(frozen);
  }
  return thing;
}

describe("every event", () => {
  test.each(events.map((event) => [event.type, event] as const))(
    "%s leaves the view before and the event alone",
    (_, event) => {
      for (const view of [
        example,
        viewOf({ role: "participant" }),
        viewOf({ role: "coordinator" }),
        viewOf({ role: "screen" }),
      ]) {
        expect(() => fold(frozen(structuredClone(view)), [frozen(structuredClone(event))])).not.toThrow();
      }
    },
  );

  test("all at once is the same as one after the other", () => {
    const one_by_one = events.reduce((view, event) => fold(view, [event]), example);
    expect(fold(example, events)).toEqual(one_by_one);
  });

  test("one that is not known is a fault", () => {
    expect(() => fold(example, [{ type: "flew_away" } as unknown as Event])).toThrow(UnknownEvent);
    expect(() => fold(example, [{ type: "constructor" } as unknown as Event])).toThrow(UnknownEvent);
  });
});

describe("events that speak of what is not there change nothing (SPEC FD2)", () => {
  const STRANGERS: Event[] = [
    { type: "note_added", board: 99, note: note(1, "よその部屋") },
    { type: "note_deleted", board: 99, note: 31 },
    { type: "note_moved", board: 4, note: 999, area: 0, rank: 1 },
    { type: "attendance_changed", person: 999, attendance: "away" },
    { type: "turns_changed", room: 99, turns: { order: [], state: { state: "idle" }, spoken_ms: {}, had_turn: [] } },
    { type: "announcement_read", announcement: 99 },
    { type: "interest_set", poster: 99, interested: true },
    { type: "round_moved", round: 99, before: null },
    { type: "team_removed", team: 99 },
  ];
  test.each(STRANGERS.map((event) => [event.type, event] as const))("%s", (_, event) => {
    expect(fold(example, [event])).toEqual(example);
  });
});

describe("single events", () => {
  test("a renamed person is renamed wherever they are named", () => {
    const view = viewOf({ role: "participant" });
    const seat = view.seat;
    if (!seat) throw new Error("the scene has a seat");
    seat.board.notes = {
      1: note(1, "本文", {
        author: { is: "shown", author: { person: 101, name: "前" } },
        edited_by: { person: 101, name: "前" },
      }),
    };
    const after = fold(view, [{ type: "person_renamed", person: 101, name: "後" }]);
    expect(after.people[101]?.name).toBe("後");
    expect(after.seat?.people[101]?.name).toBe("後");
    expect(after.seat?.board.notes[1]?.author).toEqual({ is: "shown", author: { person: 101, name: "後" } });
    expect(after.seat?.board.notes[1]?.edited_by?.name).toBe("後");
    expect(view.people[101]?.name).not.toBe("後");
  });

  test("silent writing leaves one's own notes, without clusters; the reveal brings the others", () => {
    const view = viewOf({ role: "participant" });
    const board = view.seat?.board;
    if (!board) throw new Error("the scene has a seat");
    const own = note(1, "自分", { author: { is: "me" }, cluster: 5 });
    const other = note(4, "ほか", { cluster: 5 });
    board.notes = { 1: own, 4: other };
    board.clusters = { 5: { id: 5, name: "面談" } };
    const silent = fold(view, [{ type: "silent_writing_started", board: board.id }]).seat?.board;
    expect(silent).toMatchObject({ silent: true, clusters: {}, notes: { 1: { text: "自分", cluster: null } } });
    expect(Object.keys(silent?.notes ?? {})).toEqual(["1"]);
    const revealed = fold(view, [
      { type: "silent_writing_started", board: board.id },
      {
        type: "board_revealed",
        board: board.id,
        revealed: { notes: [{ ...own, text: "古い" }, other], clusters: [{ id: 5, name: "面談" }] },
      },
    ]).seat?.board;
    expect(revealed?.notes).toEqual({ 1: own, 4: other });
    expect(revealed?.silent).toBe(false);
  });

  test("a member who leaves and visits stays among the people of the seat", () => {
    const view = viewOf({ role: "participant" });
    const person = view.seat?.people[101];
    if (!person) throw new Error("the scene has this person");
    const after = fold(view, [
      { type: "visitor_entered", room: 400, person },
      { type: "member_removed", room: 400, person: 101 },
    ]);
    expect(after.seat?.room.members).not.toContain(101);
    expect(after.seat?.people[101]).toEqual(person);
    expect(fold(after, [{ type: "visitor_left", room: 400, person: 101 }]).seat?.people[101]).toBeUndefined();
  });

  test("a word may be any word", () => {
    const view = viewOf({ role: "coordinator" });
    const after = fold(view, [{ type: "pulse_word_counted", round: 1, word: "__proto__", count: 2 }]);
    expect(Object.entries(after.pulses[1]?.words ?? {})).toContainEqual(["__proto__", 2]);
  });

  test("a closed vote forgets the ballot and remembers that one voted", () => {
    const view = viewOf({ role: "participant", vote: "open" });
    const after = fold(view, [
      { type: "ballot_taken", ballot: { choices: [3], receipt: "7K3M-Q9TX-2B4D" } },
      { type: "vote_closed", opened_at: 1, closed_at: 2, ledger_hash: "cd" },
    ]);
    expect(after.vote).toMatchObject({ ballot: null, voted: true, phase: { phase: "closed" } });
  });
});

describe("the server's vectors", () => {
  interface Vector {
    name: string;
    before: MeetingView;
    events: Event[];
    after: MeetingView;
  }
  const files = existsSync(VECTORS) ? readdirSync(VECTORS).filter((name) => name.endsWith(".json")) : [];
  // The folder comes with the first vectors; from then on it must not be empty.
  test.runIf(existsSync(VECTORS))("are there", () => expect(files).not.toEqual([]));
  for (const file of files) {
    const vectors = read(join(VECTORS, file)) as Vector[];
    test.each(vectors.map((vector) => [vector.name, vector] as const))(`${file}: %s`, (_, vector) => {
      expect(fold(frozen(vector.before), frozen(vector.events))).toEqual(vector.after);
    });
  }
});
