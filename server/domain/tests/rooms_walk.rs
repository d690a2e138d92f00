//! Random walks through rounds and rooms: whatever people ask for, in whatever order, every law holds for every
//! viewer after every entry. Seeds are fixed; `WALK_SEED` plays one, `WALK_STEPS` says how long.

use std::env;

use engawa_domain::chance::Chance;
use engawa_domain::{Outcome, SystemInput, Viewer, next_deadline};
use engawa_protocol::view::TurnState;
use engawa_protocol::{Command, PersonId, Role};
use serde_json::{Value, json};

mod support;

use support::world::{World, device_of};

const SEEDS: [u64; 4] = [1, 2, 3, 4];
const STEPS: usize = 350;
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
                walk.ask(COORDINATOR, "add_person", json!({"name": name, "team": team, "role": "participant"}));
            }
        }
        for (name, role) in
            [("幹事A", "facilitator"), ("幹事B", "facilitator"), ("観察A", "observer"), ("集計A", "secretariat")]
        {
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

    fn some_room(&mut self) -> u32 {
        let rooms: Vec<u32> =
            self.world.views[&Viewer::Person(COORDINATOR)].rooms.keys().map(|room| room.0).collect();
        // The latest rooms most of the time.
        let recent = rooms.len().saturating_sub(5);
        match self.below(4) {
            0 if !rooms.is_empty() => rooms[self.chance.index(rooms.len())],
            1 | 2 | 3 if !rooms.is_empty() => rooms[recent + self.chance.index(rooms.len() - recent)],
            _ => self.below(6) + 1,
        }
    }

    fn some_round(&mut self) -> u32 {
        let rounds: Vec<u32> =
            self.world.views[&Viewer::Screen].rounds.iter().map(|round| round.id.0).collect();
        if rounds.is_empty() { 1 } else { rounds[self.chance.index(rounds.len())] }
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
        match self.below(6) {
            0 => json!({"by": "team"}),
            1 => json!({"by": "partners", "teams_per_room": 2}),
            2 => json!({"by": "mixed", "room_size": 4}),
            3 => json!({"by": "world_cafe", "table_size": 4}),
            4 => json!({"by": "open", "rooms": 3}),
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
        let who = if self.below(2) == 0 { COORDINATOR } else { self.anybody() };
        match self.below(16) {
            0 | 1 => self.agenda_step(who),
            2..=4 => self.life_step(who),
            5 | 6 => self.grouping_step(who),
            7..=9 => self.place_step(who),
            10 | 11 => self.talk_step(),
            12 => self.help_step(),
            13 | 14 => self.coming_and_going(),
            _ => {
                let ms = self.chance.below(40_000);
                self.world.pass_time(ms);
            }
        }
    }

    fn agenda_step(&mut self, who: PersonId) {
        let (round, before) = (self.some_round(), self.some_round());
        let before = if self.below(2) == 0 { None } else { Some(before) };
        let plan = self.plan();
        match self.below(8) {
            0..=3 => self.ask(who, "add_round", json!({"plan": plan, "before": before})),
            4 => self.ask(who, "edit_round", json!({"round": round, "plan": plan})),
            5 => self.ask(who, "move_round", json!({"round": round, "before": before})),
            6 => self.ask(who, "remove_round", json!({"round": round})),
            _ => {
                let rounds: Vec<Value> = (0..3).map(|_| self.plan()).collect();
                self.ask(who, "set_agenda", json!({"rounds": rounds}));
            }
        }
    }

    fn life_step(&mut self, who: PersonId) {
        let round = self.round_now();
        match self.below(12) {
            0..=3 if self.running().is_none() => {
                let round = self.some_round();
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
            8 => {
                let round = self.some_round();
                self.ask(who, "reopen_round", json!({"round": round}));
            }
            _ => {
                if let Some((at, input)) = next_deadline(self.world.meeting()) {
                    if self.below(2) == 0 {
                        self.world.now = self.world.now.max(at);
                    }
                    self.world.system(input).unwrap_or_else(|broken| panic!("deadline: {broken}"));
                }
            }
        }
    }

    fn grouping_step(&mut self, who: PersonId) {
        let round = self.some_round();
        match self.below(6) {
            0 | 1 => {
                let rule = if self.below(3) == 0 { self.rule() } else { Value::Null };
                let absent = self.below(3) == 0;
                self.ask(who, "propose_grouping", json!({"round": round, "rule": rule, "include_absent": absent}));
            }
            2 | 3 => {
                let (a, b) = (self.anybody(), self.anybody());
                let (to, also) = (self.below(5), self.below(5));
                let placements = json!([{"person": a, "room_index": to}, {"person": b, "room_index": also}]);
                self.ask(who, "adjust_grouping", json!({"round": round, "placements": placements}));
            }
            4 => {
                let people = [self.anybody(), self.anybody(), self.anybody()];
                let guide = if self.below(2) == 0 { 17 } else { 18 };
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
            4..=6 => self.ask(someone, "choose_room", json!({"room": room})),
            7 => self.ask(someone, "leave_room", json!({})),
            8 | 9 => {
                let guide = PersonId(if self.below(2) == 0 { 17 } else { 18 });
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
                let guide = if self.below(2) == 0 { Value::Null } else { json!(17 + self.below(2)) };
                self.ask(who, "set_facilitator", json!({"room": room, "person": guide}));
            }
        }
    }

    fn talk_step(&mut self) {
        // Somebody who is in a room, as they see it.
        let who = self.anybody();
        let Some(seat) = self.world.views.get(&Viewer::Person(who)).and_then(|view| view.seat.clone()) else {
            return;
        };
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
        let who = self.anybody();
        let own = self.world.views.get(&Viewer::Person(who)).and_then(|view| view.seat.as_ref());
        let room = own.map(|seat| seat.room.id.0);
        let room = room.unwrap_or_else(|| self.some_room());
        match self.below(4) {
            0 | 1 => self.ask(who, "call_help", json!({"room": room})),
            2 => {
                let guide = PersonId(if self.below(2) == 0 { 17 } else { 18 });
                self.ask(guide, "claim_help", json!({"room": room}));
            }
            _ => self.ask(who, "clear_help", json!({"room": room})),
        }
    }

    fn coming_and_going(&mut self) {
        let person = self.anybody();
        match self.below(12) {
            0..=6 => {
                self.world.system(SystemInput::Arrive { person }).unwrap_or_else(|broken| panic!("{broken}"));
            }
            7..=9 => {
                self.world.system(SystemInput::Depart { person }).unwrap_or_else(|broken| panic!("{broken}"));
            }
            10 if person != COORDINATOR => {
                self.ask(COORDINATOR, "remove_person", json!({"person": person}));
                if self.below(3) > 0 {
                    self.ask(COORDINATOR, "restore_person", json!({"person": person}));
                }
            }
            _ => {
                let known = self.world.meeting().roster().person(person).map(|p| (p.name.clone(), p.team));
                let role = [Role::Participant, Role::Facilitator, Role::Observer][self.chance.index(3)];
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
        let running: Vec<_> =
            cards.values().filter(|room| Some(room.round.0) == self.running()).collect();
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
