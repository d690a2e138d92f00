/**
 * What one has done on a board and the server has not confirmed yet, laid over the view: a move or a mark is seen at once,
 * on a slow line too, and marked as waiting. Pure; the view stays as it is.
 */
import type { Pending } from "../connection/outbox";
import { notesOf } from "../meeting/readers";
import type { BoardView, Command, NoteView } from "../protocol/protocol";

/** The commands that change notes which are there already. */
type Tidying = Extract<
  Command,
  { type: "move_note" | "edit_note" | "mark_note" | "unmark_note" | "set_cluster" | "delete_note" }
>;

const TIDYING: Record<Tidying["type"], true> = {
  move_note: true,
  edit_note: true,
  mark_note: true,
  unmark_note: true,
  set_cluster: true,
  delete_note: true,
};

function isTidying(command: Command): command is Tidying {
  return Object.hasOwn(TIDYING, command.type);
}

/** A rank between those of two neighbours; it need not be whole, it never leaves this page. */
function rankBefore(board: BoardView, note: NoteView, area: number, before: number | null): number {
  const others = notesOf(board, area).filter(({ id }) => id !== note.id);
  const place = before === null ? -1 : others.findIndex(({ id }) => id === before);
  if (place < 0) return (others.at(-1)?.rank ?? 0) + 1;
  const next = others[place]?.rank ?? 0;
  const previous = others[place - 1]?.rank;
  return previous === undefined ? next - 1 : (previous + next) / 2;
}

function changed(board: BoardView, note: NoteView, command: Tidying): NoteView {
  switch (command.type) {
    case "move_note":
      return { ...note, area: command.area, rank: rankBefore(board, note, command.area, command.before) };
    case "edit_note":
      return { ...note, text: command.text, color: command.color };
    case "mark_note":
      return note.marked ? note : { ...note, marked: true, marks: note.marks + 1 };
    case "unmark_note":
      return note.marked ? { ...note, marked: false, marks: note.marks - 1 } : note;
    case "set_cluster":
      return { ...note, cluster: command.cluster };
    case "delete_note":
      // It stays in sight until it is really gone.
      return note;
  }
}

/** The board with everything on it that is on its way. */
export function withPending(board: BoardView, pending: readonly Pending[]): BoardView {
  let shown = board;
  for (const { command } of pending) {
    if (!isTidying(command) || command.board !== board.id) continue;
    const note = shown.notes[command.note];
    if (note) shown = { ...shown, notes: { ...shown.notes, [note.id]: changed(shown, note, command) } };
  }
  return shown;
}

/** Notes of a board with something on its way. */
export function waitingNotes(board: BoardView, pending: readonly Pending[]): ReadonlySet<number> {
  const ids = pending.flatMap(({ command }) =>
    isTidying(command) && command.board === board.id ? [command.note] : [],
  );
  return new Set(ids);
}
