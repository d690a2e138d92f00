//! Events about rooms, seats, turns and calls for help.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::{PersonId, RoomId};
use crate::view::{HelpState, PersonView, RoomActivity, RoomChoice, RoomView, SeatView, TurnsView};

wire! {
    /// A dialogue round's rooms opened. For coordinators and facilitators. Fold: into `rooms`.
    pub struct RoomsOpened {
        /// All rooms of the round.
        pub rooms: Vec<RoomView>,
    }

    /// A room was added. For coordinators and facilitators. Fold: into `rooms`.
    pub struct RoomAdded {
        /// The room.
        pub room: RoomView,
    }

    /// A room has another name. Fold: in `rooms` and `seat.room`, and in the `source` of plenary notes from it.
    pub struct RoomRenamed {
        /// The room.
        pub room: RoomId,
        /// Its name.
        pub name: String,
    }

    /// A room was removed. Fold: out of `rooms`.
    pub struct RoomRemoved {
        /// The room.
        pub room: RoomId,
    }

    /// A room has another facilitator. Fold: in `rooms` and `seat.room`; the person into `seat.people`. A former
    /// facilitator who is neither member nor visitor goes out of `seat.people`.
    pub struct FacilitatorSet {
        /// The room.
        pub room: RoomId,
        /// Who.
        pub person: Option<PersonView>,
    }

    /// Somebody was put into a room. Fold: to the end of `members` in `rooms` and `seat.room`, and into `seat.people`.
    pub struct MemberAdded {
        /// The room.
        pub room: RoomId,
        /// Who.
        pub person: PersonView,
    }

    /// Somebody was taken out of a room. Fold: the reverse of [`MemberAdded`]; they stay in `seat.people` while
    /// they are its facilitator or visit it.
    pub struct MemberRemoved {
        /// The room.
        pub room: RoomId,
        /// Who.
        pub person: PersonId,
    }

    /// Somebody visits a room. Fold: to the end of `visitors` in `rooms` and `seat.room`, and into `seat.people`.
    pub struct VisitorEntered {
        /// The room.
        pub room: RoomId,
        /// Who.
        pub person: PersonView,
    }

    /// Somebody visits it no more. Fold: the reverse of [`VisitorEntered`]; they stay in `seat.people` while they
    /// are its facilitator or a member.
    pub struct VisitorLeft {
        /// The room.
        pub room: RoomId,
        /// Who.
        pub person: PersonId,
    }

    /// The viewer is in a room now. Fold: `seat` is replaced.
    pub struct SeatTaken {
        /// The seat.
        pub seat: Box<SeatView>,
    }

    /// The viewer is in no room any more. Fold: `seat` is empty.
    pub struct SeatLeft {}

    /// Rooms can be chosen, or no more when empty. Fold: `room_choices` is replaced.
    pub struct RoomChoicesOffered {
        /// The rooms.
        pub choices: Vec<RoomChoice>,
    }

    /// A room that can be chosen has changed. Fold: into `room_choices`.
    pub struct RoomChoiceChanged {
        /// The room.
        pub choice: RoomChoice,
    }

    /// Something went on in a room. For coordinators and facilitators. Fold: `activity` in `rooms` and, when it is
    /// theirs, `seat.room`.
    pub struct RoomActivityChanged {
        /// The room.
        pub room: RoomId,
        /// What goes on.
        pub activity: RoomActivity,
    }

    /// The turn went on, or the order changed. For the room alone. Fold: `seat.turns` when it is that room's.
    pub struct TurnsChanged {
        /// The room.
        pub room: RoomId,
        /// The turns now.
        pub turns: TurnsView,
    }

    /// A room called for help, somebody takes it, or it is over. Fold: `help` in `rooms` and `seat.room`.
    pub struct HelpChanged {
        /// The room.
        pub room: RoomId,
        /// Its call now.
        pub help: HelpState,
    }
}
