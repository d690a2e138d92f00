//! Meetings that follow each other: who met whom carries over, people are recognised by what is written of them, and what
//! is kept stays within its bounds (SPEC HT50).

use engawa_domain::grouping::History;
use engawa_domain::{
    CreateMeeting, Entropy, Entry, Input, Meeting, Origin, Outcome, RULES_VERSION, Recognised, SystemInput,
    apply, carry_over, decode_snapshot, encode_snapshot,
};
use engawa_protocol::command::FollowMeeting;
use engawa_protocol::limits::{EARLIER_MEETINGS_MAX, EARLIER_ROUNDS_MAX};
use engawa_protocol::{ClientSeq, Command, Language, PersonId, RoundId, Seq, TeamId, Timestamp};
use serde_json::{Value, json};

use crate::support::world::device;

/// A day, so that meetings are held one after the other.
const DAY_MS: u64 = 86_400_000;

/// A meeting without anybody who looks: nothing but entries.
struct Held {
    meeting: Option<Meeting>,
    now_ms: u64,
}

impl Held {
    fn new(number: u64) -> Self {
        let mut held = Self { meeting: None, now_ms: number * DAY_MS };
        let id = format!("\"00000000-0000-4000-8000-{number:012}\"");
        let create = CreateMeeting {
            meeting: serde_json::from_str(&id).unwrap(),
            rules_version: RULES_VERSION,
            title: format!("第{number}回研究会"),
            language: Language::Ja,
            coordinator: "事務局A".into(),
            keep_until: None,
        };
        held.enter(Origin::System { input: SystemInput::CreateMeeting(create) });
        held
    }

    fn meeting(&self) -> &Meeting {
        self.meeting.as_ref().unwrap()
    }

    fn enter(&mut self, origin: Origin) {
        let seq = self.meeting.as_ref().map_or(Seq(1), |meeting| meeting.seq().next());
        let entropy = Entropy([seq.0.wrapping_mul(0x9E37_79B9_7F4A_7C15), self.now_ms]);
        let entry = Entry { seq, at: Timestamp(self.now_ms), input: Input { entropy, origin } };
        let outcome = apply(&mut self.meeting, &entry).outcome;
        assert!(matches!(outcome, Outcome::Accepted { .. }), "{outcome:?}");
    }

    fn ask(&mut self, command: impl Into<Command>) {
        let client_seq = ClientSeq(self.meeting().seq().0);
        let (person, device) = (PersonId(1), device(1));
        self.enter(Origin::Person { person, device, client_seq, command: command.into() });
    }

    fn tell(&mut self, command: Value) {
        self.ask(serde_json::from_value::<Command>(command).unwrap());
    }

    /// Takes a roster; each is a team, its region and a name.
    fn import(&mut self, rows: &[(&str, Option<&str>, &str)]) {
        let row = |(team, region, name): &(&str, Option<&str>, &str)| json!({"team": team, "region": region, "name": name, "role": "participant"});
        self.tell(json!({"type": "import_roster", "rows": rows.iter().map(row).collect::<Vec<_>>()}));
    }

    /// Holds a round with these rooms, or by a rule.
    fn round(&mut self, rooms: Option<Value>, rule: Value) {
        let plan = json!({"kind": "dialogue", "title": "対話", "question": "", "duration_ms": null, "grouping": rule,
            "turn_ms": null, "template": "free", "authors": "shown", "countdown_ms": 0});
        self.tell(json!({"type": "add_round", "plan": plan, "before": null}));
        let round = self.meeting().plans().count();
        if let Some(rooms) = rooms {
            self.tell(json!({"type": "set_grouping", "round": round, "rooms": rooms}));
        }
        self.tell(json!({"type": "open_round", "round": round}));
        self.tell(json!({"type": "end_round", "round": round}));
    }

    fn by_hand(&mut self, rooms: &[&[u32]]) {
        let room = |members: &&[u32]| json!({"name": "", "facilitator": null, "members": members});
        self.round(Some(rooms.iter().map(room).collect()), json!({"by": "manual"}));
    }

    /// Takes over from an earlier meeting all that is not roster.
    fn follow(&mut self, earlier: &Meeting) {
        let carried = carry_over(earlier);
        let people = carried.recognise_people(self.meeting());
        for command in carried.commands(self.meeting().info().id, &people, (true, true)) {
            self.ask(command);
        }
    }

    /// The rooms of a round, as they opened.
    fn rooms(&self, round: usize) -> Vec<Vec<u32>> {
        let round = RoundId(u32::try_from(round).unwrap());
        let rooms = engawa_domain::record::rooms_of_round(self.meeting(), round).unwrap();
        rooms.iter().map(|room| room.people.iter().map(|person| person.0).collect()).collect()
    }
}

