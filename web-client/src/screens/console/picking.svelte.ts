/** People picked to be moved together, over all rooms of a page; mouse, finger, checkbox and menu work on the same set. */
import { createContext } from "svelte";
import type { PersonId } from "../../protocol/protocol";

export class Picking {
  people = $state.raw<ReadonlySet<PersonId>>(new Set());
  /** Who is being dragged at this moment. Not the same as picked: nothing may move on the page under a drag. */
  dragged = $state.raw<readonly PersonId[]>([]);

  /** Where the finger is that carries them, and the place below it (`data-place`); a mouse has the browser's own dragging. */
  finger = $state.raw<{ x: number; y: number } | null>(null);
  over = $state.raw<string | null>(null);
  readonly #put: (place: string, people: readonly PersonId[]) => Promise<boolean>;

  /** `put`: how people come into a place, as the screen with the places knows it. */
  constructor(put: (place: string, people: readonly PersonId[]) => Promise<boolean>) {
    this.#put = put;
  }

  carry(x: number, y: number): void {
    this.finger = { x, y };
    this.over = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-place]")?.dataset["place"] ?? null;
  }

  /** The finger is lifted, or its way was broken off. */
  async letGo(dropped: boolean): Promise<void> {
    const { over, dragged } = this;
    this.finger = null;
    this.over = null;
    this.dragged = [];
    if (dropped && over !== null && (await this.#put(over, dragged))) this.clear();
  }

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
