/** The server's clock, from several pings (SPEC FR7). The browser's own clock decides nothing; it only ticks. */

/** Samples kept; the one with the shortest way wins. */
const SAMPLES_MAX = 8;

interface Sample {
  offset_ms: number;
  way_ms: number;
}

export class ServerClock {
  #samples: Sample[] = [];
  readonly #now: () => number;

  /** `now` is the browser's clock in milliseconds since 1970. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** A pong to a ping of ours. */
  take(client_time: number, server_time: number): void {
    const now = this.#now();
    const way_ms = now - client_time;
    if (way_ms < 0) {
      // The browser's clock was set back meanwhile: nothing measured before holds.
      this.#samples = [];
      return;
    }
    this.#push({ offset_ms: server_time - (client_time + now) / 2, way_ms });
  }

  /** A server time without a way known: taken only until a ping has come back. */
  hint(server_time: number): void {
    if (this.#samples.length === 0)
      this.#push({ offset_ms: server_time - this.#now(), way_ms: Number.MAX_SAFE_INTEGER });
  }

  /** Forgets what was measured: after sleep or a change of the computer's clock. */
  reset(): void {
    this.#samples = [];
  }

  get offset_ms(): number {
    const best = this.#samples.reduce<Sample | null>(
      (best, sample) => (best && best.way_ms <= sample.way_ms ? best : sample),
      null,
    );
    return best?.offset_ms ?? 0;
  }

  /** The server's time now. */
  now(): number {
    return this.#now() + this.offset_ms;
  }

  #push(sample: Sample): void {
    this.#samples = [...this.#samples, sample].slice(-SAMPLES_MAX);
  }
}
