//! Rooms: who is where, groupings, turns and calls for help. Owns places; must not know notes or ballots.

mod change;
mod decide;
mod evolve;
mod project;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use engawa_protocol::view::{GroupingView, HelpState, TurnsView};
use engawa_protocol::{PersonId, RoomId, RoundId};
use serde::{Deserialize, Serialize};

pub(crate) use change::Change;
pub(crate) use decide::*;
pub(crate) use evolve::evolve;
pub(crate) use project::*;

/// All rooms of all rounds, and where everybody is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rooms {
    pub(crate) rooms: BTreeMap<RoomId, Room>,
    /// The room each person is in, as member or as visitor; who is not in it is in the plenary. Members keep the
    /// place in their last room, to read it, until another round opens rooms.
    pub(crate) places: BTreeMap<PersonId, RoomId>,
    /// Groupings proposed for rounds that have not begun.
    pub(crate) groupings: BTreeMap<RoundId, GroupingView>,
    pub(crate) last_room: u32,
}

/// A room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Room {
    pub(crate) round: RoundId,
    pub(crate) number: u32,
    pub(crate) name: String,
    pub(crate) facilitator: Option<PersonId>,
    pub(crate) members: Vec<PersonId>,
    pub(crate) visitors: Vec<PersonId>,
    pub(crate) help: HelpState,
    pub(crate) turns: TurnsView,
}

impl Rooms {
    /// The room a person is in, as member or visitor; none in the plenary.
    pub(crate) fn place_of(&self, person: PersonId) -> Option<RoomId> {
        self.places.get(&person).copied()
    }

    /// A room.
    pub(crate) fn room(&self, id: RoomId) -> Option<&Room> {
        self.rooms.get(&id)
    }

    /// The rooms of a round, in order of number.
    pub(crate) fn of_round(&self, round: RoundId) -> impl Iterator<Item = (RoomId, &Room)> {
        self.rooms.iter().filter(move |(_, room)| room.round == round).map(|(id, room)| (*id, room))
    }
}
