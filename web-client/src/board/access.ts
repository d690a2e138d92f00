/**
 * What the screens offer on a board: what the server would take at this moment, as far as the view tells. The server's
 * word is the last one.
 */
import type { BoardView, MeetingView, NoteView, Role } from "../protocol/protocol";
import { runningRound } from "../meeting/readers";

export const PLENARY = 0;

function guides(role: Role): boolean {
  return role === "coordinator" || role === "facilitator";
}

/** Whether the round of a board is running: a room's own round, a plenary round for the plenary's. */
function isOpen(view: MeetingView, board: BoardView): boolean {
  const running = runningRound(view);
  if (running === null) return false;
  return board.id === PLENARY ? running.plan.kind === "plenary" : view.seat?.room.round === running.id;
}

export interface BoardAccess {
  write: boolean;
  /** Move, group, edit what one may edit. */
  tidy: boolean;
  mark: boolean;
  harvest: boolean;
}

export function accessTo(view: MeetingView, board: BoardView): BoardAccess {
  const { role } = view.me;
  if (view.meeting.ended_at !== null || !["coordinator", "facilitator", "participant"].includes(role)) {
    return { write: false, tidy: false, mark: false, harvest: false };
  }
  const open = isOpen(view, board);
  const plenary = board.id === PLENARY;
  return {
    write: open || (plenary && guides(role)),
    tidy: open || guides(role),
    mark: (open || plenary) && !board.silent,
    harvest: !plenary && !board.silent && (open || guides(role) || runningRound(view)?.plan.kind === "plenary"),
  };
}

export function isOwn(view: MeetingView, note: NoteView): boolean {
  return note.author.is === "me" || (note.author.is === "shown" && note.author.author.person === view.me.person);
}

/** Whether the viewer may change this note's text or delete it. */
export function mayEdit(view: MeetingView, note: NoteView): boolean {
  return isOwn(view, note) || guides(view.me.role);
}
