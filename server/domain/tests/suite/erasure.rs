//! One person's data taken out: of a meeting in which they have left something everywhere, nothing of theirs is found,
//! in the state, in any view, in any record; and what is not theirs stays as it was.

use engawa_domain::record::{Edition, record};
use engawa_domain::{
    Admission, Grant, Outcome, Totals, Viewer, admit, all_viewers, class_of, project, refers_only_to,
};
use engawa_protocol::keeping::WrittenTotals;
use engawa_protocol::{ClientSeq, Command, PersonId, Rejection, Role};
use serde_json::{Value, json};

use crate::support::erased::traces;
use crate::support::world::{World, device, device_of};

/// Who is taken out: a facilitator who has joined by link, so that they can have left every kind of trace.
const NAME: &str = "しるし太郎の名";
const EMAIL: &str = "shirushi@example.jp";
/// What they wrote, by kind; live texts and those that they took back.
const LIVE: [&str; 6] =
    ["しるしの付箋", "しるしの全体付箋", "しるしのコメント", "しるしのお知らせ", "しるし語", "しるしの回答"];
const TAKEN_BACK: [&str; 2] = ["しるしの消した付箋", "しるしの取り下げたお知らせ"];
const WRITTEN_ANEW: &str = "しるしの書き直し";

fn enter(world: &mut World, person: u32, command: Value) -> Outcome {
    let command: Command = serde_json::from_value(command).unwrap();
    let person = PersonId(person);
    world.submit(person, device_of(person, 1), command).unwrap().outcome
}

fn ask(world: &mut World, person: u32, command: Value) -> Option<u32> {
    match enter(world, person, command.clone()) {
        Outcome::Accepted { created, .. } => created,
        Outcome::Rejected { rejection } => panic!("{command}: {rejection:?}"),
    }
}

fn plan(kind: &str, grouping: Value) -> Value {
    json!({"kind": kind, "title": "", "question": "", "duration_ms": 600_000, "grouping": grouping,
           "turn_ms": 60_000, "template": "kpt", "authors": "shown", "countdown_ms": 0})
}

/// Two teams of three, staff, two posters, and the person, who has sat and written everywhere.
fn full() -> (World, u32) {
    let mut world = World::new("第4回研究会", "進行A");
    for (name, team) in [("弘前市", 1), ("甲府市", 2)] {
        ask(&mut world, 1, json!({"type": "add_team", "name": name, "region": null}));
        for member in ["A", "B", "C"] {
            ask(
                &mut world,
                1,
                json!({"type": "add_person", "name": format!("{name}{member}"), "team": team,
                "role": "participant", "email": null}),
            );
        }
        ask(&mut world, 1, json!({"type": "add_poster", "team": team, "title": name, "summary": ""}));
    }
    ask(
        &mut world,
        1,
        json!({"type": "add_person", "name": "集計A", "team": null, "role": "secretariat", "email": null}),
    );
    let join = json!({"type": "join_meeting", "join": {"by": "named", "name": NAME, "team": 1}});
    let join: Command = serde_json::from_value(join).unwrap();
    let joined = world.submit_by_link((Role::Participant, 0), device(77), Some(ClientSeq(5)), join).unwrap();
    let Outcome::Accepted { created: Some(person), .. } = joined.outcome else { panic!("{joined:?}") };
    ask(
        &mut world,
        1,
        json!({"type": "edit_person", "person": person, "name": NAME, "team": 1,
        "role": "participant", "email": EMAIL}),
    );
    for id in 1..=person {
        world.system(engawa_domain::SystemInput::Arrive { person: PersonId(id) }).unwrap();
    }
    met_earlier(&mut world, person);
    in_rooms(&mut world, person);
    in_plenary(&mut world, person);
    (world, person)
}

