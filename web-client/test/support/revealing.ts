/** A reveal that stands at some step. */
import type { MeetingView, PosterView, Standing } from "../../src/protocol/protocol";
import { revealSteps } from "../../src/vote/ranking";

const PICTURE: PosterView["file"] = { hash: "ab".repeat(32), kind: "png", width: 1600, height: 1131 };

export function revealed(view: MeetingView, order: "top_three_last" | "bottom_up", steps: number): void {
  const counts = [31, 31, 28, 28, 17, 16, 16, 14, 12, 9];
  const standings: Standing[] = view.vote.candidates.map((poster, index) => {
    const votes = counts[index] ?? Math.max(0, 9 - Math.floor(index / 10));
    return { poster, team: poster, place: 0, tied: false, votes };
  });
  for (const standing of standings) {
    standing.place = standings.findIndex(({ votes }) => votes === standing.votes) + 1;
    standing.tied = standings.filter(({ votes }) => votes === standing.votes).length > 1;
  }
  if (order === "bottom_up") {
    const first = standings[0];
    if (first) Object.assign(first, { votes: 35, tied: false });
    const second = standings[1];
    if (second) Object.assign(second, { place: 2, tied: false });
  }
  const chosen = order === "bottom_up" ? { order, from_place: 10 } : { order };
  const all = revealSteps(chosen, standings);
  view.vote.reveal = {
    order: chosen,
    revealed: all.slice(0, steps).flat(),
    next_place: all[steps] ? Math.min(...all[steps].map(({ place }) => place)) : null,
    last_step: all[steps - 1]?.length ?? 0,
  };
  if (view.vote.standings) view.vote.standings = standings;
  for (const id of [1, 2, 3]) {
    const poster = view.posters[id];
    if (poster) poster.file = PICTURE;
  }
}