/// 97 teams of three, the study group of a real year; numbered otherwise in each meeting.
fn study_group(number: u64) -> Held {
    let mut held = Held::new(number);
    let mut names: Vec<(String, String)> =
        (0..291).map(|index| (format!("市{}", index / 3), format!("担当{index}"))).collect();
    names.rotate_left(usize::try_from(number).unwrap() * 40);
    let rows: Vec<_> = names.iter().map(|(team, name)| (team.as_str(), None, name.as_str())).collect();
    held.import(&rows);
    held
}

fn name_of(held: &Held, person: u32) -> String {
    held.meeting().roster().person(PersonId(person)).unwrap().name.clone()
}

/// A year: four meetings of three mixed rounds, rooms of six. Each person has 288 whom they may meet and meets 60 at
/// most, so nobody needs to meet anybody twice; and nobody does, over all meetings.
#[test]
fn nobody_meets_again_in_a_later_meeting_where_it_can_be_avoided() {
    let mut met = std::collections::BTreeSet::new();
    let mut earlier: Option<Held> = None;
    for number in 1..=4 {
        let mut held = study_group(number);
        if let Some(earlier) = &earlier {
            held.follow(earlier.meeting());
        }
        for round in 1..=3 {
            held.round(None, json!({"by": "mixed", "room_size": 6}));
            for room in held.rooms(round) {
                let names: Vec<String> = room.iter().map(|person| name_of(&held, *person)).collect();
                for (place, one) in names.iter().enumerate() {
                    for other in &names[..place] {
                        let pair = (one.min(other).clone(), one.max(other).clone());
                        assert!(
                            met.insert(pair.clone()),
                            "{pair:?} meet again in meeting {number}, round {round}"
                        );
                    }
                }
            }
        }
        earlier = Some(held);
    }
    let last = earlier.unwrap();
    assert_eq!(last.meeting().earlier_meetings(), 3);
    let kept = last.meeting().earlier_history();
    assert_eq!(
        (kept.round_count(), kept.pair_count() as usize),
        (9, met.len() / 4 * 3),
        "all that met before"
    );
    let back = decode_snapshot(&encode_snapshot(last.meeting()).unwrap()).unwrap();
    assert_eq!(&back, last.meeting(), "and it outlives its snapshot");
}

/// Without what was carried over the same rounds do repeat pairs: the test above can fail.
#[test]
fn without_the_earlier_meetings_pairs_do_meet_again() {
    let mut met = std::collections::BTreeSet::new();
    let mut again = 0;
    for number in 1..=4 {
        let mut held = study_group(number);
        for round in 1..=3 {
            held.round(None, json!({"by": "mixed", "room_size": 6}));
            for room in held.rooms(round) {
                let mut names: Vec<String> = room.iter().map(|person| name_of(&held, *person)).collect();
                names.sort();
                for (place, one) in names.iter().enumerate() {
                    again += names[..place]
                        .iter()
                        .filter(|other| !met.insert(((*other).clone(), one.clone())))
                        .count();
                }
            }
        }
    }
    assert!(again > 0);
}

/// In a group so small that pairs have to repeat, those repeat that have met least.
#[test]
fn where_it_cannot_be_avoided_it_is_said() {
    let people = [("弘前市", None, "A"), ("甲府市", None, "B"), ("熊本市", None, "C"), ("松本市", None, "D")];
    let mut first = Held::new(1);
    first.import(&people);
    first.by_hand(&[&[2, 3], &[4, 5]]);
    first.by_hand(&[&[2, 4], &[3, 5]]);
    let mut second = Held::new(2);
    second.import(&people);
    second.follow(first.meeting());
    second.round(None, json!({"by": "mixed", "room_size": 2}));
    let mut rooms = second.rooms(1);
    rooms.iter_mut().for_each(|room| room.sort_unstable());
    rooms.sort();
    assert_eq!(rooms, [[2, 5], [3, 4]], "the only pairs that are new");
    second.tell(
        json!({"type": "add_round", "before": null, "plan": {"kind": "dialogue", "title": "", "question": "",
        "duration_ms": null, "grouping": {"by": "mixed", "room_size": 2}, "turn_ms": null, "template": "free",
        "authors": "shown", "countdown_ms": 0}}),
    );
    second.tell(
        json!({"type": "propose_grouping", "round": 2, "rule": null, "seed": 3, "include_absent": true}),
    );
    let state = serde_json::to_value(second.meeting()).unwrap();
    let quality = &state["rooms"]["groupings"]["2"]["quality"];
    assert_eq!(quality["repeated_pairs"], 2, "everybody has met everybody: {quality}");
    let of_earlier = quality["earlier_pairs"].as_u64().unwrap();
    assert!(of_earlier <= 2, "{quality}");
}

