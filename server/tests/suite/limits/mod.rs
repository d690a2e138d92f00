//! Every number that bounds what comes from outside: taken at the limit, refused one above, and the list of which test shows
//! which. A limit that is added without a line here fails `every_limit_has_its_test`.

mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use engawa_domain::{
    Entry, Input, Meeting, Origin, Outcome, apply, decode_snapshot, encode_snapshot, precheck,
};
use engawa_protocol::limits::ALL;
use engawa_protocol::{Command, Rejection};
use serde_json::{Value, json};

/// The first coordinator, a participant, the secretariat.
const COORDINATOR: u32 = 1;
/// Added as the third person where a test needs one.
const SECRETARIAT: u32 = 3;
const PARTICIPANT: u32 = 2;

fn limit(name: &str) -> usize {
    let found = ALL.iter().find(|(known, _)| *known == name);
    usize::try_from(found.unwrap_or_else(|| panic!("no limit {name}")).1).unwrap()
}

fn entry(meeting: Option<&Meeting>, origin: Value) -> Entry {
    let input: Input = serde_json::from_value(json!({"entropy": [7, 9], "origin": origin})).unwrap();
    let seq = meeting.map_or(engawa_protocol::Seq(1), |meeting| meeting.seq().next());
    Entry { seq, at: engawa_protocol::Timestamp(1_790_000_000_000), input }
}

/// A meeting and the numbers of its commands.
struct Scene {
    meeting: Option<Meeting>,
    number: u64,
}

impl Scene {
    fn new() -> Self {
        let mut scene = Self { meeting: None, number: 0 };
        let create = json!({"from": "system", "input": {
            "type": "create_meeting", "meeting": "00000000-0000-4000-8000-00000000abcd", "rules_version": 1,
            "title": "全体会", "language": "ja", "coordinator": "進行 1",
        }});
        let entry = entry(None, create);
        apply(&mut scene.meeting, &entry);
        scene.ask(COORDINATOR, &json!({"type": "add_team", "name": "弘前市", "region": null})).unwrap();
        let person =
            json!({"type": "add_person", "name": "担当A", "team": 1, "role": "participant", "email": null});
        scene.ask(COORDINATOR, &person).unwrap();
        scene
    }

    fn origin(&self, person: u32, command: &Value) -> Value {
        json!({
            "from": "person", "person": person, "device": "00000000-0000-4000-8000-000000000199",
            "client_seq": self.number, "command": command,
        })
    }

    /// What can be said without the log.
    fn check(&self, person: u32, command: &Value) -> Result<(), Rejection> {
        let origin: Origin = serde_json::from_value(self.origin(person, command))
            .unwrap_or_else(|error| panic!("{error}: {:.200}", command.to_string()));
        let checked = precheck(self.meeting.as_ref().unwrap(), &origin);
        assert_ne!(checked, Err(Rejection::NotPermitted {}), "who asks may ask");
        checked
    }

    fn ask(&mut self, person: u32, command: &Value) -> Result<(), Rejection> {
        self.number += 1;
        let entry = entry(self.meeting.as_ref(), self.origin(person, command));
        match apply(&mut self.meeting, &entry).outcome {
            Outcome::Accepted { .. } => Ok(()),
            Outcome::Rejected { rejection } => Err(rejection),
        }
    }
}

fn plan(change: impl Fn(&mut Value)) -> Value {
    let mut plan = json!({
        "kind": "dialogue", "title": "対話", "question": "", "duration_ms": 60000, "grouping": {"by": "mixed", "room_size": 6},
        "turn_ms": null, "template": "free", "authors": "shown", "countdown_ms": 0,
    });
    change(&mut plan);
    plan
}

fn round(change: impl Fn(&mut Value)) -> Value {
    json!({"type": "add_round", "plan": plan(change), "before": null})
}

