//! Histories out of numbers: each step of a generated history is a handful of numbers, read as dice against what the
//! meeting is at that moment. Most steps are sensible (the right role, things that exist), some are nonsense; a
//! history that fails shrinks by losing steps.

use engawa_domain::{Applied, Origin, SystemInput, Viewer, next_deadline};
use engawa_protocol::view::{AuthorView, BoardView, MeetingView, VotePhase};
use engawa_protocol::{ClientSeq, Command, PersonId, Role, RoundKind, RoundPhase, Timestamp};
use serde_json::{Value, json};

use super::script::plan;
use super::world::{BEGINNING, LawBroken, World, device, device_of};

/// The numbers of one step.
pub(crate) type Step = [u32; 4];

/// Numbers read one after the other; what they do not decide follows from them (SplitMix64, Sebastiano Vigna,
/// public domain).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn of(step: &Step) -> Self {
        let [a, b, c, d] = step.map(u64::from);
        Self((a << 32 | b) ^ (c << 32 | d).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// True in so many of a hundred cases.
    fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        of.get(self.below(of.len())).copied()
    }

    /// One of the ids that exist, mostly; sometimes one that may not.
    fn id(&mut self, existing: &[u32]) -> u32 {
        if self.percent(8) { self.below(30) as u32 } else { self.one(existing).unwrap_or(1) }
    }

    fn id_or_none(&mut self, existing: &[u32]) -> Option<u32> {
        if self.percent(35) { None } else { Some(self.id(existing)) }
    }

    fn some(&mut self, existing: &[u32], max: usize) -> Vec<u32> {
        let count = self.below(max) + usize::from(self.percent(95));
        (0..count).map(|_| self.id(existing)).collect()
    }

    /// Different ones of those that exist.
    fn sample(&mut self, existing: &[u32], max: usize) -> Vec<u32> {
        let mut left = existing.to_vec();
        let count = 1 + self.below(max);
        let mut drawn = Vec::new();
        while drawn.len() < count && !left.is_empty() {
            drawn.push(left.swap_remove(self.below(left.len())));
        }
        drawn
    }
}

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
    ("add_team", 40),
    ("edit_team", 40),
    ("remove_team", 40),
    ("add_person", 60),
    ("edit_person", 100),
    ("remove_person", 20),
    ("restore_person", 100),
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

/// What the asker sees, from which they choose what to ask for.
struct Scene<'a> {
    view: &'a MeetingView,
    now: Timestamp,
    entries: usize,
    everybody: Vec<u32>,
    deleted: Option<(u32, u32)>,
    claimed: Vec<u32>,
}

