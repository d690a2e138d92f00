//! What it costs to put two into one room.
//!
//! Owns the weighing of meetings. Must not know how the search uses it.

use alloc::{vec, vec::Vec};

use super::{
    Problem,
    history::{Past, absent, is_absent},
};

/// Weight of what must not happen while it can be avoided: two of one team in a mixed room. Everything below
/// it is soft; the search never trades one hard meeting more for any number of soft ones.
///
/// An item's own cost stays in range for rooms of half a million; sums over all items are `i128`.
pub(super) const HARD: i64 = 1 << 44;

/// Weight of two whole teams meeting again, beside which single people meeting again matters little.
const TEAMS_AGAIN: i64 = 1 << 16;

/// The cost of every pair of items (people, or whole teams), by index.
pub(super) trait Costs {
    /// How many items there are.
    fn items(&self) -> usize;

    /// The cost of two different items in one room: symmetric, not negative.
    fn between(&self, one: usize, other: usize) -> i64;

    /// How much work one call of `between` is, in cells compared.
    fn work(&self) -> u64;
}

/// People one by one: team-mates are to be kept apart, strangers preferred.
pub(super) struct PeopleCosts {
    teams: Vec<u32>,
    past: Past,
}

impl PeopleCosts {
    pub(super) fn new(problem: &Problem<'_>) -> Self {
        // Team numbers counted from 0; those without one get a number of their own from the far end.
        let teams = problem.teams();
        let number = |index: usize, team: Option<u32>| {
            team.and_then(|team| teams.binary_search(&team).ok()).map_or(absent(index), |place| place as u32)
        };
        let people = problem.people();
        let teams = people.iter().enumerate().map(|(index, member)| number(index, member.team)).collect();
        Self { teams, past: problem.past() }
    }

    /// The least cost that so many rooms can have: team-mates who must share a room because their team has
    /// more members than there are rooms.
    pub(super) fn floor(&self, rooms: usize) -> i128 {
        let mut sorted = self.teams.clone();
        sorted.sort_unstable();
        let forced = |size: usize| {
            let (each, left) = ((size / rooms.max(1)) as i128, (size % rooms.max(1)) as i128);
            left * each + rooms as i128 * each * (each - 1) / 2
        };
        sorted.chunk_by(PartialEq::eq).map(|team| forced(team.len())).sum::<i128>() * i128::from(HARD)
    }
}

impl Costs for PeopleCosts {
    fn items(&self) -> usize {
        self.teams.len()
    }

    fn between(&self, one: usize, other: usize) -> i64 {
        if self.teams[one] == self.teams[other] {
            return HARD;
        }
        // Squared, so that a third meeting of one pair is worse than second meetings of two.
        let met = i64::from(self.past.met(one, other));
        met * met
    }

    fn work(&self) -> u64 {
        self.past.rounds() as u64 + 2
    }
}

/// Whole teams (or makeshift ones) as items: teams that were together before should not be again, and among
/// equals, those whose members met less.
pub(super) struct TeamCosts {
    homes: Past,
    /// For each team: (round and room, how many of its people sat there), ascending.
    seats: Vec<Vec<(u64, u32)>>,
    work: u64,
}

impl TeamCosts {
    /// `teams` lists people by their index in `past`.
    pub(super) fn new(past: &Past, teams: &[Vec<u32>]) -> Self {
        let seats: Vec<_> = teams.iter().map(|team| seats_of(past, team)).collect();
        let most = seats.iter().map(Vec::len).max().unwrap_or(0);
        Self { homes: homes(past, teams), work: (past.rounds() + 2 * most + 2) as u64, seats }
    }
}

impl Costs for TeamCosts {
    fn items(&self) -> usize {
        self.seats.len()
    }

    fn between(&self, one: usize, other: usize) -> i64 {
        let met = i64::from(self.homes.met(one, other));
        met * met * TEAMS_AGAIN + meetings_of_members(&self.seats[one], &self.seats[other])
    }

    fn work(&self) -> u64 {
        self.work
    }
}

fn seats_of(past: &Past, team: &[u32]) -> Vec<(u64, u32)> {
    let mut places: Vec<u64> = Vec::new();
    for &member in team {
        let row = past.row(member as usize).iter().zip(0_u64..);
        places.extend(
            row.filter(|&(&room, _)| !is_absent(room, member as usize))
                .map(|(&room, round)| (round << 32) | u64::from(room)),
        );
    }
    places.sort_unstable();
    places.chunk_by(PartialEq::eq).map(|same| (same[0], same.len() as u32)).collect()
}

/// Pairs of members, one from each, by rounds in which they sat together.
fn meetings_of_members(one: &[(u64, u32)], other: &[(u64, u32)]) -> i64 {
    let (mut left, mut right, mut meetings) = (0, 0, 0);
    while left < one.len() && right < other.len() {
        let (a, b) = (one[left], other[right]);
        if a.0 == b.0 {
            meetings += i64::from(a.1) * i64::from(b.1);
        }
        left += usize::from(a.0 <= b.0);
        right += usize::from(b.0 <= a.0);
    }
    meetings
}

/// Where each team as a whole was in each round: the room in which more than half of all its members sat, if
/// there is one. Teams have met when their homes were the same room; in a mixed round a team has no home.
pub(super) fn homes(past: &Past, teams: &[Vec<u32>]) -> Past {
    let mut homes = Vec::with_capacity(teams.len() * past.rounds());
    for (index, team) in teams.iter().enumerate() {
        let mut row = vec![absent(index); past.rounds()];
        for (place, count) in seats_of(past, team) {
            if count as usize * 2 > team.len() {
                row[(place >> 32) as usize] = place as u32;
            }
        }
        homes.append(&mut row);
    }
    Past::from_seats(past.rounds(), homes)
}
