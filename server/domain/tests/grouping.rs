//! What grouping promises: the quality of real meetings, awkward numbers, and properties of every way.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use engawa_domain::grouping::{
    History, Member, Problem, Proposal, Quality, RoomSizes, Way, propose, quality,
};
use proptest::prelude::*;

const SEEDS: [u64; 4] = [0, 1, 20_260_401, u64::MAX];

fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

/// So many teams of equal size, and people without a team. Numbers have gaps, as those of real rosters do.
fn roster(teams: u32, team_size: u32, without_team: u32) -> Vec<Member> {
    let in_teams = (0..teams * team_size)
        .map(|index| Member { person: 1_000 + index * 3, team: Some(7 + index / team_size * 2) });
    let others = (0..without_team).map(|index| Member { person: 500_000 + index, team: None });
    in_teams.chain(others).collect()
}

fn mixed(room_size: u32) -> Way {
    Way::Mixed { room_size: number(room_size) }
}

fn partners(teams_per_room: u32) -> Way {
    Way::Partners { teams_per_room: number(teams_per_room) }
}

fn cafe(table_size: u32, round_index: u32, hosts: &[u32]) -> Way {
    Way::WorldCafe { table_size: number(table_size), round_index, hosts: hosts.to_vec() }
}

fn propose_for(people: &[Member], history: &History, seed: u64, way: &Way) -> Proposal {
    propose(&Problem::new(people.iter().copied(), history, seed), way)
}

/// Proposes, checks that everybody is in exactly one room, and remembers the rooms.
fn play(people: &[Member], history: &mut History, seed: u64, way: &Way) -> Proposal {
    let proposal = propose_for(people, history, seed, way);
    assert_everybody_once(people, &proposal);
    history.add_round(&proposal.rooms);
    proposal
}

fn assert_everybody_once(people: &[Member], proposal: &Proposal) {
    let mut seated = proposal.rooms.concat();
    seated.sort_unstable();
    let expected: BTreeSet<u32> = people.iter().map(|member| member.person).collect();
    assert_eq!(seated, expected.into_iter().collect::<Vec<_>>());
    assert!(proposal.rooms.iter().all(|room| !room.is_empty()), "an empty room");
    assert_eq!((proposal.quality.unplaced, proposal.quality.doubled), (0, 0));
}

