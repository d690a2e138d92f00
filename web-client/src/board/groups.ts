/** How the notes of an area stand: a cluster's notes together, where its first one stands. */
import { notesOf } from "../meeting/readers";
import type { BoardView, ClusterId, NoteId, NoteView } from "../protocol/protocol";

export interface Group {
  cluster: ClusterId | null;
  notes: NoteView[];
}

export function groupsOf(board: BoardView, area: number): Group[] {
  const groups: Group[] = [];
  const places = new Map<ClusterId, NoteView[]>();
  for (const note of notesOf(board, area)) {
    const cluster = note.cluster !== null && board.clusters[note.cluster] ? note.cluster : null;
    const place = cluster === null ? undefined : places.get(cluster);
    if (place) {
      place.push(note);
      continue;
    }
    const group = { cluster, notes: [note] };
    groups.push(group);
    if (cluster !== null) places.set(cluster, group.notes);
  }
  return groups;
}

/** Where a note is put down. */
export type Spot =
  | { is: "before" | "after" | "onto"; note: NoteId; area: number; cluster: ClusterId | null }
  | { is: "end"; area: number };

export type Move =
  | { type: "move_note"; area: number; before: NoteId | null }
  | { type: "set_cluster"; cluster: ClusterId | null }
  | { type: "create_cluster"; with: NoteId };

/** What has to be asked for so that a note stands where it was put down; nothing when it stands there. */
export function movesTo(board: BoardView, note: NoteView, spot: Spot): Move[] {
  const own_cluster = note.cluster !== null && board.clusters[note.cluster] ? note.cluster : null;
  const others = notesOf(board, spot.area).filter(({ id }) => id !== note.id);
  const next = (id: NoteId): NoteId | null => others[others.findIndex((other) => other.id === id) + 1]?.id ?? null;
  const before = spot.is === "end" ? null : spot.is === "before" ? spot.note : next(spot.note);
  const stands_before = (): NoteId | null => {
    const order = notesOf(board, note.area);
    return order[order.findIndex(({ id }) => id === note.id) + 1]?.id ?? null;
  };
  const moves: Move[] = [];
  const cluster = spot.is === "end" ? null : spot.cluster;
  const stays =
    note.area === spot.area && (stands_before() === before || (spot.is === "onto" && cluster === own_cluster));
  if (!stays) moves.push({ type: "move_note", area: spot.area, before });
  if (spot.is === "onto" && cluster === null) moves.push({ type: "create_cluster", with: spot.note });
  else if (cluster !== own_cluster) moves.push({ type: "set_cluster", cluster });
  return moves;
}
