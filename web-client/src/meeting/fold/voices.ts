/** Folding events about announcements, the pulse and the questionnaire. */
import type { EventOf } from "../events";
import type { AnnouncementId, AnnouncementView, PulseView, RoundId } from "../../protocol/protocol";
import { put, type Draft } from "./draft";

function changeAnnouncement(draft: Draft, id: AnnouncementId, how: (announcement: AnnouncementView) => void): void {
  if (!draft.seen.announcements[id]) return;
  const announcement = draft.entry(draft.part(draft.view, "announcements"), id);
  if (announcement) how(announcement);
}

export function announcementMade(draft: Draft, { announcement }: EventOf<"announcement_made">): void {
  draft.part(draft.view, "announcements")[announcement.id] = announcement;
}

export function announcementWithdrawn(draft: Draft, { announcement }: EventOf<"announcement_withdrawn">): void {
  delete draft.part(draft.view, "announcements")[announcement];
}

export function announcementRead(draft: Draft, { announcement: id }: EventOf<"announcement_read">): void {
  changeAnnouncement(draft, id, (announcement) => (announcement.read = true));
}

export function announcementReadersCounted(draft: Draft, event: EventOf<"announcement_readers_counted">): void {
  changeAnnouncement(draft, event.announcement, (announcement) => (announcement.readers = event.readers));
}

/** The pulse of a round; one without any answer yet is made. */
function pulseOf(draft: Draft, round: RoundId): PulseView {
  const pulses = draft.part(draft.view, "pulses");
  const { role } = draft.seen.me;
  const words = role === "coordinator" || role === "facilitator" ? {} : null;
  const empty = (): PulseView => ({ distribution: Array<number>(11).fill(0), count: 0, sum: 0, own: null, words });
  return (pulses[round] = draft.own(pulses[round] ?? empty()));
}

export function pulseGiven(draft: Draft, { round, own }: EventOf<"pulse_given">): void {
  pulseOf(draft, round).own = own;
}

export function pulseCounted(draft: Draft, { round, distribution, count, sum }: EventOf<"pulse_counted">): void {
  Object.assign(pulseOf(draft, round), { distribution, count, sum });
}

export function pulseWordCounted(draft: Draft, { round, word, count }: EventOf<"pulse_word_counted">): void {
  const pulse = pulseOf(draft, round);
  if (!pulse.words) return;
  const words = draft.part(pulse, "words");
  if (count === 0) delete words[word];
  else put(words, word, count);
}

export function questionnaireChanged(draft: Draft, { questions, phase }: EventOf<"questionnaire_changed">): void {
  Object.assign(draft.part(draft.view, "questionnaire"), { questions, phase });
}

export function answersGiven(draft: Draft, { answers }: EventOf<"answers_given">): void {
  draft.part(draft.view, "questionnaire").own = answers;
}

export function answersCounted(draft: Draft, { results }: EventOf<"answers_counted">): void {
  draft.part(draft.view, "questionnaire").results = results;
}
