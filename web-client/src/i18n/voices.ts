/**
 * Which language a part of an English page is in, for those who hear it (WCAG 3.1.2): what people wrote in Japanese is read by a Japanese
 * voice, and its lines break between phrases. Looks at the page instead of asking every place that shows a text; fetched when somebody
 * reads English.
 */

const JAPANESE = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/gu;
const LATIN = /\p{Script=Latin}/gu;
/** How many Latin letters say as much as one kana or kanji: a name inside an English sentence leaves it English. */
const LATIN_PER_JAPANESE = 2;
/** What is read aloud without being text of the page. */
const SPOKEN = ["aria-label", "alt"];

/** The language of a text; null where there is nothing to read. */
export function languageOf(text: string): "ja" | "en" | null {
  const japanese = text.match(JAPANESE)?.length ?? 0;
  const latin = text.match(LATIN)?.length ?? 0;
  if (japanese + latin === 0) return null;
  return japanese * LATIN_PER_JAPANESE >= latin ? "ja" : "en";
}

/** What has its language from here, and not from the page's own words. */
let marked = new WeakSet<Element>();

/** What an element says itself; what stands in its parts is theirs. */
function ownText(element: Element): string {
  const parts = SPOKEN.map((name) => element.getAttribute(name) ?? "");
  for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) parts.push(node.nodeValue ?? "");
  return parts.join("");
}

/** Gives one element the language of its words; answers whether that changed. */
function mark(element: Element): boolean {
  if (element === document.documentElement || (element.hasAttribute("lang") && !marked.has(element))) return false;
  const before = element.getAttribute("lang");
  const around = element.parentElement?.closest("[lang]")?.getAttribute("lang") ?? null;
  const own = languageOf(ownText(element));
  const now = own === around ? null : own;
  if (now === before) return false;
  if (now === null) {
    marked.delete(element);
    element.removeAttribute("lang");
  } else {
    marked.add(element);
    element.setAttribute("lang", now);
  }
  return true;
}

function markAll(element: Element): void {
  mark(element);
  for (const part of element.children) markAll(part);
}

const observer = new MutationObserver((changes) => {
  for (const { target, addedNodes } of changes) {
    const element = target instanceof Element ? target : target.parentElement;
    if (element?.isConnected !== true) continue;
    if (mark(element)) markAll(element);
    else for (const node of addedNodes) if (node instanceof Element && node.isConnected) markAll(node);
  }
});

/** Begins, or ends and leaves the page as it was. */
export function markLanguages(on: boolean): void {
  observer.disconnect();
  if (on) {
    markAll(document.body);
    observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributeFilter: SPOKEN });
    return;
  }
  for (const element of document.querySelectorAll("[lang]")) if (marked.has(element)) element.removeAttribute("lang");
  marked = new WeakSet();
}
