/** Folding events about the vote. */
import type { EventOf } from "../events";
import type { VoteView } from "../../protocol/protocol";
import type { Draft } from "./draft";

function vote(draft: Draft): VoteView {
  return draft.part(draft.view, "vote");
}

export function voteRulesSet(draft: Draft, { rules }: EventOf<"vote_rules_set">): void {
  const { role, team } = draft.seen.me;
  const changed = vote(draft);
  changed.rules = rules;
  changed.may_vote = role === "participant" && (rules.voters === "persons" || team !== null);
}

export function voteOpened(draft: Draft, { opened_at, candidates }: EventOf<"vote_opened">): void {
  const changed = vote(draft);
  changed.phase = { phase: "open", opened_at };
  changed.candidates = candidates;
}

export function voteClosed(draft: Draft, { opened_at, closed_at, ledger_hash }: EventOf<"vote_closed">): void {
  const changed = vote(draft);
  changed.phase = { phase: "closed", opened_at, closed_at, ledger_hash };
  changed.ballot = null;
}

export function ballotTaken(draft: Draft, { ballot }: EventOf<"ballot_taken">): void {
  const changed = vote(draft);
  changed.ballot = ballot;
  changed.voted = true;
}

export function ballotWithdrawn(draft: Draft): void {
  const changed = vote(draft);
  changed.ballot = null;
  changed.voted = false;
}

export function turnoutChanged(draft: Draft, { turnout }: EventOf<"turnout_changed">): void {
  vote(draft).turnout = turnout;
}

export function teamTurnoutChanged(draft: Draft, { team, turnout }: EventOf<"team_turnout_changed">): void {
  const teams = { ...draft.seen.vote.team_turnout };
  if (turnout.eligible === 0) delete teams[team];
  else teams[team] = turnout;
  vote(draft).team_turnout = teams;
}

export function turnoutSampled(draft: Draft, { sample }: EventOf<"turnout_sampled">): void {
  vote(draft).turnout_samples = [...(draft.seen.vote.turnout_samples ?? []), sample];
}

export function tallyChanged(draft: Draft, { tally }: EventOf<"tally_changed">): void {
  vote(draft).tally = tally;
}

export function voteRecounted(draft: Draft, { recount }: EventOf<"vote_recounted">): void {
  vote(draft).recount = recount;
}

export function standingsCounted(draft: Draft, { standings }: EventOf<"standings_counted">): void {
  vote(draft).standings = standings;
}

export function ownStandingTold(draft: Draft, { own }: EventOf<"own_standing_told">): void {
  vote(draft).own_standing = own;
}

export function revealChanged(draft: Draft, { reveal }: EventOf<"reveal_changed">): void {
  vote(draft).reveal = reveal;
}
