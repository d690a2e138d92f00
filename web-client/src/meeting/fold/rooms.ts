/**
 * Folding events about rooms. What is told of a room changes its card in `rooms` (for those who see all rooms) and the
 * seat, when it is in that room.
 */
import type { EventOf } from "../events";
import type { PersonView, RoomId, RoomView, SeatView } from "../../protocol/protocol";
import { byId, type Draft } from "./draft";

function eachRoom(draft: Draft, id: RoomId, change: (room: RoomView) => void): void {
  if (draft.seen.rooms[id]) {
    const room = draft.entry(draft.part(draft.view, "rooms"), id);
    if (room) change(room);
  }
  const seat = seatIn(draft, id);
  if (seat) change(draft.part(seat, "room"));
}

function seatIn(draft: Draft, id: RoomId): SeatView | undefined {
  return draft.seen.seat?.room.id === id ? (draft.part(draft.view, "seat") as SeatView) : undefined;
}

function meet(draft: Draft, id: RoomId, person: PersonView): void {
  const seat = seatIn(draft, id);
  if (seat) draft.part(seat, "people")[person.id] = person;
}

/** Drops people of the seat who are neither members, nor visitors, nor its facilitator. */
function forgetStrangers(draft: Draft, id: RoomId): void {
  const seat = seatIn(draft, id);
  if (!seat) return;
  const { members, visitors, facilitator } = seat.room;
  const people = draft.part(seat, "people");
  for (const { id: person } of Object.values(people)) {
    if (!members.includes(person) && !visitors.includes(person) && facilitator !== person) delete people[person];
  }
}

export function roomsOpened(draft: Draft, event: EventOf<"rooms_opened">): void {
  Object.assign(draft.part(draft.view, "rooms"), byId(event.rooms));
}

export function roomAdded(draft: Draft, { room }: EventOf<"room_added">): void {
  draft.part(draft.view, "rooms")[room.id] = room;
}

export function roomRenamed(draft: Draft, { room: id, name }: EventOf<"room_renamed">): void {
  eachRoom(draft, id, (room) => (room.name = name));
  const from = Object.values(draft.seen.plenary.notes).filter((note) => note.source?.room === id);
  for (const { id: noteId } of from) {
    const note = draft.entry(draft.part(draft.part(draft.view, "plenary"), "notes"), noteId);
    if (note?.source) note.source = { ...note.source, name };
  }
}

export function roomRemoved(draft: Draft, { room }: EventOf<"room_removed">): void {
  delete draft.part(draft.view, "rooms")[room];
}

export function facilitatorSet(draft: Draft, { room: id, person }: EventOf<"facilitator_set">): void {
  eachRoom(draft, id, (room) => (room.facilitator = person?.id ?? null));
  if (person) meet(draft, id, person);
  forgetStrangers(draft, id);
}

export function memberAdded(draft: Draft, { room: id, person }: EventOf<"member_added">): void {
  eachRoom(draft, id, (room) => (room.members = [...room.members, person.id]));
  meet(draft, id, person);
}

export function memberRemoved(draft: Draft, { room: id, person }: EventOf<"member_removed">): void {
  eachRoom(draft, id, (room) => (room.members = room.members.filter((member) => member !== person)));
  forgetStrangers(draft, id);
}

export function visitorEntered(draft: Draft, { room: id, person }: EventOf<"visitor_entered">): void {
  eachRoom(draft, id, (room) => (room.visitors = [...room.visitors, person.id]));
  meet(draft, id, person);
}

export function visitorLeft(draft: Draft, { room: id, person }: EventOf<"visitor_left">): void {
  eachRoom(draft, id, (room) => (room.visitors = room.visitors.filter((visitor) => visitor !== person)));
  forgetStrangers(draft, id);
}

export function seatTaken(draft: Draft, { seat }: EventOf<"seat_taken">): void {
  draft.view.seat = seat;
}

export function seatLeft(draft: Draft): void {
  draft.view.seat = null;
}

export function roomChoicesOffered(draft: Draft, { choices }: EventOf<"room_choices_offered">): void {
  draft.view.room_choices = byId(choices);
}

export function roomChoiceChanged(draft: Draft, { choice }: EventOf<"room_choice_changed">): void {
  draft.part(draft.view, "room_choices")[choice.id] = choice;
}

export function roomActivityChanged(draft: Draft, { room: id, activity }: EventOf<"room_activity_changed">): void {
  eachRoom(draft, id, (room) => (room.activity = activity));
}

export function turnsChanged(draft: Draft, { room, turns }: EventOf<"turns_changed">): void {
  const seat = seatIn(draft, room);
  if (seat) seat.turns = turns;
}

export function helpChanged(draft: Draft, { room: id, help }: EventOf<"help_changed">): void {
  eachRoom(draft, id, (room) => (room.help = help));
}
