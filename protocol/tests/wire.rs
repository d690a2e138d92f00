//! The wire, example by example: every command, event, rejection and frame has one (SPEC, *Messages*), each must
//! survive a round trip unchanged, tolerate a field it does not know and refuse a variant it does not know.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use engawa_protocol::view::MeetingView;
use engawa_protocol::{
    ClientFrame, CloseCode, Command, Event, Rejection, ServerFrame, VersionRange, http, keeping, preparation,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn examples(file: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/examples").join(file);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn round_trip<T: Serialize + DeserializeOwned>(example: &Value) -> T {
    let value: T = serde_json::from_value(example.clone()).unwrap_or_else(|e| panic!("{e}: {example}"));
    assert_eq!(&serde_json::to_value(&value).unwrap(), example);
    let text = serde_json::to_string(&value).unwrap();
    let again: T = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}: {text}"));
    assert_eq!(serde_json::to_string(&again).unwrap(), text);
    value
}

fn tolerates_more<T: DeserializeOwned>(example: &Value) {
    let mut more = example.clone();
    more.as_object_mut().unwrap().insert("from_a_newer_peer".into(), json!({ "x": [1] }));
    serde_json::from_value::<T>(more).unwrap_or_else(|e| panic!("GN2: {e}: {example}"));
}

fn refuses_unknown<T: DeserializeOwned>(example: &Value, tag: &str) {
    let mut other = example.clone();
    other.as_object_mut().unwrap().insert(tag.into(), "unheard_of".into());
    assert!(serde_json::from_value::<T>(other).is_err(), "GN2: {example}");
}

