//! The vote under any interleaving of ballots, changes, withdrawals and changes of the roster, against a model that is
//! as simple as can be: a map from voter to choices. The world checks the laws of the crate besides.

use std::collections::{BTreeMap, BTreeSet};

use engawa_domain::ledger::{count, standings, verify_ledger};
use engawa_domain::{Applied, Outcome, Viewer};
use engawa_protocol::command::{
    AddPerson, AddPoster, AddTeam, CastBallot, CloseVote, EditPerson, OpenVote, RecountVote, RemovePerson,
    RestorePerson, SetVoteRules, WithdrawBallot,
};
use engawa_protocol::{Command, PersonId, PosterId, Role, Tally, TallyDisplay, TeamId, VoteRules, Voters};
use proptest::prelude::*;
use serde_json::Value;

use crate::support::world::{World, bytes, device_of};

const TEAMS: u32 = 4;
const PER_TEAM: u32 = 2;
const COORDINATOR: PersonId = PersonId(1);
const SECRETARIAT: PersonId = PersonId(2);
/// The participants: those of the teams, then one without a team.
const FIRST_VOTER: u32 = 3;
const LAST_VOTER: u32 = FIRST_VOTER + TEAMS * PER_TEAM;

/// What somebody does while the vote is open.
#[derive(Debug, Clone)]
enum Step {
    Cast { person: u32, choices: Vec<u32> },
    Withdraw { person: u32 },
    Move { person: u32, team: Option<u32>, role: Role },
    Remove { person: u32 },
    Restore { person: u32 },
    Recount,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let person = FIRST_VOTER..=LAST_VOTER;
    // Also posters that do not exist, too many, none, one twice: whatever a browser might send.
    let choices = prop::collection::vec(1..=TEAMS + 1, 0..=4);
    let good = prop::collection::btree_set(1..=TEAMS, 1..=3).prop_map(|set| set.into_iter().collect());
    let role =
        prop_oneof![8 => Just(Role::Participant), 1 => Just(Role::Observer), 1 => Just(Role::Facilitator)];
    let step = prop_oneof![
        6 => (person.clone(), prop_oneof![1 => choices, 3 => good])
            .prop_map(|(person, choices)| Step::Cast { person, choices }),
        2 => person.clone().prop_map(|person| Step::Withdraw { person }),
        2 => (person.clone(), prop::option::of(1..=TEAMS), role)
            .prop_map(|(person, team, role)| Step::Move { person, team, role }),
        1 => person.clone().prop_map(|person| Step::Remove { person }),
        1 => person.prop_map(|person| Step::Restore { person }),
        1 => Just(Step::Recount),
    ];
    prop::collection::vec(step, 0..30)
}

fn rules() -> impl Strategy<Value = VoteRules> {
    let display =
        prop_oneof![Just(TallyDisplay::Secretariat), Just(TallyDisplay::Staff), Just(TallyDisplay::Everyone)];
    (prop_oneof![Just(Voters::Persons), Just(Voters::Teams)], 1..=3_u32, any::<bool>(), display).prop_map(
        |(voters, choices_max, own_team_allowed, tally_display)| VoteRules {
            voters,
            choices_max,
            own_team_allowed,
            tally_display,
            ..VoteRules::default()
        },
    )
}

fn submit(world: &mut World, person: PersonId, command: impl Into<Command>) -> Applied {
    world
        .submit(person, device_of(person, 1), command)
        .unwrap_or_else(|broken| panic!("law broken: {broken}"))
}

fn must(world: &mut World, person: PersonId, command: impl Into<Command>) {
    let applied = submit(world, person, command);
    assert!(matches!(applied.outcome, Outcome::Accepted { .. }), "{:?}", applied.outcome);
}

fn name(person: u32) -> String {
    format!("担当{person}")
}

