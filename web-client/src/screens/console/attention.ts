/** What needs a hand, by exception: the reasons for which a room stands at the front. Reads the view only. */
import type { MeetingView, PersonId, RoomView } from "../../protocol/protocol";
import { runningRound } from "../../meeting/readers";

/** A room without a new note for this long is looked at. */
export const SILENCE_MS = 4 * 60_000;

/** Most urgent first. */
export const NEEDS = ["help", "empty", "lost", "silence", "claimed"] as const;
export type Need = (typeof NEEDS)[number];

export function presentIn(view: MeetingView, room: RoomView): number {
  return room.members.filter((id) => view.people[id]?.attendance === "present").length;
}

/** Members who had come and whose line has been gone for a while. */
export function lostFrom(view: MeetingView, room: RoomView): PersonId[] {
  return room.members.filter((id) => view.people[id]?.attendance === "away");
}

/** When a room was last heard of: its last note, or its round's opening. */
export function lastHeard(view: MeetingView, room: RoomView): number | null {
  const round = view.rounds.find(({ id }) => id === room.round);
  const opened = round && round.phase.phase !== "waiting" ? round.phase.opened_at : null;
  return room.activity?.last_note_at ?? opened;
}

/** All reasons to look at a room, the most urgent first. */
export function needsOf(view: MeetingView, room: RoomView, now_ms: number): Need[] {
  const needs = new Set<Need>();
  if (room.help.state === "called") needs.add("help");
  if (room.help.state === "claimed") needs.add("claimed");
  const running = runningRound(view);
  if (running?.id === room.round && running.phase.phase === "open" && room.members.length > 0) {
    if (presentIn(view, room) === 0) needs.add("empty");
    else if (lostFrom(view, room).length > 0) needs.add("lost");
    const heard = lastHeard(view, room);
    const busy = room.activity !== null && (room.activity.speaker !== null || room.activity.silent);
    if (!needs.has("empty") && heard !== null && now_ms - heard >= SILENCE_MS && !busy) needs.add("silence");
  }
  return NEEDS.filter((need) => needs.has(need));
}

/** How urgent a room is: 0 first. */
export function urgencyOf(needs: readonly Need[]): number {
  const first = needs[0];
  return first === undefined ? NEEDS.length : NEEDS.indexOf(first);
}

/** What needs attention first, otherwise by number. Calls stand in the order in which they came. */
export function byNeed(view: MeetingView, rooms: readonly RoomView[], now_ms: number): RoomView[] {
  const since = (room: RoomView): number => (room.help.state === "called" ? room.help.at : 0);
  return rooms
    .map((room) => ({ room, urgency: urgencyOf(needsOf(view, room, now_ms)) }))
    .sort((a, b) => a.urgency - b.urgency || since(a.room) - since(b.room) || a.room.number - b.room.number)
    .map(({ room }) => room);
}

/** How many rooms have each need. */
export function countNeeds(view: MeetingView, rooms: readonly RoomView[], now_ms: number): Map<Need, number> {
  const counts = new Map<Need, number>();
  for (const room of rooms) {
    for (const need of needsOf(view, room, now_ms)) counts.set(need, (counts.get(need) ?? 0) + 1);
  }
  return counts;
}

/** Participants who have come and are in no room of the running dialogue round. */
export function withoutRoom(view: MeetingView): PersonId[] {
  const running = runningRound(view);
  if (running?.plan.kind !== "dialogue") return [];
  const placed = new Set(
    Object.values(view.rooms)
      .filter((room) => room.round === running.id)
      .flatMap(({ members }) => members),
  );
  return Object.values(view.people)
    .filter(
      ({ id, role, attendance, removed }) =>
        role === "participant" && attendance === "present" && !removed && !placed.has(id),
    )
    .map(({ id }) => id);
}