fn tags(examples: &[Value], tag: &str) -> BTreeSet<String> {
    examples.iter().map(|example| example[tag].as_str().unwrap().to_owned()).collect()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn check<T: Serialize + DeserializeOwned>(file: &str, tag: &str) -> BTreeSet<String> {
    let all = examples(file);
    for example in &all {
        round_trip::<T>(example);
        tolerates_more::<T>(example);
        refuses_unknown::<T>(example, tag);
    }
    tags(&all, tag)
}

#[test]
fn gn2_every_command_has_an_example() {
    assert_eq!(check::<Command>("commands.json", "type"), names(Command::NAMES));
    for example in examples("commands.json") {
        assert_eq!(round_trip::<Command>(&example).name(), example["type"]);
    }
}

#[test]
fn gn2_every_event_has_an_example() {
    assert_eq!(check::<Event>("events.json", "type"), names(Event::NAMES));
    for example in examples("events.json") {
        assert_eq!(round_trip::<Event>(&example).name(), example["type"]);
    }
}

/// The names a tagged enum knows, as serde lists them when it is given one that it does not know.
/// The client in Python is run by a target of its own; that it knows every event shows here.
#[test]
fn gn2_the_client_in_python_folds_every_event() {
    let fold = include_str!("clients/python/engawa_fold.py");
    let is_folded = |name: &String| fold.contains(&format!("\"{name}\""));
    let unknown: Vec<String> =
        known_variants::<Event>("type").into_iter().filter(|name| !is_folded(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

fn known_variants<T: DeserializeOwned>(tag: &str) -> BTreeSet<String> {
    let Err(error) = serde_json::from_value::<T>(json!({ tag: "unheard_of" })) else { panic!("taken") };
    let text = error.to_string();
    let list = text.split_once("expected one of").expect("serde lists what it expected").1;
    list.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn gn2_every_rejection_has_an_example() {
    assert_eq!(check::<Rejection>("rejections.json", "code"), known_variants::<Rejection>("code"));
}

#[test]
fn gn2_every_frame_has_an_example() {
    assert_eq!(check::<ClientFrame>("client_frames.json", "type"), known_variants::<ClientFrame>("type"));
    assert_eq!(check::<ServerFrame>("server_frames.json", "type"), known_variants::<ServerFrame>("type"));
}

#[test]
fn gn6_a_view_survives_with_its_keys() {
    for example in examples("views.json") {
        round_trip::<MeetingView>(&example);
    }
}

#[test]
fn ht1_every_http_body_has_an_example() {
    for example in examples("http.json") {
        let (name, body) = example.as_object().unwrap().iter().next().unwrap();
        match name.as_str() {
            "CreateMeeting" => drop(round_trip::<http::CreateMeeting>(body)),
            "MeetingCreated" => drop(round_trip::<http::MeetingCreated>(body)),
            "JoinOptionsRequest" => drop(round_trip::<http::JoinOptionsRequest>(body)),
            "JoinOptions" => drop(round_trip::<http::JoinOptions>(body)),
            "JoinRequest" => drop(round_trip::<http::JoinRequest>(body)),
            "Joined" => drop(round_trip::<http::Joined>(body)),
            "CommandRequest" => drop(round_trip::<http::CommandRequest>(body)),
            "CommandReply" => drop(round_trip::<http::CommandReply>(body)),
            "FramesRequest" => drop(round_trip::<http::FramesRequest>(body)),
            "FramesReply" => drop(round_trip::<http::FramesReply>(body)),
            "PollNext" => drop(round_trip::<http::PollNext>(body)),
            "PollReply" => drop(round_trip::<http::PollReply>(body)),
            "Links" => drop(round_trip::<http::Links>(body)),
            "WayIn" => drop(round_trip::<http::WayIn>(body)),
            "RosterReading" => drop(round_trip::<preparation::RosterReading>(body)),
            "AgendaReading" => drop(round_trip::<preparation::AgendaReading>(body)),
            "AgendaTemplates" => drop(round_trip::<preparation::AgendaTemplates>(body)),
            "PosterFileReply" => drop(round_trip::<preparation::PosterFileReply>(body)),
            "RoomsReading" => drop(round_trip::<preparation::RoomsReading>(body)),
            "FollowRequest" => drop(round_trip::<preparation::FollowRequest>(body)),
            "FollowPreview" => drop(round_trip::<preparation::FollowPreview>(body)),
            "Followed" => drop(round_trip::<preparation::Followed>(body)),
            "PosterListReading" => drop(round_trip::<preparation::PosterListReading>(body)),
            "PosterUnpacking" => drop(round_trip::<preparation::PosterUnpacking>(body)),
            "DeletionCertificate" => drop(round_trip::<keeping::DeletionCertificate>(body)),
            "ErasureCertificate" => drop(round_trip::<keeping::ErasureCertificate>(body)),
            "ErasureCertificates" => drop(round_trip::<keeping::ErasureCertificates>(body)),
            "DeletionCertificates" => drop(round_trip::<keeping::DeletionCertificates>(body)),
            "Information" => drop(round_trip::<keeping::Information>(body)),
            "ZoomReport" => drop(round_trip::<preparation::ZoomReport>(body)),
            "ErrorBody" => drop(round_trip::<http::ErrorBody>(body)),
            other => panic!("no type for {other}"),
        }
    }
}

#[test]
fn hs3_the_newest_common_version_is_chosen() {
    let range = |oldest, newest| VersionRange { oldest, newest };
    assert_eq!(range(1, 3).newest_common(range(2, 5)), Some(3));
    assert_eq!(range(1, 3).newest_common(range(3, 3)), Some(3));
    assert_eq!(range(1, 2).newest_common(range(3, 5)), None);
    assert_eq!(range(2, 1).newest_common(range(1, 5)), None, "a range turned round");
}

#[test]
fn gn6_ids_are_read_as_numbers_and_as_keys_only() {
    use engawa_protocol::NoteId;
    assert_eq!(serde_json::from_str::<NoteId>("7").unwrap(), NoteId(7));
    assert_eq!(serde_json::from_str::<NoteId>("\"7\"").unwrap(), NoteId(7));
    for bad in ["-1", "1.5", "4294967296", "\"x\"", "\"\"", "null", "[7]"] {
        assert!(serde_json::from_str::<NoteId>(bad).is_err(), "{bad}");
    }
}

#[test]
fn cl2_the_range_says_whether_to_come_back() {
    for code in CloseCode::ALL {
        let number = code.number();
        assert_eq!(code.is_retryable(), number == 1012 || (4000..4500).contains(&number), "{code:?}");
        assert!(number == 1012 || (4000..5000).contains(&number), "{code:?} is outside the private range");
    }
}

/// Every value of every example, with the key it stands under.
fn walk(key: &str, value: &Value, look: &mut impl FnMut(&str, &Value)) {
    look(key, value);
    match value {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| walk(key, value, look)),
        Value::Array(items) => items.iter().for_each(|item| walk(key, item, look)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn gn5_gn7_numbers_are_whole_safe_and_times_are_milliseconds() {
    let safe = i64::try_from(engawa_protocol::limits::SAFE_INTEGER_MAX).unwrap();
    for file in ["commands", "events", "rejections", "client_frames", "server_frames", "views", "http"] {
        for example in examples(&format!("{file}.json")) {
            walk("", &example, &mut |key, value| {
                if let Value::Number(number) = value {
                    assert!(number.as_i64().is_some_and(|n| n.abs() <= safe), "{key}: {number}");
                }
                let timed = ["_at", "_until", "_time", "_ms"].iter().any(|end| key.ends_with(end));
                let scalar = !matches!(value, Value::Object(_));
                assert!(!timed || !scalar || value.is_i64() || value.is_null(), "{key}: {value}");
            });
        }
    }
    assert!(engawa_protocol::limits::ALL.iter().all(|(_, value)| *value <= safe.unsigned_abs()));
}

#[test]
fn gn9_the_limits_that_the_spec_names_exist() {
    let spec = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("SPEC.md")).unwrap();
    let known: BTreeSet<&str> = engawa_protocol::limits::ALL.iter().map(|(name, _)| *name).collect();
    let named = spec
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.contains('_') && name.chars().all(|c| c.is_ascii_uppercase() || c == '_'));
    let unknown: Vec<&str> = named.filter(|name| !known.contains(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
