//! Who sat with whom in earlier rounds.
//!
//! Owns the memory of past rooms. Must not know how rooms are made. It keeps the room of each person in each
//! round instead of counting pairs: six rounds of 3,000 people are 18,000 numbers however large the rooms
//! were, where pairs would grow with the square of a room's size.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

/// Rounds that are remembered; adding one more forgets the oldest.
pub const ROUNDS_REMEMBERED_MAX: usize = 64;

/// Highest room number that is believed when read back; above it lie the stand-ins of [`absent`].
const ROOM_NUMBER_MAX: u32 = u32::MAX / 2;

/// How often pairs of people have met in earlier rounds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Vec<(u32, u32)>>", into = "Vec<Vec<(u32, u32)>>")]
pub struct History {
    /// For each round, oldest first: (person, room), by person, nobody twice.
    rounds: Vec<Vec<(u32, u32)>>,
}

impl History {
    /// Nobody has met anybody.
    #[must_use]
    pub const fn new() -> Self {
        Self { rounds: Vec::new() }
    }

    /// Remembers the rooms of one more round. Somebody listed in two rooms counts for the first one; to
    /// record both, add the second as a round of its own. Plenaries should not be added: everybody would have
    /// met everybody. A round in which nobody sat anywhere is not remembered.
    pub fn add_round(&mut self, rooms: &[Vec<u32>]) {
        let seats = rooms
            .iter()
            .zip(0_u32..)
            .flat_map(|(room, number)| room.iter().map(move |&person| (person, number)))
            .collect();
        self.remember(seats);
    }

    /// Remembers the seats of one more round, each a person and the room they sat in. As [`History::add_round`] otherwise.
    pub fn add_seats(&mut self, seats: impl IntoIterator<Item = (u32, u32)>) {
        self.remember(seats.into_iter().collect());
    }

    /// These rounds after the ones that are remembered.
    pub fn go_on_with(&mut self, later: &Self) {
        later.rounds.iter().for_each(|seats| self.remember(seats.clone()));
    }

    /// How many different pairs have sat in one room.
    #[must_use]
    pub fn pair_count(&self) -> u32 {
        let mut rooms: Vec<Vec<(u32, u32)>> = self.rounds.clone();
        rooms.iter_mut().for_each(|seats| seats.sort_unstable_by_key(|&(person, room)| (room, person)));
        let mut people: Vec<u32> = self.rounds.iter().flatten().map(|&(person, _)| person).collect();
        people.sort_unstable();
        people.dedup();
        let later_mates = |person: u32| {
            let mut mates: Vec<u32> = Vec::new();
            for (seats, by_room) in self.rounds.iter().zip(&rooms) {
                let Some(room) = room_in(seats, person) else { continue };
                let begin = by_room.partition_point(|&(other, of)| (of, other) <= (room, person));
                mates.extend(
                    by_room[begin..].iter().take_while(|&&(_, of)| of == room).map(|&(other, _)| other),
                );
            }
            mates.sort_unstable();
            mates.dedup();
            mates.len() as u64
        };
        let pairs: u64 = people.into_iter().map(later_mates).sum();
        u32::try_from(pairs).unwrap_or(u32::MAX)
    }

    fn remember(&mut self, mut seats: Vec<(u32, u32)>) {
        seats.sort_unstable();
        seats.dedup_by_key(|&mut (person, _)| person);
        if seats.is_empty() {
            return;
        }
        if self.rounds.len() >= ROUNDS_REMEMBERED_MAX {
            self.rounds.remove(0);
        }
        self.rounds.push(seats);
    }

    /// Forgets a person: nobody has met them, and they have met nobody.
    pub fn forget(&mut self, person: u32) {
        for seats in &mut self.rounds {
            seats.retain(|&(seated, _)| seated != person);
        }
        self.rounds.retain(|seats| !seats.is_empty());
    }

    /// How many rounds are remembered.
    #[must_use]
    pub fn round_count(&self) -> usize {
        self.rounds.len()
    }

    /// In how many remembered rounds the two sat in one room; 0 for a person and itself.
    #[must_use]
    pub fn met(&self, one: u32, other: u32) -> u32 {
        if one == other {
            return 0;
        }
        let together = |seats: &&Vec<(u32, u32)>| {
            let room = room_in(seats, one);
            room.is_some() && room == room_in(seats, other)
        };
        self.rounds.iter().filter(together).count() as u32
    }

    /// The history of these people alone, laid out for quick comparison. `people` must be in ascending order.
    pub(super) fn past(&self, people: &[u32]) -> Past {
        let rounds = self.rounds.len();
        let mut seats = Vec::with_capacity(people.len() * rounds);
        for (index, &person) in people.iter().enumerate() {
            seats.extend(self.rounds.iter().map(|round| room_in(round, person).unwrap_or(absent(index))));
        }
        Past { rounds, seats }
    }
}

fn room_in(seats: &[(u32, u32)], person: u32) -> Option<u32> {
    seats.binary_search_by_key(&person, |&(seated, _)| seated).ok().map(|place| seats[place].1)
}