/// Two dialogues, so that the first is history, and a proposal for a café with its hosts.
fn in_rooms(world: &mut World, person: u32) {
    for _ in 0..2 {
        ask(
            world,
            1,
            json!({"type": "add_round", "plan": plan("dialogue", json!({"by": "manual"})), "before": null}),
        );
    }
    let cafe = json!({"by": "world_cafe", "table_size": 3});
    ask(world, 1, json!({"type": "add_round", "plan": plan("dialogue", cafe), "before": null}));
    for round in [1, 2] {
        let rooms = json!([{"name": "", "facilitator": null, "members": [2, 5, person]}, {"name": "", "facilitator": null, "members": [3, 4, 6, 7]}]);
        ask(world, 1, json!({"type": "set_grouping", "round": round, "rooms": rooms}));
        ask(world, 1, json!({"type": "open_round", "round": round}));
        let room = if round == 1 { 1 } else { 3 };
        let note = |text: &str| json!({"type": "add_note", "board": room, "area": 0, "text": text, "color": "yellow"});
        let live = ask(world, person, note(LIVE[0])).unwrap();
        let others = ask(world, 2, note("ほかの人の付箋")).unwrap();
        let deleted = ask(world, person, note(TAKEN_BACK[0])).unwrap();
        ask(world, 1, json!({"type": "visit_room", "room": room}));
        ask(
            world,
            person,
            json!({"type": "create_cluster", "board": room, "name": "まとまり", "notes": [live, deleted]}),
        );
        ask(world, person, json!({"type": "delete_note", "board": room, "note": deleted}));
        ask(world, person, json!({"type": "mark_note", "board": room, "note": others}));
        ask(world, 2, json!({"type": "mark_note", "board": room, "note": live}));
        ask(world, person, json!({"type": "call_help", "room": room}));
        ask(world, person, json!({"type": "start_turns", "room": room, "first": person}));
        world.pass_time(20_000);
        ask(world, person, json!({"type": "pass_turn", "room": room, "from": person, "to": 2}));
        ask(world, person, json!({"type": "harvest_note", "board": room, "note": live, "area": 0}));
        ask(world, person, json!({"type": "harvest_note", "board": room, "note": others, "area": 0}));
        // Their text, quoted to somebody whose own edit came too late.
        ask(
            world,
            1,
            json!({"type": "edit_note", "board": room, "note": live, "text": LIVE[0], "color": "blue", "base_version": 1}),
        );
        let late = json!({"type": "edit_note", "board": room, "note": live, "text": WRITTEN_ANEW, "color": "blue", "base_version": 1});
        assert!(matches!(
            enter(world, 1, late),
            Outcome::Rejected { rejection: Rejection::NoteConflict { .. } }
        ));
        ask(world, 1, json!({"type": "end_round", "round": round}));
    }
    ask(
        world,
        1,
        json!({"type": "propose_grouping", "round": 3, "rule": null, "seed": 3, "include_absent": false}),
    );
}

/// Who they had met in an earlier meeting of the study group.
fn met_earlier(world: &mut World, person: u32) {
    let sittings = json!([{"round": 1, "rooms": [{"number": 1, "people": [2, person]}]}]);
    let earlier = json!({"meeting": "00000000-0000-4000-8000-00000000cafe", "title": "第3回研究会", "held_at": 1,
        "pulses": [], "sittings": sittings});
    ask(world, 1, json!({"type": "follow_meeting", "meetings": [earlier]}));
}

