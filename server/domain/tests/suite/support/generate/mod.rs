//! Histories out of numbers: each step of a generated history is a handful of numbers, read as dice against what the
//! meeting is at that moment. Most steps are sensible (the right role, things that exist), some are nonsense; a
//! history that fails shrinks by losing steps.

mod dice;
mod fields;
mod scene;

use engawa_domain::{Applied, Origin, SystemInput, Viewer, next_deadline};
use engawa_protocol::{ClientSeq, Command, PersonId, Role, RoundPhase, Timestamp};
use serde_json::{Value, json};

pub(crate) use dice::Dice;
use scene::Scene;

use super::script::plan;
use super::world::{BEGINNING, LawBroken, World, device, device_of};

/// The numbers of one step.
pub(crate) type Step = [u32; 4];

/// How often each command is asked for. What ends things for good comes seldom, so that histories live.
const WEIGHTS: &[(&str, usize)] = &[
    ("edit_meeting", 30),
    ("set_join_rule", 30),
    ("set_keep_until", 20),
    ("end_meeting", 3),
    ("revoke_links", 10),
    ("join_meeting", 80),
    ("leave_meeting", 80),
    ("import_roster", 25),
    ("follow_meeting", 25),
    ("add_team", 40),
    ("edit_team", 40),
    ("remove_team", 40),
    ("add_person", 60),
    ("edit_person", 100),
    ("remove_person", 20),
    ("restore_person", 100),
    ("erase_person", 8),
    ("release_person", 120),
    ("set_agenda", 10),
    ("add_round", 60),
    ("edit_round", 50),
    ("remove_round", 20),
    ("move_round", 40),
    ("open_round", 60),
    ("pause_round", 80),
    ("resume_round", 140),
    ("add_time", 80),
    ("close_round", 30),
    ("end_round", 40),
    ("reopen_round", 120),
    ("propose_grouping", 140),
    ("adjust_grouping", 100),
    ("set_grouping", 60),
    ("discard_grouping", 30),
    ("move_people", 140),
    ("choose_room", 160),
    ("leave_room", 160),
    ("visit_room", 240),
    ("add_room", 60),
    ("rename_room", 60),
    ("remove_room", 40),
    ("set_facilitator", 100),
    ("start_turns", 200),
    ("pass_turn", 300),
    ("stop_turns", 120),
    ("set_turn_order", 100),
    ("call_help", 120),
    ("claim_help", 180),
    ("clear_help", 220),
    ("add_note", 1000),
    ("edit_note", 240),
    ("move_note", 160),
    ("delete_note", 160),
    ("restore_note", 200),
    ("mark_note", 160),
    ("unmark_note", 100),
    ("create_cluster", 200),
    ("rename_cluster", 100),
    ("dissolve_cluster", 120),
    ("set_cluster", 150),
    ("start_silent_writing", 80),
    ("reveal_board", 80),
    ("harvest_note", 140),
    ("add_poster", 100),
    ("edit_poster", 50),
    ("withdraw_poster", 50),
    ("restore_poster", 120),
    ("set_interest", 120),
    ("add_comment", 120),
    ("delete_comment", 60),
    ("share_feedback", 20),
    ("set_vote_rules", 60),
    ("open_vote", 80),
    ("close_vote", 40),
    ("cast_ballot", 300),
    ("withdraw_ballot", 120),
    ("recount_vote", 50),
    ("start_reveal", 120),
    ("reveal_next", 200),
    ("publish_standings", 80),
    ("give_pulse", 140),
    ("set_questionnaire", 80),
    ("open_questionnaire", 60),
    ("close_questionnaire", 40),
    ("answer_questionnaire", 140),
    ("announce", 60),
    ("withdraw_announcement", 40),
    ("read_announcement", 80),
];

/// The commands that are asked for, by name.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    WEIGHTS.iter().map(|(name, _)| *name)
}

