//! Properties of every way, over generated people, histories and rooms.

use std::collections::{BTreeMap, BTreeSet};

use engawa_domain::grouping::{History, Member, Problem, Way, quality};
use proptest::prelude::*;

use super::{common::*, quality::plain_quality};

fn any_people() -> impl Strategy<Value = Vec<Member>> {
    let member = (0_u32..80, proptest::option::weighted(0.8, 0_u32..14));
    proptest::collection::vec(member.prop_map(|(person, team)| Member { person, team }), 0..70)
}

fn any_history() -> impl Strategy<Value = Vec<Vec<Vec<u32>>>> {
    let room = proptest::collection::vec(0_u32..90, 0..9);
    proptest::collection::vec(proptest::collection::vec(room, 0..14), 0..5)
}

fn any_way() -> impl Strategy<Value = Way> {
    prop_oneof![
        Just(Way::ByTeam),
        (1_u32..6).prop_map(partners),
        (1_u32..9).prop_map(mixed),
        (1_u32..9, 0_u32..9, proptest::collection::vec(0_u32..90, 0..9))
            .prop_map(|(size, round, hosts)| cafe(size, round, &hosts)),
    ]
}

fn remember(rounds: &[Vec<Vec<u32>>]) -> History {
    let mut history = History::new();
    rounds.iter().for_each(|rooms| history.add_round(rooms));
    history
}

/// Each person once, as the problem takes them.
fn taken(people: &[Member]) -> BTreeMap<u32, Option<u32>> {
    let mut taken: BTreeMap<u32, Option<u32>> = BTreeMap::new();
    for member in people {
        let team = taken.entry(member.person).or_insert(member.team);
        *team = match (*team, member.team) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
    taken
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, ..ProptestConfig::default() })]

    #[test]
    fn every_way_seats_everybody_once_within_bounds(
        people in any_people(), rounds in any_history(), seed: u64, way in any_way(),
    ) {
        let history = remember(&rounds);
        let proposal = propose_for(&people, &history, seed, &way);
        assert_everybody_once(&people, &proposal);
        let taken = taken(&people);
        let sizes = proposal.quality.room_sizes;
        match way {
            Way::ByTeam | Way::Partners { .. } => prop_assert_eq!(proposal.quality.split_teams, 0),
            Way::Mixed { room_size: size } | Way::WorldCafe { table_size: size, .. } => {
                prop_assert!(sizes.largest <= size.get() && sizes.largest - sizes.smallest <= 1);
            }
        }
        if let Way::Mixed { room_size } = way {
            prop_assert_eq!(sizes.rooms as usize, taken.len().div_ceil(room_size.get() as usize));
            // No more team-mates together than the number of rooms forces.
            let mut teams: BTreeMap<u32, u32> = BTreeMap::new();
            taken.values().flatten().for_each(|&team| *teams.entry(team).or_default() += 1);
            let forced: u32 = teams.values().map(|&size| {
                (0..sizes.rooms).map(|room| (size + room) / sizes.rooms).map(|there| there * there.saturating_sub(1) / 2).sum::<u32>()
            }).sum();
            prop_assert_eq!(proposal.quality.same_team_pairs, forced);
        }
        if way == Way::ByTeam {
            let teams: BTreeSet<u32> = taken.values().flatten().copied().collect();
            for (room, team) in proposal.rooms.iter().zip(&teams) {
                prop_assert!(room.iter().any(|person| taken[person] == Some(*team)), "rooms in the order of teams");
            }
            for room in &proposal.rooms {
                prop_assert!(room.iter().filter_map(|person| taken[person]).collect::<BTreeSet<_>>().len() <= 1);
            }
        }
    }

    #[test]
    fn partner_rooms_hold_the_number_of_teams(teams in 0_u32..40, team_size in 1_u32..5, k in 1_u32..6, seed: u64) {
        let people = roster(teams, team_size, 0);
        let proposal = propose_for(&people, &History::new(), seed, &partners(k));
        let teams_in: Vec<u32> = proposal.rooms.iter().map(|room| room.len() as u32 / team_size).collect();
        let teams_max = if k == 2 && teams % 2 == 1 { 3 } else { k };
        prop_assert!(teams_in.iter().all(|&count| count <= teams_max));
        prop_assert!(k == 1 || teams < 2 || teams_in.iter().all(|&count| count >= 2), "a lonely team: {teams_in:?}");
        let (most, least) = (teams_in.iter().max(), teams_in.iter().min());
        prop_assert!(most.zip(least).is_none_or(|(most, least)| most - least <= 1));
    }

    #[test]
    fn rooms_depend_on_the_seed_and_not_on_the_order(
        people in any_people().prop_flat_map(|people| (Just(people.clone()), Just(people).prop_shuffle())),
        rounds in any_history(), seed: u64, way in any_way(),
    ) {
        let history = remember(&rounds);
        let proposal = propose_for(&people.0, &history, seed, &way);
        prop_assert_eq!(&proposal, &propose_for(&people.1, &history, seed, &way));
        let read: History = serde_json::from_str(&serde_json::to_string(&history).unwrap()).unwrap();
        prop_assert_eq!(&proposal, &propose_for(&people.0, &read, seed, &way));
    }

    #[test]
    fn quality_equals_a_plain_count(people in any_people(), rounds in any_history(), rooms in any_history()) {
        let rooms = rooms.first().cloned().unwrap_or_default();
        let history = remember(&rounds);
        let problem = Problem::new(people.iter().copied(), &history, 0);
        prop_assert_eq!(quality(&problem, &rooms), plain_quality(&taken(&people), &rounds, &rooms));
    }

    #[test]
    fn the_cafe_formula_holds_above_its_bound(
        travellers in 1_u32..6, rounds in 1_u32..6, extra in 0_u32..7, gaps in 0_u32..9, seed: u64,
    ) {
        let tables = (rounds - 1) * travellers + 1 + extra;
        let people = roster(0, 1, tables * (travellers + 1) - gaps.min(travellers));
        let seatings: Vec<_> =
            (0..rounds).map(|r| propose_for(&people, &History::new(), seed, &cafe(travellers + 1, r, &[])).rooms).collect();
        prop_assert!(pair_counts(&seatings).values().all(|&count| count == 1));
    }
}