#[test]
fn texts_are_taken_at_their_limit_and_refused_one_above() {
    let scene = Scene { number: 9000, ..Scene::new() };
    let text = |count: usize| "あ".repeat(count);
    type Made = fn(String) -> Value;
    let cases: [(&str, u32, Made); 12] = [
        (
            "TITLE_GRAPHEMES_MAX",
            COORDINATOR,
            |t| json!({"type": "edit_meeting", "title": t, "language": null}),
        ),
        ("TITLE_GRAPHEMES_MAX", COORDINATOR, |t| round(|plan| plan["title"] = t.clone().into())),
        ("QUESTION_GRAPHEMES_MAX", COORDINATOR, |t| round(|plan| plan["question"] = t.clone().into())),
        ("NAME_GRAPHEMES_MAX", COORDINATOR, |t| json!({"type": "add_team", "name": t, "region": null})),
        (
            "EMAIL_GRAPHEMES_MAX",
            COORDINATOR,
            |t| json!({"type": "add_person", "name": "担当B", "team": 1, "role": "participant", "email": t}),
        ),
        (
            "NOTE_GRAPHEMES_MAX",
            COORDINATOR,
            |t| json!({"type": "add_note", "board": 0, "area": 0, "text": t, "color": "yellow"}),
        ),
        (
            "TITLE_GRAPHEMES_MAX",
            COORDINATOR,
            |t| json!({"type": "rename_cluster", "board": 0, "cluster": 1, "name": t}),
        ),
        (
            "SUMMARY_GRAPHEMES_MAX",
            COORDINATOR,
            |t| json!({"type": "add_poster", "team": 1, "title": "一年", "summary": t, "file": null}),
        ),
        ("COMMENT_GRAPHEMES_MAX", PARTICIPANT, |t| json!({"type": "add_comment", "poster": 1, "text": t})),
        ("ANNOUNCEMENT_GRAPHEMES_MAX", COORDINATOR, |t| json!({"type": "announce", "text": t})),
        ("WORD_GRAPHEMES_MAX", PARTICIPANT, |t| json!({"type": "give_pulse", "value": 60, "word": t})),
        (
            "ANSWER_GRAPHEMES_MAX",
            PARTICIPANT,
            |t| json!({"type": "answer_questionnaire", "answers": {"1": {"kind": "text", "text": t}}}),
        ),
    ];
    for (name, person, made) in cases {
        let max = limit(name);
        assert_eq!(scene.check(person, &made(text(max))), Ok(()), "{name} at the limit");
        let refused = scene.check(person, &made(text(max + 1)));
        assert!(
            matches!(refused, Err(Rejection::TextTooLong { max: told, actual, .. })
                if u64::from(told) == max as u64 && u64::from(actual) == max as u64 + 1),
            "{name} one above: {refused:?}"
        );
    }
    // A character of a person may be many of a machine's, up to a point: e and combining accents, two bytes each.
    let note = |accents: usize| {
        let text = format!("e{}", "\u{301}".repeat(accents));
        json!({"type": "add_note", "board": 0, "area": 0, "text": text, "color": "yellow"})
    };
    let bytes = limit("NOTE_GRAPHEMES_MAX") * limit("BYTES_PER_GRAPHEME_MAX");
    assert_eq!(scene.check(COORDINATOR, &note((bytes - 1) / 2)), Ok(()));
    let refused = scene.check(COORDINATOR, &note(bytes / 2));
    assert!(matches!(refused, Err(Rejection::TextTooLong { .. })), "{refused:?}");
}

#[test]
fn numbers_are_taken_at_their_limit_and_refused_one_above() {
    let mut scene = Scene { number: 9000, ..Scene::new() };
    let secretariat =
        json!({"type": "add_person", "name": "事務局", "team": null, "role": "secretariat", "email": null});
    scene.ask(COORDINATOR, &secretariat).unwrap();
    // A number that has not been used: a used one is answered from memory.
    scene.number += 1;
    type Made = fn(usize) -> Value;
    let cases: [(&str, Made); 4] = [
        ("ROUND_MS_MAX", |n| round(|plan| plan["duration_ms"] = n.into())),
        ("TURN_MS_MAX", |n| round(|plan| plan["turn_ms"] = n.into())),
        ("COUNTDOWN_MS_MAX", |n| round(|plan| plan["countdown_ms"] = n.into())),
        ("CHOICES_MAX", |n| {
            json!({"type": "set_vote_rules", "rules": {
                "voters": "persons", "choices_max": n, "own_team_allowed": false, "tally_display": "secretariat",
                "opens_at": null, "closes_at": null,
            }})
        }),
    ];
    for (name, made) in cases {
        let (max, who) = (limit(name), if name == "CHOICES_MAX" { SECRETARIAT } else { COORDINATOR });
        assert_eq!(scene.check(who, &made(max)), Ok(()), "{name} at the limit");
        let refused = scene.check(who, &made(max + 1));
        assert!(matches!(refused, Err(Rejection::OutOfRange { .. })), "{name} one above: {refused:?}");
    }
    scene.number = limit("SAFE_INTEGER_MAX") as u64;
    let end = json!({"type": "end_meeting"});
    assert_eq!(scene.check(COORDINATOR, &end), Ok(()));
    scene.number += 1;
    assert!(matches!(scene.check(COORDINATOR, &end), Err(Rejection::OutOfRange { .. })));
}

