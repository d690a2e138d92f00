/** Lengths as a person counts them: extended grapheme clusters (SPEC GN8). */
import { LIMITS } from "../protocol/constants";

/**
 * Letters of which each is one grapheme whatever stands beside it: ASCII and line breaks, kana without the marks that join
 * what stands before them, the common kanji, full-width forms. Nearly everything that is written here.
 */
const SINGLE = /^[\n -~\u3000-\u3029\u3041-\u3096\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff9d]*$/;

/** Made when a text needs it: a browser takes tens of milliseconds for the first one, and a page's first view has none such. */
let segmenter: Intl.Segmenter | null = null;

export function countGraphemes(text: string): number {
  if (SINGLE.test(text)) return text.length;
  if (typeof Intl.Segmenter !== "function") return [...text].length;
  segmenter ??= new Intl.Segmenter("ja", { granularity: "grapheme" });
  let count = 0;
  for (const { segment } of segmenter.segment(text)) if (segment) count += 1;
  return count;
}

/** By how many characters a text is too long; zero or less when it fits. */
export function overBy(text: string, graphemes_max: number): number {
  const over = countGraphemes(text) - graphemes_max;
  // So few characters, so many bytes: the server counts it as too long, and so does the field.
  return over <= 0 && !fits(text, graphemes_max) ? 1 : over;
}

/** Whether a text fits, by characters and by bytes. */
export function fits(text: string, graphemes_max: number): boolean {
  if (new TextEncoder().encode(text).length > graphemes_max * LIMITS.BYTES_PER_GRAPHEME_MAX) return false;
  return countGraphemes(text) <= graphemes_max;
}
