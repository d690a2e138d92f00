//! What has happened, as one viewer may know it. One struct per event, by area; [`Event`] is their union, told
//! apart by `type`. Folding the events into a [`MeetingView`](crate::view::MeetingView) gives the view at the
//! later position; what each does to the view is written with it and in SPEC.

mod agenda;
mod boards;
mod meeting;
mod posters;
mod rooms;
mod voices;
mod vote;

pub use agenda::*;
pub use boards::*;
pub use meeting::*;
pub use posters::*;
pub use rooms::*;
pub use voices::*;
pub use vote::*;

macro_rules! events {
    ($($name:ident = $tag:literal,)*) => {
        wire! {
            /// Everything that can happen, as far as viewers are told.
            #[serde(tag = "type", rename_all = "snake_case")]
            pub enum Event {
                $(
                    #[doc = concat!("See [`", stringify!($name), "`].")]
                    $name($name),
                )*
            }
        }
        impl Event {
            /// The stable names of all events, as in `type`.
            pub const NAMES: &'static [&'static str] = &[$($tag),*];
            /// The stable name, as in `type`.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $tag),* }
            }
        }
        $(
            impl From<$name> for Event {
                fn from(event: $name) -> Self {
                    Self::$name(event)
                }
            }
        )*
    };
}

events! {
    ViewReplaced = "view_replaced",
    MeetingEdited = "meeting_edited",
    TeamAdded = "team_added",
    TeamEdited = "team_edited",
    TeamRemoved = "team_removed",
    PersonAdded = "person_added",
    PersonRenamed = "person_renamed",
    AttendanceChanged = "attendance_changed",
    ActionTaken = "action_taken",
    RoundAdded = "round_added",
    RoundEdited = "round_edited",
    RoundRemoved = "round_removed",
    RoundMoved = "round_moved",
    RoundPhaseChanged = "round_phase_changed",
    GroupingProposed = "grouping_proposed",
    GroupingDiscarded = "grouping_discarded",
    RoomsOpened = "rooms_opened",
    RoomAdded = "room_added",
    RoomRenamed = "room_renamed",
    RoomRemoved = "room_removed",
    FacilitatorSet = "facilitator_set",
    MemberAdded = "member_added",
    MemberRemoved = "member_removed",
    VisitorEntered = "visitor_entered",
    VisitorLeft = "visitor_left",
    SeatTaken = "seat_taken",
    SeatLeft = "seat_left",
    RoomChoicesOffered = "room_choices_offered",
    RoomChoiceChanged = "room_choice_changed",
    RoomActivityChanged = "room_activity_changed",
    TurnsChanged = "turns_changed",
    HelpChanged = "help_changed",
    NoteAdded = "note_added",
    NoteEdited = "note_edited",
    NoteMoved = "note_moved",
    NotesRanked = "notes_ranked",
    NoteDeleted = "note_deleted",
    NoteMarksChanged = "note_marks_changed",
    NoteMarkSet = "note_mark_set",
    NoteHarvested = "note_harvested",
    NoteClustered = "note_clustered",
    ClusterCreated = "cluster_created",
    ClusterRenamed = "cluster_renamed",
    ClusterDissolved = "cluster_dissolved",
    SilentWritingStarted = "silent_writing_started",
    BoardRevealed = "board_revealed",
    PosterAdded = "poster_added",
    PosterEdited = "poster_edited",
    PosterWithdrawn = "poster_withdrawn",
    InterestSet = "interest_set",
    InterestCounted = "interest_counted",
    CommentAdded = "comment_added",
    CommentDeleted = "comment_deleted",
    FeedbackShared = "feedback_shared",
    VoteRulesSet = "vote_rules_set",
    VoteOpened = "vote_opened",
    VoteClosed = "vote_closed",
    BallotTaken = "ballot_taken",
    BallotWithdrawn = "ballot_withdrawn",
    TurnoutChanged = "turnout_changed",
    TeamTurnoutChanged = "team_turnout_changed",
    TurnoutSampled = "turnout_sampled",
    TallyChanged = "tally_changed",
    VoteRecounted = "vote_recounted",
    StandingsCounted = "standings_counted",
    OwnStandingTold = "own_standing_told",
    RevealChanged = "reveal_changed",
    AnnouncementMade = "announcement_made",
    AnnouncementWithdrawn = "announcement_withdrawn",
    AnnouncementRead = "announcement_read",
    AnnouncementReadersCounted = "announcement_readers_counted",
    PulseGiven = "pulse_given",
    PulseCounted = "pulse_counted",
    PulseWordCounted = "pulse_word_counted",
    QuestionnaireChanged = "questionnaire_changed",
    AnswersGiven = "answers_given",
    AnswersCounted = "answers_counted",
}

/// Events with the same key replace each other: inside one frame only the last of them need be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CoalesceKey {
    /// [`TallyChanged`].
    Tally,
    /// [`TurnoutChanged`].
    Turnout,
    /// [`TeamTurnoutChanged`] of a team.
    TeamTurnout(crate::ids::TeamId),
    /// [`RoomActivityChanged`] of a room.
    RoomActivity(crate::ids::RoomId),
    /// [`RoomChoiceChanged`] of a room.
    RoomChoice(crate::ids::RoomId),
    /// [`PulseCounted`] of a round.
    Pulse(crate::ids::RoundId),
    /// [`AnswersCounted`].
    Answers,
    /// [`AnnouncementReadersCounted`] of an announcement.
    Readers(crate::ids::AnnouncementId),
    /// [`InterestCounted`] of a poster.
    Interest(crate::ids::PosterId),
    /// [`ActionTaken`].
    Action,
}

impl Event {
    /// The key under which this event replaces an earlier one of the same frame; none for facts that must all
    /// be told. Only events that carry a whole value qualify, and only while nothing else in between depends on it.
    #[must_use]
    pub const fn coalesce_key(&self) -> Option<CoalesceKey> {
        match self {
            Self::TallyChanged(_) => Some(CoalesceKey::Tally),
            Self::TurnoutChanged(_) => Some(CoalesceKey::Turnout),
            Self::TeamTurnoutChanged(event) => Some(CoalesceKey::TeamTurnout(event.team)),
            Self::RoomActivityChanged(event) => Some(CoalesceKey::RoomActivity(event.room)),
            Self::RoomChoiceChanged(event) => Some(CoalesceKey::RoomChoice(event.choice.id)),
            Self::PulseCounted(event) => Some(CoalesceKey::Pulse(event.round)),
            Self::AnswersCounted(_) => Some(CoalesceKey::Answers),
            Self::AnnouncementReadersCounted(event) => Some(CoalesceKey::Readers(event.announcement)),
            Self::InterestCounted(event) => Some(CoalesceKey::Interest(event.poster)),
            Self::ActionTaken(_) => Some(CoalesceKey::Action),
            _ => None,
        }
    }
}
