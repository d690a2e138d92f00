//! Random walks through rounds and rooms: whatever people ask for, in whatever order, every law holds for every
//! viewer after every entry. Seeds are fixed; `WALK_SEED` plays one, `WALK_STEPS` says how long.

use std::env;

use engawa_domain::chance::Chance;
use engawa_domain::{Outcome, SystemInput, Viewer, next_deadline};
use engawa_protocol::view::{HelpState, TurnState};
use engawa_protocol::{Command, PersonId, Role, RoundPhase};
use serde_json::{Value, json};

use crate::support::world::{World, device_of};

const SEEDS: [u64; 4] = [1, 2, 3, 4];
const STEPS: usize = 500;
const COORDINATOR: PersonId = PersonId(1);

fn command(name: &str, mut fields: Value) -> Command {
    fields.as_object_mut().unwrap().insert("type".to_owned(), json!(name));
    serde_json::from_value(fields).unwrap()
}

struct Walk {
    world: World,
    chance: Chance,
    accepted: std::collections::BTreeMap<&'static str, u32>,
}

impl Walk {
    fn new(seed: u64) -> Self {
        let mut walk = Self {
            world: World::new("全体会", "進行A"),
            chance: Chance::from_seed(seed),
            accepted: std::collections::BTreeMap::new(),
        };
        for team in 1..=5 {
            walk.ask(COORDINATOR, "add_team", json!({"name": format!("市{team}"), "region": null}));
            for member in 1..=3 {
                let name = format!("市{team} 担当{member}");
                walk.ask(
                    COORDINATOR,
                    "add_person",
                    json!({"name": name, "team": team, "role": "participant"}),
                );
            }
        }
        for (name, role) in [
            ("幹事A", "facilitator"),
            ("幹事B", "facilitator"),
            ("観察A", "observer"),
            ("集計A", "secretariat"),
        ] {
            walk.ask(COORDINATOR, "add_person", json!({"name": name, "team": null, "role": role}));
        }
        assert_eq!(walk.world.meeting().roster().present_or_not().count(), 20, "the roster is there");
        walk
    }

    fn ask(&mut self, person: PersonId, name: &'static str, fields: Value) {
        let applied = self
            .world
            .submit(person, device_of(person, 1), command(name, fields.clone()))
            .unwrap_or_else(|broken| panic!("{person} asked {name} {fields}: law broken: {broken}"));
        if let Outcome::Accepted { .. } = applied.outcome {
            *self.accepted.entry(name).or_default() += 1;
        }
    }

    fn below(&mut self, bound: u64) -> u32 {
        u32::try_from(self.chance.below(bound)).unwrap()
    }

    fn anybody(&mut self) -> PersonId {
        let ids: Vec<PersonId> = self.world.meeting().roster().present_or_not().map(|(id, _)| id).collect();
        ids[self.chance.index(ids.len())]
    }

    fn guide(&mut self) -> PersonId {
        let roster = self.world.meeting().roster();
        let guides = roster.present_or_not().filter(|(_, person)| person.role.guides());
        let guides: Vec<PersonId> = guides.map(|(id, _)| id).collect();
        guides[self.chance.index(guides.len())]
    }

    fn some_room(&mut self) -> u32 {
        let rooms: Vec<u32> =
            self.world.views[&Viewer::Person(COORDINATOR)].rooms.keys().map(|room| room.0).collect();
        // The latest rooms most of the time.
        let recent = rooms.len().saturating_sub(5);
        match self.below(4) {
            0 if !rooms.is_empty() => rooms[self.chance.index(rooms.len())],
            1..=3 if !rooms.is_empty() => rooms[recent + self.chance.index(rooms.len() - recent)],
            _ => self.below(6) + 1,
        }
    }

    fn some_round(&mut self) -> u32 {
        let rounds: Vec<u32> =
            self.world.views[&Viewer::Screen].rounds.iter().map(|round| round.id.0).collect();
        if rounds.is_empty() { 1 } else { rounds[self.chance.index(rounds.len())] }
    }

    fn some_waiting_round(&mut self) -> u32 {
        let rounds = &self.world.views[&Viewer::Screen].rounds;
        let waiting: Vec<u32> =
            rounds.iter().filter(|round| round.phase.is_waiting()).map(|round| round.id.0).collect();
        if waiting.is_empty() { 1 } else { waiting[self.chance.index(waiting.len())] }
    }