/// A meeting with people of all roles, rounds of all kinds and a poster for each team.
pub(crate) fn prepared() -> World {
    let mut world = World::new("全体会", "進行A");
    let coordinator = PersonId(1);
    let mut ask = |name: &str, fields: Value| {
        let applied = world.submit(coordinator, device_of(coordinator, 99), command(name, fields));
        applied.unwrap_or_else(|broken| panic!("{name}: {broken}"));
    };
    for (index, team) in ["弘前市", "甲府市", "熊本市", "鹿児島市"].into_iter().enumerate() {
        ask("add_team", json!({"name": team}));
        for member in ["A", "B", "C"].into_iter().take(3 - index / 3) {
            let name = format!("{team} 担当{member}");
            let email = format!("{index}{member}@example.jp");
            ask(
                "add_person",
                json!({"name": name, "team": index + 1, "role": "participant", "email": email}),
            );
        }
    }
    for (name, role) in [
        ("幹事A", "facilitator"),
        ("幹事B", "facilitator"),
        ("進行B", "coordinator"),
        ("集計A", "secretariat"),
        ("マネ友A", "observer"),
    ] {
        ask("add_person", json!({"name": name, "team": null, "role": role}));
    }
    for (kind, fields) in [
        ("plenary", json!({})),
        ("dialogue", json!({"grouping": {"by": "team"}, "turn_ms": 60_000, "template": "kpt"})),
        (
            "dialogue",
            json!({"grouping": {"by": "mixed", "room_size": 4}, "turn_ms": 30_000, "authors": "hidden"}),
        ),
        ("posters", json!({})),
        ("dialogue", json!({"grouping": {"by": "open", "rooms": 3}})),
        ("dialogue", json!({"grouping": {"by": "world_cafe", "table_size": 4}})),
        ("dialogue", json!({"grouping": {"by": "partners", "teams_per_room": 2}, "template": "affinity"})),
        ("break", json!({})),
    ] {
        let plan = plan(kind, Some(600_000), fields).expect("a plan");
        ask("add_round", json!({"plan": plan, "before": null}));
    }
    for team in 1..=3 {
        ask("add_poster", json!({"team": team, "title": format!("ポスター{team}"), "summary": ""}));
    }
    for person in 1..=12 {
        let person = PersonId(person);
        let applied = world.system(SystemInput::Arrive { person });
        applied.unwrap_or_else(|broken| panic!("{person} arrives: {broken}"));
    }
    world
}

