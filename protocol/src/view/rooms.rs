//! Rooms, seats, turns and calls for help as seen.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::boards::BoardView;
use super::meeting::PersonView;
use crate::ids::{PersonId, RoomId, RoundId};
use crate::time::Timestamp;

wire! {
    /// A room as coordinators, facilitators and its own people see it.
    pub struct RoomView {
        /// Which.
        pub id: RoomId,
        /// The round it belongs to.
        pub round: RoundId,
        /// Its number within the round, from 1: the name of the Zoom room.
        pub number: u32,
        /// Its name; empty: none but its number.
        pub name: String,
        /// Its facilitator, if it has one of its own.
        pub facilitator: Option<PersonId>,
        /// Its members, present or not, in the order in which they were placed.
        pub members: Vec<PersonId>,
        /// Who visits it now.
        pub visitors: Vec<PersonId>,
        /// Its call for help.
        pub help: HelpState,
        /// What goes on in it. Coordinators and facilitators only.
        pub activity: Option<RoomActivity>,
    }

    /// A room one may choose.
    pub struct RoomChoice {
        /// Which.
        pub id: RoomId,
        /// Its number.
        pub number: u32,
        /// Its name.
        pub name: String,
        /// Its facilitator.
        pub facilitator: Option<PersonId>,
        /// How many members it has.
        pub members: u32,
    }

    /// The room one is in: its people, its turns and its board.
    pub struct SeatView {
        /// The room.
        pub room: RoomView,
        /// Its members, visitors and facilitator.
        pub people: BTreeMap<PersonId, PersonView>,
        /// Speaking in turn; for the room alone.
        pub turns: TurnsView,
        /// Its board.
        pub board: BoardView,
    }

    /// Speaking in turn.
    pub struct TurnsView {
        /// The order.
        pub order: Vec<PersonId>,
        /// Where it stands.
        pub state: TurnState,
        /// How long each has spoken in turn, finished turns only, in milliseconds: the balance of the room.
        pub spoken_ms: BTreeMap<PersonId, u64>,
        /// Who has had a turn since it was started.
        pub had_turn: Vec<PersonId>,
    }
}

wire_value! {
    /// Where speaking in turn stands.
    #[serde(tag = "state", rename_all = "snake_case")]
    pub enum TurnState {
        /// Nobody speaks in turn.
        Idle {},
        /// Somebody speaks.
        Speaking {
            /// Who.
            person: PersonId,
            /// Since when, moved on by pauses so that `now - started_at` is the time spoken.
            started_at: Timestamp,
            /// When their time is over; nobody is cut off.
            ends_at: Timestamp,
        },
        /// Somebody speaks, the round is paused.
        Paused {
            /// Who.
            person: PersonId,
            /// What they have spoken so far.
            spoken_ms: u64,
            /// What is left of their time; negative when over.
            remaining_ms: i64,
        },
    }

    /// A room's call for help.
    #[serde(tag = "state", rename_all = "snake_case")]
    pub enum HelpState {
        /// None.
        Quiet {},
        /// Called, nobody has taken it.
        Called {
            /// By whom.
            by: PersonId,
            /// When.
            at: Timestamp,
        },
        /// Somebody is on the way.
        Claimed {
            /// When it was called.
            called_at: Timestamp,
            /// Who is coming.
            by: PersonId,
            /// When they took it.
            at: Timestamp,
        },
    }

    /// What goes on in a room, for those who watch over all.
    #[derive(Default)]
    pub struct RoomActivity {
        /// Notes on its board.
        pub notes: u32,
        /// When the last one was added.
        pub last_note_at: Option<Timestamp>,
        /// Who speaks in turn.
        pub speaker: Option<PersonId>,
        /// Whether it writes in silence.
        pub silent: bool,
    }
}
