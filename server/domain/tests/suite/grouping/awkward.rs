//! Awkward numbers: nobody, a few, too many of one team, thousands.

use engawa_domain::grouping::{History, Member, Problem, Quality, Way, propose};

use super::common::*;

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

#[test]
fn teams_of_hundreds() {
    for (teams, size) in [(1, 600), (2, 300), (12, 50)] {
        let people = roster(teams, size, 0);
        let mut history = History::new();
        for way in [mixed(6), cafe(5, 0, &[]), cafe(5, 1, &[]), partners(3), Way::ByTeam] {
            let proposal = play(&people, &mut history, 9, &way);
            match way {
                Way::Mixed { .. } | Way::WorldCafe { .. } => {
                    assert!(proposal.quality.room_sizes.largest <= 6, "{way:?}");
                    assert_eq!(proposal.quality.same_team_pairs > 0, teams < 5, "{way:?}");
                }
                Way::Partners { .. } | Way::ByTeam => assert_eq!(proposal.quality.split_teams, 0, "{way:?}"),
            }
        }
    }
}
