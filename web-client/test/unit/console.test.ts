/** What needs a hand first, when rounds are to be expected, and who came late. */
import { describe, expect, test } from "vitest";
import type { MeetingView, PersonView, RoomView } from "../../src/protocol/protocol";
import { MemoryStore } from "../../src/connection/storage";
import { Arrivals } from "../../src/screens/console/arrivals.svelte";
import { byNeed, countNeeds, needsOf, SILENCE_MS, withoutRoom } from "../../src/screens/console/attention";
import { expectedTimes } from "../../src/screens/console/schedule";
import { fieldOfMoment, momentOfField } from "../../src/screens/secretariat/moments";
import { NOW, viewOf } from "../support/fixture";

const MINUTE_MS = 60_000;

/** The meeting with these rooms, the first `rooms.length` of the fixture, each changed. */
function withRooms(changes: Partial<RoomView>[]): { view: MeetingView; rooms: RoomView[] } {
  const view = viewOf({ role: "coordinator" });
  const calm: Partial<RoomView> = {
    help: { state: "quiet" },
    activity: { notes: 3, last_note_at: NOW - 30_000, speaker: null, silent: false },
  };
  const rooms = Object.values(view.rooms)
    .slice(0, changes.length)
    .map((room, index) => ({ ...room, ...calm, ...changes[index] }));
  view.rooms = Object.fromEntries(rooms.map((room) => [room.id, room]));
  for (const person of Object.values(view.people)) person.attendance = "present";
  return { view, rooms };
}
function set(view: MeetingView, people: readonly number[], attendance: PersonView["attendance"]): void {
  for (const id of people) {
    const person = view.people[id];
    if (person) view.people[id] = { ...person, attendance };
  }
}
const quiet = (for_ms: number): Partial<RoomView> => ({
  activity: { notes: 1, last_note_at: NOW - for_ms, speaker: null, silent: false },
});

describe("attention", () => {
  test("a calm room needs nothing", () => {
    const { view, rooms } = withRooms([{}]);
    expect(rooms.map((room) => needsOf(view, room, NOW))).toEqual([[]]);
  });
  test("calls come first and in the order in which they came, then empty, lost, silent, claimed, and the calm by number", () => {
    const { view, rooms } = withRooms([
      {},
      quiet(SILENCE_MS),
      { help: { state: "claimed", called_at: NOW - 9_000, by: 2, at: NOW } },
      {},
      {},
      { help: { state: "called", by: 100, at: NOW - 5_000 } },
      { help: { state: "called", by: 100, at: NOW - 50_000 } },
    ]);
    set(view, rooms[3]?.members ?? [], "expected");
    set(view, rooms[4]?.members.slice(0, 1) ?? [], "away");
    expect(byNeed(view, rooms, NOW).map(({ number }) => number)).toEqual([7, 6, 4, 5, 2, 3, 1]);
    expect(Object.fromEntries(countNeeds(view, rooms, NOW))).toEqual({
      help: 2,
      empty: 1,
      lost: 1,
      silence: 1,
      claimed: 1,
    });
  });
  test("silence counts from the opening when there is no note, and not while somebody speaks or all write in silence", () => {
    const { view, rooms } = withRooms([
      { activity: { notes: 0, last_note_at: null, speaker: null, silent: false } },
      { activity: { notes: 0, last_note_at: null, speaker: 100, silent: false } },
      { activity: { notes: 0, last_note_at: null, speaker: null, silent: true } },
      quiet(SILENCE_MS - 1),
    ]);
    expect(rooms.map((room) => needsOf(view, room, NOW))).toEqual([["silence"], [], [], []]);
  });
  test("a room may need several things; a paused round makes nobody silent", () => {
    const { view, rooms } = withRooms([
      { ...quiet(SILENCE_MS), help: { state: "called", by: 100, at: NOW } },
      quiet(SILENCE_MS),
    ]);
    expect(rooms.map((room) => needsOf(view, room, NOW))).toEqual([["help", "silence"], ["silence"]]);
    const round = view.rounds[1];
    if (round) {
      round.phase = { phase: "paused", opened_at: NOW - MINUTE_MS, paused_at: NOW, remaining_ms: 60_000 };
    }
    expect(rooms.map((room) => needsOf(view, room, NOW))).toEqual([["help"], []]);
  });
  test("who has come and is in no room is named", () => {
    const { view } = withRooms([{}]);
    const inside = new Set(Object.values(view.rooms).flatMap(({ members }) => members));
    const outside = withoutRoom(view);
    expect(outside.length).toBe(291 - inside.size);
    expect(outside.some((person) => inside.has(person))).toBe(false);
  });
});

