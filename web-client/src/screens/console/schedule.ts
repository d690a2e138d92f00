/** When the rounds that have not begun are to run, as things stand at a moment. Reads the view only. */
import type { MeetingView, RoundId, RoundView } from "../../protocol/protocol";
import { runningRound } from "../../meeting/readers";

export interface Expected {
  starts_at: number;
  /** None when the round has no duration. */
  ends_at: number | null;
}

/** When the running round will have ended, its countdown included; null when it is closed by hand. */
export function expectedEnd(round: RoundView, now_ms: number): number | null {
  const { phase, plan } = round;
  switch (phase.phase) {
    case "open":
      return phase.ends_at === null ? null : Math.max(now_ms, phase.ends_at) + plan.countdown_ms;
    case "paused":
      return phase.remaining_ms === null ? null : now_ms + phase.remaining_ms + plan.countdown_ms;
    case "closing":
      return Math.max(now_ms, phase.ends_at);
    case "ended":
      return phase.ended_at;
    case "waiting":
      return null;
  }
}

/** Expected times of the waiting rounds, one after the other, until a round without an end. */
export function expectedTimes(view: MeetingView, now_ms: number): Map<RoundId, Expected> {
  const times = new Map<RoundId, Expected>();
  const running = runningRound(view);
  let next = running === null ? now_ms : expectedEnd(running, now_ms);
  for (const round of view.rounds) {
    if (round.phase.phase !== "waiting") continue;
    if (next === null) break;
    const { duration_ms, countdown_ms } = round.plan;
    const ends_at: number | null = duration_ms === null ? null : next + duration_ms + countdown_ms;
    times.set(round.id, { starts_at: next, ends_at });
    next = ends_at;
  }
  return times;
}
