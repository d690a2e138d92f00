/** Folding events about the meeting, its teams and people. Must not know rooms, boards or votes beyond the names in them. */
import type { AuthorName, EventOf } from "../events";
import type { BoardView, PersonId } from "../../protocol/protocol";
import type { Draft } from "./draft";

export function viewReplaced(draft: Draft, event: EventOf<"view_replaced">): void {
  draft.replace(event.view);
}

export function meetingEdited(draft: Draft, event: EventOf<"meeting_edited">): void {
  draft.view.meeting = event.meeting;
}

export function teamAdded(draft: Draft, { team }: EventOf<"team_added">): void {
  draft.part(draft.view, "teams")[team.id] = team;
}

export function teamEdited(draft: Draft, { team }: EventOf<"team_edited">): void {
  draft.part(draft.view, "teams")[team.id] = team;
}

export function teamRemoved(draft: Draft, { team }: EventOf<"team_removed">): void {
  delete draft.part(draft.view, "teams")[team];
}

export function personAdded(draft: Draft, { person }: EventOf<"person_added">): void {
  draft.part(draft.view, "people")[person.id] = person;
}

export function personRenamed(draft: Draft, { person, name }: EventOf<"person_renamed">): void {
  changePerson(draft, person, (found) => (found.name = name));
  renameOnBoard(draft, draft.part(draft.view, "plenary"), person, name);
  if (draft.seen.seat) renameOnBoard(draft, draft.part(draft.part(draft.view, "seat"), "board"), person, name);
  renameInComments(draft, person, name);
}

export function attendanceChanged(draft: Draft, { person, attendance }: EventOf<"attendance_changed">): void {
  changePerson(draft, person, (found) => (found.attendance = attendance));
}

export function actionTaken(draft: Draft, { action }: EventOf<"action_taken">): void {
  draft.view.last_action = action;
}

function changePerson(
  draft: Draft,
  id: PersonId,
  change: (person: { name: string; attendance: "expected" | "present" | "away" }) => void,
): void {
  const known = draft.seen.people[id] && draft.entry(draft.part(draft.view, "people"), id);
  if (known) change(known);
  if (draft.seen.seat?.people[id] === undefined) return;
  const neighbour = draft.entry(draft.part(draft.part(draft.view, "seat"), "people"), id);
  if (neighbour) change(neighbour);
}

function renamed(author: AuthorName | null, person: PersonId, name: string): AuthorName | null {
  return author?.person === person ? { ...author, name } : author;
}

function renameOnBoard(draft: Draft, board: BoardView, person: PersonId, name: string): void {
  const notes = draft.part(board, "notes");
  for (const found of Object.values(notes)) {
    const wrote = found.author.is === "shown" && found.author.author.person === person;
    if (!wrote && found.edited_by?.person !== person) continue;
    const note = draft.entry(notes, found.id);
    if (!note) continue;
    if (note.author.is === "shown" && wrote) note.author = { is: "shown", author: { person, name } };
    note.edited_by = renamed(note.edited_by, person, name);
  }
}

function renameInComments(draft: Draft, person: PersonId, name: string): void {
  for (const seen of Object.values(draft.seen.posters)) {
    if (!Object.values(seen.comments).some((comment) => comment.author.person === person)) continue;
    const poster = draft.entry(draft.part(draft.view, "posters"), seen.id);
    if (!poster) continue;
    const comments = draft.part(poster, "comments");
    for (const { id } of Object.values(comments)) {
      const comment = draft.entry(comments, id);
      if (comment?.author.person === person) comment.author = { person, name };
    }
  }
}
