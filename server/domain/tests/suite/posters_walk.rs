//! Posters under any interleaving of marks, comments, withdrawals, sharing and people who change team or role. The
//! world checks the laws of the crate after every entry; here stands what is counted and who may read it.

use std::collections::BTreeSet;

use engawa_domain::{Outcome, Viewer};
use engawa_protocol::command::{
    AddComment, AddPerson, AddPoster, AddTeam, DeleteComment, EditPerson, EditPoster, OpenVote,
    RestorePoster, SetInterest, ShareFeedback, WithdrawPoster,
};
use engawa_protocol::{Command, CommentId, PersonId, PosterId, Role, TeamId};
use proptest::prelude::*;

use crate::support::world::{World, device_of};

const TEAMS: u32 = 3;
/// Person 1 is the coordinator; the others begin as participants, two to a team.
const LAST_PERSON: u32 = 1 + TEAMS * 2;

fn commands() -> impl Strategy<Value = (u32, Command)> {
    let poster = || (1..=TEAMS).prop_map(PosterId);
    let role = prop_oneof![
        4 => Just(Role::Participant),
        1 => Just(Role::Secretariat),
        1 => Just(Role::Facilitator),
        1 => Just(Role::Observer),
    ];
    let words = |(poster, title): (PosterId, u8)| EditPoster {
        poster,
        title: format!("題名{title}"),
        summary: String::new(),
        file: None,
    };
    let command = prop_oneof![
        6 => (poster(), any::<bool>())
            .prop_map(|(poster, interested)| SetInterest { poster, interested }.into()),
        6 => poster().prop_map(|poster| AddComment { poster, text: "一言".to_owned() }.into()),
        3 => (poster(), 1..12_u32)
            .prop_map(|(poster, id)| DeleteComment { poster, comment: CommentId(id) }.into()),
        2 => (poster(), any::<u8>()).prop_map(words).prop_map(Command::from),
        3 => poster().prop_map(|poster| WithdrawPoster { poster }.into()),
        3 => poster().prop_map(|poster| RestorePoster { poster }.into()),
        1 => Just(Command::from(ShareFeedback {})),
        1 => Just(Command::from(OpenVote {})),
        3 => (2..=LAST_PERSON, prop::option::of(1..=TEAMS), role).prop_map(|(person, team, role)| EditPerson {
            person: PersonId(person),
            name: format!("担当{person}"),
            team: team.map(TeamId),
            role,
            email: None,
        }
        .into()),
    ];
    // The coordinator does a good deal of it, or little would be withdrawn, shared or moved.
    (prop_oneof![2 => Just(1), 3 => 1..=LAST_PERSON], command)
}

fn submit(world: &mut World, person: u32, command: impl Into<Command>) -> Outcome {
    let person = PersonId(person);
    let applied = world.submit(person, device_of(person, 1), command);
    applied.unwrap_or_else(|broken| panic!("law broken: {broken}")).outcome
}

fn meeting() -> World {
    let mut world = World::new("全体会", "進行A");
    for team in 1..=TEAMS {
        submit(&mut world, 1, AddTeam { name: format!("自治体{team}"), region: None });
        let (title, summary) = (format!("題名{team}"), String::new());
        submit(&mut world, 1, AddPoster { team: TeamId(team), title, summary, file: None });
    }
    for person in 2..=LAST_PERSON {
        let team = Some(TeamId(person / 2));
        let name = format!("担当{person}");
        submit(&mut world, 1, AddPerson { name, team, role: Role::Participant, email: None });
    }
    world
}

/// Nobody reads what was left on a poster but its author, the office and, once shared, the team.
fn check(world: &World) {
    let shared = world.meeting().info().feedback_shared;
    let office = &world.views[&Viewer::Person(PersonId(1))];
    for (viewer, view) in &world.views {
        let is_office = matches!(view.me.role, Role::Coordinator | Role::Secretariat);
        for (id, poster) in &view.posters {
            assert!(is_office || !poster.withdrawn, "{viewer:?} sees {id}, which is withdrawn");
            let reads_all = is_office || (shared && view.me.team == Some(poster.team));
            assert_eq!(poster.interested_count.is_some(), reads_all, "{viewer:?} on the marks of {id}");
            let all = &office.posters[id].comments;
            if reads_all {
                assert_eq!(&poster.comments, all, "{viewer:?} reads all of {id}");
            } else {
                let own = all.values().filter(|comment| Some(comment.author.person) == view.me.person);
                let own: BTreeSet<CommentId> = own.map(|comment| comment.id).collect();
                assert_eq!(
                    poster.comments.keys().copied().collect::<BTreeSet<_>>(),
                    own,
                    "{viewer:?} on {id}"
                );
            }
        }
    }
    for (id, poster) in office.posters.iter().filter(|(_, poster)| !poster.withdrawn) {
        let marks = world.views.values().filter(|view| view.posters[id].interested).count();
        assert_eq!(poster.interested_count, Some(marks as u32), "the marks of {id}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_left_on_a_poster_reaches_whom_it_is_for(commands in prop::collection::vec(commands(), 0..40)) {
        let mut world = meeting();
        for (person, command) in commands {
            submit(&mut world, person, command);
            check(&world);
        }
        world.check_replay().unwrap();
    }
}
