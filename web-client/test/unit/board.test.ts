import { describe, expect, test } from "vitest";
import { groupsOf, movesTo } from "../../src/board/groups";
import { waitingNotes, withPending } from "../../src/board/overlay";
import type { Pending } from "../../src/connection/outbox";
import { notesOf } from "../../src/meeting/readers";
import type { BoardView, Command, NoteId, NoteView } from "../../src/protocol/protocol";
import { note } from "../support/fixture";

function board(notes: NoteView[], clusters: number[] = []): BoardView {
  return {
    id: 4,
    template: "kpt",
    authors: "shown",
    silent: false,
    notes: Object.fromEntries(notes.map((each) => [each.id, each])),
    clusters: Object.fromEntries(clusters.map((id) => [id, { id, name: "" }])),
  };
}
const ids = (notes: readonly NoteView[]): NoteId[] => notes.map(({ id }) => id);
const pending = (...commands: Command[]): Pending[] =>
  commands.map((command, index) => ({ client_seq: index + 1, command }));
const PLAIN = board([note(1, "一"), note(2, "二"), note(3, "三"), note(4, "四", { area: 1 })]);

describe("what is on its way", () => {
  test("a move is seen at once, and the view stays as it was", () => {
    const moved = withPending(PLAIN, pending({ type: "move_note", board: 4, note: 3, area: 0, before: 1 }));
    expect(ids(notesOf(moved, 0))).toEqual([3, 1, 2]);
    expect(ids(notesOf(PLAIN, 0))).toEqual([1, 2, 3]);
  });

  test("moves stand on each other", () => {
    const moved = withPending(
      PLAIN,
      pending(
        { type: "move_note", board: 4, note: 1, area: 1, before: 4 },
        { type: "move_note", board: 4, note: 2, area: 1, before: 4 },
        { type: "move_note", board: 4, note: 3, area: 1, before: null },
      ),
    );
    expect(ids(notesOf(moved, 1))).toEqual([1, 2, 4, 3]);
  });

  test("a mark, a text and a cluster are seen, another board's are not", () => {
    const shown = withPending(
      board([note(1, "一", { marks: 2, marked: false })], [9]),
      pending(
        { type: "mark_note", board: 4, note: 1 },
        { type: "edit_note", board: 4, note: 1, base_version: 1, text: "新しい文", color: "pink" },
        { type: "set_cluster", board: 4, note: 1, cluster: 9 },
        { type: "edit_note", board: 5, note: 1, base_version: 1, text: "よその文", color: "blue" },
      ),
    );
    expect(shown.notes[1]).toMatchObject({ marks: 3, marked: true, text: "新しい文", color: "pink", cluster: 9 });
  });

  test("a note that is gone meanwhile is passed over", () => {
    expect(withPending(PLAIN, pending({ type: "mark_note", board: 4, note: 77 }))).toBe(PLAIN);
  });

  test("a deleted note stays in sight, and waits", () => {
    const waits = pending({ type: "delete_note", board: 4, note: 2 });
    expect(withPending(PLAIN, waits).notes[2]).toBeDefined();
    expect([...waitingNotes(PLAIN, waits)]).toEqual([2]);
  });
});

describe("putting a note down", () => {
  const CLUSTERED = board(
    [note(1, "一", { cluster: 9 }), note(2, "二"), note(3, "三", { cluster: 9 }), note(4, "四")],
    [9],
  );
  const get = (on: BoardView, id: NoteId): NoteView => on.notes[id] as NoteView;

  test("a cluster's notes stand together where its first one stands", () => {
    expect(groupsOf(CLUSTERED, 0).map(({ notes }) => ids(notes))).toEqual([[1, 3], [2], [4]]);
  });

  test("before and after another note", () => {
    expect(movesTo(PLAIN, get(PLAIN, 3), { is: "before", note: 1, area: 0, cluster: null })).toEqual([
      { type: "move_note", area: 0, before: 1 },
    ]);
    expect(movesTo(PLAIN, get(PLAIN, 1), { is: "after", note: 2, area: 0, cluster: null })).toEqual([
      { type: "move_note", area: 0, before: 3 },
    ]);
  });

  test("where it stands already nothing is asked for", () => {
    expect(movesTo(PLAIN, get(PLAIN, 1), { is: "before", note: 2, area: 0, cluster: null })).toEqual([]);
    expect(movesTo(PLAIN, get(PLAIN, 3), { is: "end", area: 0 })).toEqual([]);
  });

  test("into another area", () => {
    expect(movesTo(PLAIN, get(PLAIN, 1), { is: "end", area: 2 })).toEqual([
      { type: "move_note", area: 2, before: null },
    ]);
  });

  test("onto a lone note makes a cluster, onto a clustered one joins it", () => {
    expect(movesTo(PLAIN, get(PLAIN, 1), { is: "onto", note: 3, area: 0, cluster: null })).toContainEqual({
      type: "create_cluster",
      with: 3,
    });
    expect(movesTo(CLUSTERED, get(CLUSTERED, 4), { is: "onto", note: 3, area: 0, cluster: 9 })).toContainEqual({
      type: "set_cluster",
      cluster: 9,
    });
  });

  test("out of a cluster", () => {
    expect(movesTo(CLUSTERED, get(CLUSTERED, 1), { is: "end", area: 0 })).toEqual([
      { type: "move_note", area: 0, before: null },
      { type: "set_cluster", cluster: null },
    ]);
  });
});
