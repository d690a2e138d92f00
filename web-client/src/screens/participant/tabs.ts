/** Which tabs a participant or observer has at this moment, and which one the meeting calls for. */
import { currentRound, runningRound } from "../../meeting/readers";
import type { MeetingView } from "../../protocol/protocol";

export type TabName = "room" | "plenary" | "posters" | "vote" | "pulse" | "questionnaire";

export function tabsOf(view: MeetingView): TabName[] {
  const { role } = view.me;
  const tabs: TabName[] = [];
  if (view.seat !== null || Object.keys(view.room_choices).length > 0) tabs.push("room");
  tabs.push("plenary");
  if (Object.keys(view.posters).length > 0) tabs.push("posters");
  const voting = view.vote.phase.phase !== "drafted";
  if (voting) tabs.push("vote");
  const pulsed = Object.values(view.pulses).some(({ count }) => count > 0);
  if (role !== "observer" ? currentRound(view) !== null : pulsed) tabs.push("pulse");
  if (role !== "observer" && view.questionnaire.phase === "open") tabs.push("questionnaire");
  return tabs;
}

/** What the running round is about. It changes with the round and the room, and then the screen follows. */
export function calledFor(view: MeetingView): { tab: TabName; because: string } {
  const round = runningRound(view);
  const seat = view.seat?.room.id ?? 0;
  const because = `${round?.id ?? 0}.${seat}`;
  if (round === null) return { tab: "plenary", because };
  if (round.plan.kind === "posters") return { tab: "posters", because };
  const rooms = view.seat?.room.round === round.id || Object.keys(view.room_choices).length > 0;
  return { tab: round.plan.kind === "dialogue" && rooms ? "room" : "plenary", because };
}
