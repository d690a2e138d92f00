/** Small questions to a view that several screens ask. Reads only. */
import type { MeetingView, NoteView, BoardView, RoomView, RoundView, TeamView } from "../protocol/protocol";

export function runningRound(view: MeetingView): RoundView | null {
  return view.rounds.find(({ phase }) => phase.phase !== "waiting" && phase.phase !== "ended") ?? null;
}

/** The running round, or else the one that ended last. */
export function currentRound(view: MeetingView): RoundView | null {
  return runningRound(view) ?? view.rounds.findLast(({ phase }) => phase.phase === "ended") ?? null;
}

export function nextRound(view: MeetingView): RoundView | null {
  return view.rounds.find(({ phase }) => phase.phase === "waiting") ?? null;
}

/** Milliseconds left on a round's clock at a moment of the server; null without a clock. */
export function remainingMs(round: RoundView, now_ms: number): number | null {
  const { phase } = round;
  switch (phase.phase) {
    case "open":
      return phase.ends_at === null ? null : Math.max(0, phase.ends_at - now_ms);
    case "closing":
      return Math.max(0, phase.ends_at - now_ms);
    case "paused":
      return phase.remaining_ms;
    case "waiting":
      return round.plan.duration_ms;
    case "ended":
      return null;
  }
}

/** Minutes and seconds, rounded up, so that 0:00 is shown when nothing is left. */
export function clockText(ms: number): string {
  const seconds = Math.ceil(Math.max(0, ms) / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const rest = String(seconds % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/** Notes of one area in the order in which they are shown (SPEC FD4). */
export function notesOf(board: BoardView, area: number): NoteView[] {
  return Object.values(board.notes)
    .filter((note) => note.area === area)
    .sort((a, b) => a.rank - b.rank || a.id - b.id);
}

/** Rooms of a round, by number. */
export function roomsOf(view: MeetingView, round: RoundView): RoomView[] {
  return Object.values(view.rooms)
    .filter((room) => room.round === round.id)
    .sort((a, b) => a.number - b.number);
}

export function teamsInOrder(view: MeetingView): TeamView[] {
  return Object.values(view.teams).sort((a, b) => a.id - b.id);
}

/** Announcements, newest first. */
export function announcementsOf(view: MeetingView) {
  return Object.values(view.announcements).sort((a, b) => b.at - a.at || b.id - a.id);
}

/** Areas of a board that has one of the fixed templates. */
export function areaCount(board: BoardView): number {
  switch (board.template) {
    case "free":
    case "affinity":
      return 1;
    case "kpt":
    case "now_ideal_step":
      return 3;
    case "four_steps":
      return 4;
    case "nine_squares":
      return 81;
  }
}