/// A meeting with teams of two, a participant without a team, a poster for each team, and the vote open.
fn open_vote(rules: VoteRules) -> World {
    let mut world = World::new("全体会", "進行A");
    let add = |world: &mut World, name: String, team: Option<TeamId>, role: Role| {
        must(world, COORDINATOR, AddPerson { name, team, role, email: None });
    };
    add(&mut world, "集計A".to_owned(), None, Role::Secretariat);
    for team in 1..=TEAMS {
        must(&mut world, COORDINATOR, AddTeam { name: format!("自治体{team}"), region: None });
    }
    for person in FIRST_VOTER..=LAST_VOTER {
        add(&mut world, name(person), first_team(person), Role::Participant);
    }
    for team in 1..=TEAMS {
        let title = format!("題名{team}");
        must(
            &mut world,
            SECRETARIAT,
            AddPoster { team: TeamId(team), title, summary: String::new(), file: None },
        );
    }
    must(&mut world, SECRETARIAT, SetVoteRules { rules });
    must(&mut world, SECRETARIAT, OpenVote {});
    world
}

fn first_team(person: u32) -> Option<TeamId> {
    (person < LAST_VOTER).then(|| TeamId((person - FIRST_VOTER) / PER_TEAM + 1))
}

/// The model.
struct Model {
    rules: VoteRules,
    people: BTreeMap<u32, (Option<TeamId>, Role, bool)>,
    ballots: BTreeMap<u32, BTreeSet<PosterId>>,
}

impl Model {
    fn new(rules: VoteRules) -> Self {
        let people = (FIRST_VOTER..=LAST_VOTER)
            .map(|person| (person, (first_team(person), Role::Participant, true)))
            .collect();
        Self { rules, people, ballots: BTreeMap::new() }
    }

    fn voter(&self, person: u32) -> Option<u32> {
        let (team, role, here) = self.people[&person];
        match self.rules.voters {
            _ if role != Role::Participant || !here => None,
            Voters::Persons => Some(person),
            Voters::Teams => team.map(|team| team.0),
        }
    }

    /// Poster n is team n's.
    fn breaks_rules(&self, person: u32, choices: &[u32]) -> bool {
        let team = self.people[&person].0;
        let distinct: BTreeSet<u32> = choices.iter().copied().collect();
        choices.is_empty()
            || choices.len() > self.rules.choices_max as usize
            || distinct.len() < choices.len()
            || distinct.iter().any(|choice| *choice > TEAMS)
            || (!self.rules.own_team_allowed && distinct.iter().any(|choice| team == Some(TeamId(*choice))))
    }

    /// Whether the command must be taken.
    fn step(&mut self, step: &Step) -> Option<bool> {
        match step {
            Step::Cast { person, choices } => {
                let voter = self.voter(*person).filter(|_| !self.breaks_rules(*person, choices));
                let ballot = choices.iter().map(|id| PosterId(*id)).collect();
                voter.map(|voter| self.ballots.insert(voter, ballot));
                Some(voter.is_some())
            }
            Step::Withdraw { person } => {
                Some(self.voter(*person).is_some_and(|voter| self.ballots.remove(&voter).is_some()))
            }
            Step::Recount => Some(true),
            Step::Move { .. } | Step::Remove { .. } | Step::Restore { .. } => None,
        }
    }

    /// Follows a change of the roster that was taken; whether it is, is the roster's to say.
    fn follow(&mut self, step: &Step) {
        match step {
            Step::Move { person, team, role } => {
                self.people.insert(*person, (team.map(TeamId), *role, true));
            }
            Step::Remove { person } => self.people.get_mut(person).unwrap().2 = false,
            Step::Restore { person } => self.people.get_mut(person).unwrap().2 = true,
            Step::Cast { .. } | Step::Withdraw { .. } | Step::Recount => {}
        }
        self.drop_void();
    }

