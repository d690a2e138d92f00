//! The rooms of one round, proposed or open: what other programs are told to make rooms from.

use alloc::string::String;
use alloc::vec::Vec;

use engawa_protocol::{PersonId, RoundId};

use crate::meeting::Meeting;

/// A room of a round, as it is or as it is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomOfRound {
    /// Its number within the round, from 1.
    pub number: u32,
    /// Its name; empty: none but its number.
    pub name: String,
    /// Who is to be in it: members, then its facilitator where they are in no room of the round otherwise.
    pub people: Vec<PersonId>,
}

/// The rooms of a round: those that have opened, else those proposed for it; empty when there are none yet. None: there is
/// no such round.
#[must_use]
pub fn rooms_of_round(meeting: &Meeting, round: RoundId) -> Option<Vec<RoomOfRound>> {
    let m = meeting;
    m.agenda.round(round)?;
    let mut rooms: Vec<(RoomOfRound, Option<PersonId>)> = m
        .rooms
        .of_round(round)
        .map(|(_, room)| {
            let people = room.members.clone();
            (RoomOfRound { number: room.number, name: room.name.clone(), people }, room.facilitator)
        })
        .collect();
    if rooms.is_empty() {
        let proposed = m.rooms.groupings.get(&round).map(|grouping| grouping.rooms.as_slice());
        let proposed = proposed.unwrap_or_default();
        rooms = (1..)
            .zip(proposed)
            .map(|(number, room)| {
                let people = room.members.clone();
                (RoomOfRound { number, name: room.name.clone(), people }, room.facilitator)
            })
            .collect();
    }
    let mut seated: alloc::collections::BTreeSet<PersonId> =
        rooms.iter().flat_map(|(room, _)| room.people.iter().copied()).collect();
    let rooms = rooms.into_iter().map(|(mut room, facilitator)| {
        if let Some(facilitator) = facilitator
            && seated.insert(facilitator)
        {
            room.people.push(facilitator);
        }
        room.people.retain(|person| m.roster.person(*person).is_some());
        room
    });
    Some(rooms.collect())
}
