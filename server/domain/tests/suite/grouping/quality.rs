//! Judging rooms, however they were made.

use std::collections::{BTreeMap, BTreeSet};

use engawa_domain::grouping::{History, Problem, Quality, RoomSizes, quality};

use super::common::*;

#[test]
fn quality_of_hand_made_rooms() {
    let people = roster(3, 2, 1);
    let [a1, a2, b1, b2, c1, c2, loner]: [u32; 7] =
        people.iter().map(|member| member.person).collect::<Vec<_>>().try_into().unwrap();
    let mut history = History::new();
    history.add_round(&[vec![a1, a2, b1, b2], vec![c1, loner]]);
    history.add_round(&[vec![a1, b1], vec![c1, loner, 42]]);
    let problem = Problem::new(people, &history, 0);
    let rooms = [vec![b2, a2, a1, b1], vec![], vec![loner, c1, 42, a1], vec![42]];
    let expected = Quality {
        // Four across a and b; loner and c1, loner and 42, c1 and 42.
        repeated_pairs: 7,
        meetings_before_max: 2,
        same_team_pairs: 2,
        // Team a, because a1 sits twice; c2 sits nowhere, which does not split team c.
        split_teams: 1,
        repeated_team_pairs: 1,
        room_sizes: RoomSizes { rooms: 3, smallest: 1, largest: 4, alone: 1, empty: 1 },
        unplaced: 1,
        doubled: 2,
    };
    assert_eq!(quality(&problem, &rooms), expected);
    assert_eq!(c2, people_after(c1));
}

fn people_after(person: u32) -> u32 {
    person + 3
}

/// The counts of [`Quality`] as directly as they can be written down.
pub(crate) fn plain_quality(
    team: &BTreeMap<u32, Option<u32>>,
    rounds: &[Vec<Vec<u32>>],
    rooms: &[Vec<u32>],
) -> Quality {
    let team_of = |person: u32| team.get(&person).copied().flatten();
    // As the history counts: the first room of somebody listed twice.
    let room_before = |round: &[Vec<u32>], person: u32| round.iter().position(|room| room.contains(&person));
    let met = |a: u32, b: u32| {
        rounds
            .iter()
            .filter(|r| room_before(r, a).is_some() && room_before(r, a) == room_before(r, b))
            .count() as u32
    };
    let mut quality = Quality::default();
    let mut homes_now: Vec<(usize, u32)> = Vec::new();
    let teams: BTreeSet<u32> = team.values().flatten().copied().collect();
    let members =
        |wanted: u32| team.iter().filter(move |(_, team)| **team == Some(wanted)).map(|(&person, _)| person);
    for &wanted in &teams {
        let there = |room: &Vec<u32>| members(wanted).filter(|person| room.contains(person)).count();
        quality.split_teams += u32::from(rooms.iter().filter(|room| there(room) > 0).count() > 1);
        for (number, room) in rooms.iter().enumerate() {
            if there(room) * 2 > members(wanted).count() {
                homes_now.push((number, wanted));
            }
        }
    }
    let home_before = |round: &Vec<Vec<u32>>, wanted: u32| {
        (0..round.len()).find(|&number| {
            let there = members(wanted).filter(|&person| room_before(round, person) == Some(number)).count();
            there * 2 > members(wanted).count()
        })
    };
    for (room, one) in &homes_now {
        for (other_room, other) in &homes_now {
            let before = |r: &Vec<Vec<u32>>| {
                home_before(r, *one).is_some() && home_before(r, *one) == home_before(r, *other)
            };
            quality.repeated_team_pairs +=
                u32::from(room == other_room && one < other && rounds.iter().any(before));
        }
    }
    for room in rooms {
        let room: BTreeSet<u32> = room.iter().copied().collect();
        for &a in &room {
            for &b in room.range(a + 1..) {
                if team_of(a).is_some() && team_of(a) == team_of(b) {
                    quality.same_team_pairs += 1;
                } else {
                    quality.repeated_pairs += u32::from(met(a, b) > 0);
                    quality.meetings_before_max = quality.meetings_before_max.max(met(a, b));
                }
            }
        }
        match room.len() as u32 {
            0 => quality.room_sizes.empty += 1,
            size => {
                let sizes = &mut quality.room_sizes;
                sizes.smallest = if sizes.rooms == 0 { size } else { sizes.smallest.min(size) };
                sizes.largest = sizes.largest.max(size);
                sizes.rooms += 1;
                sizes.alone += u32::from(size == 1);
            }
        }
    }
    let seated: BTreeSet<u32> = rooms.iter().flatten().copied().collect();
    quality.doubled = (rooms.iter().flatten().count() - seated.len()) as u32;
    quality.unplaced = team.keys().filter(|person| !seated.contains(person)).count() as u32;
    quality
}