    fn running(&self) -> Option<u32> {
        let rounds = &self.world.views[&Viewer::Screen].rounds;
        rounds.iter().find(|round| round.phase.is_running()).map(|round| round.id.0)
    }

    /// A round that is likely to take the command.
    fn round_now(&mut self) -> u32 {
        match self.running() {
            Some(round) if self.below(5) > 0 => round,
            _ => self.some_round(),
        }
    }

    fn rule(&mut self) -> Value {
        match self.below(8) {
            0 => json!({"by": "team"}),
            1 => json!({"by": "partners", "teams_per_room": 2}),
            2 => json!({"by": "mixed", "room_size": 4}),
            3 => json!({"by": "world_cafe", "table_size": 4}),
            4..=6 => json!({"by": "open", "rooms": 3}),
            _ => json!({"by": "manual"}),
        }
    }

    fn plan(&mut self) -> Value {
        let kind = if self.below(5) == 0 { "plenary" } else { "dialogue" };
        let duration = if self.below(4) == 0 { None } else { Some(60_000 + self.below(600_000)) };
        let countdown = if self.below(3) == 0 { 0 } else { 30_000 };
        let turn = if self.below(4) == 0 { None } else { Some(60_000) };
        json!({
            "kind": kind, "title": "話", "question": "", "duration_ms": duration, "grouping": self.rule(),
            "turn_ms": turn, "template": "free", "authors": "shown", "countdown_ms": countdown,
        })
    }

    fn step(&mut self) {
        let who = if self.below(8) > 0 { COORDINATOR } else { self.anybody() };
        match self.below(24) {
            0 | 1 => self.agenda_step(who),
            2..=4 => self.life_step(who),
            5 | 6 => self.grouping_step(who),
            7..=11 => self.place_step(who),
            12..=16 => self.talk_step(),
            17 | 18 => self.help_step(),
            19..=21 => self.coming_and_going(),
            _ => {
                let ms = self.chance.below(40_000);
                self.world.pass_time(ms);
            }
        }
    }

    fn agenda_step(&mut self, who: PersonId) {
        let (round, before) = (self.some_waiting_round(), self.some_waiting_round());
        let before = if self.below(2) == 0 { None } else { Some(before) };
        let plan = self.plan();
        match self.below(9) {
            0..=4 => self.ask(who, "add_round", json!({"plan": plan, "before": before})),
            5 => self.ask(who, "edit_round", json!({"round": round, "plan": plan})),
            6 => self.ask(who, "move_round", json!({"round": round, "before": before})),
            7 => self.ask(who, "remove_round", json!({"round": round})),
            _ => {
                let rounds: Vec<Value> = (0..3).map(|_| self.plan()).collect();
                self.ask(who, "set_agenda", json!({"rounds": rounds}));
            }
        }
    }

    fn life_step(&mut self, who: PersonId) {
        let round = self.round_now();
        match self.below(12) {
            0..=6 if self.running().is_none() => {
                let round = self.some_waiting_round();
                self.ask(COORDINATOR, "open_round", json!({"round": round}));
            }
            0 | 1 => self.ask(who, "pause_round", json!({"round": round})),
            2..=4 => self.ask(who, "resume_round", json!({"round": round})),
            5 => {
                let delta = i64::from(self.below(400_000)) - 200_000;
                self.ask(who, "add_time", json!({"round": round, "delta_ms": delta}));
            }
            6 => self.ask(who, "close_round", json!({"round": round})),
            7 => self.ask(who, "end_round", json!({"round": round})),
            8 | 9 => {
                let ended = self.world.views[&Viewer::Screen].rounds.iter().rev();
                let ended = ended
                    .filter(|round| matches!(round.phase, RoundPhase::Ended { .. }))
                    .map(|round| round.id.0);
                let round = ended.max().unwrap_or(1);
                self.ask(who, "reopen_round", json!({"round": round}));
            }
            _ => {
                if let Some((at, input)) = next_deadline(self.world.meeting()) {
                    if self.below(3) == 0 {
                        self.world.now = self.world.now.max(at);
                    }
                    self.world.system(input).unwrap_or_else(|broken| panic!("deadline: {broken}"));
                }
            }
        }
    }

