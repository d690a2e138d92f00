//! Changes of this area: decided, complete, and such that making them cannot fail.

use alloc::string::String;
use alloc::vec::Vec;

use engawa_protocol::view::{GroupingRoom, GroupingView, HelpState, TurnsView};
use engawa_protocol::{GroupingRule, PersonId, RoomId, RoundId};

/// A decided change.
#[derive(Debug)]
pub(crate) enum Change {
    /// A round has other proposed rooms. A rule that was given becomes the round's.
    Propose { grouping: GroupingView, hosts: Vec<PersonId>, round_rule: Option<GroupingRule> },
    /// A proposal is dropped.
    Discard { round: RoundId },
    /// People go into a room, or into the plenary. Who is there already stays as they are.
    Move { people: Vec<PersonId>, to: Option<RoomId> },
    /// A room is added to the running round.
    AddRoom { round: RoundId, name: String },
    /// A room has another name.
    RenameRoom { room: RoomId, name: String },
    /// A room without members and notes is taken away.
    RemoveRoom { room: RoomId },
    /// A room has another facilitator, or none.
    SetFacilitator { room: RoomId, person: Option<PersonId> },
    /// The turn went on, or the order changed.
    SetTurns { room: RoomId, turns: TurnsView },
    /// A call for help, somebody who takes it, or its end.
    SetHelp { room: RoomId, help: HelpState },
}

/// The rooms that open with a round.
#[derive(Debug)]
pub(crate) struct Opening {
    /// The rule they were made by.
    pub(crate) rule: GroupingRule,
    /// The seed, if they were made by a rule.
    pub(crate) seed: Option<u64>,
    /// The hosts of a world café.
    pub(crate) hosts: Vec<PersonId>,
    /// The rooms, in order of their numbers.
    pub(crate) rooms: Vec<GroupingRoom>,
}
