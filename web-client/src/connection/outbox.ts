/**
 * Commands with their numbers, kept in the browser until the server has taken or refused them. A command goes into the
 * store before it goes onto the line, so that reload, crash and closing the tab lose nothing; it keeps its number, so
 * that sending it again does not double it (SPEC CM1, CM2).
 */
import { LIMITS } from "../protocol/constants";
import type { ClientSeq, Command, DeviceId, Rejection } from "../protocol/protocol";
import type { Store } from "./storage";

/** How long to wait before a command refused as `unavailable` or `too_fast` is sent again (SPEC CM4). */
export const RETRY_MS = 1_000;

export interface Pending {
  client_seq: ClientSeq;
  command: Command;
}

/** Numbers left out after a store that was full: those given meanwhile must never be given again. */
const SKIPPED_NUMBERS = 1_000;

interface Kept {
  /** The number of the next new command. */
  next: ClientSeq;
  pending: Pending[];
}

export function isPassing(rejection: Rejection): boolean {
  return rejection.code === "unavailable" || rejection.code === "too_fast";
}

function isKept(value: unknown): value is Kept {
  return typeof value === "object" && value !== null && "next" in value && "pending" in value;
}

export class Outbox {
  readonly device: DeviceId;
  readonly #store: Store;
  #next: ClientSeq = 1;
  #pending: Pending[] = [];
  /** What of it lies in the store. */
  #stored: Pending[] = [];

  constructor(device: DeviceId, store: Store) {
    this.device = device;
    this.#store = store;
    const kept = store.read(this.#key);
    if (isKept(kept)) {
      this.#next = kept.next;
      this.#pending = kept.pending;
      this.#stored = kept.pending;
    }
  }

  /** Whether everything that waits lies in the store, too. */
  get is_kept(): boolean {
    return this.#pending.every((pending) => this.#stored.includes(pending));
  }

  get #key(): string {
    return `outbox.${this.device}`;
  }

  get pending(): readonly Pending[] {
    return this.#pending;
  }

  /** Whether one more command may wait (SPEC CM2). */
  get has_room(): boolean {
    return this.#pending.length < LIMITS.COMMANDS_PENDING_MAX;
  }

  /** Takes a command in and gives it its number; null when too many wait already. */
  add(command: Command): Pending | null {
    if (!this.has_room) return null;
    const pending = { client_seq: this.#next, command };
    this.#next += 1;
    this.#pending = [...this.#pending, pending];
    this.#keep();
    return pending;
  }

  /** A number for something that does not travel as a command of this outbox (joining). */
  takeNumber(): ClientSeq {
    const number = this.#next;
    this.#next += 1;
    this.#keep();
    return number;
  }

  /** The server has taken or finally refused it: it leaves the outbox. Null if it is not there (any more). */
  settle(client_seq: ClientSeq): Pending | null {
    const found = this.#pending.find((pending) => pending.client_seq === client_seq) ?? null;
    if (found) {
      this.#pending = this.#pending.filter((pending) => pending !== found);
      this.#keep();
    }
    return found;
  }

  #keep(): void {
    if (this.#store.write(this.#key, { next: this.#next, pending: this.#pending } satisfies Kept)) {
      this.#stored = this.#pending;
      return;
    }
    // The store is full. What lay in it before still fits; the rest lives as long as this page does.
    this.#stored = this.#stored.filter((pending) => this.#pending.includes(pending));
    const next = this.#next + SKIPPED_NUMBERS;
    this.#store.write(this.#key, { next, pending: this.#stored } satisfies Kept);
  }
}
