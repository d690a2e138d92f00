//! The record tells what its reader's screens tell, and nothing more; and it tells how the meeting ran.

use engawa_domain::record::{Edition, Moment, Record, ledger_for, record, rooms_of_round};
use engawa_domain::{Outcome, SystemInput};
use engawa_protocol::view::{AuthorView, VotePhase};
use engawa_protocol::{BoardId, Command, PersonId, Role, RoomId, RoundId, TallyDisplay, Timestamp};
use proptest::collection::vec;
use proptest::prelude::{any, proptest};
use proptest::test_runner::{Config, TestCaseError};
use serde_json::{Value, json};

use crate::support::generate::{Step, prepared, walk};
use crate::support::world::{BEGINNING, World, device_of};

const ROLES: [Role; 2] = [Role::Coordinator, Role::Secretariat];
const EDITIONS: [Edition; 2] = [Edition::Named, Edition::Nameless];

fn ask(world: &mut World, person: u32, command: Value) {
    let command: Command = serde_json::from_value(command).unwrap();
    let person = PersonId(person);
    let applied = world.submit(person, device_of(person, 1), command.clone()).unwrap();
    assert!(matches!(applied.outcome, Outcome::Accepted { .. }), "{command:?}: {:?}", applied.outcome);
}

fn plan(kind: &str, title: &str, authors: &str) -> Value {
    json!({"kind": kind, "title": title, "question": "", "duration_ms": 600_000, "grouping": {"by": "manual"},
           "turn_ms": null, "template": "kpt", "authors": authors, "countdown_ms": 0})
}

/// Two teams in two rooms of a dialogue that is open; person 6 facilitates.
fn in_rooms(authors: &str) -> World {
    let mut world = World::new("第4回研究会", "進行A");
    for name in ["弘前市", "甲府市"] {
        ask(&mut world, 1, json!({"type": "add_team", "name": name, "region": null}));
    }
    for (name, team) in [("弘前A", 1), ("弘前B", 1), ("甲府A", 2), ("甲府B", 2)] {
        let person =
            json!({"type": "add_person", "name": name, "team": team, "role": "participant", "email": null});
        ask(&mut world, 1, person);
    }
    ask(
        &mut world,
        1,
        json!({"type": "add_person", "name": "幹事A", "team": null, "role": "facilitator", "email": null}),
    );
    for person in 1..=6 {
        world.system(SystemInput::Arrive { person: PersonId(person) }).unwrap();
    }
    for round in [plan("dialogue", "対話1", authors), plan("dialogue", "対話2", authors)] {
        ask(&mut world, 1, json!({"type": "add_round", "plan": round, "before": null}));
    }
    let rooms = json!([{"name": "", "facilitator": 6, "members": [2, 4]}, {"name": "鬼澤部屋", "facilitator": null, "members": [3, 5]}]);
    ask(&mut world, 1, json!({"type": "set_grouping", "round": 1, "rooms": rooms}));
    world.pass_time(1_000);
    ask(&mut world, 1, json!({"type": "open_round", "round": 1}));
    world
}

fn named(world: &World) -> Record {
    record(world.meeting(), Role::Coordinator, Edition::Named).unwrap()
}

fn at(ms: u64) -> Timestamp {
    Timestamp(BEGINNING.0 + ms)
}

#[test]
fn who_was_in_which_room_when() {
    let mut world = in_rooms("shown");
    world.pass_time(9_000);
    ask(&mut world, 1, json!({"type": "move_people", "people": [2], "to": 2}));
    world.pass_time(10_000);
    world.system(SystemInput::Depart { person: PersonId(3) }).unwrap();
    world.pass_time(10_000);
    world.system(SystemInput::Arrive { person: PersonId(3) }).unwrap();
    world.pass_time(10_000);
    ask(&mut world, 1, json!({"type": "end_round", "round": 1}));
    // Reading on in the room after the round is no stay, nor is a visit to a room whose round is over.
    world.pass_time(10_000);
    ask(&mut world, 1, json!({"type": "visit_room", "room": 1}));
    let stays: Vec<_> = named(&world)
        .stays
        .iter()
        .map(|stay| (stay.room.0, stay.person.0, stay.from, stay.until.unwrap()))
        .collect();
    let expected = [
        (1, 2, at(1_000), at(10_000)),
        (1, 4, at(1_000), at(40_000)),
        (1, 6, at(1_000), at(40_000)),
        (2, 3, at(1_000), at(20_000)),
        (2, 5, at(1_000), at(40_000)),
        (2, 2, at(10_000), at(40_000)),
        (2, 3, at(30_000), at(40_000)),
    ];
    assert_eq!(stays, expected);

    ask(&mut world, 1, json!({"type": "reopen_round", "round": 1}));
    world.pass_time(5_000);
    let open: Vec<_> = named(&world).stays.into_iter().filter(|stay| stay.until.is_none()).collect();
    assert_eq!(open.len(), 6, "five and the coordinator, who visits: {open:?}");
    world.check_replay().unwrap();
}

