/**
 * The browser's stores behind one small interface. A browser may forbid them; then things are kept in memory and
 * `durable` says so, because nothing may pretend to be saved.
 */

export interface Store {
  readonly durable: boolean;
  read(key: string): unknown;
  /** Whether it was written. */
  write(key: string, value: unknown): boolean;
  remove(key: string): void;
  keys(): string[];
}

const PREFIX = "engawa.";

class WebStore implements Store {
  readonly durable = true;
  readonly #area: Storage;

  constructor(area: Storage) {
    this.#area = area;
  }

  read(key: string): unknown {
    try {
      const text = this.#area.getItem(PREFIX + key);
      return text === null ? null : (JSON.parse(text) as unknown);
    } catch {
      return null;
    }
  }

  write(key: string, value: unknown): boolean {
    try {
      this.#area.setItem(PREFIX + key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  }

  remove(key: string): void {
    try {
      this.#area.removeItem(PREFIX + key);
    } catch {
      // A store that cannot be written holds nothing of ours.
    }
  }

  keys(): string[] {
    return Object.keys(this.#area)
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => key.slice(PREFIX.length));
  }
}

export class MemoryStore implements Store {
  readonly durable = false;
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
