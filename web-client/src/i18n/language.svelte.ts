/** The language of this screen: the meeting's until somebody switches it; remembered by the browser. */
import type { Language } from "../protocol/protocol";
import { shelf } from "../connection/storage";
import { isolated } from "../text/isolate";
import type * as Voices from "./voices";

const chosen = shelf.read("language");

class LanguageChoice {
  #now = $state<Language>(chosen === "en" ? "en" : "ja");
  #chosen = chosen === "ja" || chosen === "en";

  get now(): Language {
    return this.#now;
  }

  /** Somebody chose. */
  choose(language: Language): void {
    this.#chosen = true;
    shelf.write("language", language);
    this.#set(language);
  }

  /** The meeting is held in this language. */
  suggest(language: Language): void {
    if (!this.#chosen) this.#set(language);
  }

  #set(language: Language): void {
    this.#now = language;
    tellPage(language);
  }
}

let voices: Promise<typeof Voices> | null = null;

/** Tells those who read the page aloud which language it is in, and which of its parts are not. */
function tellPage(now: Language): void {
  document.documentElement.lang = now;
  if (now === "en") voices ??= import("./voices");
  voices?.then(
    ({ markLanguages }) => markLanguages(now === "en"),
    () => (voices = null),
  );
}

export const language = new LanguageChoice();
tellPage(language.now);

/** Words whose sentences keep what is put into them to itself: whatever direction a name is written in. */
function guarded<T>(words: T): T {
  if (typeof words === "function") {
    const say = words as (...given: unknown[]) => unknown;
    return ((...given: unknown[]) => say(...given.map(keepToItself))) as T;
  }
  if (typeof words !== "object" || words === null || Array.isArray(words)) return words;
  return Object.fromEntries(Object.entries(words).map(([name, word]) => [name, guarded<unknown>(word)])) as T;
}

function keepToItself(given: unknown): unknown {
  if (typeof given === "string") return isolated(given);
  if (Array.isArray(given)) return given.map(keepToItself);
  if (typeof given !== "object" || given === null) return given;
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, keepToItself(value)]));
}

/**
 * Words of what the first view needs: the Japanese ones are there, the English ones come when somebody reads English, so
 * that a slow line carries one language only.
 */
export function dictionaryWith<T>(ja: T, load: () => Promise<{ en: NoInfer<T> }>): () => T {
  const own = guarded(ja);
  let en = $state.raw<T | null>(null);
  let asked = false;
  const fetch = (): void => {
    if (asked) return;
    asked = true;
    load().then(
      (loaded) => (en = guarded<T>(loaded.en)),
      () => (asked = false),
    );
  };
  return () => {
    if (language.now === "ja") return own;
    if (en === null) fetch();
    return en ?? own;
  };
}

/** Words in both languages. The Japanese ones are the type: a missing English one does not compile. */
export function dictionary<T>(ja: T, en: NoInfer<T>): () => T {
  const own = guarded(ja);
  const english = guarded<T>(en);
  return () => (language.now === "ja" ? own : english);
}
