//! Real meetings: as many people, teams and rounds as a year has.

use engawa_domain::grouping::{History, Quality, Way};

use super::common::*;

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