/// The plenary, the posters, the pulse, the questionnaire; for some of it they are staff for a while.
fn in_plenary(world: &mut World, person: u32) {
    ask(
        world,
        1,
        json!({"type": "add_round", "plan": plan("plenary", json!({"by": "manual"})), "before": 3}),
    );
    ask(world, 1, json!({"type": "open_round", "round": 4}));
    ask(world, person, json!({"type": "add_note", "board": 0, "area": 0, "text": LIVE[1], "color": "green"}));
    ask(world, person, json!({"type": "add_comment", "poster": 2, "text": LIVE[2]}));
    ask(world, 2, json!({"type": "add_comment", "poster": 2, "text": "ほかの人のコメント"}));
    for who in [2, person] {
        ask(world, who, json!({"type": "set_interest", "poster": 2, "interested": true}));
    }
    ask(world, 2, json!({"type": "give_pulse", "value": 40, "word": "霧"}));
    ask(world, person, json!({"type": "give_pulse", "value": 90, "word": LIVE[4]}));
    let questions = json!([{"text": "よかったですか", "kind": {"kind": "scale", "steps": 5}}, {"text": "ひとこと", "kind": {"kind": "text"}}]);
    ask(world, 1, json!({"type": "set_questionnaire", "questions": questions}));
    ask(world, 1, json!({"type": "open_questionnaire"}));
    for (who, text) in [(2, "ほかの人の回答"), (person, LIVE[5])] {
        let answers = json!({"1": {"kind": "scale", "value": 5}, "2": {"kind": "text", "text": text}});
        ask(world, who, json!({"type": "answer_questionnaire", "answers": answers}));
    }
    let as_role = |role: &str| json!({"type": "edit_person", "person": person, "name": NAME, "team": 1, "role": role, "email": EMAIL});
    ask(world, 1, as_role("facilitator"));
    for text in [LIVE[3], TAKEN_BACK[1]] {
        let announcement = ask(world, person, json!({"type": "announce", "text": text})).unwrap();
        ask(world, person, json!({"type": "read_announcement", "announcement": announcement}));
        if text == TAKEN_BACK[1] {
            ask(world, person, json!({"type": "withdraw_announcement", "announcement": announcement}));
        }
    }
    ask(world, 1, as_role("participant"));
    ask(
        world,
        8,
        json!({"type": "set_vote_rules", "rules": {"voters": "persons", "choices_max": 3,
        "own_team_allowed": false, "tally_display": "secretariat", "opens_at": null, "closes_at": null}}),
    );
    ask(world, 8, json!({"type": "open_vote"}));
    for who in [2, person] {
        ask(world, who, json!({"type": "cast_ballot", "choices": [2]}));
    }
}

/// Everything that anybody can read of the meeting, and the state itself, as one text.
fn readable(world: &World) -> String {
    let mut text = serde_json::to_string(&world.state()).unwrap();
    for viewer in all_viewers(world.meeting()) {
        text += &serde_json::to_string(&project(world.meeting(), viewer).unwrap()).unwrap();
    }
    for role in [Role::Coordinator, Role::Secretariat] {
        for edition in [Edition::Named, Edition::Nameless] {
            text += &serde_json::to_string(&record(world.meeting(), role, edition).unwrap()).unwrap();
        }
    }
    text
}

fn erase(world: &mut World, person: u32, texts: &str) {
    ask(world, 1, json!({"type": "erase_person", "person": person, "texts": texts}));
}

/// ER1, ER2, ER3: name, address, number and what was taken back go in any case, texts if that was asked for.
#[test]
fn er1_nothing_of_the_person_is_found_afterwards() {
    for texts in ["kept", "removed"] {
        let (mut world, person) = full();
        let before = readable(&world);
        for marker in [&[NAME, EMAIL][..], &LIVE, &TAKEN_BACK].concat() {
            assert!(before.contains(marker), "{marker}: not even there before");
        }
        assert!(
            traces(&world.state(), PersonId(person)).len() > 15,
            "{:?}",
            traces(&world.state(), PersonId(person))
        );
        erase(&mut world, person, texts);
        let after = readable(&world);
        let stays = |marker: &str| texts == "kept" && LIVE.contains(&marker);
        for marker in [&[NAME, EMAIL][..], &LIVE, &TAKEN_BACK].concat() {
            assert_eq!(after.contains(marker), stays(marker), "{texts}: {marker}");
        }
        for others in ["ほかの人の付箋", "ほかの人のコメント", "ほかの人の回答", "霧", "弘前市A"]
        {
            assert!(after.contains(others), "{texts}: {others} is gone");
        }
        assert_eq!(traces(&world.state(), PersonId(person)), Vec::<String>::new());
        assert_eq!(class_of(world.meeting(), Viewer::Person(PersonId(person))), None);
        world.check_replay().unwrap();
        world.check_views().unwrap();
    }
}

