/** What is being written and not yet sent: survives reload and closing the tab. */
import { ownerOf } from "../connection/identity";
import { shelf } from "../connection/storage";
import type { BoardId, NoteColor, NoteId } from "../protocol/protocol";

/** A note being rewritten, and the version the writing began with. */
export interface EditDraft {
  text: string;
  color: NoteColor;
  base_version: number;
}

const key = (token: string, place: string | number): string => `draft.${ownerOf(token)}.${place}`;
const editPlace = (board: BoardId, note: NoteId): string => `${board}.${note}`;

/** The half-written text of a place: a board's composer by the board's id, others by a name of their own. */
export function readDraft(token: string, place: string | number): string {
  const text = shelf.read(key(token, place));
  return typeof text === "string" ? text : "";
}

export function keepDraft(token: string, place: string | number, text: string): void {
  if (text === "") shelf.remove(key(token, place));
  else shelf.write(key(token, place), text);
}

export function readEdit(token: string, board: BoardId, note: NoteId): EditDraft | null {
  const kept = shelf.read(key(token, editPlace(board, note)));
  return typeof kept === "object" && kept !== null && "text" in kept && "base_version" in kept
    ? (kept as EditDraft)
    : null;
}

export function keepEdit(token: string, board: BoardId, note: NoteId, edit: EditDraft | null): void {
  if (edit === null) shelf.remove(key(token, editPlace(board, note)));
  else shelf.write(key(token, editPlace(board, note)), edit);
}
