//! Rosters, rounds and counts that all the tests use.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use engawa_domain::grouping::{History, Member, Problem, Proposal, Way, propose};

pub(crate) const SEEDS: [u64; 4] = [0, 1, 20_260_401, u64::MAX];

pub(crate) fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

/// So many teams of equal size, and people without a team. Numbers have gaps, as those of real rosters do.
pub(crate) fn roster(teams: u32, team_size: u32, without_team: u32) -> Vec<Member> {
    let in_teams = (0..teams * team_size)
        .map(|index| Member { person: 1_000 + index * 3, team: Some(7 + index / team_size * 2) });
    let others = (0..without_team).map(|index| Member { person: 500_000 + index, team: None });
    in_teams.chain(others).collect()
}

pub(crate) fn mixed(room_size: u32) -> Way {
    Way::Mixed { room_size: number(room_size) }
}

pub(crate) fn partners(teams_per_room: u32) -> Way {
    Way::Partners { teams_per_room: number(teams_per_room) }
}

pub(crate) fn cafe(table_size: u32, round_index: u32, hosts: &[u32]) -> Way {
    Way::WorldCafe { table_size: number(table_size), round_index, hosts: hosts.to_vec() }
}

pub(crate) fn propose_for(people: &[Member], history: &History, seed: u64, way: &Way) -> Proposal {
    propose(&Problem::new(people.iter().copied(), history, seed), way)
}

/// Proposes, checks that everybody is in exactly one room, and remembers the rooms.
pub(crate) fn play(people: &[Member], history: &mut History, seed: u64, way: &Way) -> Proposal {
    let proposal = propose_for(people, history, seed, way);
    assert_everybody_once(people, &proposal);
    history.add_round(&proposal.rooms);
    proposal
}

pub(crate) fn assert_everybody_once(people: &[Member], proposal: &Proposal) {
    let mut seated = proposal.rooms.concat();
    seated.sort_unstable();
    let expected: BTreeSet<u32> = people.iter().map(|member| member.person).collect();
    assert_eq!(seated, expected.into_iter().collect::<Vec<_>>());
    assert!(proposal.rooms.iter().all(|room| !room.is_empty()), "an empty room");
    assert_eq!((proposal.quality.unplaced, proposal.quality.doubled), (0, 0));
}

/// Every pair of one room, over all rounds, with how often it sat together.
pub(crate) fn pair_counts(rounds: &[Vec<Vec<u32>>]) -> BTreeMap<(u32, u32), u32> {
    let mut counts = BTreeMap::new();
    for room in rounds.iter().flatten() {
        for (place, &one) in room.iter().enumerate() {
            for &other in &room[..place] {
                *counts.entry((one.min(other), one.max(other))).or_insert(0) += 1;
            }
        }
    }
    counts
}

pub(crate) fn sizes(proposal: &Proposal) -> (u32, u32, u32) {
    let sizes = proposal.quality.room_sizes;
    (sizes.rooms, sizes.smallest, sizes.largest)
}