/// ER4: what is counted, and that counts stay where texts stay.
#[test]
fn er4_counts_follow_or_stay_and_are_certified() {
    let results = |world: &World| {
        let state = world.state();
        let pulse = &state["pulses"]["rounds"]["4"];
        (pulse["sum"].clone(), state["questionnaire"]["results"].clone())
    };
    for texts in ["kept", "removed"] {
        let (mut world, person) = full();
        let (before, notes) = (results(&world), Totals::of(world.meeting()).notes);
        erase(&mut world, person, texts);
        let erasure = world.meeting().erasure_of(PersonId(person)).unwrap().clone();
        let live = WrittenTotals { notes: 5, comments: 1, announcements: 1, pulses: 1, answers: 2 };
        let back = WrittenTotals { notes: 2, announcements: 1, ..WrittenTotals::default() };
        if texts == "kept" {
            assert_eq!((erasure.taken.kept, erasure.taken.removed), (live, back));
            assert_eq!(results(&world), before);
        } else {
            let all = WrittenTotals { notes: 7, announcements: 2, ..live };
            assert_eq!((erasure.taken.kept, erasure.taken.removed), (WrittenTotals::default(), all));
            assert_eq!(results(&world).0, json!(40));
            assert_eq!(results(&world).1["people"], json!(1));
        }
        assert_eq!(Totals::of(world.meeting()).notes, notes - erasure.taken.removed.notes);
        // Two notes of others and a poster were marked; two stays; one ballot.
        assert_eq!((erasure.taken.marks, erasure.taken.stays, erasure.taken.ballots), (3, 2, 1));
        let view = project(world.meeting(), Viewer::Person(PersonId(2))).unwrap();
        let distribution: u32 = view.pulses.values().flat_map(|pulse| pulse.distribution.iter()).sum();
        assert_eq!(distribution, view.pulses.values().map(|pulse| pulse.count).sum::<u32>());
    }
}

/// ER5: of an open vote the ballot goes, of a closed one only that they have voted.
#[test]
fn er5_an_open_vote_loses_the_ballot_and_a_closed_one_none() {
    let (mut world, person) = full();
    let mut closed = world.clone();
    erase(&mut world, person, "removed");
    let state = world.state();
    assert_eq!(state["vote"]["phase"]["open"]["tally"]["2"], json!(1));
    assert_eq!(state["vote"]["phase"]["open"]["turnouts"]["all"]["persons_voted"], json!(1));

    ask(&mut closed, 8, json!({"type": "close_vote"}));
    let ledger = closed.meeting().ledger().cloned();
    erase(&mut closed, person, "removed");
    let phase = closed.state()["vote"]["phase"]["closed"].clone();
    assert_eq!((&phase["tally"]["2"], &phase["voted"]), (&json!(2), &json!([2])));
    assert_eq!(closed.meeting().ledger().cloned(), ledger, "it names nobody and stays as it was published");
    ask(&mut closed, 8, json!({"type": "recount_vote"}));
    assert_eq!(closed.state()["vote"]["phase"]["closed"]["recount"]["matches"], json!(true));
}

/// ER6: their links open nothing, by whatever generation, and say why; nobody gets their number.
#[test]
fn er6_links_say_that_the_person_was_erased() {
    let (mut world, person) = full();
    let generation = world.meeting().roster().person(PersonId(person)).unwrap().generation;
    erase(&mut world, person, "kept");
    for generation in [0, generation, generation + 1] {
        let grant = Grant { role: Role::Participant, person: Some(PersonId(person)), generation };
        assert_eq!(admit(world.meeting(), &grant), Admission::Erased);
    }
    let unknown = Grant { role: Role::Participant, person: Some(PersonId(999)), generation: 0 };
    assert_eq!(admit(world.meeting(), &unknown), Admission::Revoked);
    let next = ask(
        &mut world,
        1,
        json!({"type": "add_person", "name": NAME, "team": 1, "role": "participant", "email": null}),
    );
    assert_eq!(next, Some(person + 1));
    for command in ["remove_person", "restore_person", "release_person", "erase_person"] {
        let command = json!({"type": command, "person": person, "texts": "kept"});
        let outcome = enter(&mut world, 1, command.clone());
        assert!(
            matches!(outcome, Outcome::Rejected { rejection: Rejection::NotFound { .. } }),
            "{command}: {outcome:?}"
        );
    }
}

