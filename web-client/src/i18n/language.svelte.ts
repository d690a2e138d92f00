/** The language of this screen: the meeting's until somebody switches it; remembered by the browser. */
import type { Language } from "../protocol/protocol";
import { shelf } from "../connection/storage";

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
    document.documentElement.lang = language;
  }
}

export const language = new LanguageChoice();
document.documentElement.lang = language.now;

/**
 * Words of what the first view needs: the Japanese ones are there, the English ones come when somebody reads English, so
 * that a slow line carries one language only.
 */
export function dictionaryWith<T>(ja: T, load: () => Promise<{ en: NoInfer<T> }>): () => T {
  let en = $state.raw<T | null>(null);
  let asked = false;
  const fetch = (): void => {
    if (asked) return;
    asked = true;
    load().then(
      (loaded) => (en = loaded.en),
      () => (asked = false),
    );
  };
  return () => {
    if (language.now === "ja") return ja;
    if (en === null) fetch();
    return en ?? ja;
  };
}

/** Words in both languages. The Japanese ones are the type: a missing English one does not compile. */
export function dictionary<T>(ja: T, en: NoInfer<T>): () => T {
  return () => (language.now === "ja" ? ja : en);
}
