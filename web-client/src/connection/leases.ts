/** Exclusive names among the tabs of a browser: Web Locks where there are any, heartbeats in the shared store elsewhere. */
import type { Leases } from "./device";
import type { Store } from "./storage";

/** Web Locks exist on secure pages (https, localhost). The browser frees them when the tab is gone, however it went. */
class LockLeases implements Leases {
  take(name: string, patience_ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const hold = (lock: Lock | null): Promise<void> | undefined => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise<void>(() => undefined);
      };
      const options: LockOptions =
        patience_ms === 0 ? { ifAvailable: true } : { signal: AbortSignal.timeout(patience_ms) };
      navigator.locks.request(`engawa.${name}`, options, hold).catch(() => resolve(false));
    });
  }
}

const BEAT_MS = 5_000;
/** Hidden tabs run their timers once a minute, so silence means little before two. */
const SILENCE_MS = 150_000;

/** On plain http: whoever wrote last and recently holds the name. */
export class BeatLeases implements Leases {
  readonly #store: Store;
  readonly #me = Math.random().toString(36).slice(2);
  readonly #held = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
    setInterval(() => this.#held.forEach((name) => this.#beat(name)), BEAT_MS);
    addEventListener("pagehide", () => this.#held.forEach((name) => this.#store.remove(`alive.${name}`)));
    addEventListener("pageshow", () => this.#held.forEach((name) => this.#beat(name)));
  }

  take(name: string): Promise<boolean> {
    const found = this.#store.read(`alive.${name}`);
    const beat = typeof found === "object" && found !== null ? (found as { by?: unknown; at?: unknown }) : {};
    const taken = typeof beat.at === "number" && Date.now() - beat.at < SILENCE_MS && beat.by !== this.#me;
    if (!taken) {
      this.#held.add(name);
      this.#beat(name);
    }
    return Promise.resolve(!taken);
  }

  #beat(name: string): void {
    this.#store.write(`alive.${name}`, { by: this.#me, at: Date.now() });
  }
}

export function openLeases(store: Store): Leases {
  // The type says there always is one; plain http pages have none.
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks === undefined ? new BeatLeases(store) : new LockLeases();
}