    fn drop_void(&mut self) {
        let voters: BTreeSet<u32> = self.people.keys().filter_map(|person| self.voter(*person)).collect();
        let (rules, people) = (self.rules, &self.people);
        self.ballots.retain(|voter, ballot| {
            let own = match rules.voters {
                Voters::Persons => people[voter].0,
                Voters::Teams => None,
            };
            let own_chosen = ballot.iter().any(|poster| own == Some(TeamId(poster.0)));
            voters.contains(voter) && (rules.own_team_allowed || !own_chosen)
        });
    }

    fn tally(&self) -> Tally {
        let candidates: Vec<PosterId> = (1..=TEAMS).map(PosterId).collect();
        count(&candidates, self.ballots.values().map(|ballot| ballot.iter().copied())).tally
    }

    /// People voted, people eligible, teams voted, teams eligible.
    fn turnout(&self) -> [usize; 4] {
        let voted = |person: u32| self.voter(person).is_some_and(|voter| self.ballots.contains_key(&voter));
        let eligible: Vec<u32> =
            self.people.keys().copied().filter(|person| self.voter(*person).is_some()).collect();
        let teams = |people: &mut dyn Iterator<Item = u32>| {
            people.filter_map(|person| self.people[&person].0).collect::<BTreeSet<_>>().len()
        };
        [
            eligible.iter().filter(|person| voted(**person)).count(),
            eligible.len(),
            teams(&mut eligible.iter().copied().filter(|person| voted(*person))),
            teams(&mut eligible.iter().copied()),
        ]
    }
}

fn act(world: &mut World, model: &mut Model, step: &Step) {
    let expected = model.step(step);
    let applied = match step.clone() {
        Step::Cast { person, choices } => {
            let choices = choices.into_iter().map(PosterId).collect();
            submit(world, PersonId(person), CastBallot { choices })
        }
        Step::Withdraw { person } => submit(world, PersonId(person), WithdrawBallot {}),
        Step::Move { person, team, role } => {
            let team = team.map(TeamId);
            let edit = EditPerson { person: PersonId(person), name: name(person), team, role, email: None };
            submit(world, COORDINATOR, edit)
        }
        Step::Remove { person } => submit(world, COORDINATOR, RemovePerson { person: PersonId(person) }),
        Step::Restore { person } => submit(world, COORDINATOR, RestorePerson { person: PersonId(person) }),
        Step::Recount => submit(world, SECRETARIAT, RecountVote {}),
    };
    let taken = matches!(applied.outcome, Outcome::Accepted { .. });
    assert_eq!(taken, expected.unwrap_or(taken), "{step:?}: {:?}", applied.outcome);
    if taken {
        model.follow(step);
    }
}

fn check(world: &World, model: &Model) {
    let view = &world.views[&Viewer::Person(SECRETARIAT)].vote;
    assert_eq!(view.tally.as_ref(), Some(&model.tally()), "the tally is the sum of the ballots");
    let turnout = view.turnout;
    let counts =
        [turnout.persons_voted, turnout.persons_eligible, turnout.teams_voted, turnout.teams_eligible];
    assert_eq!(counts.map(|count| count as usize), model.turnout(), "turnout");
    if let Some(recount) = &view.recount {
        assert!(recount.matches, "every recount so far found the tally that was shown");
    }
    for (viewer, view) in &world.views {
        let Viewer::Person(person) = viewer else { continue };
        let own = model.people.get(&person.0).and_then(|_| model.voter(person.0));
        let own = own.and_then(|voter| model.ballots.get(&voter));
        let seen = view.vote.ballot.as_ref().map(|ballot| ballot.choices.iter().copied().collect());
        assert_eq!(seen, own.cloned(), "{viewer:?} sees their own ballot and no other");
    }
}

