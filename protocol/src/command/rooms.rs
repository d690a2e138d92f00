//! Commands about rooms, turns and calls for help.

use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::{PersonId, RoomId, RoundId};

wire! {
    /// Moves people while rooms are open.
    pub struct MovePeople {
        /// Who, at most `MOVE_PEOPLE_MAX`.
        pub people: Vec<PersonId>,
        /// Where to; none: out of their rooms, into the plenary.
        pub to: Option<RoomId>,
    }

    /// Goes into a room of one's choice, in a round where rooms are chosen.
    pub struct ChooseRoom {
        /// The room.
        pub room: RoomId,
    }

    /// Goes back to the plenary, in a round where rooms are chosen.
    pub struct LeaveRoom {}

    /// A coordinator or facilitator goes into a room to see its board; the room sees who visits.
    pub struct VisitRoom {
        /// The room, of any round; none: back to the plenary.
        pub room: Option<RoomId>,
    }

    /// Adds a room to the running round.
    pub struct AddRoom {
        /// The round.
        pub round: RoundId,
        /// Its name; empty: none but its number.
        pub name: String,
    }

    /// Names a room.
    pub struct RenameRoom {
        /// The room.
        pub room: RoomId,
        /// Its name; empty: none but its number.
        pub name: String,
    }

    /// Removes a room that has no members and no notes.
    pub struct RemoveRoom {
        /// The room.
        pub room: RoomId,
    }

    /// Gives a room its facilitator.
    pub struct SetFacilitator {
        /// The room.
        pub room: RoomId,
        /// Who; none: nobody.
        pub person: Option<PersonId>,
    }

    /// Starts speaking in turn.
    pub struct StartTurns {
        /// The room.
        pub room: RoomId,
        /// Who begins; none: the first of the order.
        #[serde(default)]
        pub first: Option<PersonId>,
    }

    /// Passes the turn on.
    pub struct PassTurn {
        /// The room.
        pub room: RoomId,
        /// Who is speaking, as the asker sees it; so that two people who press at once pass it on once.
        pub from: PersonId,
        /// Who speaks next; none: the next of the order who has not spoken, or nobody when all have.
        #[serde(default)]
        pub to: Option<PersonId>,
    }

    /// Ends speaking in turn; the talk is free.
    pub struct StopTurns {
        /// The room.
        pub room: RoomId,
    }

    /// Changes the order of speaking.
    pub struct SetTurnOrder {
        /// The room.
        pub room: RoomId,
        /// All members, in order.
        pub order: Vec<PersonId>,
    }

    /// Calls for help from one's room.
    pub struct CallHelp {
        /// The room.
        pub room: RoomId,
    }

    /// Takes a room's call: one takes it, everybody sees who.
    pub struct ClaimHelp {
        /// The room.
        pub room: RoomId,
    }

    /// Ends a call: by whoever took it, by any coordinator, or by the room itself.
    pub struct ClearHelp {
        /// The room.
        pub room: RoomId,
    }
}
