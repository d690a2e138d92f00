//! World café: who stays, who moves on, who meets.

use std::collections::BTreeSet;

use engawa_domain::grouping::History;

use super::common::*;

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
