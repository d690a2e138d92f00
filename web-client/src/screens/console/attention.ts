/** What needs a hand, by exception: the reason a room stands at the front. Reads the view only. */
import type { MeetingView, PersonId, RoomView } from "../../protocol/protocol";
import { runningRound } from "../../meeting/readers";

/** A room without a new note for this long is looked at. */
export const SILENCE_MS = 4 * 60_000;

export type Need = "help" | "empty" | "silence" | "claimed" | "none";
const URGENCY: Record<Need, number> = { help: 0, empty: 1, silence: 2, claimed: 3, none: 4 };

export function presentIn(view: MeetingView, room: RoomView): number {
  return room.members.filter((id) => view.people[id]?.attendance === "present").length;
}

/** When a room was last heard of: its last note, or its round's opening. */
export function lastHeard(view: MeetingView, room: RoomView): number | null {
  const round = view.rounds.find(({ id }) => id === room.round);
  const opened = round && round.phase.phase !== "waiting" ? round.phase.opened_at : null;
  return room.activity?.last_note_at ?? opened;
}

export function needOf(view: MeetingView, room: RoomView, now_ms: number): Need {
  if (room.help.state === "called") return "help";
  const running = runningRound(view);
  if (running?.id === room.round && running.phase.phase === "open") {
    if (room.members.length > 0 && presentIn(view, room) === 0) return "empty";
    const heard = lastHeard(view, room);
    const speaks = room.activity?.speaker !== null || room.activity.silent;
    if (heard !== null && now_ms - heard >= SILENCE_MS && !speaks && room.members.length > 0) return "silence";
  }
  return room.help.state === "claimed" ? "claimed" : "none";
}

/** What needs attention first, otherwise by number. Calls stand in the order in which they came. */
export function byNeed(view: MeetingView, rooms: readonly RoomView[], now_ms: number): RoomView[] {
  const since = (room: RoomView): number => (room.help.state === "called" ? room.help.at : 0);
  return rooms
    .map((room) => ({ room, urgency: URGENCY[needOf(view, room, now_ms)] }))
    .sort((a, b) => a.urgency - b.urgency || since(a.room) - since(b.room) || a.room.number - b.room.number)
    .map(({ room }) => room);
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