    fn grouping_step(&mut self, who: PersonId) {
        let round = if self.below(6) > 0 { self.some_waiting_round() } else { self.some_round() };
        match self.below(6) {
            0 | 1 => {
                let rule = if self.below(3) == 0 { self.rule() } else { Value::Null };
                let absent = self.below(3) == 0;
                self.ask(
                    who,
                    "propose_grouping",
                    json!({"round": round, "rule": rule, "include_absent": absent}),
                );
            }
            2 | 3 => {
                let (a, b) = (self.anybody(), self.anybody());
                let (to, also) = (self.below(5), self.below(5));
                let placements = json!([{"person": a, "room_index": to}, {"person": b, "room_index": also}]);
                self.ask(who, "adjust_grouping", json!({"round": round, "placements": placements}));
            }
            4 => {
                let people = [self.anybody(), self.anybody(), self.anybody()];
                let guide = self.guide();
                let rooms = json!([
                    {"name": "縁側", "facilitator": guide, "members": [people[0], people[1]]},
                    {"name": "", "facilitator": guide, "members": [people[2]]},
                ]);
                self.ask(who, "set_grouping", json!({"round": round, "rooms": rooms}));
            }
            _ => self.ask(who, "discard_grouping", json!({"round": round})),
        }
    }

    fn place_step(&mut self, who: PersonId) {
        let room = self.some_room();
        let someone = self.anybody();
        match self.below(14) {
            0..=3 => {
                let other = self.anybody();
                let to = if self.below(4) == 0 { None } else { Some(room) };
                self.ask(who, "move_people", json!({"people": [someone, other], "to": to}));
            }
            4..=6 => {
                let choices: Vec<u32> =
                    self.world.views[&Viewer::Screen].room_choices.keys().map(|id| id.0).collect();
                let room = if choices.is_empty() { room } else { choices[self.chance.index(choices.len())] };
                self.ask(someone, "choose_room", json!({"room": room}));
            }
            7 | 8 => {
                let seated = self.world.views.iter().filter(|(_, view)| view.seat.is_some());
                let seated: Vec<PersonId> = seated.filter_map(|(_, view)| view.me.person).collect();
                if !seated.is_empty() {
                    let who = seated[self.chance.index(seated.len())];
                    self.ask(who, "leave_room", json!({}));
                }
            }
            9 => {
                let guide = self.guide();
                let to = if self.below(4) == 0 { None } else { Some(room) };
                self.ask(guide, "visit_room", json!({"room": to}));
            }
            10 => {
                let round = self.round_now();
                self.ask(who, "add_room", json!({"round": round, "name": "小部屋"}));
            }
            11 => {
                let name = format!("部屋{}", self.below(9));
                self.ask(who, "rename_room", json!({"room": room, "name": name}));
            }
            12 => self.ask(who, "remove_room", json!({"room": room})),
            _ => {
                let guide = if self.below(2) == 0 { Value::Null } else { json!(self.guide()) };
                self.ask(who, "set_facilitator", json!({"room": room, "person": guide}));
            }
        }
    }

    fn talk_step(&mut self) {
        // Somebody who is in a room, as they see it.
        let seated = self.world.views.iter().filter_map(|(viewer, view)| match viewer {
            Viewer::Person(person) => Some((*person, view.seat.clone()?)),
            Viewer::Screen => None,
        });
        let seated: Vec<_> = seated.collect();
        if seated.is_empty() {
            return;
        }
        let (who, seat) = seated[self.chance.index(seated.len())].clone();
        let room = seat.room.id;
        let speaker = match seat.turns.state {
            TurnState::Idle {} => None,
            TurnState::Speaking { person, .. } | TurnState::Paused { person, .. } => Some(person),
        };
        match (self.below(5), speaker) {
            (0, Some(_)) => self.ask(who, "stop_turns", json!({"room": room})),
            (1, _) => {
                let mut order = seat.turns.order;
                self.chance.shuffle(&mut order);
                self.ask(who, "set_turn_order", json!({"room": room, "order": order}));
            }
            (_, Some(from)) => {
                let to = if self.below(3) == 0 { seat.room.members.first() } else { None };
                self.ask(who, "pass_turn", json!({"room": room, "from": from, "to": to}));
            }
            (_, None) => self.ask(who, "start_turns", json!({"room": room})),
        }
    }