#[test]
fn teams_of_one_name_are_told_apart_by_region_or_not_at_all() {
    let recognised = |earlier: &[(&str, Option<&str>, &str)], now: &[(&str, Option<&str>, &str)]| {
        let (mut first, mut second) = (Held::new(1), Held::new(2));
        first.import(earlier);
        second.import(now);
        carry_over(first.meeting()).recognise_teams(second.meeting())
    };
    let (tokyo, hiroshima) = (Some("東京都"), Some("広島県"));
    let as_team = |id| Recognised::As(TeamId(id));
    let both = [("府中市", tokyo, "A"), ("府中市", hiroshima, "A")];
    let turned = [("府中市", hiroshima, "A"), ("府中市", tokyo, "A")];
    assert_eq!(recognised(&both, &turned), [as_team(2), as_team(1)], "whatever their numbers are");
    assert_eq!(recognised(&both, &[]), [Recognised::New, Recognised::New]);
    assert_eq!(recognised(&[("府中市", None, "A")], &both), [Recognised::Unclear], "which of the two?");
    assert_eq!(recognised(&both, &[("府中市", None, "A")]), [Recognised::Unclear, Recognised::Unclear]);
    assert_eq!(recognised(&[("府中市", None, "A")], &[("府中市", tokyo, "B")]), [as_team(1)], "there is one");
    assert_eq!(recognised(&[("府中市", tokyo, "A")], &[("府中市", None, "B")]), [as_team(1)]);
    assert_eq!(recognised(&[("府中市", tokyo, "A")], &[("府中市", hiroshima, "A")]), [Recognised::New]);
    assert_eq!(recognised(&[("府中市", None, "A")], &[("ﾌﾁｭｳ市", None, "A")]), [Recognised::New]);
    assert_eq!(
        recognised(&[("髙山市", None, "A")], &[("　髙山市 ", None, "A")]),
        [as_team(1)],
        "after folding"
    );
}

#[test]
fn people_are_recognised_by_name_within_their_team() {
    let (mut first, mut second) = (Held::new(1), Held::new(2));
    first.import(&[
        ("府中市", Some("東京都"), "担当A"),
        ("府中市", Some("広島県"), "担当A"),
        ("弘前市", None, "担当Ａ"),
        ("", None, "幹事A"),
        ("甲府市", None, "去った人"),
    ]);
    first.by_hand(&[&[2, 3, 4, 5, 6]]);
    // Another order, another number for each, another spelling; somebody is not there, somebody is new.
    second.import(&[
        ("弘前市", Some("青森県"), "担当 A"),
        ("弘前市", Some("青森県"), "担当A"),
        ("", None, "幹事A"),
        ("府中市", Some("広島県"), "担当A"),
        ("府中市", Some("東京都"), "担当A"),
    ]);
    let carried = carry_over(first.meeting());
    let people: Vec<Option<u32>> =
        carried.recognise_people(second.meeting()).into_iter().map(|id| id.map(|id| id.0)).collect();
    assert_eq!(people, [Some(1), Some(6), Some(5), Some(3), Some(4), None]);
    assert_eq!(carried.left_behind(|place| people[place].is_some()), 1);
    second.follow(first.meeting());
    let history = second.meeting().earlier_history();
    assert_eq!((history.pair_count(), history.met(5, 6), history.met(2, 3)), (6, 1, 0), "担当 A is new");
}

#[test]
fn a_chain_hands_on_all_of_it_and_who_comes_back_is_known() {
    let people = [("弘前市", None, "A"), ("甲府市", None, "B"), ("熊本市", None, "C")];
    let mut first = Held::new(1);
    first.import(&people);
    first.by_hand(&[&[2, 3]]);
    let mut second = Held::new(2);
    second.import(&[people[2], people[1], people[0]]);
    second.follow(first.meeting());
    second.by_hand(&[&[2, 3]]);
    let mut third = Held::new(3);
    third.import(&people);
    third.follow(second.meeting());
    let history = third.meeting().earlier_history();
    assert_eq!(third.meeting().earlier_meetings(), 2);
    assert_eq!(
        (history.met(2, 3), history.met(3, 4), history.met(2, 4)),
        (1, 1, 0),
        "A with B, then B with C"
    );
    // Somebody was taken off the roster in between and comes back: whom they had met before is known, not what went with
    // their place in a room.
    second.tell(json!({"type": "remove_person", "person": 3}));
    let mut other = Held::new(3);
    other.import(&people);
    other.follow(second.meeting());
    let history = other.meeting().earlier_history();
    assert_eq!((history.met(2, 3), history.met(3, 4)), (1, 0));
    // The other way round it keeps nothing of itself, and nothing twice.
    first.follow(third.meeting());
    first.follow(third.meeting());
    assert_eq!((first.meeting().earlier_meetings(), first.meeting().earlier_history().round_count()), (2, 1));
}

