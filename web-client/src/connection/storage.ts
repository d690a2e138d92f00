/**
 * The browser's stores behind one small interface. A browser may forbid them, or they may be full; then things are kept in
 * memory and `keeping` says so, because nothing may pretend to be saved.
 */

/** Whether what is written outlives the page: yes; not everything, the store is full; no, the browser forbids it. */
export type Keeping = "kept" | "full" | "forbidden";

export interface Store {
  readonly keeping: Keeping;
  read(key: string): unknown;
  /** Whether it was written. */
  write(key: string, value: unknown): boolean;
  remove(key: string): void;
  keys(): string[];
}

const PREFIX = "engawa.";

export class WebStore implements Store {
  readonly #area: Storage;
  /** What did not fit. */
  readonly #unfit = new Map<string, string>();

  constructor(area: Storage) {
    this.#area = area;
  }

  get keeping(): Keeping {
    return this.#unfit.size > 0 ? "full" : "kept";
  }

  read(key: string): unknown {
    const unfit = this.#unfit.get(key);
    if (unfit !== undefined) return JSON.parse(unfit) as unknown;
    try {
      const text = this.#area.getItem(PREFIX + key);
      return text === null ? null : (JSON.parse(text) as unknown);
    } catch {
      return null;
    }
  }

  write(key: string, value: unknown): boolean {
    const text = JSON.stringify(value);
    try {
      this.#area.setItem(PREFIX + key, text);
      this.#unfit.delete(key);
      return true;
    } catch {
      this.#unfit.set(key, text);
      return false;
    }
  }

  remove(key: string): void {
    this.#unfit.delete(key);
    try {
      this.#area.removeItem(PREFIX + key);
    } catch {
      // A store that cannot be written holds nothing of ours.
    }
  }

  keys(): string[] {
    const stored = Object.keys(this.#area)
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => key.slice(PREFIX.length));
    return [...new Set([...stored, ...this.#unfit.keys()])];
  }
}

export class MemoryStore implements Store {
  readonly keeping = "forbidden";
  readonly #values = new Map<string, string>();

  read(key: string): unknown {
    const text = this.#values.get(key);
    return text === undefined ? null : (JSON.parse(text) as unknown);
  }

  write(key: string, value: unknown): boolean {
    this.#values.set(key, JSON.stringify(value));
    return true;
  }

  remove(key: string): void {
    this.#values.delete(key);
  }

  keys(): string[] {
    return [...this.#values.keys()];
  }
}

function open(area: () => Storage): Store {
  try {
    const probe = `${PREFIX}probe`;
    area().setItem(probe, "1");
    area().removeItem(probe);
    return new WebStore(area());
  } catch {
    return new MemoryStore();
  }
}

/** What all tabs of this browser share and keep. */
export const shelf = open(() => localStorage);
/** What only this tab knows; survives a reload. */
export const pocket = open(() => sessionStorage);
