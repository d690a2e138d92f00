/** Labels of charts that are to stay short. Pure. */

const LABEL_MAX = 6;

/** The beginning of a title, as much of it as a chart has room for below a point. */
export function shortLabel(title: string): string {
  const letters = [...title];
  return letters.length > LABEL_MAX ? `${letters.slice(0, LABEL_MAX - 1).join("")}…` : title;
}
