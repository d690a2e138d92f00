/** People picked to be moved together, over all rooms of a page; drag, checkbox and menu work on the same set. */
import { createContext } from "svelte";
import type { PersonId } from "../../protocol/protocol";

export class Picking {
  people = $state.raw<ReadonlySet<PersonId>>(new Set());
  /** Who is being dragged at this moment. Not the same as picked: nothing may move on the page under a drag. */
  dragged = $state.raw<readonly PersonId[]>([]);

  get dragging(): boolean {
    return this.dragged.length > 0;
  }

  toggle(person: PersonId): void {
    const people = new Set(this.people);
    if (!people.delete(person)) people.add(person);
    this.people = people;
  }

  /** Begins to drag: what is picked, or this person alone when they are not among them. */
  drag(person: PersonId): void {
    this.dragged = this.people.has(person) ? [...this.people] : [person];
  }

  clear(): void {
    this.people = new Set();
    this.dragged = [];
  }
}

export const [usePicking, providePicking] = createContext<Picking>();
