//! Grouping: puts people into rooms.
//!
//! Owns the ways in which rooms are made (by team, dialogue partners, mixed, world café), where somebody who
//! comes late fits best, and how good rooms are, whoever made them. Must not know of commands, of the meeting
//! or of its rounds: plain numbers go in and come out. All of it is deterministic: the same people, history
//! and seed give the same rooms, in whatever order the people are listed.

mod by_team;
mod cafe;
mod costs;
mod history;
mod index_set;
mod late;
mod mixed;
mod partners;
mod quality;
mod search;

use alloc::vec::Vec;
use core::num::NonZeroU32;

use serde::{Deserialize, Serialize};

pub use self::{
    history::{History, ROUNDS_REMEMBERED_MAX},
    late::{Seat, place_late},
    quality::{Quality, RoomSizes, quality},
};

/// Somebody to be put into a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Member {
    /// The person's number.
    pub person: u32,
    /// The team that the person belongs to, if any.
    pub team: Option<u32>,
}

/// The people to be grouped, and what is to be considered.
#[derive(Debug, Clone)]
pub struct Problem<'a> {
    people: Vec<Member>,
    history: &'a History,
    seed: u64,
}

impl<'a> Problem<'a> {
    /// Takes the people in any order. Somebody listed twice is taken once, with a team rather than without
    /// one and with the lowest team number of those given.
    pub fn new(people: impl IntoIterator<Item = Member>, history: &'a History, seed: u64) -> Self {
        let mut people: Vec<Member> = people.into_iter().collect();
        people.sort_unstable_by_key(|member| (member.person, member.team.is_none(), member.team));
        people.dedup_by_key(|member| member.person);
        Self { people, history, seed }
    }

    /// The people, by number, nobody twice.
    #[must_use]
    pub fn people(&self) -> &[Member] {
        &self.people
    }

    /// Who met whom before.
    #[must_use]
    pub const fn history(&self) -> &'a History {
        self.history
    }

    /// The team of a person; `None` also for somebody who is not among the people.
    #[must_use]
    pub fn team_of(&self, person: u32) -> Option<u32> {
        self.index_of(person).and_then(|index| self.people[index].team)
    }

    fn index_of(&self, person: u32) -> Option<usize> {
        self.people.binary_search_by_key(&person, |member| member.person).ok()
    }

    /// The team numbers that occur, ascending.
    fn teams(&self) -> Vec<u32> {
        let mut teams: Vec<u32> = self.people.iter().filter_map(|member| member.team).collect();
        teams.sort_unstable();
        teams.dedup();
        teams
    }

    /// The indices of each team's members, in the order of `teams`, and of those without a team.
    fn by_team(&self) -> (Vec<Vec<u32>>, Vec<u32>) {
        let teams = self.teams();
        let mut members = alloc::vec![Vec::new(); teams.len()];
        let mut alone = Vec::new();
        for (member, index) in self.people.iter().zip(0_u32..) {
            match member.team.and_then(|team| teams.binary_search(&team).ok()) {
                Some(place) => members[place].push(index),
                None => alone.push(index),
            }
        }
        (members, alone)
    }

    fn past(&self) -> history::Past {
        let people: Vec<u32> = self.people.iter().map(|member| member.person).collect();
        self.history.past(&people)
    }

    /// Turns rooms of indices into rooms of people, each in ascending order, and judges them.
    fn proposal(&self, rooms: &[Vec<u32>], hosts: Vec<u32>) -> Proposal {
        let people = |room: &Vec<u32>| {
            let mut people: Vec<u32> = room.iter().map(|&index| self.people[index as usize].person).collect();
            people.sort_unstable();
            people
        };
        let rooms: Vec<Vec<u32>> = rooms.iter().map(people).collect();
        let quality = quality(self, &rooms);
        Proposal { rooms, hosts, quality }
    }
}

/// A way of making rooms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// A room for each team, in the order of the team numbers. People without a team come together in
    /// further rooms of about the size of a usual team; a single one joins the room where it fits best.
    ByTeam,
    /// Whole teams together, those that were not together before.
    Partners {
        /// Teams in a room. Where the numbers do not come out even, rooms have one fewer; where a team would
        /// be left by itself, one more.
        teams_per_room: NonZeroU32,
    },
    /// Strangers: nobody with a team-mate while that is possible, and with as few as possible whom they met
    /// in earlier rounds. Sizes differ by at most one.
    Mixed {
        /// People in a room at most.
        room_size: NonZeroU32,
    },
    /// A host stays at each table, the others move on from round to round.
    WorldCafe {
        /// People at a table at most, the host included.
        table_size: NonZeroU32,
        /// Which round of the café this is, from 0. Every round needs the same seed.
        round_index: u32,
        /// The host of each table in the order of the tables. Missing ones are chosen; more hosts than tables
        /// are needed make more, smaller tables; unknown people and repetitions are passed over. Give
        /// [`Proposal::hosts`] of the first round to the later ones, so that hosts stay even if people come
        /// and go.
        hosts: Vec<u32>,
    },
}

/// Rooms as a way makes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The people of each room, ascending. Everybody is in exactly one; no room is empty.
    pub rooms: Vec<Vec<u32>>,
    /// The host of each room for a world café; empty for other ways.
    pub hosts: Vec<u32>,
    /// How good the rooms are.
    pub quality: Quality,
}

/// Makes rooms. Nobody to place gives no rooms.
#[must_use]
pub fn propose(problem: &Problem<'_>, way: &Way) -> Proposal {
    match way {
        Way::ByTeam => by_team::by_team(problem),
        Way::Partners { teams_per_room } => partners::partners(problem, *teams_per_room),
        Way::Mixed { room_size } => mixed::mixed(problem, *room_size),
        Way::WorldCafe { table_size, round_index, hosts } => {
            cafe::world_cafe(problem, *table_size, *round_index, hosts)
        }
    }
}

/// What the streams of chance are drawn for; see [`crate::chance::Chance::for_purpose`].
mod purpose {
    pub(super) const MIXED: u64 = 1;
    pub(super) const WITHOUT_TEAM: u64 = 2;
    pub(super) const PARTNERS: u64 = 3;
    pub(super) const CAFE_HOSTS: u64 = 4;
    pub(super) const CAFE_SEATS: u64 = 5;
    pub(super) const CAFE_REPAIR: u64 = 6;
}
