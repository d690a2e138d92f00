//! Where somebody who comes late fits best.
//!
//! Owns the choice of one room for one person. Must not move anybody else.

use alloc::{vec, vec::Vec};
use core::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use super::{Problem, Way, history::Past};

/// Where somebody is to sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seat {
    /// In the room at this place of the list.
    Room(usize),
    /// In a new room: all are full.
    NewRoom,
}

/// Finds a seat in rooms that were made in this way, perhaps adjusted by hand since.
///
/// Somebody who has a seat keeps it. By team and with dialogue partners, a member goes where most of the team
/// sits, full or not; the first of a team gets a new room by team. Otherwise the room is the one, of those
/// with fewer than `room_size_max` people, with the fewest team-mates, then the fewest people met before, then
/// the fewest people, then the lowest place. Nobody is put into an empty room or a new one while another has
/// a seat free.
#[must_use]
pub fn place_late(
    problem: &Problem<'_>,
    rooms: &[Vec<u32>],
    person: u32,
    way: &Way,
    room_size_max: NonZeroU32,
) -> Seat {
    if let Some(room) = rooms.iter().position(|room| room.contains(&person)) {
        return Seat::Room(room);
    }
    let team = problem.team_of(person);
    match way {
        Way::ByTeam | Way::Partners { .. } => {
            if let Some(room) = team.and_then(|team| room_of_team(problem, rooms, team)) {
                return Seat::Room(room);
            }
            if *way == Way::ByTeam && team.is_some() {
                return rooms.iter().position(Vec::is_empty).map_or(Seat::NewRoom, Seat::Room);
            }
        }
        Way::Mixed { .. } | Way::WorldCafe { .. } => {}
    }
    let free = |room: &&(usize, &Vec<u32>)| room.1.len() < room_size_max.get() as usize;
    let fit = |&(place, room): &(usize, &Vec<u32>)| {
        let mates = room.iter().filter(|&&other| team.is_some() && problem.team_of(other) == team).count();
        let met = room.iter().filter(|&&other| problem.history.met(person, other) > 0).count();
        (room.is_empty(), mates, met, room.len(), place)
    };
    let rooms: Vec<(usize, &Vec<u32>)> = rooms.iter().enumerate().collect();
    rooms
        .iter()
        .filter(free)
        .min_by_key(|room| fit(room))
        .map_or(Seat::NewRoom, |&(place, _)| Seat::Room(place))
}

/// The room with most people of the team; the first of those with equally many.
fn room_of_team(problem: &Problem<'_>, rooms: &[Vec<u32>], team: u32) -> Option<usize> {
    let seated = |room: &Vec<u32>| room.iter().filter(|&&other| problem.team_of(other) == Some(team)).count();
    let counts = rooms.iter().map(seated).enumerate().filter(|&(_, count)| count > 0);
    counts.min_by_key(|&(place, count)| (core::cmp::Reverse(count), place)).map(|(place, _)| place)
}

