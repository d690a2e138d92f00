/**
 * What each event does to a view: the same as the server's own fold, proved by shared vectors. Knows what a browser
 * sees, and nothing of how anything is decided.
 */
import type { Event, MeetingView } from "../../protocol/protocol";
import type { EventOf } from "../events";
import * as agenda from "./agenda";
import * as boards from "./boards";
import { Draft } from "./draft";
import * as meeting from "./meeting";
import * as posters from "./posters";
import * as rooms from "./rooms";
import * as voices from "./voices";
import * as vote from "./vote";

type Folds = { [T in Event["type"]]: (draft: Draft, event: EventOf<T>) => void };

const FOLDS: Folds = {
  view_replaced: meeting.viewReplaced,
  meeting_edited: meeting.meetingEdited,
  team_added: meeting.teamAdded,
  team_edited: meeting.teamEdited,
  team_removed: meeting.teamRemoved,
  person_added: meeting.personAdded,
  person_renamed: meeting.personRenamed,
  attendance_changed: meeting.attendanceChanged,
  action_taken: meeting.actionTaken,
  round_added: agenda.roundAdded,
  round_edited: agenda.roundEdited,
  round_removed: agenda.roundRemoved,
  round_moved: agenda.roundMoved,
  round_phase_changed: agenda.roundPhaseChanged,
  grouping_proposed: agenda.groupingProposed,
  grouping_discarded: agenda.groupingDiscarded,
  rooms_opened: rooms.roomsOpened,
  room_added: rooms.roomAdded,
  room_renamed: rooms.roomRenamed,
  room_removed: rooms.roomRemoved,
  facilitator_set: rooms.facilitatorSet,
  member_added: rooms.memberAdded,
  member_removed: rooms.memberRemoved,
  visitor_entered: rooms.visitorEntered,
  visitor_left: rooms.visitorLeft,
  seat_taken: rooms.seatTaken,
  seat_left: rooms.seatLeft,
  room_choices_offered: rooms.roomChoicesOffered,
  room_choice_changed: rooms.roomChoiceChanged,
  room_activity_changed: rooms.roomActivityChanged,
  turns_changed: rooms.turnsChanged,
  help_changed: rooms.helpChanged,
  note_added: boards.noteAdded,
  note_edited: boards.noteEdited,
  note_moved: boards.noteMoved,
  notes_ranked: boards.notesRanked,
  note_deleted: boards.noteDeleted,
  note_marks_changed: boards.noteMarksChanged,
  note_mark_set: boards.noteMarkSet,
  note_harvested: boards.noteHarvested,
  note_clustered: boards.noteClustered,
  cluster_created: boards.clusterCreated,
  cluster_renamed: boards.clusterRenamed,
  cluster_dissolved: boards.clusterDissolved,
  silent_writing_started: boards.silentWritingStarted,
  board_revealed: boards.boardRevealed,
  poster_added: posters.posterAdded,
  poster_edited: posters.posterEdited,
  poster_withdrawn: posters.posterWithdrawn,
  interest_set: posters.interestSet,
  interest_counted: posters.interestCounted,
  comment_added: posters.commentAdded,
  comment_deleted: posters.commentDeleted,
  feedback_shared: posters.feedbackShared,
  vote_rules_set: vote.voteRulesSet,
  vote_opened: vote.voteOpened,
  vote_closed: vote.voteClosed,
  ballot_taken: vote.ballotTaken,
  ballot_withdrawn: vote.ballotWithdrawn,
  turnout_changed: vote.turnoutChanged,
  team_turnout_changed: vote.teamTurnoutChanged,
  turnout_sampled: vote.turnoutSampled,
  tally_changed: vote.tallyChanged,
  vote_recounted: vote.voteRecounted,
  standings_counted: vote.standingsCounted,
  own_standing_told: vote.ownStandingTold,
  reveal_changed: vote.revealChanged,
  announcement_made: voices.announcementMade,
  announcement_withdrawn: voices.announcementWithdrawn,
  announcement_read: voices.announcementRead,
  announcement_readers_counted: voices.announcementReadersCounted,
  pulse_given: voices.pulseGiven,
  pulse_counted: voices.pulseCounted,
  pulse_word_counted: voices.pulseWordCounted,
  questionnaire_changed: voices.questionnaireChanged,
  answers_given: voices.answersGiven,
  answers_counted: voices.answersCounted,
};

/** An event this client has no fold for: the client is older than the server. */
export class UnknownEvent extends Error {
  constructor(type: string) {
    super(`unknown event ${type}`);
  }
}

/** The view after the events. The view given stays as it is. */
export function fold(view: MeetingView, events: readonly Event[]): MeetingView {
  const draft = new Draft(view);
  for (const event of events) {
    if (!Object.hasOwn(FOLDS, event.type)) throw new UnknownEvent(event.type);
    const apply = FOLDS[event.type] as (draft: Draft, event: Event) => void;
    apply(draft, event);
  }
  return draft.seen;
}
