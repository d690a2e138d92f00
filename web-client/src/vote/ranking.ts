/** Places out of votes, and the steps of the reveal, as the server makes them (SPEC VT6, VT7). Pure. */
import type { PosterId, RevealOrder, RevealView, Standing, TeamId } from "../protocol/protocol";

/** With `top_three_last` all places below this one come at once. */
const LAST_THREE = 3;

/** Competition ranking (1, 2, 2, 4) of what is counted so far, best first; equal ones by id. */
export function ranked(
  candidates: readonly PosterId[],
  tally: Readonly<Record<PosterId, number>>,
  teamOf: (poster: PosterId) => TeamId,
): Standing[] {
  const rows = candidates
    .map((poster) => ({ poster, votes: tally[poster] ?? 0 }))
    .sort((a, b) => b.votes - a.votes || a.poster - b.poster);
  const first = new Map<number, number>();
  const holders = new Map<number, number>();
  rows.forEach(({ votes }, index) => {
    if (!first.has(votes)) first.set(votes, index + 1);
    holders.set(votes, (holders.get(votes) ?? 0) + 1);
  });
  return rows.map(({ poster, votes }) => ({
    poster,
    team: teamOf(poster),
    place: first.get(votes) ?? 0,
    tied: (holders.get(votes) ?? 0) > 1,
    votes,
  }));
}

/** The steps of a reveal, worst places first; posters of one place come together. */
export function revealSteps(order: RevealOrder, standings: readonly Standing[]): Standing[][] {
  const by_place = new Map<number, Standing[]>();
  for (const standing of standings) {
    by_place.set(standing.place, [...(by_place.get(standing.place) ?? []), standing]);
  }
  const places = [...by_place.entries()].sort(([a], [b]) => b - a);
  if (order.order === "bottom_up") {
    return places.filter(([place]) => place <= order.from_place).map(([, step]) => step);
  }
  const others = places.filter(([place]) => place > LAST_THREE).flatMap(([, step]) => step);
  const three = places.filter(([place]) => place <= LAST_THREE).map(([, step]) => step);
  return others.length > 0 ? [others, ...three] : three;
}

/** What the next press shows; nothing when all is revealed. */
export function nextStep(reveal: RevealView, standings: readonly Standing[]): Standing[] {
  const { next_place, order } = reveal;
  if (next_place === null) return [];
  const steps = revealSteps(order, standings);
  return steps.find((step) => Math.min(...step.map(({ place }) => place)) === next_place) ?? [];
}

/** How many presses a reveal still takes. */
export function stepsLeft(reveal: RevealView, standings: readonly Standing[]): number {
  const { next_place, order } = reveal;
  if (next_place === null) return 0;
  return revealSteps(order, standings).filter((step) => Math.min(...step.map(({ place }) => place)) <= next_place)
    .length;
}
