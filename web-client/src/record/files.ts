/** Which files of the record there are, for whom. Must not know how they are shown. */
import type { Role } from "../protocol/protocol";

/** Tables that can be had alone (SPEC HT20). */
export const SHEETS = [
  "notes",
  "agenda",
  "course",
  "rooms",
  "stays",
  "announcements",
  "posters",
  "comments",
  "standings",
  "turnout",
  "turnout_samples",
  "pulses",
  "series",
  "pulse_words",
  "answers",
  "texts",
] as const;

export type Sheet = (typeof SHEETS)[number];
export type Edition = "nameless" | "named";

/** What is the coordinators' alone. */
const OF_COORDINATORS: readonly Sheet[] = ["rooms", "stays", "pulse_words"];

/** The tables that somebody of this role can have in this edition. */
export function sheetsFor(
  role: Role,
  edition: Edition,
  { standings, series }: { standings: boolean; series: boolean },
): Sheet[] {
  return SHEETS.filter((sheet) => {
    if (sheet === "series") return series;
    if (sheet === "standings") return standings;
    if (sheet === "stays" && edition === "nameless") return false;
    return role === "coordinator" || !OF_COORDINATORS.includes(sheet);
  });
}

/** A name that every system takes for a file. */
export function fileName(...parts: string[]): string {
  return parts.join("_").replace(/[/\\:*?"<>|\p{Cc}\p{Bidi_Control}]/gu, "_");
}