describe("expected times", () => {
  test("begin when the running round has ended with its countdown, and follow each other", () => {
    const view = viewOf({ role: "coordinator" });
    const times = expectedTimes(view, NOW);
    const running = view.rounds[1]?.phase;
    const ends_at = running?.phase === "open" ? (running.ends_at ?? 0) : 0;
    expect(times.get(3)).toEqual({ starts_at: ends_at + MINUTE_MS, ends_at: ends_at + 22 * MINUTE_MS });
    expect(times.get(4)?.starts_at).toBe(ends_at + 22 * MINUTE_MS);
  });
  test("begin now when nothing runs, and end where a round has no duration", () => {
    const view = viewOf({ role: "coordinator", running: "none" });
    const open_end = view.rounds.find(({ id }) => id === 3);
    if (open_end) open_end.plan.duration_ms = null;
    const times = expectedTimes(view, NOW);
    expect(times.get(2)?.starts_at).toBe(NOW);
    expect(times.get(3)?.ends_at).toBe(null);
    expect(times.has(4)).toBe(false);
  });
});

describe("arrivals", () => {
  test("tell who came and who came back, once each, and not who was there at first", () => {
    const { view } = withRooms([{}]);
    set(view, [100], "expected");
    set(view, [101], "away");
    const store = new MemoryStore();
    const arrivals = new Arrivals(store, "coordinator");
    arrivals.follow(view, NOW);
    expect(arrivals.list).toEqual([]);
    const later = { ...view, people: { ...view.people } };
    set(later, [100, 101], "present");
    arrivals.follow(later, NOW + 1);
    arrivals.follow(later, NOW + 2);
    expect(arrivals.list).toEqual([
      { person: 100, at: NOW + 1, back: false },
      { person: 101, at: NOW + 1, back: true },
    ]);
    // The page is loaded anew: what it told stays, and who came meanwhile is found.
    const again = new Arrivals(store, "coordinator");
    const last = { ...later, people: { ...later.people } };
    const [late] = Object.values(last.people).filter(({ id, role }) => role === "participant" && id > 101);
    if (!late) throw new Error("the fixture has more participants");
    again.follow(last, NOW + 3);
    expect(again.list.map(({ person }) => person)).toEqual([100, 101]);
    const left = { ...last, people: { ...last.people } };
    set(left, [late.id], "away");
    again.follow(left, NOW + 4);
    const anew = new Arrivals(store, "coordinator");
    anew.follow(last, NOW + 5);
    expect(anew.list).toEqual([
      { person: late.id, at: NOW + 5, back: true },
      { person: 100, at: NOW + 1, back: false },
      { person: 101, at: NOW + 1, back: true },
    ]);
    // They belong to their round: after it nothing of them is left.
    const over = { ...last, rounds: last.rounds.map((round) => ({ ...round, phase: { phase: "waiting" as const } })) };
    anew.follow(over, NOW + 6);
    expect(anew.list).toEqual([]);
    expect(store.keys()).toEqual([]);
  });
});

test("a moment survives its field to the minute, and an empty field is none", () => {
  const at = new Date(2026, 10, 29, 9, 5).getTime();
  expect(fieldOfMoment(at)).toBe("2026-11-29T09:05");
  expect(momentOfField(fieldOfMoment(at))).toBe(at);
  expect([fieldOfMoment(null), momentOfField(""), momentOfField("soon")]).toEqual(["", null, null]);
});
