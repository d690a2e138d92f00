/**
 * The meeting as this page holds it: the view, the line's state, commands on their way, who is here. Screens read it and
 * send commands through it. Knows no rules.
 */
import { createContext } from "svelte";
import { ServerClock } from "../connection/clock";
import { Connection, type ConnectionEvents, type Outcome } from "../connection/connection";
import { claimDevice } from "../connection/device";
import { ownerOf, remember, sharedLinkOf } from "../connection/identity";
import { openLeases } from "../connection/leases";
import { INITIAL, type State } from "../connection/machine";
import { Outbox, type Pending } from "../connection/outbox";
import { pocket, shelf, type Keeping } from "../connection/storage";
import { language } from "../i18n/language.svelte";
import { chooserHere } from "../link/choose";
import { LIMITS } from "../protocol/constants";
import type { BoardId, Command, Doing, MeetingView, NoteId, PersonId, Rejection, Role } from "../protocol/protocol";
import { fold, UnknownEvent } from "./fold";
import { may } from "./permissions";
import { ReturnedTexts, type Returned } from "./returned.svelte";

/** A line for the person, with something to do about it perhaps. */
export interface Notice {
  id: number;
  kind: "done" | "problem";
  text: string;
  action?: { label: string; run: () => void };
  /** Stays until somebody closes it. */
  stays: boolean;
}

export interface GestureSeen {
  person: PersonId | null;
  board: BoardId;
  doing: Doing;
  until_ms: number;
}

/** How long a notice stays that need not be closed. */
const NOTICE_MS = 8_000;
/** How many are kept, whatever they are: no fault may fill the page. */
const NOTICES_MAX = 20;
/** How long one can undo what a notice tells. */
const UNDO_NOTICE_MS = 60_000;
/** How long a gesture is believed (protocol: `Gestured`). */
const GESTURE_MS = 5_000;
const TICK_MS = 250;

/** Sentences for every no: not needed for the first view, so they come after it. */
const sentences = () => import("../i18n/rejections");

/** Seldom needed, and then the server is there. */
async function forgetPerson(token: string): Promise<void> {
  (await import("../connection/forget")).forgetPerson(token);
}

async function sentenceOf(rejection: Rejection): Promise<string> {
  return (await sentences()).rejectionSentence(rejection);
}

export class Meeting {
  #view = $state.raw<MeetingView | null>(null);
  state = $state.raw<State>(INITIAL);
  /** Commands that are neither acknowledged nor refused, oldest first. */
  pending = $state.raw<readonly Pending[]>([]);
  online = $state.raw<ReadonlySet<PersonId>>(new Set());
  gestures = $state.raw<readonly GestureSeen[]>([]);
  notices = $state.raw<readonly Notice[]>([]);
  /** The server's time, moving on four times a second. */
  now_ms = $state(Date.now());
  /** Ids of notes whose saving was told a moment ago. */
  just_saved = $state.raw<ReadonlySet<number>>(new Set());
  /** Whether this browser keeps what is unsent. */
  keeping = $state<Keeping>(shelf.keeping);
  readonly token: string;

  readonly #returned: ReturnedTexts;
  readonly #clock = new ServerClock();
  #connection: Connection | null = null;
  #last_notice = 0;

  constructor(token: string) {
    this.token = token;
    this.#returned = new ReturnedTexts(token);
  }