/// Adds the only person without a team to the room where it fits best, while rooms are being made; all as
/// indices.
pub(super) fn take_in(past: &Past, rooms: &mut Vec<Vec<u32>>, person: u32) {
    let met =
        |room: &[u32]| room.iter().filter(|&&other| past.met(person as usize, other as usize) > 0).count();
    let best = rooms.iter_mut().min_by_key(|room| (met(room), room.len()));
    match best {
        Some(room) => room.push(person),
        None => rooms.push(vec![person]),
    }
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};
    use core::num::NonZeroU32;

    use super::{Seat, place_late, take_in};
    use crate::grouping::{History, Member, Problem, Way};

    fn people() -> Vec<Member> {
        // Teams 0, 1, 2 of three people each; 9 and 10 belong to none.
        (0..11).map(|person| Member { person, team: (person < 9).then_some(person / 3) }).collect()
    }

    fn number(number: u32) -> NonZeroU32 {
        NonZeroU32::new(number).unwrap()
    }

    fn mixed() -> Way {
        Way::Mixed { room_size: number(4) }
    }

    #[test]
    fn mixed_prefers_no_team_mate_then_strangers_then_small_rooms() {
        let mut history = History::new();
        history.add_round(&[vec![0, 4]]);
        let problem = Problem::new(people(), &history, 1);
        let place = |rooms: &[Vec<u32>]| place_late(&problem, rooms, 0, &mixed(), number(4));
        assert_eq!(place(&[vec![1], vec![3, 6, 9]]), Seat::Room(1), "no team-mate before all else");
        assert_eq!(place(&[vec![1], vec![4]]), Seat::Room(1), "met before rather than a team-mate");
        assert_eq!(place(&[vec![4], vec![3, 6, 9]]), Seat::Room(1), "strangers before small rooms");
        assert_eq!(place(&[vec![3, 9], vec![6]]), Seat::Room(1), "the smaller room");
        assert_eq!(place(&[vec![3], vec![6]]), Seat::Room(0), "the first of equals");
        assert_eq!(place(&[vec![], vec![1, 2]]), Seat::Room(1), "with team-mates rather than alone");
        assert_eq!(place(&[vec![3, 0], vec![6]]), Seat::Room(0), "keeps the seat");
    }

    #[test]
    fn a_new_room_only_when_all_are_full() {
        let history = History::new();
        let problem = Problem::new(people(), &history, 1);
        let place = |rooms: &[Vec<u32>]| place_late(&problem, rooms, 10, &mixed(), number(2));
        assert_eq!(place(&[vec![0, 3], vec![1, 4, 6]]), Seat::NewRoom);
        assert_eq!(place(&[vec![0, 3], vec![]]), Seat::Room(1));
        assert_eq!(place(&[vec![0, 3], vec![9]]), Seat::Room(1));
        assert_eq!(place(&[]), Seat::NewRoom);
    }

    #[test]
    fn teams_stay_together() {
        let history = History::new();
        let problem = Problem::new(people(), &history, 1);
        let partners = Way::Partners { teams_per_room: number(2) };
        let rooms = [vec![3, 4, 5, 0], vec![1, 2, 9]];
        for way in [&Way::ByTeam, &partners] {
            let rooms = [vec![3, 4, 5, 0], vec![1, 9], vec![2]];
            assert_eq!(place_late(&problem, &rooms[1..], 0, way, number(2)), Seat::Room(0), "full or not");
            assert_eq!(place_late(&problem, &rooms, 10, way, number(4)), Seat::Room(2));
        }
        assert_eq!(
            place_late(&problem, &rooms, 6, &partners, number(4)),
            Seat::Room(1),
            "the first of a team"
        );
        assert_eq!(place_late(&problem, &rooms, 6, &Way::ByTeam, number(4)), Seat::NewRoom);
        assert_eq!(place_late(&problem, &[vec![0], vec![]], 6, &Way::ByTeam, number(4)), Seat::Room(1));
    }

    #[test]
    fn unknown_people_are_people_without_a_team() {
        let history = History::new();
        let problem = Problem::new(people(), &history, 1);
        let rooms = [vec![0, 1, 2], vec![3, 4]];
        assert_eq!(place_late(&problem, &rooms, 99, &mixed(), number(4)), Seat::Room(1));
        assert_eq!(place_late(&problem, &rooms, 99, &Way::ByTeam, number(4)), Seat::Room(1));
    }

    #[test]
    fn take_in_opens_a_room_only_where_there_is_none() {
        let mut history = History::new();
        history.add_round(&[vec![0, 2]]);
        let past = history.past(&[0, 1, 2]);
        let mut rooms = vec![vec![0], vec![1]];
        take_in(&past, &mut rooms, 2);
        assert_eq!(rooms, [vec![0], vec![1, 2]]);
        let mut none = Vec::new();
        take_in(&past, &mut none, 2);
        assert_eq!(none, [vec![2]]);
    }
}