impl Scene<'_> {
    fn rounds(&self, fits: impl Fn(&engawa_protocol::view::RoundView) -> bool) -> Vec<u32> {
        self.view.rounds.iter().filter(|round| fits(round)).map(|round| round.id.0).collect()
    }

    fn waiting(&self) -> Vec<u32> {
        self.rounds(|round| round.phase.is_waiting())
    }

    fn dialogues(&self) -> Vec<u32> {
        self.rounds(|round| round.phase.is_waiting() && round.plan.kind == RoundKind::Dialogue)
    }

    fn running(&self) -> Vec<u32> {
        self.rounds(|round| round.phase.is_running())
    }

    /// The round that ended last: rounds stand in the order in which they ran.
    fn ended(&self) -> Vec<u32> {
        let ended = self.rounds(|round| matches!(round.phase, RoundPhase::Ended { .. }));
        ended.last().copied().into_iter().collect()
    }

    fn teams(&self) -> Vec<u32> {
        self.view.teams.keys().map(|id| id.0).collect()
    }

    fn posters(&self) -> Vec<u32> {
        self.view.posters.keys().map(|id| id.0).collect()
    }

    fn rooms(&self) -> Vec<u32> {
        let running = self.running();
        let now: Vec<u32> = self
            .view
            .rooms
            .values()
            .filter(|room| running.contains(&room.round.0))
            .map(|room| room.id.0)
            .collect();
        if now.is_empty() { self.view.rooms.keys().map(|id| id.0).collect() } else { now }
    }

    /// The room one is in, mostly.
    fn room(&self, dice: &mut Dice) -> u32 {
        match &self.view.seat {
            Some(seat) if dice.percent(85) => seat.room.id.0,
            Some(_) | None => dice.id(&self.rooms()),
        }
    }

    fn seated(&self) -> Vec<u32> {
        self.view.seat.as_ref().map(|seat| seat.people.keys().map(|id| id.0).collect()).unwrap_or_default()
    }

    /// A board one sees, with its notes and clusters; sometimes another.
    fn board(&self, dice: &mut Dice) -> (&BoardView, u32, Vec<u32>, Vec<u32>) {
        let running = self.running();
        let board = match &self.view.seat {
            Some(seat) if dice.percent(if running.contains(&seat.room.round.0) { 85 } else { 20 }) => {
                &seat.board
            }
            Some(_) | None => &self.view.plenary,
        };
        let id = if dice.percent(4) { dice.below(20) as u32 } else { board.id.0 };
        let notes = board.notes.keys().map(|id| id.0).collect();
        (board, id, notes, board.clusters.keys().map(|id| id.0).collect())
    }

    fn text(&self, what: &str, dice: &mut Dice) -> String {
        match dice.below(80) {
            0 => String::new(),
            1 => "　\u{200B}".to_owned(),
            2 => "長".repeat(501),
            3 => "制御\u{7}".to_owned(),
            _ => format!("{what}{}-{}", self.entries, dice.below(1_000)),
        }
    }

    fn plan(&self, dice: &mut Dice) -> Value {
        let kind = dice.one(&["plenary", "dialogue", "dialogue", "dialogue", "posters", "break"]);
        let rules = [
            json!({"by": "team"}),
            json!({"by": "partners", "teams_per_room": 2 + dice.below(2)}),
            json!({"by": "mixed", "room_size": 1 + dice.below(5)}),
            json!({"by": "world_cafe", "table_size": 3 + dice.below(3)}),
            json!({"by": "open", "rooms": dice.below(4)}),
            json!({"by": "manual"}),
        ];
        let rule = rules[dice.below(rules.len())].clone();
        let template = dice.one(&["free", "kpt", "affinity", "nine_squares"]);
        let authors = dice.one(&["shown", "hidden"]);
        let turn_ms = dice.one(&[Some(30_000), Some(60_000), Some(90_000), None]);
        let countdown_ms = dice.one(&[0, 60_000]);
        let duration_ms = dice.one(&[None, Some(300_000), Some(600_000)]).flatten();
        plan(
            kind.unwrap_or("plenary"),
            duration_ms,
            json!({
                "title": self.text("回", dice), "question": "問い", "grouping": rule, "turn_ms": turn_ms.flatten(),
                "template": template, "authors": authors, "countdown_ms": countdown_ms,
            }),
        )
        .expect("a plan")
    }

    fn person(&self, dice: &mut Dice) -> Value {
        let teams = self.teams();
        let role = if dice.percent(70) {
            Some("participant")
        } else {
            dice.one(&["coordinator", "facilitator", "secretariat", "observer", "screen"])
        };
        json!({
            "name": format!("担当{}", dice.below(12)),
            "team": dice.id_or_none(&teams),
            "role": role,
            "email": dice.percent(50).then(|| format!("{}@example.jp", self.entries)),
        })
    }

    /// The fields of a command.
    fn fields(&self, name: &str, dice: &mut Dice) -> Value {
        match name {
            "edit_meeting" | "set_join_rule" | "set_keep_until" | "end_meeting" | "revoke_links"
            | "leave_meeting" => self.of_meeting(name, dice),
            "import_roster" | "add_team" | "edit_team" | "remove_team" | "add_person" | "edit_person"
            | "remove_person" | "restore_person" | "release_person" => self.of_roster(name, dice),
            "set_agenda" | "add_round" | "edit_round" | "remove_round" | "move_round" | "open_round"
            | "pause_round" | "resume_round" | "add_time" | "close_round" | "end_round" | "reopen_round" => {
                self.of_agenda(name, dice)
            }
            "propose_grouping" | "adjust_grouping" | "set_grouping" | "discard_grouping" => {
                self.of_groupings(name, dice)
            }
            "move_people" | "choose_room" | "leave_room" | "visit_room" | "add_room" | "rename_room"
            | "remove_room" | "set_facilitator" | "start_turns" | "pass_turn" | "stop_turns"
            | "set_turn_order" | "call_help" | "claim_help" | "clear_help" => self.of_rooms(name, dice),
            "add_poster" | "edit_poster" | "withdraw_poster" | "restore_poster" | "set_interest"
            | "add_comment" | "delete_comment" | "share_feedback" => self.of_posters(name, dice),
            "set_vote_rules" | "open_vote" | "close_vote" | "cast_ballot" | "withdraw_ballot"
            | "recount_vote" | "start_reveal" | "reveal_next" | "publish_standings" => {
                self.of_vote(name, dice)
            }
            "give_pulse"
            | "set_questionnaire"
            | "open_questionnaire"
            | "close_questionnaire"
            | "answer_questionnaire"
            | "announce"
            | "withdraw_announcement"
            | "read_announcement" => self.of_voices(name, dice),
            _ => self.of_boards(name, dice),
        }
    }

    fn of_meeting(&self, name: &str, dice: &mut Dice) -> Value {
        match name {
            "edit_meeting" => {
                let title = dice.percent(80).then(|| self.text("会", dice));
                json!({"title": title, "language": dice.one(&[None, Some("ja"), Some("en")]).flatten()})
            }
            "set_join_rule" => {
                json!({"rule": {"pick_name": dice.percent(75), "join_with_name": dice.percent(75)}})
            }
            "set_keep_until" => {
                let at = self.now.0 + 1_000 * dice.below(100_000) as u64;
                json!({"keep_until": dice.percent(80).then_some(at)})
            }
            "revoke_links" => {
                let targets = [
                    json!({"of": "person", "person": dice.id(&self.everybody)}),
                    json!({"of": "shared", "role": dice.one(&Role::ALL)}),
                    json!({"of": "everyone"}),
                ];
                json!({"target": targets[dice.below(3)]})
            }
            _ => json!({}),
        }
    }

    fn of_roster(&self, name: &str, dice: &mut Dice) -> Value {
        let teams = self.teams();
        let region = dice.one(&[None, Some("青森県"), Some("山梨県")]).flatten();
        match name {
            "import_roster" => {
                let rows: Vec<Value> = (0..dice.below(4))
                    .map(|_| {
                        let role = dice.one(&["participant", "participant", "facilitator", "observer"]);
                        json!({
                            "team": dice.one(&["", "弘前市", "甲府市", "北上市", "府中市"]), "region": region,
                            "name": format!("担当{}", dice.below(12)), "role": role,
                        })
                    })
                    .collect();
                json!({"rows": rows})
            }
            "add_team" => json!({"name": format!("市{}", dice.below(10)), "region": region}),
            "edit_team" => {
                json!({"team": dice.id(&teams), "name": format!("市{}", dice.below(10)), "region": region})
            }
            "remove_team" => {
                let has_people = |team: &u32| {
                    self.view
                        .people
                        .values()
                        .any(|person| !person.removed && person.team.map(|id| id.0) == Some(*team))
                };
                let empty: Vec<u32> = teams.iter().copied().filter(|team| !has_people(team)).collect();
                json!({"team": dice.id(&empty)})
            }
            "release_person" => json!({"person": dice.id(&self.claimed)}),
            "add_person" => self.person(dice),
            "edit_person" => {
                let id = dice.id(&self.everybody);
                let mut person = self.person(dice);
                // Often only one thing changes, as from a form.
                if let Some(now) = self.view.people.get(&PersonId(id)) {
                    let fields = person.as_object_mut().expect("an object");
                    for (key, value) in
                        [("name", json!(now.name)), ("team", json!(now.team)), ("role", json!(now.role))]
                    {
                        if dice.percent(60) {
                            fields.insert(key.to_owned(), value);
                        }
                    }
                }
                person.as_object_mut().expect("an object").insert("person".to_owned(), json!(id));
                person
            }
            "restore_person" => {
                let removed: Vec<u32> = self
                    .view
                    .people
                    .values()
                    .filter(|person| person.removed)
                    .map(|person| person.id.0)
                    .collect();
                json!({"person": dice.id(&removed)})
            }
            _ => json!({"person": dice.id(&self.everybody)}),
        }
    }

    fn of_agenda(&self, name: &str, dice: &mut Dice) -> Value {
        let waiting = self.waiting();
        match name {
            "set_agenda" => {
                json!({"rounds": (0..dice.below(4)).map(|_| self.plan(dice)).collect::<Vec<_>>()})
            }
            "add_round" => json!({"plan": self.plan(dice), "before": dice.id_or_none(&waiting)}),
            "edit_round" => json!({"round": dice.id(&waiting), "plan": self.plan(dice)}),
            "remove_round" | "open_round" => json!({"round": dice.id(&waiting)}),
            "move_round" => json!({"round": dice.id(&waiting), "before": dice.id_or_none(&waiting)}),
            "reopen_round" => json!({"round": dice.id(&self.ended())}),
            "add_time" => {
                let delta_ms = dice.one(&[60_000, 300_000, -60_000, -600_000, 0]);
                json!({"round": dice.id(&self.running()), "delta_ms": delta_ms})
            }
            "close_round" => {
                let countdown_ms = dice.one(&[None, Some(0), Some(30_000)]).flatten();
                json!({"round": dice.id(&self.running()), "countdown_ms": countdown_ms})
            }
            _ => json!({"round": dice.id(&self.running())}),
        }
    }

    fn of_groupings(&self, name: &str, dice: &mut Dice) -> Value {
        let proposed: Vec<u32> = self.view.groupings.keys().map(|id| id.0).collect();
        match name {
            "propose_grouping" => {
                let rule = dice.percent(30).then(|| self.plan(dice)["grouping"].clone());
                json!({
                    "round": dice.id(&self.dialogues()), "rule": rule,
                    "seed": dice.percent(50).then(|| dice.below(1_000)), "include_absent": dice.percent(30),
                })
            }
            "adjust_grouping" => {
                let placements: Vec<Value> = dice
                    .sample(&self.everybody, 3)
                    .into_iter()
                    .map(|person| {
                        json!({"person": person, "room_index": dice.percent(80).then(|| dice.below(5))})
                    })
                    .collect();
                json!({"round": dice.id(&proposed), "placements": placements})
            }
            "set_grouping" => {
                let mut people = dice.sample(&self.everybody, 12);
                let rooms: Vec<Value> = (0..1 + dice.below(3))
                    .map(|_| {
                        let members = people.split_off(people.len() - people.len().min(dice.below(5)));
                        json!({"name": "", "facilitator": null, "members": members})
                    })
                    .collect();
                json!({"round": dice.id(&self.dialogues()), "rooms": rooms})
            }
            _ => json!({"round": dice.id(&proposed)}),
        }
    }

    fn of_rooms(&self, name: &str, dice: &mut Dice) -> Value {
        let rooms = self.rooms();
        let calling = |claimed: bool| -> Vec<u32> {
            let fits = |help: &engawa_protocol::view::HelpState| match help {
                engawa_protocol::view::HelpState::Quiet {} => false,
                engawa_protocol::view::HelpState::Called { .. } => true,
                engawa_protocol::view::HelpState::Claimed { .. } => claimed,
            };
            self.view.rooms.values().filter(|room| fits(&room.help)).map(|room| room.id.0).collect()
        };
        match name {
            "move_people" => {
                json!({"people": dice.sample(&self.everybody, 3), "to": dice.id_or_none(&rooms)})
            }
            "choose_room" => {
                let choices: Vec<u32> = self.view.room_choices.keys().map(|id| id.0).collect();
                json!({"room": dice.id(&choices)})
            }
            "leave_room" => json!({}),
            "visit_room" => json!({"room": dice.id_or_none(&rooms)}),
            "add_room" => json!({"round": dice.id(&self.running()), "name": self.text("部屋", dice)}),
            "rename_room" => json!({"room": self.room(dice), "name": self.text("部屋", dice)}),
            "set_facilitator" => {
                let guides: Vec<u32> = self
                    .view
                    .people
                    .values()
                    .filter(|person| person.role.guides())
                    .map(|person| person.id.0)
                    .collect();
                json!({"room": self.room(dice), "person": dice.id_or_none(&guides)})
            }
            "start_turns" => json!({"room": self.room(dice), "first": dice.id_or_none(&self.seated())}),
            "pass_turn" => {
                let from = self.view.seat.as_ref().and_then(|seat| match seat.turns.state {
                    engawa_protocol::view::TurnState::Idle {} => None,
                    engawa_protocol::view::TurnState::Speaking { person, .. }
                    | engawa_protocol::view::TurnState::Paused { person, .. } => Some(person.0),
                });
                let from = from.unwrap_or_else(|| dice.id(&self.seated()));
                let to = if dice.percent(60) { None } else { Some(dice.id(&self.seated())) };
                json!({"room": self.room(dice), "from": from, "to": to})
            }
            "set_turn_order" => {
                let mut order: Vec<u32> = self
                    .view
                    .seat
                    .as_ref()
                    .map(|seat| seat.turns.order.iter().map(|id| id.0).collect())
                    .unwrap_or_default();
                let turned = dice.below(order.len());
                order.rotate_left(turned);
                json!({"room": self.room(dice), "order": order})
            }
            "claim_help" => json!({"room": dice.id(&calling(false))}),
            "clear_help" if self.view.me.role.guides() => json!({"room": dice.id(&calling(true))}),
            "remove_room" => json!({"room": dice.id(&rooms)}),
            _ => json!({"room": self.room(dice)}),
        }
    }

    fn of_boards(&self, name: &str, dice: &mut Dice) -> Value {
        let (shown, board, notes, clusters) = self.board(dice);
        let note = dice.id(&notes);
        let own: Vec<u32> = shown
            .notes
            .values()
            .filter(|note| match &note.author {
                AuthorView::Me {} => true,
                AuthorView::Hidden {} => false,
                AuthorView::Shown { author } => Some(author.person) == self.view.me.person,
            })
            .map(|note| note.id.0)
            .collect();
        let note = if dice.percent(60) { dice.one(&own).unwrap_or(note) } else { note };
        let color = dice.one(&["yellow", "blue", "green"]);
        let areas = shown.template.area_count().min(4) as usize + usize::from(dice.percent(5));
        let area = dice.below(areas);
        match name {
            "add_note" => {
                json!({"board": board, "area": area, "text": self.text("付箋", dice), "color": color})
            }
            "edit_note" => {
                let version = [&self.view.plenary]
                    .into_iter()
                    .chain(self.view.seat.as_ref().map(|seat| &seat.board))
                    .find_map(|board| board.notes.get(&engawa_protocol::NoteId(note)))
                    .map_or(1, |note| note.version);
                let base = version.saturating_sub(u32::from(dice.percent(20)));
                json!({
                    "board": board, "note": note, "base_version": base, "text": self.text("直し", dice),
                    "color": color,
                })
            }
            "move_note" => {
                json!({"board": board, "note": note, "area": area, "before": dice.id_or_none(&notes)})
            }
            "restore_note" => {
                let (board, note) = self.deleted.unwrap_or((board, note));
                json!({"board": board, "note": note})
            }
            "create_cluster" => {
                json!({"board": board, "name": self.text("束", dice), "notes": dice.some(&notes, 4)})
            }
            "rename_cluster" => {
                json!({"board": board, "cluster": dice.id(&clusters), "name": self.text("束", dice)})
            }
            "dissolve_cluster" => json!({"board": board, "cluster": dice.id(&clusters)}),
            "set_cluster" => json!({"board": board, "note": note, "cluster": dice.id_or_none(&clusters)}),
            "start_silent_writing" | "reveal_board" => {
                let boards = if dice.percent(50) { vec![] } else { vec![board] };
                json!({"boards": boards})
            }
            "harvest_note" => json!({"board": board, "note": note, "area": null}),
            _ => json!({"board": board, "note": note}),
        }
    }

    fn of_posters(&self, name: &str, dice: &mut Dice) -> Value {
        let posters = self.posters();
        let file = dice.percent(30).then(
            || json!({"hash": "0123456789abcdef".repeat(4), "kind": "png", "width": 800, "height": 600}),
        );
        match name {
            "add_poster" => {
                let title = self.text("題名", dice);
                json!({"team": dice.id(&self.teams()), "title": title, "summary": "", "file": file})
            }
            "edit_poster" => {
                let title = self.text("題名", dice);
                json!({"poster": dice.id(&posters), "title": title, "summary": "要約", "file": file})
            }
            "set_interest" => json!({"poster": dice.id(&posters), "interested": dice.percent(65)}),
            "add_comment" => json!({"poster": dice.id(&posters), "text": self.text("感想", dice)}),
            "delete_comment" => {
                let comments: Vec<(u32, u32)> = self
                    .view
                    .posters
                    .values()
                    .flat_map(|poster| poster.comments.keys().map(|id| (poster.id.0, id.0)))
                    .collect();
                let (poster, comment) = dice.one(&comments).unwrap_or((1, 1));
                json!({"poster": poster, "comment": comment})
            }
            "share_feedback" => json!({}),
            "restore_poster" => {
                let withdrawn = self.view.posters.values().filter(|poster| poster.withdrawn);
                json!({"poster": dice.id(&withdrawn.map(|poster| poster.id.0).collect::<Vec<_>>())})
            }
            _ => json!({"poster": dice.id(&posters)}),
        }
    }

    fn of_vote(&self, name: &str, dice: &mut Dice) -> Value {
        match name {
            "set_vote_rules" => {
                let opens_at = dice.percent(30).then(|| self.now.0 + 1_000 * dice.below(600) as u64);
                let closes_at = dice
                    .percent(30)
                    .then(|| opens_at.unwrap_or(self.now.0) + 1_000 * (1 + dice.below(600)) as u64);
                json!({"rules": {
                    "voters": dice.one(&["persons", "teams"]), "choices_max": 1 + dice.below(3),
                    "own_team_allowed": dice.percent(30),
                    "tally_display": dice.one(&["secretariat", "staff", "everyone"]),
                    "opens_at": opens_at, "closes_at": closes_at,
                }})
            }
            "cast_ballot" => {
                let candidates: Vec<u32> = match self.view.vote.phase {
                    VotePhase::Drafted {} => self.posters(),
                    VotePhase::Open { .. } | VotePhase::Closed { .. } => {
                        self.view.vote.candidates.iter().map(|id| id.0).collect()
                    }
                };
                let choices =
                    if dice.percent(90) { dice.sample(&candidates, 2) } else { dice.some(&candidates, 5) };
                json!({"choices": choices})
            }
            "start_reveal" => {
                let order = if dice.percent(50) {
                    json!({"order": "top_three_last"})
                } else {
                    json!({"order": "bottom_up", "from_place": dice.below(5)})
                };
                json!({"order": order})
            }
            "publish_standings" => json!({"scope": dice.one(&["own_place", "everyone"])}),
            _ => json!({}),
        }
    }

    fn of_voices(&self, name: &str, dice: &mut Dice) -> Value {
        let announcements: Vec<u32> = self.view.announcements.keys().map(|id| id.0).collect();
        match name {
            "give_pulse" => {
                let word = dice.one(&[None, Some("もやもや"), Some("すっきり"), Some("ﾓﾔﾓﾔ"), Some(" ")]);
                json!({"value": dice.below(103), "word": word.flatten()})
            }
            "set_questionnaire" => {
                let kinds = [
                    json!({"kind": "scale", "steps": 5}),
                    json!({"kind": "choice", "options": ["はい", "いいえ"]}),
                    json!({"kind": "text"}),
                ];
                let questions: Vec<Value> = (0..1 + dice.below(3))
                    .map(|_| json!({"text": self.text("問", dice), "kind": kinds[dice.below(3)]}))
                    .collect();
                json!({"questions": questions})
            }
            "answer_questionnaire" => {
                let mut answers = serde_json::Map::new();
                for question in &self.view.questionnaire.questions {
                    if dice.percent(20) {
                        continue;
                    }
                    let answer = match &question.kind {
                        engawa_protocol::view::QuestionKind::Scale { steps } => {
                            json!({"kind": "scale", "value": 1 + dice.below(usize::from(*steps))})
                        }
                        engawa_protocol::view::QuestionKind::Choice { options } => {
                            json!({"kind": "choice", "option": dice.below(options.len())})
                        }
                        engawa_protocol::view::QuestionKind::Text {} => {
                            json!({"kind": "text", "text": self.text("回答", dice)})
                        }
                    };
                    let id = if dice.percent(5) { dice.below(9) as u32 } else { question.id.0 };
                    answers.insert(id.to_string(), answer);
                }
                json!({"answers": answers})
            }
            "announce" => json!({"text": self.text("お知らせ", dice)}),
            "withdraw_announcement" | "read_announcement" => json!({"announcement": dice.id(&announcements)}),
            _ => json!({}),
        }
    }
}