  /** Finds this tab's device and opens the line. */
  async start(): Promise<void> {
    const device = await claimDevice(ownerOf(this.token), pocket, shelf, openLeases(shelf));
    const outbox = new Outbox(device, shelf);
    this.pending = outbox.pending;
    this.#connection = new Connection({
      token: this.token,
      outbox,
      clock: this.#clock,
      openLink: chooserHere().open,
      sendLarge: (pending) => this.#sendLarge(device, pending),
      events: this.#events(outbox),
      isUnknown: (error) => error instanceof UnknownEvent,
    });
    setInterval(() => this.#tick(), TICK_MS);
    addEventListener("online", () => this.#connection?.wake());
    addEventListener("pageshow", (event) => event.persisted && this.#connection?.wake());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#connection?.wake();
    });
    this.#connection.start();
  }

  #tick(): void {
    // The computer slept, or its clock was set: the line may be dead, and the time must be asked for again.
    if (this.#clock.tookJump()) this.#connection?.wake();
    this.now_ms = this.#clock.now();
  }

  get has_view(): boolean {
    return this.#view !== null;
  }

  /** What this viewer sees. Screens are shown only when there is one. */
  get view(): MeetingView {
    if (this.#view === null) throw new Error("no view yet");
    return this.#view;
  }

  get role(): Role {
    return this.view.me.role;
  }

  may(command: Command["type"]): boolean {
    return may(this.role, command) && this.view.meeting.ended_at === null;
  }

  /** Sends a command; the caller says what came of it. */
  send(command: Command): Promise<Outcome> {
    const sent = this.#connection?.submit(command) ?? null;
    if (sent === null) return Promise.resolve({ ok: false, rejection: { code: "too_fast" } });
    return sent.outcome;
  }

  /** Sends a command; a no is told to the person. True when it was taken. */
  async ask(command: Command): Promise<boolean> {
    const outcome = await this.send(command);
    if (!outcome.ok) await this.tellRejection(outcome.rejection);
    return outcome.ok;
  }

  /** Whether one more command may wait. */
  get has_room(): boolean {
    return this.pending.length < LIMITS.COMMANDS_PENDING_MAX;
  }

  gesture(board: BoardId, doing: Doing): void {
    this.#connection?.gesture({ board, doing });
  }

  /** Tries to connect now. */
  reconnect(): void {
    this.#connection?.wake();
  }

  /** A person's name, wherever it is known from. */
  nameOf(person: PersonId): string {
    return this.view.people[person]?.name ?? this.view.seat?.people[person]?.name ?? "";
  }

  tell(text: string, kind: Notice["kind"] = "done", action?: Notice["action"]): void {
    this.#last_notice += 1;
    const id = this.#last_notice;
    const notice: Notice = { id, kind, text, stays: kind === "problem", ...(action ? { action } : {}) };
    // What can be undone or must be read makes room for nothing newer; the same thing is not told twice.
    const before = this.notices.filter(
      (each, index) => each.action || (each.text !== text && (each.stays || index >= this.notices.length - 2)),
    );
    this.notices = [...before.slice(1 - NOTICES_MAX), notice];
    if (!notice.stays) setTimeout(() => this.dismiss(id), action ? UNDO_NOTICE_MS : NOTICE_MS);
  }

  async tellRejection(rejection: Rejection): Promise<void> {
    this.tell(await sentenceOf(rejection), "problem");
  }

  dismiss(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }

  #events(outbox: Outbox): ConnectionEvents {
    return {
      stateChanged: (state) => {
        this.state = state;
        if (state.is === "ended" && state.reason === "person_erased") void forgetPerson(this.token);
      },
      started: (view) => this.#start(view),
      happened: (events) => (this.#view = fold(this.view, events)),
      outboxChanged: () => {
        this.pending = outbox.pending;
        this.keeping = outbox.is_kept ? shelf.keeping : "full";
      },
      settled: (pending, outcome, awaited) => this.#settled(pending, outcome, awaited),
      presence: ({ full, online, offline }) => {
        const now = new Set(full ? [] : this.online);
        for (const person of online) now.add(person);
        for (const person of offline) now.delete(person);
        this.online = now;
      },
      gestured: ({ person, board, doing }) => {
        const others = this.gestures.filter((seen) => seen.person !== person && seen.until_ms > Date.now());
        const gesture = { person, board, doing, until_ms: Date.now() + GESTURE_MS };
        this.gestures = doing.is === "nothing" ? others : [...others, gesture];
      },
    };
  }

  #start(view: MeetingView): void {
    // What is drawn first already has the server's time, not this computer's.
    this.now_ms = this.#clock.now();
    this.#view = view;
    // While there is a line: they are wanted when there may be none.
    setTimeout(() => void sentences().catch(() => undefined), NOTICE_MS);
    language.suggest(view.meeting.language);
    const { person, role } = view.me;
    const name = person === null ? "" : (view.people[person]?.name ?? "");
    if (person === null) return;
    const via = sharedLinkOf(this.token);
    remember({ token: this.token, name, title: view.meeting.title, role, meeting: view.meeting.id, via });
  }

  #settled({ command }: Pending, outcome: Outcome, awaited: boolean): void {
    if (outcome.ok) {
      if (command.type === "add_note" && outcome.created !== null) this.#showSaved(outcome.created);
      return;
    }
    // What somebody wrote is never dropped: it comes back beside the field it was written in.
    const { rejection } = outcome;
    if (command.type === "add_note") {
      void this.#returned.take({ text: command.text }, sentenceOf(rejection));
    } else if (command.type === "edit_note") {
      const { board, note, color, text } = command;
      const about = rejection.code === "note_conflict" ? { about: { board, note, color } } : {};
      void this.#returned.take({ text, ...about }, sentenceOf(rejection));
    } else if (command.type === "add_comment" && !awaited) {
      void this.#returned.take({ text: command.text }, sentenceOf(rejection));
    } else if (!awaited) void this.tellRejection(rejection);
  }

  /** Texts that the server did not take, with the reason. */
  get returned(): readonly Returned[] {
    return this.#returned.all;
  }

  /** Takes a returned text off the list. */
  dropReturned(returned: Returned): void {
    this.#returned.drop(returned);
  }

  /** Gives a text back to whoever wrote it, because there is nothing any more that it could be written to. */
  giveBack(text: string, why: string): void {
    void this.#returned.take({ text }, Promise.resolve(why));
  }

  #showSaved(note: NoteId): void {
    this.just_saved = new Set([...this.just_saved, note]);
    setTimeout(() => (this.just_saved = new Set([...this.just_saved].filter((id) => id !== note))), NOTICE_MS);
  }

  async #sendLarge(device: string, { client_seq, command }: Pending): Promise<Outcome> {
    const { postCommand } = await import("../api/http");
    const reply = await postCommand(this.token, { device, client_seq, command });
    return reply.outcome === "accepted"
      ? { ok: true, seq: reply.seq, created: reply.created }
      : { ok: false, rejection: reply.rejection };
  }
}

export const [useMeeting, provideMeeting] = createContext<Meeting>();
