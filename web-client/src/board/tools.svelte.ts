/**
 * What the notes of one board on the screen share: a note being dragged, where the focus belongs after a move, and what is
 * said aloud. Asks the meeting for moves; knows no rules.
 */
import { createContext, tick } from "svelte";
import type { Meeting } from "../meeting/meeting.svelte";
import { notesOf } from "../meeting/readers";
import type { BoardView, ClusterId, NoteId, NoteView } from "../protocol/protocol";
import { movesTo, type Spot } from "./groups";
import { areaLabel, texts } from "./texts";

export class BoardTools {
  /** The board as it is shown. */
  board: BoardView;
  /** Said aloud once: where a note has gone. */
  said = $state("");
  /** The note under the pointer, and where it would be put down. */
  dragged = $state.raw<NoteId | null>(null);
  spot = $state.raw<Spot | null>(null);
  /** A cluster that was made here a moment ago: its name is asked for. */
  just_grouped = $state.raw<ClusterId | null>(null);
  /** A text that goes back into the composer. */
  take_back = $state.raw<string | null>(null);
  readonly #meeting: Meeting;

  constructor(meeting: Meeting, board: BoardView) {
    this.#meeting = meeting;
    this.board = board;
  }

  /** Puts a note where it was dropped, or where the keyboard or the menu says. */
  async put(note: NoteView, spot: Spot): Promise<void> {
    const { id: board } = this.board;
    const moves = movesTo(this.board, note, spot);
    const asked = moves.map((move) => {
      switch (move.type) {
        case "move_note":
          return this.#meeting.ask({ ...move, board, note: note.id });
        case "set_cluster":
          return this.#meeting.ask({ ...move, board, note: note.id });
        case "create_cluster":
          return this.group([move.with, note.id]);
      }
    });
    await this.#keepFocus(note.id);
    const done = await Promise.all(asked);
    if (moves.length === 0 || done.includes(false)) return;
    this.#say(note.id);
    await this.#keepFocus(note.id);
  }

  /** Puts notes together into a new cluster. */
  async group(notes: NoteId[]): Promise<boolean> {
    const outcome = await this.#meeting.send({ type: "create_cluster", board: this.board.id, name: "", notes });
    if (outcome.ok) this.just_grouped = outcome.created;
    else await this.#meeting.tellRejection(outcome.rejection);
    return outcome.ok;
  }

  /** Puts a note into a cluster, or out of any. */
  async regroup(note: NoteView, cluster: ClusterId | null): Promise<void> {
    const asked = this.#meeting.ask({ type: "set_cluster", board: this.board.id, note: note.id, cluster });
    await this.#keepFocus(note.id);
    await asked;
  }

  /** Moves a note by one place, or to the area beside, as the arrow keys do. */
  step(note: NoteView, key: string, areas: readonly number[]): void {
    const order = notesOf(this.board, note.area);
    const place = order.findIndex(({ id }) => id === note.id);
    const beside = (by: number): void => {
      const area = areas[areas.indexOf(note.area) + by];
      if (area !== undefined) void this.put(note, { is: "end", area });
    };
    const next_to = (is: "before" | "after", other: NoteView | undefined): void => {
      if (other) void this.put(note, { is, note: other.id, area: other.area, cluster: other.cluster });
    };
    if (key === "ArrowUp") next_to("before", order[place - 1]);
    if (key === "ArrowDown") next_to("after", order[place + 1]);
    if (key === "ArrowLeft") beside(-1);
    if (key === "ArrowRight") beside(1);
  }

  #say(id: NoteId): void {
    const note = this.board.notes[id];
    if (!note) return;
    const order = notesOf(this.board, note.area);
    const place = order.findIndex((other) => other.id === id) + 1;
    this.said = texts().moved_to(areaLabel(this.board.template, note.area), place, order.length);
  }

  /**
   * A note that moves in the page loses the focus, be it on its handle or in its menu: its handle gets it. Whoever uses the
   * keyboard is taken along; under a mouse or a finger the page stays where it is.
   */
  async #keepFocus(id: NoteId): Promise<void> {
    const active = document.activeElement;
    const note = `[data-note="${id}"]`;
    if (!active?.closest(note)) return;
    const by_keyboard = active.matches(":focus-visible");
    await tick();
    if (document.activeElement === active) return;
    document.querySelector<HTMLElement>(`${note} [data-handle]`)?.focus({ preventScroll: !by_keyboard });
  }
}

export const [useTools, provideTools] = createContext<BoardTools>();
