//! What people ask for. One struct per command, by area; [`Command`] is their union, told apart by `type`.

mod agenda;
mod announcements;
mod boards;
mod meeting;
mod posters;
mod pulse;
mod rooms;
mod roster;
mod series;
mod vote;

pub use agenda::*;
pub use announcements::*;
pub use boards::*;
pub use meeting::*;
pub use posters::*;
pub use pulse::*;
pub use rooms::*;
pub use roster::*;
pub use series::*;
pub use vote::*;

macro_rules! commands {
    ($($name:ident = $tag:literal,)*) => {
        wire! {
            /// Everything a person can ask for. Who may ask for what is the domain's table.
            #[serde(tag = "type", rename_all = "snake_case")]
            pub enum Command {
                $(
                    #[doc = concat!("See [`", stringify!($name), "`].")]
                    $name($name),
                )*
            }
        }
        impl Command {
            /// The stable names of all commands, as in `type`.
            pub const NAMES: &'static [&'static str] = &[$($tag),*];
            /// The stable name, as in `type`: for traces, metrics and the last action shown to coordinators.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $tag),* }
            }
        }
        $(
            impl From<$name> for Command {
                fn from(command: $name) -> Self {
                    Self::$name(command)
                }
            }
        )*
    };
}

commands! {
    EditMeeting = "edit_meeting",
    SetJoinRule = "set_join_rule",
    SetKeepUntil = "set_keep_until",
    EndMeeting = "end_meeting",
    RevokeLinks = "revoke_links",
    JoinMeeting = "join_meeting",
    LeaveMeeting = "leave_meeting",
    ImportRoster = "import_roster",
    FollowMeeting = "follow_meeting",
    AddTeam = "add_team",
    EditTeam = "edit_team",
    RemoveTeam = "remove_team",
    AddPerson = "add_person",
    EditPerson = "edit_person",
    RemovePerson = "remove_person",
    RestorePerson = "restore_person",
    ErasePerson = "erase_person",
    ReleasePerson = "release_person",
    SetAgenda = "set_agenda",
    AddRound = "add_round",
    EditRound = "edit_round",
    RemoveRound = "remove_round",
    MoveRound = "move_round",
    OpenRound = "open_round",
    PauseRound = "pause_round",
    ResumeRound = "resume_round",
    AddTime = "add_time",
    CloseRound = "close_round",
    EndRound = "end_round",
    ReopenRound = "reopen_round",
    ProposeGrouping = "propose_grouping",
    AdjustGrouping = "adjust_grouping",
    SetGrouping = "set_grouping",
    DiscardGrouping = "discard_grouping",
    MovePeople = "move_people",
    ChooseRoom = "choose_room",
    LeaveRoom = "leave_room",
    VisitRoom = "visit_room",
    AddRoom = "add_room",
    RenameRoom = "rename_room",
    RemoveRoom = "remove_room",
    SetFacilitator = "set_facilitator",
    StartTurns = "start_turns",
    PassTurn = "pass_turn",
    StopTurns = "stop_turns",
    SetTurnOrder = "set_turn_order",
    CallHelp = "call_help",
    ClaimHelp = "claim_help",
    ClearHelp = "clear_help",
    AddNote = "add_note",
    EditNote = "edit_note",
    MoveNote = "move_note",
    DeleteNote = "delete_note",
    RestoreNote = "restore_note",
    MarkNote = "mark_note",
    UnmarkNote = "unmark_note",
    CreateCluster = "create_cluster",
    RenameCluster = "rename_cluster",
    DissolveCluster = "dissolve_cluster",
    SetCluster = "set_cluster",
    StartSilentWriting = "start_silent_writing",
    RevealBoard = "reveal_board",
    HarvestNote = "harvest_note",
    AddPoster = "add_poster",
    EditPoster = "edit_poster",
    WithdrawPoster = "withdraw_poster",
    RestorePoster = "restore_poster",
    SetInterest = "set_interest",
    AddComment = "add_comment",
    DeleteComment = "delete_comment",
    ShareFeedback = "share_feedback",
    SetVoteRules = "set_vote_rules",
    OpenVote = "open_vote",
    CloseVote = "close_vote",
    CastBallot = "cast_ballot",
    WithdrawBallot = "withdraw_ballot",
    RecountVote = "recount_vote",
    StartReveal = "start_reveal",
    RevealNext = "reveal_next",
    PublishStandings = "publish_standings",
    GivePulse = "give_pulse",
    SetQuestionnaire = "set_questionnaire",
    OpenQuestionnaire = "open_questionnaire",
    CloseQuestionnaire = "close_questionnaire",
    AnswerQuestionnaire = "answer_questionnaire",
    Announce = "announce",
    WithdrawAnnouncement = "withdraw_announcement",
    ReadAnnouncement = "read_announcement",
}
