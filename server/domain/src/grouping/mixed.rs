//! Mixed rooms: strangers together.
//!
//! Owns how many rooms there are and where the search begins. Must not know of whole teams as units.

use alloc::{vec, vec::Vec};
use core::num::NonZeroU32;

use super::{Problem, Proposal, costs::PeopleCosts, purpose, search};
use crate::chance::Chance;

/// Mixed rooms of everybody.
pub(super) fn mixed(problem: &Problem<'_>, room_size: NonZeroU32) -> Proposal {
    let rooms = problem.people().len().div_ceil(room_size.get() as usize);
    let mut chance = Chance::for_purpose(problem.seed, purpose::MIXED);
    problem.proposal(&spread(problem, rooms, &mut chance), Vec::new())
}

/// Spreads everybody over so many rooms.
///
/// Dealing out the people team by team, as cards, keeps team-mates apart as far as that is possible at all;
/// the search then only makes exchanges that leave this so.
pub(super) fn spread(problem: &Problem<'_>, rooms: usize, chance: &mut Chance) -> Vec<Vec<u32>> {
    if rooms == 0 {
        return Vec::new();
    }
    let costs = PeopleCosts::new(problem);
    let dealt = deal(&shuffled(problem, chance), rooms);
    search::improve(&costs, dealt, &[], costs.floor(rooms), chance)
}

/// All people with team-mates one after the other: teams in random order, the members of each too. Somebody
/// without a team is like a team of one.
pub(super) fn shuffled(problem: &Problem<'_>, chance: &mut Chance) -> Vec<u32> {
    let (mut teams, alone) = problem.by_team();
    teams.extend(alone.into_iter().map(|index| vec![index]));
    chance.shuffle(&mut teams);
    for team in &mut teams {
        chance.shuffle(team);
    }
    teams.concat()
}

/// Deals items out to rooms in turn: sizes differ by at most one, larger rooms first.
pub(super) fn deal(items: &[u32], rooms: usize) -> Vec<Vec<u32>> {
    (0..rooms).map(|room| items.iter().skip(room).step_by(rooms).copied().collect()).collect()
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::deal;

    #[test]
    fn deals_in_turn() {
        assert_eq!(deal(&[1, 2, 3, 4, 5], 2), [vec![1, 3, 5], vec![2, 4]]);
        assert!(deal(&[], 1)[0].is_empty());
    }
}
