/** What is being written and not yet posted: survives reload and closing the tab. */
import { ownerOf } from "../connection/identity";
import { shelf } from "../connection/storage";
import type { BoardId } from "../protocol/protocol";

const key = (token: string, board: BoardId): string => `draft.${ownerOf(token)}.${board}`;

export function readDraft(token: string, board: BoardId): string {
  const text = shelf.read(key(token, board));
  return typeof text === "string" ? text : "";
}

export function keepDraft(token: string, board: BoardId, text: string): void {
  if (text === "") shelf.remove(key(token, board));
  else shelf.write(key(token, board), text);
}