/// One step further. Gives what it was, in words, with what became of it. Commands that are wanted come more often.
pub(crate) fn walk(
    world: &mut World,
    step: &Step,
    wanted: &[&'static str],
) -> (String, Result<Option<Applied>, LawBroken>) {
    let mut dice = Dice::of(step);
    match dice.below(100) {
        0..3 => {
            let ms = dice.one(&[1, 1_000, 29_000, 60_000, 61_000, 300_000]).unwrap_or(1);
            world.pass_time(ms);
            (format!("{ms} ms pass"), Ok(None))
        }
        3..9 => node_speaks(world, &mut dice),
        9..13 => sends_again(world, &mut dice),
        _ => somebody_asks(world, &mut dice, wanted),
    }
}

fn node_speaks(world: &mut World, dice: &mut Dice) -> (String, Result<Option<Applied>, LawBroken>) {
    let everybody = people(world);
    let input = match dice.below(10) {
        0..2 => next_deadline(world.meeting()).map(|(at, input)| {
            world.now = world.now.max(at);
            input
        }),
        2 => {
            let deadline = Timestamp(BEGINNING.0 + 1_000 * dice.below(2_000) as u64);
            dice.one(&[0, 1, 2]).map(|kind| match kind {
                0 => SystemInput::OpenVoteOnTime { deadline },
                1 => SystemInput::CloseVoteOnTime { deadline },
                _ => SystemInput::ExpireRound {
                    round: engawa_protocol::RoundId(dice.below(8) as u32),
                    deadline,
                },
            })
        }
        3..5 => Some(SystemInput::Depart { person: PersonId(dice.id(&everybody)) }),
        _ => Some(SystemInput::Arrive { person: PersonId(dice.id(&everybody)) }),
    };
    match input {
        None => ("no deadline".to_owned(), Ok(None)),
        Some(input) => (format!("{input:?}"), world.system(input).map(Some)),
    }
}

/// Something that was asked before comes again, as from a client that missed the answer.
fn sends_again(world: &mut World, dice: &mut Dice) -> (String, Result<Option<Applied>, LawBroken>) {
    let back = dice.below(world.log.len().min(60));
    let entry = &world.log[world.log.len() - 1 - back];
    let origin = entry.input.origin.clone();
    match &origin {
        Origin::System { .. } => ("nothing".to_owned(), Ok(None)),
        Origin::Person { .. } | Origin::Link { .. } => {
            let words = format!("entry {} again", entry.seq);
            (words, world.enter(origin).map(Some))
        }
    }
}

fn somebody_asks(
    world: &mut World,
    dice: &mut Dice,
    wanted: &[&'static str],
) -> (String, Result<Option<Applied>, LawBroken>) {
    let wanted = if dice.percent(20) { dice.one(wanted) } else { None };
    let name = wanted.or_else(|| called_for(world, dice)).unwrap_or_else(|| drawn(dice));
    if name == "join_meeting" {
        return joins(world, dice);
    }
    let roles = roles_of(name);
    let suitable: Vec<u32> = world
        .meeting()
        .roster()
        .present_or_not()
        .filter(|(_, person)| roles.contains(&person.role))
        .map(|(id, _)| id.0)
        .collect();
    let everybody = people(world);
    let seated: Vec<u32> = suitable
        .iter()
        .copied()
        .filter(|id| world.views.get(&Viewer::Person(PersonId(*id))).is_some_and(|view| view.seat.is_some()))
        .collect();
    let who = match dice.below(100) {
        0..8 => dice.one(&everybody),
        8..75 if in_rooms(name) && !seated.is_empty() => dice.one(&seated),
        _ => dice.one(&suitable),
    };
    let who = PersonId(who.unwrap_or(1));
    let Some(view) = world.views.get(&Viewer::Person(who)) else {
        let command = command("leave_meeting", json!({}));
        return (format!("{who}, who is nobody"), world.submit(who, device_of(who, 1), command).map(Some));
    };
    let deleted = if name == "restore_note" { deleted_note(world, dice) } else { None };
    let claimed = world.meeting().roster().present_or_not();
    let claimed = claimed.filter(|(_, person)| !person.claimed_by.is_empty()).map(|(id, _)| id.0).collect();
    let scene = Scene { view, now: world.now, entries: world.log.len(), everybody, deleted, claimed };
    let fields = scene.fields(name, dice);
    let words = format!("{who} {name} {fields}");
    let device = device_of(who, 1 + dice.below(3) as u32);
    (words, world.submit(who, device, command(name, fields)).map(Some))
}

/// A command drawn by its weight.
fn drawn(dice: &mut Dice) -> &'static str {
    let total: usize = WEIGHTS.iter().map(|(_, weight)| weight).sum();
    let mut at = dice.below(total);
    for (name, weight) in WEIGHTS {
        if at < *weight {
            return name;
        }
        at -= weight;
    }
    "give_pulse"
}

/// What the moment calls for: most of a meeting happens while a round is running, so there mostly is one.
fn called_for(world: &World, dice: &mut Dice) -> Option<&'static str> {
    let view = world.views.get(&Viewer::Screen)?;
    let running = view.rounds.iter().any(|round| round.phase.is_running());
    let waiting = view.rounds.iter().filter(|round| round.phase.is_waiting()).count();
    let ended = view.rounds.iter().any(|round| matches!(round.phase, RoundPhase::Ended { .. }));
    match (running, waiting) {
        _ if !view.room_choices.is_empty() && dice.percent(20) => dice.one(&["choose_room", "leave_room"]),
        (false, _) if ended && dice.percent(12) => Some("reopen_round"),
        (_, 0..3) if dice.percent(15) => Some("add_round"),
        (false, 1..) if dice.percent(30) => Some("open_round"),
        _ => None,
    }
}