#[test]
fn the_agenda_as_it_ran() {
    let mut world = in_rooms("shown");
    world.pass_time(60_000);
    ask(&mut world, 1, json!({"type": "pause_round", "round": 1}));
    world.pass_time(30_000);
    ask(&mut world, 1, json!({"type": "resume_round", "round": 1}));
    ask(&mut world, 1, json!({"type": "add_time", "round": 1, "delta_ms": 60_000}));
    world.pass_time(10_000);
    ask(&mut world, 1, json!({"type": "end_round", "round": 1}));
    let rounds = named(&world).rounds;
    let moments: Vec<_> = rounds[0].course.iter().map(|(at, moment)| (at.0 - BEGINNING.0, *moment)).collect();
    let expected = [
        (1_000, Moment::Opened),
        (61_000, Moment::Paused),
        (91_000, Moment::Resumed),
        (91_000, Moment::TimeChanged),
        (101_000, Moment::Ended),
    ];
    assert_eq!(moments, expected);
    assert_eq!(rounds[0].paused_ms, 30_000);
    assert_eq!(rounds[0].planned_at, Some(at(1_000)));
    assert_eq!(rounds[1].planned_at, Some(at(601_000)), "ten minutes were planned for the first");
}

#[test]
fn hidden_authors_stay_hidden_and_silent_boards_silent() {
    let mut world = in_rooms("hidden");
    for (person, text) in [(2, "人が足りない"), (4, "時間がない")] {
        ask(
            &mut world,
            person,
            json!({"type": "add_note", "board": 1, "area": 1, "text": text, "color": "yellow"}),
        );
    }
    let hidden = named(&world);
    let board = &hidden.boards[&BoardId::of_room(RoomId(1))];
    assert_eq!(board.notes.len(), 2);
    assert!(
        board.notes.values().all(|note| note.author == AuthorView::Hidden {} && note.edited_by.is_none())
    );
    ask(&mut world, 1, json!({"type": "start_silent_writing", "boards": [1]}));
    assert!(named(&world).boards[&BoardId::of_room(RoomId(1))].notes.is_empty());
    ask(&mut world, 1, json!({"type": "end_round", "round": 1}));
    assert_eq!(named(&world).boards[&BoardId::of_room(RoomId(1))].notes.len(), 2);
}

#[test]
fn the_secretariat_reads_no_rooms_and_others_nothing() {
    let world = in_rooms("shown");
    let record_of = |role| record(world.meeting(), role, Edition::Named);
    let secretariat = record_of(Role::Secretariat).unwrap();
    assert!(secretariat.rooms.is_empty() && secretariat.stays.is_empty());
    assert_eq!(secretariat.boards.keys().collect::<Vec<_>>(), [&BoardId::PLENARY]);
    for role in [Role::Facilitator, Role::Participant, Role::Observer, Role::Screen] {
        assert_eq!(record_of(role), None);
        assert_eq!(ledger_for(world.meeting(), role), None);
    }
}

