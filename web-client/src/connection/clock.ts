/**
 * The server's clock, from several pings (SPEC FR7). Stands on the browser's steady clock, which nobody can set; the clock
 * of the computer only bridges a sleep, in which the steady one may have stood still.
 */

/** Samples kept; the one with the shortest way wins. */
const SAMPLES_MAX = 8;
/** Pings on their way that are remembered. */
const SENT_MAX = 16;
/** The two clocks of the browser may part by this much before something has happened to one of them. */
const JUMP_MS = 500;

interface Sample {
  offset_ms: number;
  way_ms: number;
}

/** The browser's clocks in milliseconds. */
export interface Clocks {
  /** Since 1970, as the computer has it. */
  wall: () => number;
  /** Since some moment; never set. */
  steady: () => number;
}

const BROWSER: Clocks = { wall: () => Date.now(), steady: () => performance.now() };

export class ServerClock {
  #samples: Sample[] = [];
  readonly #sent = new Map<number, number>();
  readonly #clocks: Clocks;
  /** The wall clock minus the steady one, when it was last looked at. */
  #apart_ms: number;
  /** How far the wall clock has run ahead since the last measurement: time slept, as far as anybody knows. */
  #slept_ms = 0;

  constructor(clocks: Clocks = BROWSER) {
    this.#clocks = clocks;
    this.#apart_ms = clocks.wall() - clocks.steady();
  }

  /** The `client_time` of a ping that goes out now. */
  ping(): number {
    const { wall, steady } = this.#clocks;
    let client_time = Math.round(wall());
    // The computer's clock may show the same time twice.
    while (this.#sent.has(client_time)) client_time += 1;
    this.#sent.set(client_time, steady());
    for (const oldest of this.#sent.keys()) if (this.#sent.size > SENT_MAX) this.#sent.delete(oldest);
    return client_time;
  }

  /** A pong to a ping of ours; others are passed over. */
  take(client_time: number, server_time: number): void {
    const sent = this.#sent.get(client_time);
    if (sent === undefined) return;
    this.#sent.delete(client_time);
    const now = this.#clocks.steady();
    this.#push({ offset_ms: server_time - (sent + now) / 2, way_ms: now - sent });
  }

  /** A server time without a way known: taken only until a ping has come back. */
  hint(server_time: number): void {
    if (this.#samples.length > 0) return;
    this.#push({ offset_ms: server_time - this.#clocks.steady(), way_ms: Number.MAX_SAFE_INTEGER });
  }

  /**
   * Whether the computer slept or its clock was set since this was last asked. What was measured before may not hold any
   * more: it counts until the next pong, and pings that were on their way count for nothing.
   */
  tookJump(): boolean {
    const apart_ms = this.#clocks.wall() - this.#clocks.steady();
    const jump_ms = apart_ms - this.#apart_ms;
    if (Math.abs(jump_ms) < JUMP_MS) return false;
    this.#apart_ms = apart_ms;
    this.#sent.clear();
    // Set back is set back: nobody sleeps a negative time.
    if (jump_ms > 0) this.#slept_ms += jump_ms;
    this.#samples = [{ offset_ms: this.offset_ms, way_ms: Number.MAX_SAFE_INTEGER }];
    return true;
  }

  /** The server's time minus the steady clock. */
  get offset_ms(): number {
    const best = this.#samples.reduce<Sample | null>(
      (best, sample) => (best && best.way_ms <= sample.way_ms ? best : sample),
      null,
    );
    return best?.offset_ms ?? this.#apart_ms;
  }

  /** The server's time now, in milliseconds since 1970. */
  now(): number {
    return this.#clocks.steady() + this.offset_ms + this.#slept_ms;
  }

  #push(sample: Sample): void {
    const known = this.#slept_ms > 0 ? [] : this.#samples;
    this.#slept_ms = 0;
    this.#samples = [...known, sample].slice(-SAMPLES_MAX);
  }
}
