/** Folding events about boards. An event for a board that is not in the view is passed over. */
import type { EventOf } from "../events";
import type { BoardId, BoardView, NoteId, NoteView, PersonId } from "../../protocol/protocol";
import { byId, type Draft } from "./draft";

/** The board of those of the whole meeting. */
const PLENARY: BoardId = 0;

/** The plenary's board, or that of the room one is in. */
function boardOf(draft: Draft, id: BoardId): BoardView | undefined {
  if (id === PLENARY) return draft.part(draft.view, "plenary");
  if (draft.seen.seat?.board.id !== id) return undefined;
  return draft.part(draft.part(draft.view, "seat"), "board");
}

function changeNote(draft: Draft, boardId: BoardId, id: NoteId, change: (note: NoteView) => void): void {
  const board = boardOf(draft, boardId);
  const note = board?.notes[id] && draft.entry(draft.part(board, "notes"), id);
  if (note) change(note);
}

function isOwn(note: NoteView, me: PersonId | null): boolean {
  return note.author.is === "me" || (note.author.is === "shown" && note.author.author.person === me);
}

export function noteAdded(draft: Draft, { board: id, note }: EventOf<"note_added">): void {
  const board = boardOf(draft, id);
  if (board) draft.part(board, "notes")[note.id] = note;
}

export function noteEdited(draft: Draft, event: EventOf<"note_edited">): void {
  const { text, color, version, edited_by } = event;
  changeNote(draft, event.board, event.note, (note) => Object.assign(note, { text, color, version, edited_by }));
}

export function noteMoved(draft: Draft, event: EventOf<"note_moved">): void {
  const { area, rank } = event;
  changeNote(draft, event.board, event.note, (note) => Object.assign(note, { area, rank }));
}

export function notesRanked(draft: Draft, { board, ranks }: EventOf<"notes_ranked">): void {
  for (const { note: id, rank } of ranks) changeNote(draft, board, id, (note) => (note.rank = rank));
}

export function noteDeleted(draft: Draft, event: EventOf<"note_deleted">): void {
  const board = boardOf(draft, event.board);
  if (board) delete draft.part(board, "notes")[event.note];
}

export function noteMarksChanged(draft: Draft, event: EventOf<"note_marks_changed">): void {
  changeNote(draft, event.board, event.note, (note) => (note.marks = event.marks));
}

export function noteMarkSet(draft: Draft, event: EventOf<"note_mark_set">): void {
  changeNote(draft, event.board, event.note, (note) => (note.marked = event.marked));
}

export function noteHarvested(draft: Draft, event: EventOf<"note_harvested">): void {
  changeNote(draft, event.board, event.note, (note) => (note.harvested = event.harvested));
}

export function noteClustered(draft: Draft, event: EventOf<"note_clustered">): void {
  changeNote(draft, event.board, event.note, (note) => (note.cluster = event.cluster));
}

export function clusterCreated(draft: Draft, { board: id, cluster, notes }: EventOf<"cluster_created">): void {
  const board = boardOf(draft, id);
  if (!board) return;
  draft.part(board, "clusters")[cluster.id] = cluster;
  for (const noteId of notes) changeNote(draft, id, noteId, (note) => (note.cluster = cluster.id));
}

export function clusterRenamed(draft: Draft, event: EventOf<"cluster_renamed">): void {
  const board = boardOf(draft, event.board);
  const cluster = board && draft.entry(draft.part(board, "clusters"), event.cluster);
  if (cluster) cluster.name = event.name;
}

export function clusterDissolved(draft: Draft, event: EventOf<"cluster_dissolved">): void {
  const board = boardOf(draft, event.board);
  if (!board) return;
  delete draft.part(board, "clusters")[event.cluster];
  for (const { id, cluster } of Object.values(board.notes)) {
    if (cluster === event.cluster) changeNote(draft, event.board, id, (note) => (note.cluster = null));
  }
}

export function silentWritingStarted(draft: Draft, event: EventOf<"silent_writing_started">): void {
  const board = boardOf(draft, event.board);
  if (!board) return;
  const own = Object.values(board.notes).filter((note) => isOwn(note, draft.seen.me.person));
  board.silent = true;
  board.clusters = {};
  board.notes = byId(own.map((note) => ({ ...note, cluster: null })));
}

export function boardRevealed(draft: Draft, { board: id, revealed }: EventOf<"board_revealed">): void {
  const board = boardOf(draft, id);
  if (!board) return;
  board.silent = false;
  const notes = draft.part(board, "notes");
  for (const note of revealed.notes) {
    const own = draft.entry(notes, note.id);
    if (own) own.cluster = note.cluster;
    else notes[note.id] = note;
  }
  Object.assign(draft.part(board, "clusters"), byId(revealed.clusters));
}
