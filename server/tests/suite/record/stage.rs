//! A meeting that has been held, made by entries alone: quick, and the same every time.

use engawa_domain::{
    CreateMeeting, Entropy, Entry, Input, Meeting, Origin, Outcome, RULES_VERSION, SystemInput, apply,
};
use engawa_protocol::{ClientSeq, Command, DeviceId, Language, MeetingId, PersonId, Seq, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

/// When every such meeting begins: 2026-11-29 09:00:00 in Japan.
pub(super) const BEGINNING_MS: u64 = 1_795_910_400_000;

/// A note that would break any form that does not escape it.
pub(super) const NASTY: &str = "=HYPERLINK(\"x\")<b>&|`*\n# 髙﨑①𠮷";

/// A meeting and its clock.
pub(super) struct Stage {
    meeting: Option<Meeting>,
    pub(super) now_ms: u64,
    numbers: u64,
}

impl Stage {
    pub(super) fn new(language: Language) -> Self {
        let mut stage = Self { meeting: None, now_ms: BEGINNING_MS, numbers: 0 };
        let create = CreateMeeting {
            meeting: MeetingId(Uuid::from_u128(0xabcd)),
            rules_version: RULES_VERSION,
            title: "第4回研究会".into(),
            language,
            coordinator: "進行A".into(),
            keep_until: None,
        };
        stage.enter(Origin::System { input: SystemInput::CreateMeeting(create) });
        stage
    }

    pub(super) fn meeting(&self) -> &Meeting {
        self.meeting.as_ref().unwrap()
    }

    fn enter(&mut self, origin: Origin) -> Outcome {
        let seq = self.meeting.as_ref().map_or(Seq(1), |meeting| meeting.seq().next());
        let input = Input { entropy: Entropy([seq.0.wrapping_mul(0x9E37_79B9_7F4A_7C15), seq.0]), origin };
        apply(&mut self.meeting, &Entry { seq, at: Timestamp(self.now_ms), input }).outcome
    }

    pub(super) fn ask(&mut self, person: u32, command: Value) {
        let command: Command = serde_json::from_value(command).unwrap();
        self.numbers += 1;
        let device = DeviceId(Uuid::from_u128(u128::from(person)));
        let origin = Origin::Person {
            person: PersonId(person),
            device,
            client_seq: ClientSeq(self.numbers),
            command: command.clone(),
        };
        let outcome = self.enter(origin);
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{command:?}: {outcome:?}");
    }

    pub(super) fn arrive(&mut self, person: u32) {
        self.enter(Origin::System { input: SystemInput::Arrive { person: PersonId(person) } });
    }

    pub(super) fn pass(&mut self, ms: u64) {
        self.now_ms += ms;
    }

    pub(super) fn team(&mut self, name: &str, region: &str) {
        self.ask(1, json!({"type": "add_team", "name": name, "region": region}));
    }

    pub(super) fn person(&mut self, name: &str, team: Option<u32>, role: &str, email: Option<&str>) {
        let command = json!({"type": "add_person", "name": name, "team": team, "role": role, "email": email});
        self.ask(1, command);
    }

    pub(super) fn round(&mut self, kind: &str, title: &str, authors: &str) {
        let plan = json!({"kind": kind, "title": title, "question": "何のために？", "duration_ms": 1_200_000,
            "grouping": {"by": "manual"}, "turn_ms": null, "template": "kpt", "authors": authors, "countdown_ms": 0});
        self.ask(1, json!({"type": "add_round", "plan": plan, "before": null}));
    }

    pub(super) fn note(&mut self, person: u32, board: u32, area: u32, text: &str) {
        self.ask(
            person,
            json!({"type": "add_note", "board": board, "area": area, "text": text, "color": "blue"}),
        );
    }
}

/// A meeting with a bit of everything: it follows an earlier one; two dialogues, of which the second hides authors, posters, a vote that has closed
/// with a tie, pulses and a questionnaire. People: 1 進行A, 2 集計A, 3 and 4 of 弘前市, 5 and 6 of 甲府市, 7 of 熊本市.
pub(super) fn held(language: Language) -> Stage {
    let mut stage = Stage::new(language);
    for (name, region) in [("弘前市", "青森県"), ("甲府市", "山梨県"), ("熊本市", "熊本県")]
    {
        stage.team(name, region);
    }
    stage.person("集計A", None, "secretariat", None);
    let people = [("弘前担当A", 1), ("弘前担当B", 1), ("甲府担当A", 2), ("甲府担当B", 2), ("熊本担当A", 3)];
    for (name, team) in people {
        let email = (name != "弘前担当B").then(|| format!("p{}@example.jp", name.len() + team as usize));
        stage.person(name, Some(team), "participant", email.as_deref());
    }
    (1..=7).for_each(|person| stage.arrive(person));
    let pulse = |round: u32, title: &str, step: usize, people: u32| {
        let mut distribution = [0; 11];
        distribution[step] = people;
        json!({"round": round, "title": title, "distribution": distribution, "sum": people * 10 * step as u32})
    };
    stage.ask(1, json!({"type": "follow_meeting", "meetings": [{
        "meeting": Uuid::from_u128(0xabc), "title": "第3回研究会", "held_at": BEGINNING_MS - 30 * 86_400_000,
        "pulses": [pulse(1, "=対話", 8, 3), pulse(4, "", 6, 1)],
        "sittings": [{"round": 1, "rooms": [{"number": 1, "people": [3, 5]}]}],
    }]}));
    stage.round("dialogue", "対話1", "shown");
    stage.round("dialogue", "対話2", "hidden");
    stage.round("posters", "ポスター", "shown");
    let rooms = |a: [u32; 3], b: [u32; 2]| {
        json!([{"name": "", "facilitator": null, "members": a},
        {"name": "鬼澤部屋", "facilitator": null, "members": b}])
    };
    for (round, rooms) in [(1, rooms([3, 5, 7], [4, 6])), (2, rooms([3, 4, 6], [5, 7]))] {
        stage.ask(1, json!({"type": "set_grouping", "round": round, "rooms": rooms}));
        stage.ask(1, json!({"type": "open_round", "round": round}));
        stage.pass(60_000);
        if round == 1 {
            stage.note(3, 1, 0, "対話を続ける");
            stage.note(5, 1, 0, NASTY);
            stage.ask(7, json!({"type": "mark_note", "board": 1, "note": 1}));
            stage.ask(1, json!({"type": "visit_room", "room": 1}));
            stage.ask(1, json!({"type": "create_cluster", "board": 1, "name": "続けること", "notes": [1]}));
            stage.note(4, 2, 2, "一歩を決める");
            stage.ask(1, json!({"type": "harvest_note", "board": 1, "note": 1}));
        } else {
            stage.note(3, 3, 1, "言いにくいこと");
        }
        stage.ask(3, json!({"type": "give_pulse", "value": 60, "word": "=霧"}));
        stage.ask(5, json!({"type": "give_pulse", "value": 30, "word": null}));
        stage.ask(1, json!({"type": "announce", "text": "あと5分です。"}));
        stage.pass(1_200_000);
        stage.ask(1, json!({"type": "end_round", "round": round}));
    }
    for team in 1..=3 {
        stage.ask(1, json!({"type": "add_poster", "team": team, "title": format!("一年の歩み{team}"), "summary": "要約", "file": null}));
    }
    stage.ask(1, json!({"type": "open_round", "round": 3}));
    stage.ask(3, json!({"type": "add_comment", "poster": 2, "text": "+持ち帰ります"}));
    stage.ask(3, json!({"type": "set_interest", "poster": 2, "interested": true}));
    stage.ask(2, json!({"type": "open_vote"}));
    for (person, choices) in [(3, json!([2, 3])), (5, json!([1, 3])), (7, json!([1, 2]))] {
        stage.pass(30_000);
        stage.ask(person, json!({"type": "cast_ballot", "choices": choices}));
    }
    stage.ask(2, json!({"type": "close_vote"}));
    let questions = json!([{"text": "役に立ちましたか", "kind": {"kind": "scale", "steps": 5}},
        {"text": "どの回が", "kind": {"kind": "choice", "options": ["対話1", "対話2"]}}, {"text": "ひとこと", "kind": {"kind": "text"}}]);
    stage.ask(1, json!({"type": "set_questionnaire", "questions": questions}));
    stage.ask(1, json!({"type": "open_questionnaire"}));
    for (person, value, text) in [(3, 5, "よかった"), (7, 4, "@みんな、ありがとう")] {
        let answers = json!({"1": {"kind": "scale", "value": value}, "2": {"kind": "choice", "option": 1}, "3": {"kind": "text", "text": text}});
        stage.ask(person, json!({"type": "answer_questionnaire", "answers": answers}));
    }
    stage.pass(60_000);
    stage.ask(1, json!({"type": "end_round", "round": 3}));
    stage
}