    fn help_step(&mut self) {
        // From somewhere where somebody is; taken and cleared where there is a call, most of the time.
        let cards = &self.world.views[&Viewer::Person(COORDINATOR)].rooms;
        let calling = cards.values().find(|room| room.help != (HelpState::Quiet {})).map(|room| room.id.0);
        let (guide, who) = (self.guide(), self.anybody());
        let own = self.world.views.get(&Viewer::Person(who)).and_then(|view| view.seat.as_ref());
        let own = own.map(|seat| seat.room.id.0);
        let room = calling.unwrap_or_else(|| self.some_room());
        match (self.below(4), own) {
            (0, _) => self.ask(guide, "claim_help", json!({"room": room})),
            (1, _) => {
                let who = if self.below(2) == 0 { COORDINATOR } else { who };
                self.ask(who, "clear_help", json!({"room": room}));
            }
            (_, Some(own)) => self.ask(who, "call_help", json!({"room": own})),
            (_, None) => self.ask(who, "call_help", json!({"room": room})),
        }
    }

    fn coming_and_going(&mut self) {
        let person = self.anybody();
        match self.below(24) {
            0..=13 => {
                self.world.system(SystemInput::Arrive { person }).unwrap_or_else(|broken| panic!("{broken}"));
            }
            14..=21 => {
                self.world.system(SystemInput::Depart { person }).unwrap_or_else(|broken| panic!("{broken}"));
            }
            22 if person != COORDINATOR => {
                self.ask(COORDINATOR, "remove_person", json!({"person": person}));
                if self.below(8) > 0 {
                    self.ask(COORDINATOR, "restore_person", json!({"person": person}));
                }
            }
            _ => {
                let known = self.world.meeting().roster().person(person).map(|p| (p.name.clone(), p.team));
                let roles = [Role::Participant, Role::Participant, Role::Facilitator, Role::Observer];
                let role = roles[self.chance.index(4)];
                if let Some((name, team)) = known.filter(|_| person != COORDINATOR && self.below(2) == 0) {
                    let fields = json!({"person": person, "name": name, "team": team, "role": role});
                    self.ask(COORDINATOR, "edit_person", fields);
                }
            }
        }
    }

    /// What must hold of places beyond the laws that the world checks.
    fn check_places(&self) {
        for (viewer, view) in &self.world.views {
            let (Viewer::Person(person), Some(seat)) = (viewer, &view.seat) else { continue };
            let room = &seat.room;
            assert!(
                room.members.contains(person) || room.visitors.contains(person),
                "{person} sits in a room of which they are neither member nor visitor"
            );
            let running = self.running().is_some_and(|round| room.round.0 == round);
            if running {
                let mut order = seat.turns.order.clone();
                let mut members = room.members.clone();
                order.sort_unstable();
                members.sort_unstable();
                assert_eq!(order, members, "the order of speaking is an order of all members");
            }
        }
        let cards = &self.world.views[&Viewer::Person(COORDINATOR)].rooms;
        let running: Vec<_> = cards.values().filter(|room| Some(room.round.0) == self.running()).collect();
        let mut members: Vec<PersonId> =
            running.iter().flat_map(|room| room.members.iter().copied()).collect();
        let all = members.len();
        members.sort_unstable();
        members.dedup();
        assert_eq!(members.len(), all, "nobody is a member of two rooms of the running round");
    }
}

#[test]
fn every_law_holds_wherever_people_walk() {
    let number = |name: &str| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let steps = number("WALK_STEPS").map_or(STEPS, |steps| usize::try_from(steps).unwrap());
    let seeds = number("WALK_SEED").map_or_else(|| SEEDS.to_vec(), |seed| vec![seed]);
    let mut accepted = std::collections::BTreeMap::new();
    for seed in seeds {
        let mut walk = Walk::new(seed);
        for step in 0..steps {
            if step % 50 == 0 {
                println!("seed {seed}, step {step}");
            }
            walk.step();
            walk.check_places();
        }
        walk.world.check_replay().unwrap_or_else(|broken| panic!("seed {seed}: {broken}"));
        for (name, count) in walk.accepted {
            *accepted.entry(name).or_insert(0) += count;
        }
    }
    // The walk comes past everything: a command that is never taken would test nothing.
    println!("accepted: {accepted:?}");
    if number("WALK_SEED").is_none() {
        for name in Command::NAMES.iter().filter(|name| {
            ["round", "room", "grouping", "turn", "help", "people", "agenda", "add_time", "facilitator"]
                .iter()
                .any(|part| name.contains(part))
        }) {
            assert!(accepted.contains_key(name), "{name} was never taken");
        }
    }
}
