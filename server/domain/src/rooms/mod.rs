//! Rooms: who is where, groupings, turns and calls for help. Owns places; must not know notes or ballots.
//!
//! Participants sit in a room as members. Everybody else who is in a room is a visitor: facilitators and
//! coordinators who come and go, observers whom a coordinator has put there. Members stay listed in their room for
//! good; where somebody is at this moment is kept in `places`.

mod arrival;
mod change;
mod decide;
mod erase;
mod evolve;
mod plan;
mod project;
mod stays;
mod turns;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use engawa_protocol::view::{GroupingView, HelpState, TurnsView};
use engawa_protocol::{GroupingRule, PersonId, RoomId, RoundId};
use serde::{Deserialize, Serialize};

use crate::grouping::History;

pub(crate) use arrival::place_arrival;
pub(crate) use change::{Change, Opening};
pub(crate) use decide::*;
pub(crate) use erase::erase_person;
pub(crate) use evolve::{
    close_rooms, discard_proposal, emit_activity, evolve, forget_person, open_rooms, pause_turns,
    reopen_rooms, resume_turns, role_changed,
};
pub(crate) use plan::opening_of;
pub(crate) use project::*;
use stays::Stays;
pub(crate) use stays::follow_stay;

/// All rooms of all rounds, and where everybody is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rooms {
    pub(crate) rooms: BTreeMap<RoomId, Room>,
    /// The room each person is in, as member or as visitor; who is not in it is in the plenary. Members keep the
    /// place in their last room, to read it, until another round opens rooms.
    pub(crate) places: BTreeMap<PersonId, RoomId>,
    /// Groupings proposed for rounds that have not begun.
    pub(crate) groupings: BTreeMap<RoundId, GroupingView>,
    /// Hosts of the proposals that are for a world café, table by table.
    proposed_hosts: BTreeMap<RoundId, Vec<PersonId>>,
    /// How the rooms of each round that has opened any were made.
    opened: BTreeMap<RoundId, Opened>,
    /// The round whose rooms were opened last.
    latest: Option<RoundId>,
    /// Who sat with whom in the rounds before the latest.
    history: History,
    /// People whom somebody has taken out of their room into the plenary in the latest round: they are not put
    /// into a room again when they come back.
    kept_out: BTreeSet<PersonId>,
    /// Who was where and when.
    #[serde(default)]
    pub(crate) stays: Stays,
    pub(crate) last_room: u32,
}

/// How the rooms of a round were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Opened {
    /// The rule they were made by.
    rule: GroupingRule,
    /// The seed, if they were made by a rule.
    seed: Option<u64>,
    /// The hosts of a world café, table by table.
    hosts: Vec<PersonId>,
    /// The number of the first room that the round could have; those of a round lie side by side.
    first_room: RoomId,
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

    /// The rooms of a round, in order of number. Costs what it yields: rooms of a round lie side by side.
    pub(crate) fn of_round(&self, round: RoundId) -> impl Iterator<Item = (RoomId, &Room)> {
        let rooms = self.opened.get(&round).map(|opened| self.rooms.range(opened.first_room..));
        rooms
            .into_iter()
            .flatten()
            .take_while(move |(_, room)| room.round == round)
            .map(|(id, room)| (*id, room))
    }

    /// The rooms where a person is seen: the one they are in, and every other, of whatever round, that lists them and
    /// that somebody looks at. What changes about a person must be told there.
    pub(crate) fn showing(&self, person: PersonId) -> impl Iterator<Item = RoomId> {
        let place = self.place_of(person);
        let listed = self.rooms.iter().filter(move |(id, room)| {
            Some(**id) != place && (room.facilitator == Some(person) || room.members.contains(&person))
        });
        let looked_at = listed.map(|(id, _)| *id).filter(|id| self.places.values().any(|at| at == id));
        place.into_iter().chain(looked_at)
    }

    /// The members of each room of a round, as the algorithms want them.
    fn seating(&self, round: RoundId) -> Vec<Vec<u32>> {
        self.of_round(round).map(|(_, room)| room.members.iter().map(|person| person.0).collect()).collect()
    }
}
