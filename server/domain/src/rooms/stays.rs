//! Who was in which room from when to when: what the record tells of places. Owns the past of places; must not know how
//! people are placed.
//!
//! Somebody stays in a room while their place is there, they are present, and the room's round is running: a name on a
//! list is no stay, and neither is reading on after the round.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use engawa_protocol::view::Attendance;
use engawa_protocol::{PersonId, RoomId, RoundId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::meeting::Meeting;

/// Stays of one person that are kept; one more forgets their oldest. Far more than a day of rounds brings.
const STAYS_PER_PERSON_MAX: usize = 500;

/// The stays of everybody, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Stays(BTreeMap<PersonId, Vec<Stay>>);

/// A stay: the room, from when, until when; without an end it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stay(pub(crate) RoomId, pub(crate) Timestamp, pub(crate) Option<Timestamp>);

impl Stays {
    /// Everybody's, by person.
    pub(crate) fn all(&self) -> impl Iterator<Item = (PersonId, &Stay)> {
        self.0.iter().flat_map(|(person, stays)| stays.iter().map(|stay| (*person, stay)))
    }

    /// Forgets somebody's; answers how many there were.
    pub(super) fn forget(&mut self, person: PersonId) -> u64 {
        self.0.remove(&person).map_or(0, |stays| stays.len() as u64)
    }

    /// From now on somebody is in this room, or in none.
    fn follow(&mut self, person: PersonId, room: Option<RoomId>, at: Timestamp) {
        let open = self.0.get_mut(&person).and_then(|stays| stays.last_mut()).filter(|stay| stay.2.is_none());
        if open.as_ref().map(|stay| stay.0) == room {
            return;
        }
        if let Some(open) = open {
            open.2 = Some(at);
        }
        if let Some(room) = room {
            let stays = self.0.entry(person).or_default();
            if stays.len() >= STAYS_PER_PERSON_MAX {
                stays.remove(0);
            }
            stays.push(Stay(room, at, None));
        }
    }
}

/// The room somebody stays in at this moment.
fn room_now(m: &Meeting, person: PersonId) -> Option<RoomId> {
    let present = m.roster.person(person)?.attendance == Attendance::Present;
    let room = m.rooms.place_of(person).filter(|_| present)?;
    let round = m.agenda.round(m.rooms.room(room)?.round)?;
    round.phase.is_running().then_some(room)
}

/// Somebody may have come, gone or moved.
pub(crate) fn follow_stay(m: &mut Meeting, at: Timestamp, person: PersonId) {
    let room = room_now(m, person);
    m.rooms.stays.follow(person, room, at);
}

/// A round has ended, or its end has been undone: the same for all who are in its rooms.
pub(super) fn follow_round(m: &mut Meeting, at: Timestamp, round: RoundId) {
    let people: Vec<PersonId> = m
        .rooms
        .places
        .iter()
        .filter(|(_, room)| m.rooms.room(**room).is_some_and(|room| room.round == round))
        .map(|(person, _)| *person)
        .collect();
    for person in people {
        follow_stay(m, at, person);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stay_ends_where_the_next_begins_and_the_oldest_go() {
        let (mut stays, who) = (Stays::default(), PersonId(3));
        stays.follow(who, Some(RoomId(1)), Timestamp(10));
        stays.follow(who, Some(RoomId(1)), Timestamp(15));
        stays.follow(who, Some(RoomId(2)), Timestamp(20));
        stays.follow(who, None, Timestamp(30));
        stays.follow(who, None, Timestamp(40));
        let all: Vec<Stay> = stays.all().map(|(_, stay)| *stay).collect();
        assert_eq!(
            all,
            [
                Stay(RoomId(1), Timestamp(10), Some(Timestamp(20))),
                Stay(RoomId(2), Timestamp(20), Some(Timestamp(30)))
            ]
        );
        for step in 0..2 * STAYS_PER_PERSON_MAX as u64 {
            stays.follow(who, Some(RoomId(3 + u32::try_from(step % 2).unwrap())), Timestamp(100 + step));
        }
        assert_eq!(stays.all().count(), STAYS_PER_PERSON_MAX);
    }
}
