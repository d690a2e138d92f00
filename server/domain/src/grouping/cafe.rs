//! World café: hosts stay, travellers move on.
//!
//! Owns the seating plan and its closed form. Must not remember anything between rounds: the plan is made
//! anew for each from the same people, hosts and seed, and is therefore the same.
//!
//! With T tables, the traveller of column j (1 to k) at table t of the first round sits in round r at table
//! (t + r * j) mod T; the host is column 0. Columns i and j of tables t and u meet in round r exactly if
//! t - u = r (j - i) mod T. Two such rounds r and s would need (r - s) (j - i) = 0 mod T, which cannot be
//! while |r - s| k < T. So in R rounds nobody meets twice if T is at least (R - 1) k + 1, and people of one
//! column never meet. A last column with gaps keeps this: a gap moves on like a person.

use alloc::{vec, vec::Vec};
use core::num::NonZeroU32;

use super::{
    Problem, Proposal,
    costs::PeopleCosts,
    mixed::shuffled,
    purpose,
    search::{improve, total},
};
use crate::chance::Chance;

/// Rounds over which the plan keeps team-mates apart, at most. Real cafés have three or four.
const ROUNDS_PLANNED_MAX: usize = 8;

/// Other seats tried for somebody who would meet a team-mate, and how often all of them are gone through.
const SEATS_TRIED: usize = 200;
const PASSES: usize = 6;

/// Pairs of seats compared at most while parting team-mates; bounds huge teams, which nothing can part. What
/// is left together is for the search.
const PARTING_WORK_MAX: usize = 10_000_000;

/// The seating of one round of a world café.
pub(super) fn world_cafe(
    problem: &Problem<'_>,
    table_size: NonZeroU32,
    round_index: u32,
    hosts: &[u32],
) -> Proposal {
    let people = problem.people().len();
    if people == 0 {
        return problem.proposal(&[], Vec::new());
    }
    let hosts = choose_hosts(problem, people.div_ceil(table_size.get() as usize), hosts);
    let plan = Plan::new(problem, &hosts);
    let mut rooms = plan.rooms(round_index);
    let costs = PeopleCosts::new(problem);
    let floor = costs.floor(rooms.len());
    // Too few tables for so many rounds, people who came or went since, or meetings before the café: the
    // formula is then only where the search begins.
    if total(&costs, &rooms) > floor {
        let mut pinned = vec![false; people];
        hosts.iter().for_each(|&host| pinned[host as usize] = true);
        let mut chance = Chance::for_purpose(
            problem.seed,
            purpose::CAFE_REPAIR.wrapping_add(u64::from(round_index) << 32),
        );
        rooms = improve(&costs, rooms, &pinned, floor, &mut chance);
    }
    let hosts = hosts.iter().map(|&host| problem.people()[host as usize].person).collect();
    problem.proposal(&rooms, hosts)
}

/// The given hosts and, if there are too few, more by chance: from teams with the fewest hosts so far.
fn choose_hosts(problem: &Problem<'_>, tables: usize, given: &[u32]) -> Vec<u32> {
    let (teams, alone) = problem.by_team();
    let mut team_of = vec![None; problem.people().len()];
    for (place, team) in teams.iter().enumerate() {
        team.iter().for_each(|&member| team_of[member as usize] = Some(place));
    }
    let mut is_host = vec![false; problem.people().len()];
    let mut hosts_of = vec![0_usize; teams.len()];
    let mut hosts = Vec::new();
    for index in given.iter().filter_map(|&person| problem.index_of(person)) {
        if !is_host[index] {
            is_host[index] = true;
            hosts.push(index as u32);
            team_of[index].into_iter().for_each(|team: usize| hosts_of[team] += 1);
        }
    }
    let mut chance = Chance::for_purpose(problem.seed, purpose::CAFE_HOSTS);
    // Everybody with the place in the queue of the own team, behind its hosts: the firsts of all teams come
    // before the seconds.
    let mut queue: Vec<(usize, u32)> =
        alone.iter().filter(|&&a| !is_host[a as usize]).map(|&a| (0, a)).collect();
    for (mut team, taken) in teams.into_iter().zip(hosts_of) {
        team.retain(|&member| !is_host[member as usize]);
        chance.shuffle(&mut team);
        queue.extend(team.into_iter().enumerate().map(|(place, member)| (taken + place, member)));
    }
    chance.shuffle(&mut queue);
    queue.sort_by_key(|&(place, _)| place);
    let missing = tables.saturating_sub(hosts.len());
    hosts.extend(queue.into_iter().take(missing).map(|(_, member)| member));
    hosts
}

