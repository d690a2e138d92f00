//! Rounds: what is planned, how rooms are made, and the life of a round.

use alloc::string::String;

use crate::board::{AuthorDisplay, BoardTemplate};
use crate::time::Timestamp;

wire_value! {
    /// What kind of round it is.
    #[serde(rename_all = "snake_case")]
    pub enum RoundKind {
        /// All together.
        Plenary,
        /// Small groups in rooms.
        Dialogue,
        /// Looking round the posters.
        Posters,
        /// A break.
        Break,
    }

    /// How the rooms of a dialogue round are made.
    #[serde(tag = "by", rename_all = "snake_case")]
    pub enum GroupingRule {
        /// A room for each team.
        Team {},
        /// Dialogue partners: whole teams, so many to a room.
        Partners {
            /// Teams to a room, 2 to 10.
            teams_per_room: u32,
        },
        /// Individuals, never two of one team in a room while that is possible, as few repeated meetings as
        /// possible over all rounds so far.
        Mixed {
            /// The largest room, 2 to 50 people.
            room_size: u32,
        },
        /// World café: the host of each table stays, the others move on. Rounds of this kind that follow
        /// each other with the same table size form one café.
        WorldCafe {
            /// The largest table, host included, 2 to 50 people.
            table_size: u32,
        },
        /// People choose a room.
        Open {
            /// How many rooms there are to choose from, 1 to 500.
            rooms: u32,
        },
        /// By hand or by file.
        Manual {},
    }

    /// Where a round stands. Times are the server's.
    #[serde(tag = "phase", rename_all = "snake_case")]
    pub enum RoundPhase {
        /// Not begun.
        Waiting {},
        /// Running.
        Open {
            /// When it opened.
            opened_at: Timestamp,
            /// When its time is over; none without a duration.
            ends_at: Option<Timestamp>,
        },
        /// Every clock of the round stands still.
        Paused {
            /// When it opened.
            opened_at: Timestamp,
            /// When it was paused.
            paused_at: Timestamp,
            /// What is left on the clock; none without a duration.
            remaining_ms: Option<u64>,
        },
        /// The countdown that everybody sees.
        Closing {
            /// When it opened.
            opened_at: Timestamp,
            /// When the round ends.
            ends_at: Timestamp,
        },
        /// Over; all are back in the plenary.
        Ended {
            /// When it opened.
            opened_at: Timestamp,
            /// When it ended.
            ended_at: Timestamp,
        },
    }
}

impl RoundPhase {
    /// Open, paused or closing: the round that is going on.
    #[must_use]
    pub const fn is_running(self) -> bool {
        match self {
            Self::Open { .. } | Self::Paused { .. } | Self::Closing { .. } => true,
            Self::Waiting {} | Self::Ended { .. } => false,
        }
    }

    /// Not begun yet.
    #[must_use]
    pub const fn is_waiting(self) -> bool {
        matches!(self, Self::Waiting {})
    }
}

wire! {
    /// A round as it is planned; editable until it opens.
    pub struct RoundPlan {
        /// What kind of round.
        pub kind: RoundKind,
        /// Its title, up to `TITLE_GRAPHEMES_MAX`.
        pub title: String,
        /// The question people talk about, up to `QUESTION_GRAPHEMES_MAX`; may be empty.
        pub question: String,
        /// How long, up to `ROUND_MS_MAX`; none: until it is closed by hand.
        pub duration_ms: Option<u64>,
        /// How rooms are made. Only dialogue rounds have rooms.
        pub grouping: GroupingRule,
        /// Time to speak in the turn order, up to `TURN_MS_MAX`; none: no turn order.
        pub turn_ms: Option<u64>,
        /// What the rooms' boards look like.
        pub template: BoardTemplate,
        /// Whether notes show their authors.
        pub authors: AuthorDisplay,
        /// The countdown between the end of the time and the end of the round, up to `COUNTDOWN_MS_MAX`.
        pub countdown_ms: u64,
    }
}