#[test]
fn lists_are_taken_at_their_limit_and_refused_one_above() {
    let scene = Scene { number: 9000, ..Scene::new() };
    let numbers = |count: usize| (1..=count).collect::<Vec<_>>();
    type Made = fn(Vec<usize>) -> Value;
    let cases: [(&str, Made); 7] = [
        ("ROOMS_PER_ROUND_MAX", |n| {
            let room = |_: &usize| json!({"name": "", "facilitator": null, "members": []});
            json!({"type": "set_grouping", "round": 1, "rooms": n.iter().map(room).collect::<Vec<_>>()})
        }),
        ("MOVE_PEOPLE_MAX", |n| json!({"type": "move_people", "people": n, "to": 4})),
        (
            "ROUNDS_MAX",
            |n| json!({"type": "set_agenda", "rounds": n.iter().map(|_| plan(|_| {})).collect::<Vec<_>>()}),
        ),
        ("QUESTIONS_MAX", |n| {
            let question = |_: &usize| json!({"text": "満足度", "kind": {"kind": "scale", "steps": 5}});
            json!({"type": "set_questionnaire", "questions": n.iter().map(question).collect::<Vec<_>>()})
        }),
        ("OPTIONS_MAX", |n| {
            let options: Vec<_> = n.iter().map(|n| format!("選択肢 {n}")).collect();
            json!({"type": "set_questionnaire", "questions": [
                {"text": "形式", "kind": {"kind": "choice", "options": options}},
            ]})
        }),
        (
            "ROOM_MEMBERS_MAX",
            |n| json!({"type": "set_grouping", "round": 1, "rooms": [{"name": "", "facilitator": null, "members": n}]}),
        ),
        ("PEOPLE_MAX", |n| {
            let row = |n: &usize| json!({"team": "弘前市", "region": null, "name": format!("担当 {n}"), "role": "participant", "email": null});
            json!({"type": "import_roster", "rows": n.iter().map(row).collect::<Vec<_>>()})
        }),
    ];
    for (name, made) in cases {
        let max = limit(name);
        assert_eq!(scene.check(COORDINATOR, &made(numbers(max))), Ok(()), "{name} at the limit");
        let refused = scene.check(COORDINATOR, &made(numbers(max + 1)));
        assert!(
            matches!(refused, Err(Rejection::TooMany { .. } | Rejection::OutOfRange { .. })),
            "{name} one above: {refused:?}"
        );
    }
}

#[test]
fn a_meeting_takes_as_many_as_its_limits_say_and_not_one_more() {
    type Made = fn(usize) -> Vec<Value>;
    let cases: [(&str, usize, Made); 7] = [
        ("COMMENTS_PER_POSTER_MAX", 0, |n| {
            let poster =
                json!({"type": "add_poster", "team": 1, "title": "一年", "summary": "", "file": null});
            let comment = json!({"type": "add_comment", "poster": 1, "text": format!("所感 {n}")});
            if n == 0 { vec![poster, comment] } else { vec![comment] }
        }),
        ("ANNOUNCEMENTS_MAX", 0, |n| vec![json!({"type": "announce", "text": format!("お知らせ {n}")})]),
        // One team is there from the beginning.
        ("TEAMS_MAX", 1, |n| vec![json!({"type": "add_team", "name": format!("団体 {n}"), "region": null})]),
        ("ROUNDS_MAX", 0, |_| vec![round(|_| {})]),
        ("PLENARY_NOTES_MAX", 0, |n| {
            vec![
                json!({"type": "add_note", "board": 0, "area": 0, "text": format!("札 {n}"), "color": "yellow"}),
            ]
        }),
        ("CLUSTERS_PER_BOARD_MAX", 0, |n| {
            vec![
                json!({"type": "add_note", "board": 0, "area": 0, "text": format!("札 {n}"), "color": "yellow"}),
                json!({"type": "create_cluster", "board": 0, "name": format!("島 {n}"), "notes": [n + 1]}),
            ]
        }),
        ("POSTERS_MAX", 0, |n| {
            vec![
                json!({"type": "add_team", "name": format!("団体 {n}"), "region": null}),
                json!({"type": "add_poster", "team": n + 2, "title": "一年", "summary": "", "file": null}),
            ]
        }),
    ];
    for (name, there, made) in cases {
        let mut scene = Scene::new();
        let max = limit(name);
        // So many teams come by a roster, all but the last.
        let imported = if name == "TEAMS_MAX" { max - there - 1 } else { 0 };
        if imported > 0 {
            let row = |n: usize| json!({"team": format!("団体 {n}"), "region": null, "name": format!("担当 {n}"), "role": "participant", "email": null});
            let rows: Vec<_> = (0..imported).map(row).collect();
            assert_eq!(scene.ask(COORDINATOR, &json!({"type": "import_roster", "rows": rows})), Ok(()));
        }
        for n in imported..max - there {
            for command in made(n) {
                assert_eq!(scene.ask(COORDINATOR, &command), Ok(()), "{name}: {n}");
            }
        }
        let last =
            made(max - there).into_iter().map(|command| scene.ask(COORDINATOR, &command)).last().unwrap();
        assert!(
            matches!(last, Err(Rejection::TooMany { max: told, .. }) if told == max as u64),
            "{name} one above: {last:?}"
        );
    }
}