fn joins(world: &mut World, dice: &mut Dice) -> (String, Result<Option<Applied>, LawBroken>) {
    let role = dice.one(&Role::ALL).unwrap_or(Role::Participant);
    let role = if dice.percent(60) { Role::Participant } else { role };
    let generation = world.meeting().roster().shared_generation(role) + u32::from(dice.percent(10));
    let of_role: Vec<u32> = world
        .meeting()
        .roster()
        .present_or_not()
        .filter(|(_, person)| person.role == role)
        .map(|(id, _)| id.0)
        .collect();
    let join = if dice.percent(60) {
        json!({"by": "listed", "person": dice.id(&of_role)})
    } else {
        let teams = teams(world);
        json!({"by": "named", "name": format!("飛び入り{}", dice.below(5)), "team": dice.id_or_none(&teams)})
    };
    let device_number = 1 + dice.below(4) as u32;
    let words = format!("a {role:?} on device {device_number} joins {join}");
    let command = command("join_meeting", json!({"join": join}));
    let client_seq = dice.percent(20).then(|| ClientSeq(1 + dice.below(6) as u64));
    (words, world.submit_by_link((role, generation), device(device_number), client_seq, command).map(Some))
}

fn people(world: &World) -> Vec<u32> {
    world.meeting().roster().present_or_not().map(|(id, _)| id.0).collect()
}

fn teams(world: &World) -> Vec<u32> {
    world.meeting().roster().teams().map(|(id, _)| id.0).collect()
}

/// A deleted note with its board. No view has those, so the state is asked.
fn deleted_note(world: &World, dice: &mut Dice) -> Option<(u32, u32)> {
    let state = world.state();
    let boards = state["boards"]["boards"].as_object()?;
    let deleted: Vec<(u32, u32)> = boards
        .iter()
        .flat_map(|(board, value)| {
            let notes = value["notes"].as_object().into_iter().flatten();
            let deleted = notes.filter(|(_, note)| !note["deleted"].is_null());
            deleted.filter_map(|(note, _)| Some((board.parse().ok()?, note.parse().ok()?)))
        })
        .collect();
    dice.one(&deleted)
}

fn command(name: &str, mut fields: Value) -> Command {
    fields.as_object_mut().expect("an object").insert("type".to_owned(), json!(name));
    serde_json::from_value(fields.clone()).unwrap_or_else(|error| panic!("{fields}: {error}"))
}

/// Who usually asks for this; others do as well, now and then.
fn roles_of(name: &str) -> &'static [Role] {
    match name {
        "set_vote_rules" | "open_vote" | "close_vote" | "recount_vote" | "start_reveal" | "reveal_next"
        | "publish_standings" => &[Role::Secretariat],
        "cast_ballot" | "withdraw_ballot" | "choose_room" | "leave_room" => &[Role::Participant],
        "add_note" | "edit_note" | "move_note" | "delete_note" | "restore_note" | "mark_note"
        | "unmark_note" | "create_cluster" | "rename_cluster" | "dissolve_cluster" | "set_cluster"
        | "harvest_note" | "start_turns" | "pass_turn" | "stop_turns" | "set_turn_order" | "call_help"
        | "clear_help" => &[Role::Participant, Role::Participant, Role::Facilitator, Role::Coordinator],
        "give_pulse"
        | "set_interest"
        | "add_comment"
        | "delete_comment"
        | "answer_questionnaire"
        | "leave_meeting"
        | "read_announcement" => {
            &[Role::Participant, Role::Facilitator, Role::Coordinator, Role::Secretariat]
        }
        "visit_room" | "claim_help" | "announce" => &[Role::Facilitator, Role::Coordinator],
        _ => &[Role::Coordinator],
    }
}

/// What people do in rooms, so that mostly somebody who is in one does it.
fn in_rooms(name: &str) -> bool {
    roles_of(name).len() == 4 && roles_of(name)[1] == Role::Participant
}
