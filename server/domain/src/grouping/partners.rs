//! Dialogue partners: whole teams together for a while.
//!
//! Owns how many teams share a room. Must not take a team apart.

use alloc::vec::Vec;
use core::num::NonZeroU32;

use super::{
    Problem, Proposal, by_team::teams_and_makeshift_ones, costs::TeamCosts, late::take_in, mixed::deal,
    purpose, search,
};
use crate::chance::Chance;

/// Whole teams, so many to a room; people without a team form makeshift ones.
pub(super) fn partners(problem: &Problem<'_>, teams_per_room: NonZeroU32) -> Proposal {
    let (teams, left) = teams_and_makeshift_ones(problem);
    let past = problem.past();
    let mut rooms = together(&TeamCosts::new(&past, &teams), &teams, teams_per_room, problem.seed);
    if let Some(person) = left {
        take_in(&past, &mut rooms, person);
    }
    problem.proposal(&rooms, Vec::new())
}

fn together(costs: &TeamCosts, teams: &[Vec<u32>], teams_per_room: NonZeroU32, seed: u64) -> Vec<Vec<u32>> {
    let mut chance = Chance::for_purpose(seed, purpose::PARTNERS);
    let mut order: Vec<u32> = (0..teams.len() as u32).collect();
    chance.shuffle(&mut order);
    let dealt = deal(&order, room_count(teams.len(), teams_per_room.get() as usize));
    let rooms = search::improve(costs, dealt, &[], 0, &mut chance);
    let people =
        |room: &Vec<u32>| room.iter().flat_map(|&team| teams[team as usize].iter().copied()).collect();
    rooms.iter().map(people).collect()
}

/// As many rooms as it takes for so many teams in each, or one fewer team where that does not come out even;
/// but no room for a team by itself, where others can take it in.
fn room_count(teams: usize, teams_per_room: usize) -> usize {
    let rooms = teams.div_ceil(teams_per_room);
    if teams_per_room > 1 && teams > 1 { rooms.min(teams / 2) } else { rooms }
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use super::{deal, room_count};

    fn sizes(teams: u32, teams_per_room: usize) -> Vec<usize> {
        let order: Vec<u32> = (0..teams).collect();
        let rooms = deal(&order, room_count(teams as usize, teams_per_room));
        rooms.iter().map(Vec::len).collect()
    }

    #[test]
    fn remainders_are_shared_out() {
        assert_eq!(sizes(9, 3), [3, 3, 3]);
        assert_eq!(sizes(10, 3), [3, 3, 2, 2]);
        assert_eq!(sizes(4, 3), [2, 2]);
        assert_eq!(sizes(5, 2), [3, 2]);
        assert_eq!(sizes(3, 2), [3]);
        assert_eq!(sizes(1, 3), [1]);
        assert_eq!(sizes(3, 1), [1, 1, 1]);
        assert_eq!(sizes(0, 3), vec![0_usize; 0]);
        let many = sizes(97, 3);
        assert_eq!((many.len(), many[0], many[32]), (33, 3, 2));
    }
}
