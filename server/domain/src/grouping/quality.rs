//! How good rooms are, whoever made them.
//!
//! Owns the counts that a proposal is shown with. Must not change rooms, nor assume that they are well made:
//! rooms adjusted by hand may leave people out or seat them twice.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{Problem, costs::homes, history::Past};

/// The counts by which rooms are judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quality {
    /// Pairs in one room who met in an earlier round. Team-mates do not count: they know each other anyway.
    pub repeated_pairs: u32,
    /// The most often that a pair in one room has met before; team-mates do not count.
    pub meetings_before_max: u32,
    /// Pairs of team-mates in one room.
    pub same_team_pairs: u32,
    /// Teams whose members sit in different rooms.
    pub split_teams: u32,
    /// Pairs of teams in one room that were in one room before. A team is where more than half of all its
    /// members are; a team spread over rooms is nowhere.
    pub repeated_team_pairs: u32,
    /// How large the rooms are.
    pub room_sizes: RoomSizes,
    /// People who are in no room.
    pub unplaced: u32,
    /// Seats taken by people who have another one already.
    pub doubled: u32,
}

/// How large rooms are. Rooms without people are counted by themselves and nowhere else.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomSizes {
    /// Rooms with people.
    pub rooms: u32,
    /// People in the smallest room; 0 if there is none.
    pub smallest: u32,
    /// People in the largest room; 0 if there is none.
    pub largest: u32,
    /// Rooms with one person only.
    pub alone: u32,
    /// Rooms without people.
    pub empty: u32,
}

/// Judges rooms. People in rooms who are not among the problem's people count as people without a team.
#[must_use]
pub fn quality(problem: &Problem<'_>, rooms: &[Vec<u32>]) -> Quality {
    let seating = Seating::new(problem, rooms);
    let mut quality = Quality {
        room_sizes: room_sizes(&seating.rooms),
        repeated_team_pairs: seating.repeated_team_pairs(problem),
        split_teams: seating.split_teams(),
        ..Quality::default()
    };
    for room in &seating.rooms {
        for (place, &one) in room.iter().enumerate() {
            for &other in &room[..place] {
                let team = seating.teams[one as usize];
                if team.is_some() && team == seating.teams[other as usize] {
                    quality.same_team_pairs += 1;
                    continue;
                }
                let met = seating.past.met(one as usize, other as usize);
                quality.repeated_pairs += u32::from(met > 0);
                quality.meetings_before_max = quality.meetings_before_max.max(met);
            }
        }
    }
    let seats: usize = rooms.iter().map(Vec::len).sum();
    let mut seated = seating.rooms.concat();
    seated.sort_unstable();
    seated.dedup();
    quality.doubled = (seats - seated.len()) as u32;
    // Everybody indexed is among the people, or seated, or both.
    quality.unplaced = (seating.people.len() - seated.len()) as u32;
    quality
}

/// The rooms as indices into all people concerned.
struct Seating {
    /// Everybody among the people or in a room, ascending.
    people: Vec<u32>,
    teams: Vec<Option<u32>>,
    past: Past,
    /// Ascending, nobody twice in one room.
    rooms: Vec<Vec<u32>>,
}

impl Seating {
    fn new(problem: &Problem<'_>, rooms: &[Vec<u32>]) -> Self {
        let mut people = rooms.concat();
        people.extend(problem.people().iter().map(|member| member.person));
        people.sort_unstable();
        people.dedup();
        let index = |room: &Vec<u32>| {
            let mut indices: Vec<u32> = room
                .iter()
                .filter_map(|person| people.binary_search(person).ok().map(|i| i as u32))
                .collect();
            indices.sort_unstable();
            indices.dedup();
            indices
        };
        let rooms = rooms.iter().map(index).collect();
        let teams = people.iter().map(|&person| problem.team_of(person)).collect();
        Self { past: problem.history().past(&people), rooms, teams, people }
    }

    /// (team, room) of everybody who has both, ascending, each pair once.
    fn rooms_of_teams(&self) -> Vec<(u32, u32)> {
        let in_room = |(room, number): (&Vec<u32>, u32)| -> Vec<(u32, u32)> {
            room.iter().filter_map(|&person| self.teams[person as usize]).map(|team| (team, number)).collect()
        };
        let mut places: Vec<(u32, u32)> = self.rooms.iter().zip(0..).flat_map(in_room).collect();
        places.sort_unstable();
        places
    }

    fn split_teams(&self) -> u32 {
        let mut places = self.rooms_of_teams();
        places.dedup();
        places.chunk_by(|one, other| one.0 == other.0).filter(|rooms| rooms.len() > 1).count() as u32
    }

    fn repeated_team_pairs(&self, problem: &Problem<'_>) -> u32 {
        let teams = problem.teams();
        let mut members = alloc::vec![Vec::new(); teams.len()];
        for (team, index) in self.teams.iter().zip(0_u32..) {
            if let Some(place) = team.and_then(|team| teams.binary_search(&team).ok()) {
                members[place].push(index);
            }
        }
        let homes_before = homes(&self.past, &members);
        // The teams at home in each room now: (room, team's place), ascending.
        let mut now: Vec<(u32, usize)> = self
            .rooms_of_teams()
            .chunk_by(PartialEq::eq)
            .filter_map(|same| {
                let place = teams.binary_search(&same[0].0).ok()?;
                (same.len() * 2 > members[place].len()).then_some((same[0].1, place))
            })
            .collect();
        now.sort_unstable();
        let room_mates = now.chunk_by(|one, other| one.0 == other.0);
        let pairs = room_mates.flat_map(|mates| {
            mates.iter().enumerate().flat_map(|(i, &(_, a))| mates[..i].iter().map(move |&(_, b)| (a, b)))
        });
        pairs.filter(|&(a, b)| homes_before.met(a, b) > 0).count() as u32
    }
}

fn room_sizes(rooms: &[Vec<u32>]) -> RoomSizes {
    let filled = || rooms.iter().map(|room| room.len() as u32).filter(|&size| size > 0);
    RoomSizes {
        rooms: filled().count() as u32,
        smallest: filled().min().unwrap_or(0),
        largest: filled().max().unwrap_or(0),
        alone: filled().filter(|&size| size == 1).count() as u32,
        empty: rooms.iter().filter(|room| room.is_empty()).count() as u32,
    }
}
