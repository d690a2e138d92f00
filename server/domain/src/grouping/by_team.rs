//! A room for each team.
//!
//! Owns what becomes of people without a team, here and for dialogue partners. Must not know of partners.

use alloc::vec::Vec;

use super::{Problem, Proposal, late::take_in, mixed::spread, purpose};
use crate::chance::Chance;

/// Size of the groups of people without a team where there is no team to go by: large enough for a dialogue,
/// small enough that everybody speaks.
const USUAL_SIZE: usize = 4;

/// A room for each team.
pub(super) fn by_team(problem: &Problem<'_>) -> Proposal {
    let (mut rooms, left) = teams_and_makeshift_ones(problem);
    if let Some(person) = left {
        take_in(&problem.past(), &mut rooms, person);
    }
    problem.proposal(&rooms, Vec::new())
}

/// The members of each team, then people without a team in makeshift teams of about the usual size, as
/// indices; and the one person without a team if there is only one, whom a makeshift team would leave alone.
pub(super) fn teams_and_makeshift_ones(problem: &Problem<'_>) -> (Vec<Vec<u32>>, Option<u32>) {
    let (mut teams, alone) = problem.by_team();
    if let [only] = alone[..] {
        return (teams, Some(only));
    }
    let rooms = makeshift_count(alone.len(), usual_size(&teams));
    let part = Problem::new(
        alone.iter().map(|&index| problem.people[index as usize]),
        problem.history,
        problem.seed,
    );
    let mut chance = Chance::for_purpose(problem.seed, purpose::WITHOUT_TEAM);
    for room in spread(&part, rooms, &mut chance) {
        teams.push(room.into_iter().map(|place| alone[place as usize]).collect());
    }
    (teams, None)
}

/// The size in the middle of all team sizes, but at least two.
fn usual_size(teams: &[Vec<u32>]) -> usize {
    let mut sizes: Vec<usize> = teams.iter().map(Vec::len).collect();
    sizes.sort_unstable();
    sizes.get(sizes.len() / 2).map_or(USUAL_SIZE, |&size| size.max(2))
}

/// How many groups of about the usual size, none of them of a single person.
fn makeshift_count(people: usize, usual: usize) -> usize {
    let rounded = (people + usual / 2) / usual;
    rounded.min(people / 2).max(people.min(1))
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use super::{makeshift_count, usual_size};

    #[test]
    fn usual_size_is_the_middle_one() {
        assert_eq!(usual_size(&[]), 4);
        assert_eq!(usual_size(&[vec![0]]), 2);
        assert_eq!(usual_size(&[vec![0; 9], vec![0; 3], vec![0; 3]]), 3);
    }

    #[test]
    fn makeshift_groups_leave_nobody_alone() {
        let counts: Vec<usize> = (0..9).map(|people| makeshift_count(people, 3)).collect();
        assert_eq!(counts, [0, 1, 1, 1, 1, 2, 2, 2, 3]);
        for people in 2..200 {
            for usual in 2..9 {
                let count = makeshift_count(people, usual);
                assert!(people / count >= 2, "{people} people in {count} groups");
                assert!(
                    people.div_ceil(count) <= usual + usual.div_ceil(2),
                    "{people} in {count}, usual {usual}"
                );
            }
        }
    }
}
