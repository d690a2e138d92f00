/**
 * A name or a title inside a sentence keeps its direction to itself (Unicode Standard Annex 9, isolates): without this a
 * right-to-left mark in somebody's name turns round what stands after it.
 */
import { words } from "../i18n/words";

const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";
/** Letters that are written from right to left, and marks that steer the direction. */
const TURNS =
  /[\u0590-\u08ff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** The text with nothing in it that could reach out of it; as it is where there is nothing of that kind. */
export function isolated(text: string): string {
  if (!TURNS.test(text)) return text;
  let depth = 0;
  // An isolate that is closed twice would open ours, one that is left open would swallow our end.
  const balanced = text.replace(/[\u2066-\u2069]/g, (mark) => {
    depth += mark === POP_ISOLATE ? -1 : 1;
    if (depth >= 0) return mark;
    depth = 0;
    return "";
  });
  return FIRST_STRONG_ISOLATE + balanced + POP_ISOLATE.repeat(depth + 1);
}

/** Names one after the other. */
export function listed(names: readonly string[]): string {
  return words().list(names.map(isolated));
}

/** Where somebody comes from: what there is of region and municipality. */
export function spelled(...parts: readonly (string | null | undefined)[]): string {
  return parts
    .map((part) => isolated(part ?? ""))
    .filter(Boolean)
    .join(" ");
}
