/** Which team a file's name means. */
import type { TeamId, TeamView } from "../../protocol/protocol";

/** As names are compared: full-width and half-width are one, white space is none. */
export function plain(text: string): string {
  return text.normalize("NFKC").replace(/\s/g, "").toLowerCase();
}

/** A file's name without its folder and its ending. */
export function baseName(path: string): string {
  return (path.split(/[/\\]/).pop() ?? path).replace(/\.[A-Za-z0-9]{1,5}$/, "");
}

/** The one team whose name stands in a file's name: the longest; with its prefecture where several have that name. */
export function matchTeam(path: string, teams: readonly TeamView[]): TeamId | null {
  const name = plain(baseName(path));
  const found = teams.filter((team) => name.includes(plain(team.name)));
  const longest = Math.max(0, ...found.map((team) => plain(team.name).length));
  const best = found.filter((team) => plain(team.name).length === longest);
  if (best.length === 1) return best[0]?.id ?? null;
  const told = best.filter((team) => team.region !== null && name.includes(plain(team.region)));
  return told.length === 1 ? (told[0]?.id ?? null) : null;
}
