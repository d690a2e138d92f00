/** Lengths as a person counts them: extended grapheme clusters (SPEC GN8). */
import { LIMITS } from "../protocol/constants";

const segmenter = typeof Intl.Segmenter === "function" ? new Intl.Segmenter("ja", { granularity: "grapheme" }) : null;

export function countGraphemes(text: string): number {
  if (segmenter === null) return [...text].length;
  let count = 0;
  for (const { segment } of segmenter.segment(text)) if (segment) count += 1;
  return count;
}

/** Whether a text fits, by characters and by bytes. */
export function fits(text: string, graphemes_max: number): boolean {
  if (new TextEncoder().encode(text).length > graphemes_max * LIMITS.BYTES_PER_GRAPHEME_MAX) return false;
  return countGraphemes(text) <= graphemes_max;
}