#[test]
fn rooms_of_a_round_are_those_proposed_until_it_opens() {
    let mut world = in_rooms("shown");
    let people = |world: &World, round| -> Vec<Vec<u32>> {
        let rooms = rooms_of_round(world.meeting(), RoundId(round)).unwrap();
        rooms.iter().map(|room| room.people.iter().map(|person| person.0).collect()).collect()
    };
    assert_eq!(people(&world, 1), [vec![2, 4, 6], vec![3, 5]], "the facilitator goes with their room");
    assert_eq!(people(&world, 2), Vec::<Vec<u32>>::new());
    let rooms = json!([{"name": "", "facilitator": null, "members": [2, 3]}]);
    ask(&mut world, 1, json!({"type": "set_grouping", "round": 2, "rooms": rooms}));
    assert_eq!(people(&world, 2), [vec![2, 3]]);
    assert_eq!(rooms_of_round(world.meeting(), RoundId(9)), None);
}

/// What no record may tell, whatever has happened.
fn check(world: &World) -> Result<(), String> {
    let state = world.state();
    for (role, edition) in ROLES.into_iter().flat_map(|role| EDITIONS.map(|edition| (role, edition))) {
        let record = record(world.meeting(), role, edition).ok_or("no record")?;
        let holds = |holds: bool, what: &str| {
            if holds { Ok(()) } else { Err(format!("{role:?} {edition:?}: {what}")) }
        };
        for (id, board) in &record.boards {
            let kept = &state["boards"]["boards"][id.0.to_string()]["notes"];
            for (note, told) in &board.notes {
                let kept = &kept[note.0.to_string()];
                holds(kept["deleted"].is_null(), "a deleted note")?;
                if kept["authors"] == "hidden" {
                    holds(told.author == AuthorView::Hidden {}, "a hidden author")?;
                    holds(told.edited_by.is_none(), "who edited where authors are hidden")?;
                }
            }
            let silent = state["boards"]["boards"][id.0.to_string()]["silent"] == true;
            holds(!silent || board.notes.is_empty(), "a silent board's notes")?;
        }
        let own = record.vote.ballot.is_none() && !record.vote.voted && record.questionnaire.own.is_empty();
        holds(own && record.pulses.values().all(|pulse| pulse.own.is_none()), "somebody's own answers")?;
        let closed = matches!(record.vote.phase, VotePhase::Closed { .. });
        let published = state["vote"]["phase"]["closed"]["published"] == "everyone";
        let seen_live = match record.vote.rules.tally_display {
            TallyDisplay::Secretariat => role == Role::Secretariat,
            TallyDisplay::Staff | TallyDisplay::Everyone => true,
        };
        holds(record.vote.tally.is_none() || seen_live, "a tally before its time")?;
        let may = closed && (published || role == Role::Secretariat);
        holds(record.vote.standings.is_some() == may, "standings before their time")?;
        let ledger = ledger_for(world.meeting(), role).is_some();
        holds(ledger == (closed && (published || seen_live)), "a ledger before its time")?;
        if edition == Edition::Nameless {
            let told = serde_json::to_value(&record).map_err(|error| error.to_string())?;
            holds(names_nobody(&told), "a person where nobody is named")?;
        }
    }
    Ok(())
}

/// Whether no field that names or numbers people holds anybody.
fn names_nobody(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.iter().all(|(field, value)| match field.as_str() {
            "people" if value.is_number() => true,
            "people" | "stays" | "members" | "visitors" if !value.is_number() => {
                value.as_array().is_none_or(Vec::is_empty)
                    && value.as_object().is_none_or(serde_json::Map::is_empty)
            }
            "facilitator" | "edited_by" | "speaker" => value.is_null(),
            "person" | "by" if value.is_number() => value == 0,
            "author" => value["is"] == "hidden" || (value["person"] == 0 && value["name"] == ""),
            _ => names_nobody(value),
        }),
        Value::Array(values) => values.iter().all(names_nobody),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

proptest! {
    #![proptest_config(Config {
        cases: 6,
        failure_persistence: None,
        max_shrink_iters: 100,
        ..Config::default()
    })]

    #[test]
    fn no_history_makes_the_record_tell_too_much(steps in vec(any::<Step>(), 40..160)) {
        let mut world = prepared();
        world.encoding_every = u64::MAX;
        for (index, step) in steps.iter().enumerate() {
            walk(&mut world, step, &[]).1.map_err(|error| TestCaseError::fail(error.0))?;
            if index % 8 == 0 {
                check(&world).map_err(TestCaseError::fail)?;
            }
        }
        check(&world).map_err(TestCaseError::fail)?;
    }
}
