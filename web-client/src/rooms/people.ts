/** Who is in a room, members first. */
import type { PersonView, SeatView } from "../protocol/protocol";

export function peopleOf(seat: SeatView): PersonView[] {
  const { members, facilitator, visitors } = seat.room;
  const ids = [...members, ...(facilitator === null ? [] : [facilitator]), ...visitors];
  return [...new Set(ids)].flatMap((id) => seat.people[id] ?? []);
}
