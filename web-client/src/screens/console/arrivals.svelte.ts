/**
 * Who has come (or come back) while rooms were open: so that nobody is overlooked. Kept over a reload; whoever comes while the
 * page is closed is found by comparing with what was known before.
 */
import type { Store } from "../../connection/storage";
import { runningRound } from "../../meeting/readers";
import type { MeetingView, PersonId, RoundId } from "../../protocol/protocol";

export interface Arrival {
  person: PersonId;
  at: number;
  /** Whether they had been here before. */
  back: boolean;
}

/** Arrivals that are kept. */
const KEPT_MAX = 20;

interface Kept {
  /** The round to which it all belongs: what was known before another one says nothing. */
  round: RoundId;
  list: readonly Arrival[];
  present: readonly PersonId[];
  away: readonly PersonId[];
}

function isKept(value: unknown): value is Kept {
  return typeof value === "object" && value !== null && "round" in value && "list" in value && "present" in value;
}

export class Arrivals {
  list = $state.raw<readonly Arrival[]>([]);
  readonly #store: Store;
  readonly #key: string;
  #known: Kept | null = null;
  #people: MeetingView["people"] | null = null;

  /** `owner`: whose page it is, because one browser may hold several. */
  constructor(store: Store, owner: string) {
    this.#store = store;
    this.#key = `arrivals.${owner}`;
    const kept = store.read(this.#key);
    if (isKept(kept)) this.#known = kept;
  }

  /** Compares with what was known before. To be called with every view. */
  follow(view: MeetingView, now_ms: number): void {
    const running = runningRound(view);
    const round = running?.plan.kind === "dialogue" ? running.id : null;
    if (view.people === this.#people && round === (this.#known?.round ?? null)) return;
    this.#people = view.people;
    if (round === null) return this.#forget();
    const people = Object.values(view.people).filter(({ role }) => role === "participant");
    const idsOf = (state: "present" | "away"): PersonId[] =>
      people.filter(({ attendance }) => attendance === state).map(({ id }) => id);
    const before = this.#known?.round === round ? this.#known : null;
    const now: Kept = { round, list: before?.list ?? [], present: idsOf("present"), away: idsOf("away") };
    if (before) {
      const here = new Set(before.present);
      const away = new Set(before.away);
      const come = now.present
        .filter((person) => !here.has(person))
        .map((person) => ({ person, at: now_ms, back: away.has(person) }));
      const others = before.list.filter(({ person }) => !come.some((one) => one.person === person));
      now.list = [...come, ...others].slice(0, KEPT_MAX);
    }
    this.#known = now;
    this.list = now.list;
    this.#store.write(this.#key, now);
  }

  #forget(): void {
    this.#known = null;
    this.list = [];
    this.#store.remove(this.#key);
  }
}
