/** Lengths as a person counts them: extended grapheme clusters (SPEC GN8). */
import { LIMITS } from "../protocol/constants";

const segmenter = typeof Intl.Segmenter === "function" ? new Intl.Segmenter("ja", { granularity: "grapheme" }) : null;

export function countGraphemes(text: string): number {
  if (segmenter === null) return [...text].length;
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
