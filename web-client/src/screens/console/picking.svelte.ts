/** People picked to be moved together, over all rooms of a page; drag, checkbox and menu work on the same set. */
import { createContext } from "svelte";
import type { PersonId } from "../../protocol/protocol";

export class Picking {
  people = $state.raw<ReadonlySet<PersonId>>(new Set());
  /** Whether they are being dragged at this moment. */
  dragging = $state(false);

  toggle(person: PersonId): void {
    const people = new Set(this.people);
    if (!people.delete(person)) people.add(person);
    this.people = people;
  }

  /** Begins to drag: what is picked, or this person alone when they are not among them. */
  drag(person: PersonId): void {
    if (!this.people.has(person)) this.people = new Set([person]);
    this.dragging = true;
  }

  clear(): void {
    this.people = new Set();
    this.dragging = false;
  }

  /** Lets go of people who are no longer to be picked. */
  keep(among: (person: PersonId) => boolean): void {
    const kept = [...this.people].filter(among);
    if (kept.length < this.people.size) this.people = new Set(kept);
  }
}

export const [usePicking, providePicking] = createContext<Picking>();