/// Stands for "was not there". Different for everyone, so that two who were absent never seem to have met;
/// rooms are numbered from 0 and never come near it.
pub(super) const fn absent(index: usize) -> u32 {
    u32::MAX - index as u32
}

/// Whether a seat is one made by [`absent`] for this index.
pub(super) const fn is_absent(seat: u32, index: usize) -> bool {
    seat == absent(index)
}

impl From<Vec<Vec<(u32, u32)>>> for History {
    /// Sorts and bounds what comes from outside, so that a damaged file cannot break the order.
    fn from(rounds: Vec<Vec<(u32, u32)>>) -> Self {
        let mut history = Self::new();
        for mut seats in rounds {
            seats.retain(|&(_, room)| room <= ROOM_NUMBER_MAX);
            history.remember(seats);
        }
        history
    }
}

impl From<History> for Vec<Vec<(u32, u32)>> {
    fn from(history: History) -> Self {
        history.rounds
    }
}

/// A table of seats: one row for each person (or team) by index, one column for each round.
#[derive(Debug, Clone)]
pub(super) struct Past {
    rounds: usize,
    seats: Vec<u32>,
}

impl Past {
    /// A table from its rows; a row that has no seat in a round holds [`absent`] of its own index.
    pub(super) fn from_seats(rounds: usize, seats: Vec<u32>) -> Self {
        Self { rounds, seats }
    }

    pub(super) fn rounds(&self) -> usize {
        self.rounds
    }

    pub(super) fn row(&self, index: usize) -> &[u32] {
        &self.seats[index * self.rounds..(index + 1) * self.rounds]
    }

    /// In how many rounds the two (different ones) sat in one room.
    pub(super) fn met(&self, one: usize, other: usize) -> u32 {
        self.row(one)
            .iter()
            .zip(self.row(other))
            .map(|(room, other_room)| u32::from(room == other_room))
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use super::{History, ROUNDS_REMEMBERED_MAX};

    #[test]
    fn counts_meetings_of_pairs() {
        let mut history = History::new();
        history.add_round(&[vec![1, 2, 3], vec![4, 5]]);
        history.add_round(&[vec![2, 1], vec![3, 9]]);
        assert_eq!(history.met(1, 2), 2);
        assert_eq!(history.met(3, 1), 1);
        assert_eq!(history.met(1, 4), 0);
        assert_eq!(history.met(7, 8), 0, "absent people have not met");
        assert_eq!(history.met(1, 1), 0);
        let past = history.past(&[1, 2, 3, 7, 8]);
        assert_eq!(past.met(0, 1), 2);
        assert_eq!(past.met(0, 2), 1);
        assert_eq!(past.met(3, 4), 0);
    }

    #[test]
    fn pairs_are_counted_once_however_often_they_met() {
        let mut history = History::new();
        history.add_round(&[vec![1, 2, 3], vec![4, 5], vec![9]]);
        history.add_seats([(2, 7), (1, 7), (9, 7)]);
        assert_eq!(history.pair_count(), 6, "1-2 1-3 2-3 4-5, then 1-9 2-9");
        let mut earlier = History::new();
        assert_eq!(earlier.pair_count(), 0);
        earlier.add_round(&[vec![4, 1]]);
        earlier.go_on_with(&history);
        assert_eq!((earlier.round_count(), earlier.met(1, 4), earlier.met(1, 2)), (3, 1, 2));
    }

    #[test]
    fn first_room_counts_and_empty_rounds_do_not() {
        let mut history = History::new();
        history.add_round(&[vec![1, 2], vec![1, 3]]);
        history.add_round(&[]);
        history.add_round(&[vec![]]);
        assert_eq!(history.round_count(), 1);
        assert_eq!((history.met(1, 2), history.met(1, 3)), (1, 0));
    }

    #[test]
    fn forgets_a_person_and_what_is_left_empty() {
        let mut history = History::new();
        history.add_round(&[vec![1, 2, 3]]);
        history.add_round(&[vec![2]]);
        history.forget(2);
        assert_eq!((history.met(1, 2), history.met(1, 3), history.round_count()), (0, 1, 1));
    }

    #[test]
    fn forgets_the_oldest_round() {
        let mut history = History::new();
        history.add_round(&[vec![1, 2]]);
        for _ in 0..ROUNDS_REMEMBERED_MAX {
            history.add_round(&[vec![1, 3]]);
        }
        assert_eq!(history.round_count(), ROUNDS_REMEMBERED_MAX);
        assert_eq!((history.met(1, 2), history.met(1, 3)), (0, ROUNDS_REMEMBERED_MAX as u32));
    }

    #[test]
    fn is_read_back_in_order_whatever_was_written() {
        let read: History = serde_json::from_str("[[[5,0],[1,0],[5,1]],[]]").unwrap();
        let mut expected = History::new();
        expected.add_round(&[vec![1, 5]]);
        assert_eq!(read, expected);
        let rounds: Vec<Vec<(u32, u32)>> = expected.clone().into();
        assert_eq!(History::from(rounds), expected);
        assert_eq!(serde_json::to_string(&expected).unwrap(), "[[[1,0],[5,0]]]");
    }
}
