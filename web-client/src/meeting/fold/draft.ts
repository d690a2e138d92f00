/**
 * A view under change. Whoever holds the view before keeps it as it was: every part is copied once before its first
 * change, however many events are folded. Knows nothing of what events mean.
 */
import type { MeetingView } from "../../protocol/protocol";

/** Objects keyed by an id or a word, as the protocol has them. */
export type Keyed<T> = { [key: string | number]: T };

export class Draft {
  #view: MeetingView;
  /** Copies made by this draft, which may be changed. */
  readonly #own = new WeakSet<object>();

  constructor(view: MeetingView) {
    this.#view = view;
  }

  /** The view, to be read. */
  get seen(): Readonly<MeetingView> {
    return this.#view;
  }

  /** The view, to be changed. Its parts still have to be taken by `part`, `entry` or `own`. */
  get view(): MeetingView {
    this.#view = this.own(this.#view);
    return this.#view;
  }

  /** Starts over from another view. */
  replace(view: MeetingView): void {
    this.#view = view;
  }

  /** A copy that may be changed, or the thing itself if it is such a copy. */
  own<T extends object>(thing: T): T {
    if (this.#own.has(thing)) return thing;
    const copy = (Array.isArray(thing) ? [...(thing as unknown[])] : { ...thing }) as T;
    this.#own.add(copy);
    return copy;
  }

  /** A part of something changeable, changeable itself. */
  part<O extends object, K extends keyof O>(holder: O, key: K): O[K] & object {
    const owned = this.own(holder[key] as O[K] & object);
    holder[key] = owned;
    return owned;
  }

  /** One thing of a changeable collection, changeable itself; nothing if it is not there. */
  entry<T extends object>(holder: Keyed<T>, id: string | number): T | undefined {
    const found = Object.hasOwn(holder, id) ? holder[id] : undefined;
    if (found === undefined) return undefined;
    const owned = this.own(found);
    holder[id] = owned;
    return owned;
  }
}

/** Puts something under a key that people may have chosen: `__proto__` is a word like any other. */
export function put<T>(holder: Keyed<T>, key: string | number, value: T): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

/** A list of things as an object keyed by id. */
export function byId<T extends { id: number }>(things: readonly T[]): Keyed<T> {
  const keyed: Keyed<T> = {};
  for (const thing of things) keyed[thing.id] = thing;
  return keyed;
}
