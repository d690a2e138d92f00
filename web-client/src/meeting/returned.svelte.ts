/**
 * Texts that somebody wrote and the server did not take. They are kept until the person has decided what becomes of them,
 * over reloads too: nothing written is dropped in silence.
 */
import { ownerOf } from "../connection/identity";
import { shelf } from "../connection/storage";
import type { BoardId, NoteColor, NoteId } from "../protocol/protocol";

export interface Returned {
  text: string;
  /** Why it was not taken, in words. */
  why: string;
  /** The note that somebody else rewrote at the same time. */
  about?: { board: BoardId; note: NoteId; color: NoteColor };
}

function isReturned(value: unknown): value is Returned {
  return typeof value === "object" && value !== null && "text" in value && "why" in value;
}

export class ReturnedTexts {
  all = $state.raw<readonly Returned[]>([]);
  readonly #key: string;

  constructor(token: string) {
    this.#key = `returned.${ownerOf(token)}`;
    const kept = shelf.read(this.#key);
    if (Array.isArray(kept)) this.all = kept.filter(isReturned);
  }

  /** Takes a text in at once; its reason may come a moment later. */
  async take(returned: Omit<Returned, "why">, reason: Promise<string>): Promise<void> {
    const entry: Returned = { ...returned, why: "" };
    this.#keep([...this.all, entry]);
    const why = await reason.catch(() => "");
    this.#keep(this.all.map((other) => (other === entry ? { ...entry, why } : other)));
  }

  drop(returned: Returned): void {
    this.#keep(this.all.filter((other) => other !== returned));
  }

  #keep(texts: readonly Returned[]): void {
    this.all = texts;
    shelf.write(this.#key, texts);
  }
}
