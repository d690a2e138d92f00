//! The reference fold: what each event does to a view. The web client has the same function, proved equal by
//! shared vectors. Must not know the meeting's state: it sees what a browser sees.

mod agenda;
mod boards;
mod meeting;
mod posters;
mod rooms;
mod voices;
mod vote;

use engawa_protocol::Event;
use engawa_protocol::view::MeetingView;

/// Folds one event into a view.
pub fn fold(view: &mut MeetingView, event: &Event) {
    match event {
        Event::ViewReplaced(e) => meeting::view_replaced(view, e),
        Event::MeetingEdited(e) => meeting::meeting_edited(view, e),
        Event::TeamAdded(e) => meeting::team_added(view, e),
        Event::TeamEdited(e) => meeting::team_edited(view, e),
        Event::TeamRemoved(e) => meeting::team_removed(view, e),
        Event::PersonAdded(e) => meeting::person_added(view, e),
        Event::PersonRenamed(e) => meeting::person_renamed(view, e),
        Event::AttendanceChanged(e) => meeting::attendance_changed(view, e),
        Event::ActionTaken(e) => meeting::action_taken(view, e),
        Event::RoundAdded(e) => agenda::round_added(view, e),
        Event::RoundEdited(e) => agenda::round_edited(view, e),
        Event::RoundRemoved(e) => agenda::round_removed(view, e),
        Event::RoundMoved(e) => agenda::round_moved(view, e),
        Event::RoundPhaseChanged(e) => agenda::round_phase_changed(view, e),
        Event::GroupingProposed(e) => agenda::grouping_proposed(view, e),
        Event::GroupingDiscarded(e) => agenda::grouping_discarded(view, e),
        Event::RoomsOpened(e) => rooms::rooms_opened(view, e),
        Event::RoomAdded(e) => rooms::room_added(view, e),
        Event::RoomRenamed(e) => rooms::room_renamed(view, e),
        Event::RoomRemoved(e) => rooms::room_removed(view, e),
        Event::FacilitatorSet(e) => rooms::facilitator_set(view, e),
        Event::MemberAdded(e) => rooms::member_added(view, e),
        Event::MemberRemoved(e) => rooms::member_removed(view, e),
        Event::VisitorEntered(e) => rooms::visitor_entered(view, e),
        Event::VisitorLeft(e) => rooms::visitor_left(view, e),
        Event::SeatTaken(e) => rooms::seat_taken(view, e),
        Event::SeatLeft(e) => rooms::seat_left(view, e),
        Event::RoomChoicesOffered(e) => rooms::room_choices_offered(view, e),
        Event::RoomChoiceChanged(e) => rooms::room_choice_changed(view, e),
        Event::RoomActivityChanged(e) => rooms::room_activity_changed(view, e),
        Event::TurnsChanged(e) => rooms::turns_changed(view, e),
        Event::HelpChanged(e) => rooms::help_changed(view, e),
        Event::NoteAdded(e) => boards::note_added(view, e),
        Event::NoteEdited(e) => boards::note_edited(view, e),
        Event::NoteMoved(e) => boards::note_moved(view, e),
        Event::NotesRanked(e) => boards::notes_ranked(view, e),
        Event::NoteDeleted(e) => boards::note_deleted(view, e),
        Event::NoteMarksChanged(e) => boards::note_marks_changed(view, e),
        Event::NoteMarkSet(e) => boards::note_mark_set(view, e),
        Event::NoteHarvested(e) => boards::note_harvested(view, e),
        Event::NoteClustered(e) => boards::note_clustered(view, e),
        Event::ClusterCreated(e) => boards::cluster_created(view, e),
        Event::ClusterRenamed(e) => boards::cluster_renamed(view, e),
        Event::ClusterDissolved(e) => boards::cluster_dissolved(view, e),
        Event::SilentWritingStarted(e) => boards::silent_writing_started(view, e),
        Event::BoardRevealed(e) => boards::board_revealed(view, e),
        Event::PosterAdded(e) => posters::poster_added(view, e),
        Event::PosterEdited(e) => posters::poster_edited(view, e),
        Event::PosterWithdrawn(e) => posters::poster_withdrawn(view, e),
        Event::InterestSet(e) => posters::interest_set(view, e),
        Event::InterestCounted(e) => posters::interest_counted(view, e),
        Event::CommentAdded(e) => posters::comment_added(view, e),
        Event::CommentDeleted(e) => posters::comment_deleted(view, e),
        Event::FeedbackShared(e) => posters::feedback_shared(view, e),
        Event::VoteRulesSet(e) => vote::vote_rules_set(view, e),
        Event::VoteOpened(e) => vote::vote_opened(view, e),
        Event::VoteClosed(e) => vote::vote_closed(view, e),
        Event::BallotTaken(e) => vote::ballot_taken(view, e),
        Event::BallotWithdrawn(e) => vote::ballot_withdrawn(view, e),
        Event::TurnoutChanged(e) => vote::turnout_changed(view, e),
        Event::TeamTurnoutChanged(e) => vote::team_turnout_changed(view, e),
        Event::TurnoutSampled(e) => vote::turnout_sampled(view, e),
        Event::TallyChanged(e) => vote::tally_changed(view, e),
        Event::VoteRecounted(e) => vote::vote_recounted(view, e),
        Event::StandingsCounted(e) => vote::standings_counted(view, e),
        Event::OwnStandingTold(e) => vote::own_standing_told(view, e),
        Event::RevealChanged(e) => vote::reveal_changed(view, e),
        Event::AnnouncementMade(e) => voices::announcement_made(view, e),
        Event::AnnouncementWithdrawn(e) => voices::announcement_withdrawn(view, e),
        Event::AnnouncementRead(e) => voices::announcement_read(view, e),
        Event::AnnouncementReadersCounted(e) => voices::announcement_readers_counted(view, e),
        Event::PulseGiven(e) => voices::pulse_given(view, e),
        Event::PulseCounted(e) => voices::pulse_counted(view, e),
        Event::PulseWordCounted(e) => voices::pulse_word_counted(view, e),
        Event::QuestionnaireChanged(e) => voices::questionnaire_changed(view, e),
        Event::AnswersGiven(e) => voices::answers_given(view, e),
        Event::AnswersCounted(e) => voices::answers_counted(view, e),
    }
}
