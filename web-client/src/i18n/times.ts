/**
 * Moments as they are written in the language of the screen. Hours go to 24 in both: they stand below each other in lists, and
 * there is little room for them.
 */
import { language } from "./language.svelte";

const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

/** Hours and minutes. */
export const clockFormat = (): Intl.DateTimeFormat => new Intl.DateTimeFormat(language.now, CLOCK);

/** Hours, minutes and seconds. */
export const secondFormat = (): Intl.DateTimeFormat =>
  new Intl.DateTimeFormat(language.now, { ...CLOCK, second: "2-digit" });

/** Month, day, hours and minutes, which no line breaks apart. */
export function dayAndClock(at_ms: number): string {
  const format = new Intl.DateTimeFormat(language.now, { month: "numeric", day: "numeric", ...CLOCK });
  return format.format(at_ms).replaceAll(" ", "\u00a0");
}