/// Every pair of one room, over all rounds, with how often it sat together.
fn pair_counts(rounds: &[Vec<Vec<u32>>]) -> BTreeMap<(u32, u32), u32> {
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

fn sizes(proposal: &Proposal) -> (u32, u32, u32) {
    let sizes = proposal.quality.room_sizes;
    (sizes.rooms, sizes.smallest, sizes.largest)
}

// Quality of real meetings

#[test]
fn six_mixed_rounds_of_97_teams_repeat_no_meeting() {
    let people = roster(97, 3, 0);
    for seed in SEEDS {
        let mut history = History::new();
        let mut rounds = Vec::new();
        for round in 0..6 {
            let proposal = play(&people, &mut history, seed.wrapping_add(round), &mixed(6));
            assert_eq!(sizes(&proposal), (49, 5, 6));
            assert_eq!(proposal.quality.same_team_pairs, 0, "seed {seed}, round {round}");
            assert_eq!(proposal.quality.repeated_pairs, 0, "seed {seed}, round {round}");
            rounds.push(proposal.rooms);
        }
        assert!(pair_counts(&rounds).values().all(|&count| count == 1), "seed {seed}");
    }
}

#[test]
fn the_same_seed_for_every_round_does_as_well() {
    let people = roster(97, 3, 0);
    let mut history = History::new();
    for _ in 0..6 {
        assert_eq!(play(&people, &mut history, 5, &mixed(6)).quality.repeated_pairs, 0);
    }
}

#[test]
fn four_partner_rounds_of_97_teams_repeat_no_meeting_of_teams() {
    let people = roster(97, 3, 0);
    for seed in SEEDS {
        let mut history = History::new();
        for round in 0..4 {
            let proposal = play(&people, &mut history, seed.wrapping_add(round), &partners(3));
            assert_eq!(sizes(&proposal), (33, 6, 9), "31 rooms of three teams, 2 of two");
            let expected = Quality {
                room_sizes: proposal.quality.room_sizes,
                same_team_pairs: 97 * 3,
                ..Quality::default()
            };
            assert_eq!(proposal.quality, expected, "seed {seed}, round {round}");
        }
    }
}

#[test]
fn a_whole_year_mixes_its_ways_without_repeating_teams() {
    let people = roster(97, 3, 4);
    let mut history = History::new();
    for round in 0..2 {
        assert_eq!(play(&people, &mut history, round, &Way::ByTeam).quality.split_teams, 0);
        let strangers = play(&people, &mut history, round, &mixed(5)).quality;
        assert_eq!((strangers.same_team_pairs, strangers.repeated_pairs), (0, 0));
        let together = play(&people, &mut history, round, &partners(3)).quality;
        assert_eq!((together.split_teams, together.repeated_team_pairs), (0, 0));
    }
}

#[test]
fn eighty_people_without_teams_meet_new_people_for_six_rounds() {
    let people = roster(0, 1, 80);
    for seed in SEEDS {
        let mut history = History::new();
        for round in 0..6 {
            let proposal = play(&people, &mut history, seed.wrapping_add(round), &mixed(5));
            assert_eq!((sizes(&proposal), proposal.quality.repeated_pairs), ((16, 5, 5), 0), "round {round}");
        }
    }
}

#[test]
fn repeats_stay_near_the_least_possible_when_people_run_out() {
    // 12 people in rooms of 4: in the second round three rooms of four must each repeat at least one pair
    // (four people from three former rooms), so 3 is the least; the search must find it.
    let people = roster(0, 1, 12);
    for seed in SEEDS {
        let mut history = History::new();
        assert_eq!(play(&people, &mut history, seed, &mixed(4)).quality.repeated_pairs, 0);
        assert_eq!(play(&people, &mut history, seed, &mixed(4)).quality.repeated_pairs, 3);
    }
}

#[test]
fn a_finite_plane_is_found() {
    // Nine people in threes can meet all others in four rounds, and each round is forced by the ones before.
    let people = roster(0, 1, 9);
    for seed in SEEDS {
        let mut history = History::new();
        for round in 0..4 {
            let proposal = play(&people, &mut history, seed, &mixed(3));
            assert_eq!(proposal.quality.repeated_pairs, 0, "seed {seed}, round {round}");
        }
        let exhausted = play(&people, &mut history, seed, &mixed(3)).quality;
        assert_eq!((exhausted.repeated_pairs, exhausted.meetings_before_max), (9, 1), "all pairs repeat");
    }
}

// Awkward numbers

#[test]
fn nobody_gives_no_rooms() {
    for way in [Way::ByTeam, partners(3), mixed(6), cafe(4, 0, &[]), cafe(4, 2, &[1])] {
        let proposal = play(&[], &mut History::new(), 1, &way);
        assert_eq!((proposal.rooms.len(), proposal.hosts.len()), (0, 0));
        assert_eq!(proposal.quality, Quality::default());
    }
}

#[test]
fn a_few_people() {
    for (count, expected) in [(1, (1, 1, 1)), (2, (1, 2, 2)), (5, (1, 5, 5)), (7, (2, 3, 4)), (13, (3, 4, 5))]
    {
        let people = roster(0, 1, count);
        assert_eq!(sizes(&play(&people, &mut History::new(), 1, &mixed(6))), expected, "{count} people");
        assert_eq!(
            sizes(&play(&people, &mut History::new(), 1, &cafe(6, 1, &[]))),
            expected,
            "{count} people"
        );
    }
    for (count, expected) in [(1, (1, 1, 1)), (2, (1, 2, 2)), (5, (1, 5, 5)), (7, (2, 3, 4)), (13, (3, 4, 5))]
    {
        let people = roster(0, 1, count);
        assert_eq!(sizes(&play(&people, &mut History::new(), 1, &Way::ByTeam)), expected, "{count} people");
    }
    assert_eq!(sizes(&play(&roster(1, 1, 0), &mut History::new(), 1, &partners(3))), (1, 1, 1));
    assert_eq!(sizes(&play(&roster(1, 3, 1), &mut History::new(), 1, &partners(3))), (1, 4, 4));
    assert_eq!(sizes(&play(&roster(3, 3, 0), &mut History::new(), 1, &partners(2))), (1, 9, 9));
    assert_eq!(sizes(&play(&roster(5, 3, 0), &mut History::new(), 1, &partners(2))), (2, 6, 9));
}

#[test]
fn rooms_for_one() {
    let people = roster(4, 3, 2);
    for way in [mixed(1), cafe(1, 3, &[])] {
        let proposal = play(&people, &mut History::new(), 1, &way);
        assert_eq!((sizes(&proposal), proposal.quality.room_sizes.alone), ((14, 1, 1), 14));
    }
}

#[test]
fn teams_larger_than_the_number_of_rooms_are_spread_evenly() {
    // Seven of one team over three rooms: at least 3 + 1 + 1 pairs; five of the other: 1 + 1.
    let mut people = roster(1, 7, 0);
    people.extend(roster(1, 5, 0).iter().map(|m| Member { person: m.person + 9_000, team: Some(1) }));
    people.extend(roster(0, 1, 6));
    for seed in SEEDS {
        let mut history = History::new();
        for _ in 0..3 {
            let proposal = play(&people, &mut history, seed, &mixed(6));
            assert_eq!((sizes(&proposal), proposal.quality.same_team_pairs), ((3, 6, 6), 7));
        }
    }
}

#[test]
fn everybody_in_one_team() {
    let people = roster(1, 20, 0);
    let proposal = play(&people, &mut History::new(), 1, &mixed(5));
    assert_eq!((sizes(&proposal), proposal.quality.same_team_pairs), ((4, 5, 5), 40));
    assert_eq!(sizes(&play(&people, &mut History::new(), 1, &Way::ByTeam)), (1, 20, 20));
    assert_eq!(sizes(&play(&people, &mut History::new(), 1, &partners(3))), (1, 20, 20));
    assert_eq!(sizes(&play(&people, &mut History::new(), 1, &cafe(5, 2, &[]))), (4, 5, 5));
}

#[test]
fn people_without_team_come_together() {
    let rooms_of = |without_team| {
        let people = roster(10, 3, without_team);
        let proposal = play(&people, &mut History::new(), 1, &Way::ByTeam);
        assert_eq!((proposal.quality.split_teams, proposal.quality.room_sizes.alone), (0, 0));
        (proposal.quality.room_sizes.rooms, proposal.quality.room_sizes.largest)
    };
    assert_eq!(rooms_of(0), (10, 3));
    assert_eq!(rooms_of(1), (10, 4), "one alone joins a team");
    assert_eq!(rooms_of(2), (11, 3));
    assert_eq!(rooms_of(7), (12, 4));
}

#[test]
fn somebody_listed_twice_is_taken_once() {
    let listed = [(5, None), (5, Some(2)), (5, Some(1)), (6, Some(1)), (6, Some(1))];
    let history = History::new();
    let problem = Problem::new(listed.map(|(person, team)| Member { person, team }), &history, 1);
    let once = [5, 6].map(|person| Member { person, team: Some(1) });
    assert_eq!(problem.people(), once);
    assert_eq!(propose(&problem, &Way::ByTeam).rooms, [vec![5, 6]]);
}

#[test]
fn five_thousand_people() {
    let people = roster(1_600, 3, 200);
    let mut history = History::new();
    for way in [mixed(6), partners(3), mixed(6), cafe(5, 0, &[]), cafe(5, 1, &[])] {
        let quality = play(&people, &mut history, 9, &way).quality;
        let apart = !matches!(way, Way::Partners { .. });
        assert_eq!(quality.same_team_pairs > 0, !apart, "{way:?}");
        assert_eq!((apart && quality.repeated_pairs > 0, quality.repeated_team_pairs), (false, 0), "{way:?}");
    }
}

// World café

#[test]
fn a_cafe_with_enough_tables_repeats_no_meeting() {
    // (teams, team size, without team, table size, rounds) with tables >= (rounds - 1) * travellers + 1.
    for (teams, size, without, table_size, rounds) in [
        (97, 3, 0, 4, 4),
        (97, 3, 15, 6, 6),
        (100, 3, 0, 3, 6),
        (25, 3, 0, 5, 3),
        (0, 1, 28, 4, 3),
        (9, 4, 1, 4, 3),
    ] {
        let people = roster(teams, size, without);
        for seed in SEEDS {
            let mut history = History::new();
            let mut hosts: Option<Vec<u32>> = None;
            for round in 0..rounds {
                let proposal = play(&people, &mut history, seed, &cafe(table_size, round, &[]));
                let case = format!(
                    "{teams} x {size} + {without} at tables of {table_size}, seed {seed}, round {round}"
                );
                assert_eq!(proposal.quality.repeated_pairs, 0, "{case}");
                assert_eq!(proposal.quality.same_team_pairs, 0, "{case}");
                let sizes = proposal.quality.room_sizes;
                assert!(
                    sizes.largest <= table_size && sizes.largest - sizes.smallest <= 1,
                    "{case}: {sizes:?}"
                );
                for (room, host) in proposal.rooms.iter().zip(&proposal.hosts) {
                    assert!(room.contains(host), "{case}: a host has left");
                }
                assert_eq!(proposal.hosts.len(), proposal.rooms.len());
                assert_eq!(*hosts.get_or_insert(proposal.hosts.clone()), proposal.hosts, "{case}");
            }
        }
    }
}

#[test]
fn hosts_come_from_different_teams_and_all_others_travel() {
    let people = roster(97, 3, 0);
    let history = History::new();
    let first = propose_for(&people, &history, 3, &cafe(4, 0, &[]));
    let team = |person: u32| people.iter().find(|member| member.person == person).unwrap().team;
    let teams: BTreeSet<_> = first.hosts.iter().map(|&host| team(host)).collect();
    assert_eq!(teams.len(), 73, "73 tables, 97 teams");
    let second = propose_for(&people, &history, 3, &cafe(4, 1, &[]));
    for (before, after) in first.rooms.iter().zip(&second.rooms) {
        let stayed: Vec<_> = before.iter().filter(|person| after.contains(person)).collect();
        assert_eq!(stayed.len(), 1);
        assert!(first.hosts.contains(stayed[0]));
    }
}

#[test]
fn given_hosts_keep_their_tables_and_their_order() {
    let people = roster(20, 3, 0);
    let history = History::new();
    let given = [people[30].person, people[2].person, 77, people[30].person];
    let first = propose_for(&people, &history, 3, &cafe(4, 0, &given));
    assert_eq!(first.hosts.len(), 15);
    assert_eq!(
        first.hosts[..2],
        [people[30].person, people[2].person],
        "unknown and repeated ones passed over"
    );
    for round in 0..4 {
        let by_all = propose_for(&people, &history, 3, &cafe(4, round, &first.hosts));
        assert_eq!(by_all, propose_for(&people, &history, 3, &cafe(4, round, &given)), "round {round}");
        for (room, host) in by_all.rooms.iter().zip(&first.hosts) {
            assert!(room.contains(host));
        }
    }
    // Twenty hosts where 15 tables would do: twenty tables.
    let many: Vec<u32> = people.iter().step_by(3).map(|member| member.person).collect();
    let wide = propose_for(&people, &history, 3, &cafe(4, 0, &many));
    assert_eq!((sizes(&wide), &wide.hosts), ((20, 3, 3), &many));
    let everybody: Vec<u32> = people.iter().map(|member| member.person).collect();
    assert_eq!(sizes(&propose_for(&people, &history, 3, &cafe(4, 1, &everybody))), (60, 1, 1));
}

#[test]
fn a_cafe_survives_people_who_come_and_go() {
    let mut people = roster(40, 3, 0);
    let mut history = History::new();
    let hosts = play(&people, &mut history, 8, &cafe(5, 0, &[])).hosts;
    // Four travellers leave, seven late ones come.
    let mut left = 0;
    people.retain(|member| {
        let leaves = left < 4 && member.person % 5 == 0 && !hosts.contains(&member.person);
        left += u32::from(leaves);
        !leaves
    });
    people.extend(roster(0, 1, 7));
    for round in 1..4 {
        let proposal = play(&people, &mut history, 8, &cafe(5, round, &hosts));
        assert_eq!(
            (proposal.quality.same_team_pairs, proposal.quality.repeated_pairs),
            (0, 0),
            "round {round}"
        );
        assert!(proposal.hosts.starts_with(&hosts));
        for (room, host) in proposal.rooms.iter().zip(&proposal.hosts) {
            assert!(room.contains(host), "round {round}");
        }
    }
}

#[test]
fn a_cafe_with_too_few_tables_is_still_seated_and_judged() {
    // Four tables of five for six rounds: repeats cannot be avoided, but hosts stay and the count is true.
    let people = roster(0, 1, 20);
    let mut history = History::new();
    let mut rounds: Vec<Vec<Vec<u32>>> = Vec::new();
    for round in 0..6 {
        let before = pair_counts(&rounds);
        let proposal = play(&people, &mut history, 8, &cafe(5, round, &[]));
        let now = pair_counts(std::slice::from_ref(&proposal.rooms));
        let repeated = now.keys().filter(|pair| before.contains_key(pair)).count();
        assert_eq!(proposal.quality.repeated_pairs as usize, repeated);
        assert_eq!(sizes(&proposal), (4, 5, 5));
        rounds.push(proposal.rooms);
    }
}

// Hand-made rooms

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

// Properties

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

/// The counts of [`Quality`] as directly as they can be written down.
fn plain_quality(team: &BTreeMap<u32, Option<u32>>, rounds: &[Vec<Vec<u32>>], rooms: &[Vec<u32>]) -> Quality {
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
