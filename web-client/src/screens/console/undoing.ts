/** Actions that can be taken back for a minute: does them, tells it, and knows the way back. */
import type { Meeting } from "../../meeting/meeting.svelte";
import { currentRound, remainingMs } from "../../meeting/readers";
import { words } from "../../i18n/words";
import type { AnnouncementView, PersonId, RoomId, RoomView, RoundView } from "../../protocol/protocol";
import { texts } from "./texts";

export function titleOf(round: RoundView): string {
  return round.plan.title || words().kind[round.plan.kind];
}

/** Tells what was done, with the way back. */
function tellWithUndo(meeting: Meeting, text: string, undo: () => Promise<unknown>, label = words().undo): void {
  meeting.tell(text, "done", { label, run: () => void undo() });
}

/** The round that comes after this one, for putting it back where it was. */
function roundAfter(meeting: Meeting, round: RoundView): number | null {
  const index = meeting.view.rounds.findIndex(({ id }) => id === round.id);
  return meeting.view.rounds[index + 1]?.id ?? null;
}

/** Where people are in the current round: room by room, and those in none. */
function placesOf(meeting: Meeting, people: readonly PersonId[]): Map<RoomId | null, PersonId[]> {
  const round = currentRound(meeting.view);
  const room_of = new Map<PersonId, RoomId>();
  for (const room of Object.values(meeting.view.rooms)) {
    if (room.round === round?.id) for (const member of room.members) room_of.set(member, room.id);
  }
  const places = new Map<RoomId | null, PersonId[]>();
  for (const person of people) {
    const place = room_of.get(person) ?? null;
    places.set(place, [...(places.get(place) ?? []), person]);
  }
  return places;
}

export async function movePeople(meeting: Meeting, people: readonly PersonId[], to: RoomId | null): Promise<boolean> {
  const before = placesOf(meeting, people);
  before.delete(to);
  const moved = [...before.values()].flat();
  if (moved.length === 0) return true;
  if (!(await meeting.ask({ type: "move_people", people: moved, to }))) return false;
  const room = to === null ? null : meeting.view.rooms[to];
  const place = room ? words().room(room.number) : words().plenary;
  tellWithUndo(meeting, texts().moved_to(moved.length, place), async () => {
    for (const [place, group] of before) await meeting.ask({ type: "move_people", people: group, to: place });
  });
  return true;
}

/** The place of those who are in no room, among places that are rooms by their id. */
export const PLENARY = "plenary";

/** As {@link movePeople}, to a place as lists and cards name it. */
export const moveTo = (meeting: Meeting, people: readonly PersonId[], place: string): Promise<boolean> =>
  movePeople(meeting, people, place === PLENARY ? null : Number(place));

/** Opening cannot be unmade; its undo ends the round and puts the same plan next again. What was written stays. */
export async function openRound(meeting: Meeting, round: RoundView): Promise<boolean> {
  if (!(await meeting.ask({ type: "open_round", round: round.id }))) return false;
  const before = roundAfter(meeting, round);
  const undo = async (): Promise<void> => {
    if (!(await meeting.ask({ type: "end_round", round: round.id }))) return;
    await meeting.ask({ type: "add_round", plan: round.plan, before });
  };
  tellWithUndo(meeting, texts().opened(titleOf(round)), undo, texts().unopen);
  return true;
}

/** Its undo gives the round the time that it had: added to the countdown, it opens the round again. */
export async function closeRound(meeting: Meeting, round: RoundView): Promise<void> {
  const left_ms = remainingMs(round, meeting.now_ms);
  const at_ms = meeting.now_ms;
  if (!(await meeting.ask({ type: "close_round", round: round.id, countdown_ms: null }))) return;
  const line = texts().closing(titleOf(round));
  // Without a clock there is no time to go back to; the buttons beside it add some.
  if (left_ms === null || left_ms <= round.plan.countdown_ms) return meeting.tell(line);
  tellWithUndo(meeting, line, async () => {
    const now = meeting.view.rounds.find(({ id }) => id === round.id);
    if (now?.phase.phase !== "closing") return;
    const paused = round.phase.phase === "paused";
    const ends_at = left_ms + (paused ? meeting.now_ms : at_ms);
    await meeting.ask({ type: "add_time", round: round.id, delta_ms: Math.round(ends_at - now.phase.ends_at) });
  });
}

export async function endRound(meeting: Meeting, round: RoundView): Promise<void> {
  if (!(await meeting.ask({ type: "end_round", round: round.id }))) return;
  tellWithUndo(meeting, texts().ended(titleOf(round)), () => meeting.ask({ type: "reopen_round", round: round.id }));
}

export async function removeRound(meeting: Meeting, round: RoundView): Promise<void> {
  const before = roundAfter(meeting, round);
  const grouping = meeting.view.groupings[round.id];
  if (!(await meeting.ask({ type: "remove_round", round: round.id }))) return;
  tellWithUndo(meeting, texts().removed(titleOf(round)), async () => {
    const outcome = await meeting.send({ type: "add_round", plan: round.plan, before });
    if (!outcome.ok) await meeting.tellRejection(outcome.rejection);
    else if (grouping && outcome.created !== null) {
      await meeting.ask({ type: "set_grouping", round: outcome.created, rooms: grouping.rooms });
    }
  });
}

export async function discardGrouping(meeting: Meeting, round: RoundView): Promise<void> {
  const grouping = meeting.view.groupings[round.id];
  if (!(await meeting.ask({ type: "discard_grouping", round: round.id })) || !grouping) return;
  tellWithUndo(meeting, texts().discarded, () =>
    meeting.ask({ type: "set_grouping", round: round.id, rooms: grouping.rooms }),
  );
}

export async function withdrawAnnouncement(meeting: Meeting, { id, text }: AnnouncementView): Promise<void> {
  if (!(await meeting.ask({ type: "withdraw_announcement", announcement: id }))) return;
  tellWithUndo(meeting, texts().taken_back, () => meeting.ask({ type: "announce", text }));
}

export async function removeRoom(meeting: Meeting, room: RoomView): Promise<boolean> {
  if (!(await meeting.ask({ type: "remove_room", room: room.id }))) return false;
  tellWithUndo(meeting, texts().room_removed(words().room(room.number)), () =>
    meeting.ask({ type: "add_room", round: room.round, name: room.name }),
  );
  return true;
}
