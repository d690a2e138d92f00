/** Days as a date field has them, and the moments they end at, by this browser's clock. */

/** The day of a moment, or an empty text. */
export function dateOf(at: number | null): string {
  if (at === null) return "";
  const date = new Date(at);
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The last moment of a day; null for an empty text. */
export function endOf(day: string): number | null {
  const at = new Date(`${day}T23:59:59`).getTime();
  return Number.isNaN(at) ? null : at;
}

/** So many days from now. */
export function daysFromNow(days: number): string {
  const date = new Date();
  date.setDate(date.getDate() + days);
  return dateOf(date.getTime());
}
