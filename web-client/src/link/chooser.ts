/**
 * Which way frames travel: a WebSocket where there can be one, else a stream, else a long poll. A proxy may refuse a way,
 * swallow it without a word, hold it back or cut it early; each is found out within seconds, and what worked is
 * remembered for the next time. Now and then the better ways are tried again beside the line that works. Knows nothing of
 * what frames mean but welcome and goodbye.
 */
import type { Store } from "../connection/storage";
import type { ClientFrame } from "../protocol/protocol";
import type { HttpLineEvents } from "./http-line";
import { ABNORMAL, type Ending, type Link, type LinkEvents, type OpenLink } from "./link";

export type Transport = "websocket" | "stream" | "poll";
export const TRANSPORTS: readonly Transport[] = ["websocket", "stream", "poll"];

/** A way that has not opened, or shown the next sign of a welcome, within this time is given up for the next one. */
export const STEP_MS = 4_000;
/** The last way has nothing below it: it gets as long as the page waits at all. */
const LAST_STEP_MS = 11_000;
/** The code of the other ways may take this long to load. */
const LOAD_MS = 10_000;
/** A line that breaks sooner than this after its welcome has died young. */
export const YOUNG_MS = 20_000;
/** So many young deaths in a row, and the way is given up for the next one. */
export const YOUNG_DEATHS = 3;
/** First and longest time until the better ways are tried again. */
export const RETRY_UP_MS = 60_000;
export const RETRY_UP_MS_MAX = 15 * 60_000;
/** What worked longer ago than this is no longer believed: the computer may be elsewhere. */
export const BELIEVED_MS = 12 * 3_600_000;

/** After the first welcome the other ways are loaded, so that they are there when the line is not. */
const LOAD_AHEAD_MS = 8_000;
/** The close codes that only the server gives (SPEC CL2). */
const RESTARTING = 1012;
const OWN_CODES = 4000;

const KEY = "transport";

/** The ways that are loaded when they are needed. */
export interface Fallbacks {
  openStream(events: HttpLineEvents): Link;
  openPoll(events: HttpLineEvents): Link;
  probeSocket(): Promise<boolean>;
  probeStream(): Promise<boolean>;
}

export interface ChooserParts {
  openWebSocket(events: LinkEvents): Link;
  load(): Promise<Fallbacks>;
  store: Store;
  now?(): number;
}

function isKept(value: unknown): value is { transport: Transport; at: number } {
  if (typeof value !== "object" || value === null || !("transport" in value) || !("at" in value)) return false;
  return TRANSPORTS.includes(value.transport as Transport) && typeof value.at === "number";
}

export class Chooser {
  readonly #parts: ChooserParts;
  /** Index into `TRANSPORTS` of the way to begin with. */
  #first: number;
  #young = 0;
  #retry_ms = RETRY_UP_MS;
  #retry_at = Infinity;
  #probing = false;
  #ahead = false;