#[test]
fn pieces_come_to_the_same_as_the_whole() {
    let mut first = study_group(1);
    for _ in 0..3 {
        first.round(None, json!({"by": "mixed", "room_size": 6}));
    }
    let carried = carry_over(first.meeting());
    let (mut whole, mut pieces) = (study_group(2), study_group(2));
    let people = carried.recognise_people(whole.meeting());
    let commands = carried.commands(whole.meeting().info().id, &people, (true, true));
    assert_eq!(commands.len(), 1, "three rounds of 291 people are one command");
    whole.ask(commands[0].clone());
    for earlier in &commands[0].meetings {
        for sitting in &earlier.sittings {
            for room in &sitting.rooms {
                let mut piece = earlier.clone();
                piece.sittings = vec![engawa_protocol::command::EarlierSitting {
                    round: sitting.round,
                    rooms: vec![room.clone()],
                }];
                pieces.ask(FollowMeeting { meetings: vec![piece] });
            }
        }
    }
    assert_eq!(pieces.meeting().earlier_history(), whole.meeting().earlier_history());
}

/// 30,000 people in 64 rounds: more than one entry of the log may hold, so it comes in several.
#[test]
fn much_comes_in_pieces_that_fit() {
    use engawa_domain::{CarriedMeeting, CarriedRound};
    let first = Held::new(1);
    let mut carried = carry_over(first.meeting());
    let seats: Vec<(u32, usize)> = (0..30_000).map(|place| (place as u32 / 6 + 1, place)).collect();
    let round = |number| CarriedRound { round: RoundId(number), seats: seats.clone() };
    carried.meetings =
        vec![CarriedMeeting { rounds: (1..=64).map(round).collect(), ..carried.meetings[0].clone() }];
    let people: Vec<Option<PersonId>> = (1..=30_000).map(|id| Some(PersonId(id))).collect();
    let commands = carried.commands(Held::new(2).meeting().info().id, &people, (true, true));
    let max = engawa_protocol::limits::LARGE_COMMAND_BYTES_MAX as usize;
    assert!(commands.len() > 1);
    let sizes: Vec<usize> =
        commands.iter().map(|command| serde_json::to_vec(command).unwrap().len()).collect();
    assert!(sizes.iter().all(|size| *size < max / 2), "{sizes:?}");
    let told: usize = commands
        .iter()
        .flat_map(|command| &command.meetings)
        .flat_map(|earlier| &earlier.sittings)
        .flat_map(|sitting| &sitting.rooms)
        .map(|room| room.people.len())
        .sum();
    assert_eq!(told, 64 * 30_000, "nobody is lost between two pieces");
}

#[test]
fn the_oldest_go_where_there_are_too_many() {
    let mut held = Held::new(900);
    held.import(&[("弘前市", None, "A"), ("甲府市", None, "B")]);
    let rounds = EARLIER_ROUNDS_MAX / EARLIER_MEETINGS_MAX + 1;
    for number in (1..=EARLIER_MEETINGS_MAX + 1).rev() {
        let sitting = |round| json!({"round": round, "rooms": [{"number": 1, "people": [2, 3]}]});
        held.tell(json!({"type": "follow_meeting", "meetings": [{
            "meeting": format!("00000000-0000-4000-8000-{number:012}"), "title": "会", "held_at": number,
            "pulses": [], "sittings": (1..=rounds).map(sitting).collect::<Vec<_>>(),
        }]}));
    }
    let state = serde_json::to_value(held.meeting()).unwrap();
    let kept = state["series"].as_array().unwrap();
    assert_eq!(kept.len() as u64, EARLIER_MEETINGS_MAX);
    assert_eq!(kept[0]["held_at"], 2, "the oldest has gone");
    let history: History = held.meeting().earlier_history();
    assert_eq!(history.round_count() as u64, EARLIER_ROUNDS_MAX);
    assert_eq!(kept[0]["sittings"], json!([]), "and the oldest rounds");
}
