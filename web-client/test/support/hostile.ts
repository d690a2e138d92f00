/** Texts that would do harm on a careless page, put into every place of a meeting where somebody's words stand. */
import type { Page } from "playwright-core";

/** Whatever comes after it on its line is turned round, unless the page keeps it to itself. */
const OVERRIDE = "\u202E";
const FAMILY = "👩‍👩‍👧";
/** Stands at the end of each, so that it can be told where somebody's words are over. */
const END = "⏹";
const HARM = `${OVERRIDE}<script>bad=1</script><img src=x onerror=bad=1>\u200B\u2069`;

/** How many characters, as a person counts them, each kind of text may have. */
const GRAPHEMES_MAX: Record<string, number> = {
  name: 60,
  region: 60,
  title: 100,
  text: 500,
  question: 300,
  summary: 1_000,
  word: 20,
  words: 20,
  options: 100,
};

/** The text as it was, then all of the harm, then families up to the last character that is allowed. */
export function harmful(text: string, graphemes_max: number): string {
  const parts = [...new Intl.Segmenter("ja", { granularity: "grapheme" }).segment(text + HARM)].map(
    ({ segment }) => segment,
  );
  const kept = parts.slice(0, graphemes_max - 1);
  return kept.join("") + FAMILY.repeat(graphemes_max - 1 - kept.length) + END;
}

/** A view, or any part of one, with every text of somebody's made harmful. */
export function hostile<T>(value: T, key = ""): T {
  const max = GRAPHEMES_MAX[key];
  if (typeof value === "string") return (max === undefined ? value : harmful(value, max)) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => hostile(each, key)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [
      key === "words" && max !== undefined ? harmful(name, max) : name,
      hostile<unknown>(each, name),
    ]),
  ) as T;
}

/** Texts of a page that turn round what stands after them on their line. */
export function leaksOf(page: Page): Promise<string[]> {
  return page.evaluate(
    ({ override, end }) => {
      /** What is left when whatever stands between a first-strong isolate and its end is taken out. */
      const outside = (text: string): string => {
        let depth = 0;
        let left = "";
        for (const letter of text) {
          if (/[\u2066-\u2068]/.test(letter)) depth += 1;
          if (depth === 0) left += letter;
          if (letter === "\u2069") depth = Math.max(0, depth - 1);
        }
        return left;
      };
      const isolates = (element: Element): boolean => {
        const { display, unicodeBidi } = getComputedStyle(element);
        return !["inline", "contents"].includes(display) || /isolate|plaintext/.test(unicodeBidi);
      };
      const leaks: string[] = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
        const text = outside(node.data);
        const parent = node.parentElement;
        if (!text.includes(override) || !parent || parent.closest("option, script, style")) continue;
        // In the same piece of text: our own words behind theirs.
        const rest = text.slice(text.indexOf(override)).split(end).slice(1).join("");
        let owner: Element = parent;
        while (!isolates(owner) && owner.parentElement) owner = owner.parentElement;
        // Behind it on the same line: up to the end of what keeps it to itself, or to the next block.
        let after = rest;
        const boxes = /flex|grid/.test(getComputedStyle(owner).display);
        const following = document.createTreeWalker(owner, NodeFilter.SHOW_TEXT);
        following.currentNode = node;
        for (
          let next = following.nextNode() as Text | null;
          next && !boxes;
          next = following.nextNode() as Text | null
        ) {
          let block: Element | null = next.parentElement;
          while (block && block !== owner && ["inline", "contents"].includes(getComputedStyle(block).display)) {
            block = block.parentElement;
          }
          const { position } = getComputedStyle(block ?? owner);
          if (block !== owner && position === "absolute") continue;
          if (block !== owner && !getComputedStyle(block ?? owner).display.startsWith("inline")) break;
          after += next.data;
        }
        if (after.trim() !== "")
          leaks.push(`${text.slice(0, 12)}… in <${owner.tagName.toLowerCase()}> before ${after.trim()}`);
      }
      return leaks;
    },
    { override: OVERRIDE, end: END },
  );
}

/** Whether any of it was carried out. */
export function harmDone(page: Page): Promise<boolean> {
  return page.evaluate(() => "bad" in window);
}