  constructor(parts: ChooserParts) {
    this.#parts = parts;
    const kept = parts.store.read(KEY);
    const believed = isKept(kept) && Math.abs(this.#now() - kept.at) < BELIEVED_MS;
    this.#first = believed ? TRANSPORTS.indexOf(kept.transport) : 0;
  }

  /** The way that the next line begins with. */
  get transport(): Transport {
    return TRANSPORTS[this.#first] ?? "websocket";
  }

  readonly open: OpenLink = (events) => new ChosenLink(this, this.#parts, events);

  /** A way has brought a welcome. */
  welcomed(step: number): void {
    const now = this.#now();
    if (!this.#ahead) setTimeout(() => void this.#parts.load().catch(() => undefined), LOAD_AHEAD_MS);
    this.#ahead = true;
    if (step !== this.#first || step > 0) this.#choose(step);
    if (step > 0 && this.#retry_at === Infinity) this.#retry_at = now + this.#retry_ms;
  }

  /** A line over this way has ended after its welcome, without the server's goodbye. */
  died(step: number, lived_ms: number, ending: Ending | undefined): void {
    this.#young = lived_ms < YOUNG_MS ? this.#young + 1 : 0;
    if (this.#young < YOUNG_DEATHS && ending !== "held_back") return;
    this.#young = 0;
    if (step + 1 >= TRANSPORTS.length) return;
    this.#choose(step + 1);
    // What opens and then breaks would pass a probe: it is left alone for longer.
    this.#putOff();
  }

  /** Something came over this way: a moment to try a better one, if it is time. No timers: a hidden tab hardly has any. */
  heard(step: number): void {
    if (step === 0 || this.#probing || this.#now() < this.#retry_at) return;
    this.#probing = true;
    void this.#probe(step).finally(() => (this.#probing = false));
  }

  /** Whether there is no better way known than this one. */
  isBest(step: number): boolean {
    return step <= this.#first;
  }

  async #probe(step: number): Promise<void> {
    const { probeSocket, probeStream } = await this.#parts.load();
    for (const [better, probe] of [probeSocket, probeStream].slice(0, step).entries()) {
      if (await probe()) {
        this.#choose(better);
        this.#retry_at = Infinity;
        return;
      }
    }
    this.#putOff();
  }

  #putOff(): void {
    this.#retry_ms = Math.min(this.#retry_ms * 2, RETRY_UP_MS_MAX);
    this.#retry_at = this.#now() + this.#retry_ms;
  }

  #choose(step: number): void {
    this.#first = step;
    this.#parts.store.write(KEY, { transport: TRANSPORTS[step], at: this.#now() });
  }

  #now(): number {
    return (this.#parts.now ?? Date.now)();
  }
}

/** A line that looks for its way. */
class ChosenLink implements Link {
  readonly #chooser: Chooser;
  readonly #parts: ChooserParts;
  readonly #events: LinkEvents;
  #live = true;
  #link: Link | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the welcome came, of the way in use. */
  #welcomed_at: number | null = null;
  #heard_at = 0;
  #heartbeat_ms = Infinity;
  #step = 0;
  /** Counts the ways tried, so that a late word of an earlier one is not heard. */
  #trial = 0;

  constructor(chooser: Chooser, parts: ChooserParts, events: LinkEvents) {
    this.#chooser = chooser;
    this.#parts = parts;
    this.#events = events;
    this.#try(TRANSPORTS.indexOf(chooser.transport));
  }

  send(frame: ClientFrame): void {
    this.#link?.send(frame);
  }

  close(): void {
    // Who gives up a line that has been silent for two heartbeats has found it dead.
    const silent = this.#now() - this.#heard_at >= 2 * this.#heartbeat_ms;
    if (this.#live && silent && this.#welcomed_at !== null) this.#died(undefined);
    this.#stop();
  }

  #now(): number {
    return (this.#parts.now ?? Date.now)();
  }

  #stop(): void {
    this.#live = false;
    this.#trial += 1;
    clearTimeout(this.#timer);
    this.#link?.close();
    this.#link = null;
  }

  #end(number: number, ending?: Ending): void {
    this.#link = null;
    this.#stop();
    this.#events.closed(number, ending);
  }

  /** Tries a way, and gives it up for the next one when nothing comes of it. */
  #try(step: number): void {
    this.#link?.close();
    this.#link = null;
    this.#step = step;
    this.#trial += 1;
    this.#welcomed_at = null;
    const trial = this.#trial;
    const current = (): boolean => this.#live && trial === this.#trial;
    const transport = TRANSPORTS[step] ?? "poll";
    if (transport === "websocket") {
      this.#link = this.#parts.openWebSocket(this.#watch(current));
      this.#arm(STEP_MS);
      return;
    }
    this.#arm(LOAD_MS);
    this.#parts.load().then(
      ({ openStream, openPoll }) => {
        if (!current()) return;
        const events: HttpLineEvents = {
          ...this.#watch(current),
          goesOn: () => this.#chooser.isBest(step),
          left: () => current() && this.#try(TRANSPORTS.indexOf(this.#chooser.transport)),
        };
        this.#link = transport === "stream" ? openStream(events) : openPoll(events);
        this.#arm(this.#stepMs());
      },
      () => current() && this.#end(ABNORMAL, "unreachable"),
    );
  }

  #stepMs(): number {
    return this.#step + 1 < TRANSPORTS.length ? STEP_MS : LAST_STEP_MS;
  }

  #arm(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fail(undefined), ms);
  }

  #watch(current: () => boolean): LinkEvents {
    let goodbye = false;
    const progressed = (): void => {
      if (this.#welcomed_at === null) this.#arm(this.#stepMs());
    };
    return {
      opened: () => {
        if (!current()) return;
        progressed();
        this.#events.opened();
      },
      progressed: () => {
        if (!current()) return;
        progressed();
        this.#events.progressed();
      },
      received: (frame) => {
        if (!current()) return;
        this.#heard_at = this.#now();
        if (frame.type === "goodbye") goodbye = true;
        if (frame.type === "welcome") {
          clearTimeout(this.#timer);
          this.#welcomed_at ??= this.#now();
          this.#heartbeat_ms = frame.heartbeat_ms;
          this.#chooser.welcomed(this.#step);
        } else if (this.#welcomed_at !== null) this.#chooser.heard(this.#step);
        this.#events.received(frame);
      },
      closed: (number, ending) => {
        if (!current()) return;
        // Proxies close with codes of their own; the server's are these.
        if (goodbye || number === RESTARTING || number >= OWN_CODES) this.#end(number, ending);
        else if (this.#welcomed_at === null) this.#fail(ending);
        else {
          this.#died(ending);
          this.#end(number, ending);
        }
      },
    };
  }

  #died(ending: Ending | undefined): void {
    this.#chooser.died(this.#step, this.#now() - (this.#welcomed_at ?? 0), ending);
  }

  /** Nothing came of this way. Where no server was reached at all, another way would not find one either. */
  #fail(ending: Ending | undefined): void {
    if (!this.#live) return;
    if (ending === "unreachable" || this.#step + 1 >= TRANSPORTS.length) this.#end(ABNORMAL, ending);
    else this.#try(this.#step + 1);
  }
}
