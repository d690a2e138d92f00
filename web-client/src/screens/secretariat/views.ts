/** The views of the secretariat's page, in the order of their tabs. */
export const VIEWS = ["vote", "posters", "questionnaire", "files"] as const;

export type View = (typeof VIEWS)[number];