/// Notes are counted by their numbers, deleted ones too. Two hundred thousand of them are not written here: the state is
/// taken out, its counter set, and read in again.
#[test]
fn a_meeting_counts_so_many_notes_and_no_more() {
    let mut scene = Scene::new();
    let mut state: Value =
        serde_json::from_slice(&encode_snapshot(scene.meeting.as_ref().unwrap()).unwrap()).unwrap();
    let max = limit("NOTES_MAX");
    assert_eq!(state["boards"]["last_note"].take(), json!(0));
    state["boards"]["last_note"] = json!(max - 1);
    scene.meeting = Some(decode_snapshot(state.to_string().as_bytes()).unwrap());
    let note = json!({"type": "add_note", "board": 0, "area": 0, "text": "札", "color": "yellow"});
    assert_eq!(scene.ask(COORDINATOR, &note), Ok(()));
    let above = scene.ask(COORDINATOR, &note);
    assert!(matches!(above, Err(Rejection::TooMany { max: told, .. }) if told == max as u64), "{above:?}");
}

/// Where a limit is shown.
enum Shown {
    /// By a test of this name.
    By(&'static str),
    /// By none: it bounds what we do ourselves, not what somebody sends.
    Ours,
}
use Shown::{By, Ours};
use table::TABLE;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

/// Names in upper case that are constants of a file, and public fields of one of its structs.
fn names_in(path: &str, fields_of: Option<&str>) -> Vec<String> {
    let text = fs::read_to_string(root().join(path)).unwrap();
    let text = match fields_of {
        Some(name) => text
            .split_once(&format!("pub struct {name} {{"))
            .unwrap()
            .1
            .split_once("\n}")
            .unwrap()
            .0
            .to_owned(),
        None => text,
    };
    let begin = if fields_of.is_some() { "pub " } else { "pub const " };
    text.lines()
        .filter_map(|line| line.trim().strip_prefix(begin)?.split_once(':').map(|(name, _)| name.to_owned()))
        .filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        .collect()
}

fn tests_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            if entry.file_name() != "target" {
                tests_in(&path, found);
            }
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                    is_test = true;
                } else if let Some(name) = line.split_once("fn ").map(|(_, rest)| rest).filter(|_| is_test) {
                    found.insert(name.split('(').next().unwrap_or_default().to_owned());
                    is_test = false;
                }
            }
        }
    }
}

#[test]
fn every_limit_has_its_test() {
    let mut known: BTreeSet<String> = ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    known.extend(names_in("server/src/limits.rs", None));
    known.extend(names_in("server/src/hub/limits.rs", Some("HubLimits")));
    known.extend(names_in("server/src/net/options.rs", Some("Options")));
    assert!(known.len() > 150, "limits are found: {}", known.len());
    let listed: BTreeMap<&str, &Shown> = TABLE.iter().map(|(name, shown)| (*name, shown)).collect();
    assert_eq!(listed.len(), TABLE.len(), "each once");
    let names: BTreeSet<String> = listed.keys().map(|name| (*name).to_owned()).collect();
    let missing: Vec<_> = known.difference(&names).collect();
    assert!(missing.is_empty(), "limits without a line in limits/table.rs: {missing:#?}");
    let gone: Vec<_> = names.difference(&known).collect();
    assert!(gone.is_empty(), "no such limits: {gone:#?}");
    let mut tests = BTreeSet::new();
    for folder in ["server", "protocol"] {
        tests_in(&root().join(folder), &mut tests);
    }
    for (name, shown) in listed {
        match shown {
            By(test) => assert!(tests.contains(*test), "{name}: there is no test {test}"),
            Ours => {}
        }
    }
}

/// A command that is accepted as JSON by the types of the wire, so that the tables above say what they mean.
#[test]
fn the_commands_of_the_tables_are_commands() {
    for command in [round(|_| {}), json!({"type": "announce", "text": "x"})] {
        let _read: Command = serde_json::from_value(command).unwrap();
    }
}