/// Who sits where in the first round. A seat is numbered column * tables + table; column 0 is the hosts'.
struct Plan {
    tables: usize,
    /// Rounds over which meetings of team-mates are counted.
    rounds: usize,
    person_at: Vec<u32>,
    seat_of: Vec<usize>,
    /// The team-mates of each person, by place in `teams`; `None` without a team.
    team_of: Vec<Option<usize>>,
    teams: Vec<Vec<u32>>,
    /// Pairs of seats compared so far.
    work: usize,
}

impl Plan {
    fn new(problem: &Problem<'_>, hosts: &[u32]) -> Self {
        let people = problem.people().len();
        let tables = hosts.len();
        let columns = people.div_ceil(tables);
        let mut chance = Chance::for_purpose(problem.seed, purpose::CAFE_SEATS);
        let mut is_host = vec![false; people];
        hosts.iter().for_each(|&host| is_host[host as usize] = true);
        // Team by team along the columns: most teams then lie in one column, where nobody ever meets.
        let mut person_at = hosts.to_vec();
        person_at
            .extend(shuffled(problem, &mut chance).into_iter().filter(|&person| !is_host[person as usize]));
        let mut seat_of = vec![0; people];
        person_at.iter().enumerate().for_each(|(seat, &person)| seat_of[person as usize] = seat);
        let (teams, _) = problem.by_team();
        let mut team_of = vec![None; people];
        for (place, team) in teams.iter().enumerate() {
            team.iter().for_each(|&member| team_of[member as usize] = Some(place));
        }
        let travellers = columns.saturating_sub(1).max(1);
        let rounds = ((tables - 1) / travellers + 1).min(ROUNDS_PLANNED_MAX);
        let mut plan = Self { tables, rounds, person_at, seat_of, team_of, teams, work: 0 };
        plan.part_team_mates(&mut chance);
        plan
    }

    /// The table of a seat in a round.
    fn table(&self, seat: usize, round: usize) -> usize {
        let (column, table) = (seat / self.tables, seat % self.tables);
        (table + (round % self.tables) * (column % self.tables)) % self.tables
    }

    fn rooms(&self, round_index: u32) -> Vec<Vec<u32>> {
        let mut rooms = vec![Vec::new(); self.tables];
        for (seat, &person) in self.person_at.iter().enumerate() {
            rooms[self.table(seat, round_index as usize)].push(person);
        }
        rooms
    }

    /// How often a person in a seat would meet members of a team, by rounds planned.
    fn meetings(&mut self, person: u32, seat: usize) -> usize {
        let Some(team) = self.team_of[person as usize] else { return 0 };
        self.work += self.teams[team].len() * self.rounds;
        let others = self.teams[team].iter().filter(|&&other| other != person);
        let seats = others.map(|&other| self.seat_of[other as usize]);
        let together =
            |other: usize| (0..self.rounds).filter(|&r| self.table(seat, r) == self.table(other, r)).count();
        seats.map(together).sum()
    }

    /// Exchanges seats of travellers by chance while that makes fewer meetings of team-mates: those of hosts,
    /// and of teams that reach over the end of a column.
    fn part_team_mates(&mut self, chance: &mut Chance) {
        let travellers = self.person_at.len() - self.tables;
        for _ in 0..PASSES {
            let mut troubled = false;
            for seat in self.tables..self.person_at.len() {
                troubled |= self.part(seat, travellers, chance);
            }
            if !troubled || self.work > PARTING_WORK_MAX {
                break;
            }
        }
    }

    /// Whether the person in this seat would meet team-mates; if so, tries other seats.
    fn part(&mut self, seat: usize, travellers: usize, chance: &mut Chance) -> bool {
        if self.work > PARTING_WORK_MAX {
            return true;
        }
        let person = self.person_at[seat];
        let meetings = self.meetings(person, seat);
        if meetings == 0 {
            return false;
        }
        for _ in 0..SEATS_TRIED {
            let other_seat = self.tables + chance.index(travellers);
            let other = self.person_at[other_seat];
            if self.team_of[other as usize] == self.team_of[person as usize] {
                continue;
            }
            let before = meetings + self.meetings(other, other_seat);
            if self.meetings(person, other_seat) + self.meetings(other, seat) < before {
                self.person_at.swap(seat, other_seat);
                self.seat_of[person as usize] = other_seat;
                self.seat_of[other as usize] = seat;
                break;
            }
        }
        true
    }
}