/// Every text and number of a JSON value, with the keys of maps.
fn leaves(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => found.push(number.to_string()),
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, found)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| {
            found.push(key.clone());
            leaves(value, found);
        }),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_poster_is_ever_over_or_under_counted(rules in rules(), steps in steps()) {
        let mut world = open_vote(rules);
        let mut model = Model::new(rules);
        for step in &steps {
            act(&mut world, &mut model, step);
            check(&world, &model);
        }
        let receipts: BTreeMap<String, Vec<PosterId>> = world
            .views
            .values()
            .filter_map(|view| view.vote.ballot.clone())
            .map(|ballot| (ballot.receipt, ballot.choices))
            .collect();
        must(&mut world, SECRETARIAT, CloseVote {});

        let ledger = world.meeting().ledger().expect("a closed vote has a ledger").clone();
        let view = world.views[&Viewer::Person(SECRETARIAT)].vote.clone();
        let engawa_protocol::view::VotePhase::Closed { ledger_hash, .. } = &view.phase else {
            panic!("{:?}", view.phase);
        };
        let counted = verify_ledger(&ledger, Some(ledger_hash)).expect("the ledger holds");
        prop_assert_eq!(&counted.tally, &model.tally());
        prop_assert_eq!(Some(&counted.tally), view.tally.as_ref());
        let lines: BTreeMap<String, Vec<PosterId>> =
            ledger.lines.into_iter().map(|line| (line.receipt, line.choices)).collect();
        prop_assert_eq!(lines, receipts, "everybody finds their receipt with what they chose, and nothing else is in");
        let teams = (1..=TEAMS).map(|id| (PosterId(id), TeamId(id))).collect();
        prop_assert_eq!(view.standings, Some(standings(&counted.tally, &teams)));

        must(&mut world, SECRETARIAT, RecountVote {});
        let recount = world.views[&Viewer::Person(SECRETARIAT)].vote.recount.clone().expect("just made");
        prop_assert!(recount.matches);
        prop_assert_eq!((recount.ballots, recount.choices), (counted.ballots, counted.choices));
        world.check_replay().unwrap();
    }

    /// After the close nothing in the encoded state depends on who chose what: when the voters change ballots among
    /// themselves, the state is the same but for the receipts and hashes.
    #[test]
    fn after_the_close_no_state_leads_from_voter_to_choices(
        ballots in prop::collection::vec(prop::collection::btree_set(1..=TEAMS, 1..=3), 2..8),
        turn in 1..7_usize,
    ) {
        let rules = VoteRules { own_team_allowed: true, ..VoteRules::default() };
        let run = |turn: usize| {
            let mut world = open_vote(rules);
            for (i, person) in (0..ballots.len()).zip(FIRST_VOTER..) {
                let choices = ballots[(i + turn) % ballots.len()].iter().map(|id| PosterId(*id)).collect();
                must(&mut world, PersonId(person), CastBallot { choices });
            }
            let secret = world.state()["vote"]["phase"]["open"]["secret"].to_string();
            let applied = submit(&mut world, SECRETARIAT, CloseVote {});
            assert!(applied.forget_log, "the log says who voted for what");
            let snapshot = String::from_utf8(bytes(world.meeting())).unwrap();
            assert!(secret.len() > 32 && !snapshot.contains(&secret), "the secret is gone");
            let mut state = world.state();
            let ledger = state["vote"]["phase"]["closed"]["ledger"].take();
            (state, ledger)
        };
        let ((one, one_ledger), (other, other_ledger)) = (run(0), run(turn));
        prop_assert_eq!(&one, &other, "who chose what makes no difference outside the ledger");
        let choices = |ledger: &Value| {
            let lines = ledger["lines"].as_array().unwrap().iter();
            let mut choices: Vec<String> = lines.map(|line| line["choices"].to_string()).collect();
            choices.sort();
            choices
        };
        prop_assert_eq!(choices(&one_ledger), choices(&other_ledger), "the ledger holds the same ballots");
        let mut outside = Vec::new();
        leaves(&one, &mut outside);
        for line in one_ledger["lines"].as_array().unwrap() {
            let receipt = line["receipt"].as_str().unwrap();
            prop_assert!(!outside.iter().any(|leaf| leaf.contains(receipt)), "no receipt stands beside a voter");
        }
    }
}