/// ER7: what was under way from them, or about them, has no effect and is forgotten as well; their joining, sent again, is
/// no new one.
#[test]
fn er7_what_was_under_way_is_forgotten_too() {
    let (mut world, person) = full();
    erase(&mut world, person, "removed");
    let id = PersonId(person);
    let note: Command = serde_json::from_value(
        json!({"type": "add_note", "board": 0, "area": 0, "text": LIVE[0], "color": "green"}),
    )
    .unwrap();
    let late = world.submit(id, device_of(id, 1), note).unwrap();
    assert_eq!(late.outcome, Outcome::Rejected { rejection: Rejection::NotPermitted {} });
    assert!(late.forget_log && world.meeting().erased_up_to() == Some(world.meeting().seq()));
    let rename: Command =
        serde_json::from_value(json!({"type": "edit_person", "person": person, "name": NAME,
        "team": 1, "role": "participant", "email": EMAIL}))
        .unwrap();
    let late = world.submit(PersonId(1), device_of(PersonId(1), 1), rename).unwrap();
    assert!(late.forget_log && matches!(late.outcome, Outcome::Rejected { .. }), "{late:?}");
    let join: Command = serde_json::from_value(
        json!({"type": "join_meeting", "join": {"by": "named", "name": NAME, "team": 1}}),
    )
    .unwrap();
    let again = world.submit_by_link((Role::Participant, 0), device(77), Some(ClientSeq(5)), join).unwrap();
    assert_eq!(again.outcome, Outcome::Rejected { rejection: Rejection::OutcomeForgotten {} });
    // Anybody else's rejected command has the log keep what it has.
    let other = enter(&mut world, 2, json!({"type": "pass_turn", "room": 99, "from": 2, "to": null}));
    assert!(matches!(other, Outcome::Rejected { .. }));
    assert!(world.meeting().erased_up_to() < Some(world.meeting().seq()));
}

/// ER8: who may, and when: coordinators, also after the end, also whom they had removed, also themselves, but for the last.
#[test]
fn er8_coordinators_may_at_any_time() {
    let (mut world, person) = full();
    let erase = |person: u32| json!({"type": "erase_person", "person": person, "texts": "kept"});
    assert_eq!(
        enter(&mut world, 2, erase(person)),
        Outcome::Rejected { rejection: Rejection::NotPermitted {} }
    );
    assert_eq!(
        enter(&mut world, 1, erase(1)),
        Outcome::Rejected { rejection: Rejection::LastCoordinator {} }
    );
    ask(&mut world, 1, json!({"type": "remove_person", "person": person}));
    ask(&mut world, 1, json!({"type": "end_meeting"}));
    ask(&mut world, 1, erase(person));

    let mut world = World::new("第4回研究会", "進行A");
    ask(
        &mut world,
        1,
        json!({"type": "add_person", "name": "進行B", "team": null, "role": "coordinator", "email": null}),
    );
    ask(&mut world, 1, erase(1));
    assert!(traces(&world.state(), PersonId(1)).is_empty(), "neither an action nor a record of commands");
    assert!(!readable(&world).contains("進行A"));
    let input = engawa_domain::SystemInput::ErasePerson {
        person: PersonId(2),
        texts: engawa_protocol::command::ErasedTexts::Kept,
    };
    let last = world.system(input).unwrap();
    assert_eq!(
        last.outcome,
        Outcome::Rejected { rejection: Rejection::LastCoordinator {} },
        "the operator neither"
    );
}

/// What a node offers again of a lost history: an erasure of somebody who was there before it means the same person.
#[test]
fn an_erasure_refers_to_whoever_was_there() {
    let (mut world, person) = full();
    let early = World::new("第4回研究会", "進行A").meeting().counts();
    let counts = world.meeting().counts();
    erase(&mut world, person, "kept");
    let input = &world.log.last().unwrap().input;
    assert!(refers_only_to(input, &counts) && !refers_only_to(input, &early));
    assert_eq!(engawa_domain::erased_by(input), Some(PersonId(person)));
}
