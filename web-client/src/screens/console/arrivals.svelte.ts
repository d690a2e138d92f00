/** Who has come (or come back) since this page was opened and while rooms were open: so that nobody is overlooked. */
import { runningRound } from "../../meeting/readers";
import type { Attendance, MeetingView, PersonId } from "../../protocol/protocol";

export interface Arrival {
  person: PersonId;
  at: number;
  /** Whether they had been here before. */
  back: boolean;
}

/** Arrivals that are kept. */
const KEPT_MAX = 20;

export class Arrivals {
  list = $state.raw<readonly Arrival[]>([]);
  #known: Map<PersonId, Attendance> | null = null;
  #people: MeetingView["people"] | null = null;

  /** Compares with what was known before. To be called with every view. */
  follow(view: MeetingView, now_ms: number): void {
    if (view.people === this.#people) return;
    this.#people = view.people;
    const before = this.#known;
    const people = Object.values(view.people).filter(({ role }) => role === "participant");
    this.#known = new Map(people.map(({ id, attendance }) => [id, attendance]));
    if (before === null || runningRound(view)?.plan.kind !== "dialogue") return;
    const come = people
      .filter(({ id, attendance }) => attendance === "present" && before.get(id) !== "present")
      .map(({ id }) => ({ person: id, at: now_ms, back: before.get(id) === "away" }));
    if (come.length === 0) return;
    const others = this.list.filter(({ person }) => !come.some((one) => one.person === person));
    this.list = [...come, ...others].slice(0, KEPT_MAX);
  }
}
