/** The views of the console, in the order of their tabs. */
export const VIEWS = [
  "rooms",
  "visit",
  "plenary",
  "posters",
  "pulse",
  "questionnaire",
  "people",
  "files",
  "agenda",
  "queue",
] as const;

export type View = (typeof VIEWS)[number];
