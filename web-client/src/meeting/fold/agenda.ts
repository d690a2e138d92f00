/** Folding events about rounds and proposed groupings. */
import type { EventOf } from "../events";
import type { RoundId, RoundView } from "../../protocol/protocol";
import type { Draft } from "./draft";

/** Puts a round before another one, or at the end if there is none of that id. */
function insert(rounds: RoundView[], round: RoundView, before: RoundId | null): void {
  const index = before === null ? -1 : rounds.findIndex(({ id }) => id === before);
  rounds.splice(index === -1 ? rounds.length : index, 0, round);
}

function change(draft: Draft, id: RoundId, how: (round: RoundView) => void): void {
  const index = draft.seen.rounds.findIndex((round) => round.id === id);
  if (index === -1) return;
  const rounds = draft.part(draft.view, "rounds");
  const round = { ...(rounds[index] as RoundView) };
  how(round);
  rounds[index] = round;
}

export function roundAdded(draft: Draft, { round, before }: EventOf<"round_added">): void {
  const rounds = draft.part(draft.view, "rounds");
  const there = rounds.findIndex(({ id }) => id === round.id);
  if (there !== -1) rounds.splice(there, 1);
  insert(rounds, round, before);
}

export function roundEdited(draft: Draft, { round, plan }: EventOf<"round_edited">): void {
  change(draft, round, (found) => (found.plan = plan));
}

export function roundRemoved(draft: Draft, { round }: EventOf<"round_removed">): void {
  draft.view.rounds = draft.seen.rounds.filter(({ id }) => id !== round);
}

export function roundMoved(draft: Draft, { round, before }: EventOf<"round_moved">): void {
  const found = draft.seen.rounds.find(({ id }) => id === round);
  if (!found) return;
  const rounds = draft.seen.rounds.filter(({ id }) => id !== round);
  insert(rounds, found, before);
  draft.view.rounds = rounds;
}

export function roundPhaseChanged(draft: Draft, { round, phase }: EventOf<"round_phase_changed">): void {
  change(draft, round, (found) => (found.phase = phase));
}

export function groupingProposed(draft: Draft, { grouping }: EventOf<"grouping_proposed">): void {
  draft.part(draft.view, "groupings")[grouping.round] = grouping;
}

export function groupingDiscarded(draft: Draft, { round }: EventOf<"grouping_discarded">): void {
  delete draft.part(draft.view, "groupings")[round];
}
