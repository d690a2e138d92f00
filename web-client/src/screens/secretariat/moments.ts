/** Moments as the browser's `datetime-local` field writes them: local time to the minute, without a zone. Pure. */

export function fieldOfMoment(at: number | null): string {
  if (at === null) return "";
  const date = new Date(at);
  const two = (number: number): string => String(number).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The moment that a field holds; null when it is empty or no moment. */
export function momentOfField(text: string): number | null {
  const at = text === "" ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(at) ? null : at;
}
