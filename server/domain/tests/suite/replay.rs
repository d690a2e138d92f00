//! Recorded logs replay to the digests that were recorded with them: whoever changes a rule sees here that meetings
//! held under the older one would come out differently, and raises `RULES_VERSION`.
//!
//! `tests/logs/<name>.jsonl` holds the entries, one to a line; `<name>.sha256` the digest of the state after the last,
//! with the number of entries and the events told. `UPDATE=1` records anew, from a generated history of all kinds of
//! rounds.

use std::fs;
use std::path::{Path, PathBuf};

use engawa_domain::{Applied, Emission, Entry, Meeting, apply, decode_snapshot, digest, encode_snapshot};
use engawa_protocol::hash::{hex, sha256};

use crate::support::generate::{Step, prepared, walk};
use crate::support::world::World;

/// What a replay came to.
#[derive(Debug, PartialEq, Eq)]
struct Came {
    entries: usize,
    state: String,
    told: String,
}

impl Came {
    fn text(&self) -> String {
        format!("entries {}\nstate {}\ntold {}\n", self.entries, self.state, self.told)
    }
}

fn logs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs")
}

/// All that an entry led to, as bytes: outcome and events with their audiences.
fn led_to(applied: &Applied) -> Vec<u8> {
    let mut bytes = serde_json::to_vec(&applied.outcome).expect("an outcome has a JSON form");
    for emission in &applied.emissions {
        let audience = match emission {
            Emission::Event { audience, event } => {
                bytes.extend(serde_json::to_vec(event).expect("an event has a JSON form"));
                audience
            }
            Emission::Refresh { audience } => audience,
        };
        bytes.extend(format!("{audience:?}").bytes());
    }
    bytes
}

/// Replays entries, through a snapshot before the entry `through` if one is given.
fn replay(entries: &[Entry], through: Option<usize>) -> Came {
    let mut meeting: Option<Meeting> = None;
    let mut told = [0; 32];
    for (index, entry) in entries.iter().enumerate() {
        if through == Some(index)
            && let Some(before) = &meeting
        {
            let bytes = encode_snapshot(before).expect("a state has a JSON form");
            meeting = Some(decode_snapshot(&bytes).expect("a snapshot can be read"));
        }
        told = sha256(&[&told, &led_to(&apply(&mut meeting, entry))]);
    }
    let meeting = meeting.expect("the first entry makes a meeting");
    let state = hex(&digest(&meeting).expect("a state has a digest"));
    Came { entries: entries.len(), state, told: hex(&told) }
}

fn read(path: &Path) -> Vec<Entry> {
    let text = fs::read_to_string(path).expect("a log can be read");
    text.lines().map(|line| serde_json::from_str(line).expect("a line is an entry")).collect()
}

/// A generated history of many people, the same at every recording with the same first number.
fn generated(first: u32) -> World {
    let mut world = prepared();
    world.encoding_every = 10;
    for index in 0..700_u32 {
        let step: Step = [first, index, 7, index.wrapping_mul(0x9E37_79B1)];
        let (words, applied) = walk(&mut world, &step, &[]);
        applied.unwrap_or_else(|broken| panic!("step {index}, {words}: {broken}"));
    }
    world
}

/// Whether ballots were cast in a history and their vote was closed later, before anybody was erased: backups are tested with
/// both, and have no entries behind an erasure.
fn votes(world: &World) -> bool {
    let mut meeting: Option<Meeting> = None;
    let closed_at = world.log.iter().position(|entry| {
        apply(&mut meeting, entry);
        meeting.as_ref().is_some_and(|state| state.forgets_its_log() || state.erased_up_to().is_some())
    });
    closed_at.filter(|_| meeting.as_ref().is_some_and(Meeting::forgets_its_log)).is_some_and(|at| {
        world.log[..at].iter().any(|entry| {
            serde_json::to_string(entry).expect("an entry has a JSON form").contains("cast_ballot")
        })
    })
}

/// Records the first generated history that holds a vote to its end.
fn record() {
    let world = (2_026..2_126).map(generated).find(votes).expect("one of a hundred histories closes a vote");
    let lines: String = world
        .log
        .iter()
        .map(|entry| serde_json::to_string(entry).expect("an entry has a JSON form") + "\n")
        .collect();
    fs::create_dir_all(logs()).expect("the folder of logs can be made");
    fs::write(logs().join("generated.jsonl"), lines).expect("a log can be written");
    fs::write(logs().join("generated.sha256"), replay(&world.log, None).text())
        .expect("a digest can be written");
}

#[test]
fn recorded_logs_come_out_as_recorded() {
    if std::env::var_os("UPDATE").is_some() {
        record();
    }
    let mut count = 0;
    for entry in fs::read_dir(logs()).expect("the folder of logs can be read") {
        let path = entry.expect("a folder's entry can be read").path();
        if path.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        count += 1;
        let entries = read(&path);
        let recorded = fs::read_to_string(path.with_extension("sha256")).expect("a digest can be read");
        let came = replay(&entries, None);
        assert_eq!(came.text(), recorded, "{}", path.display());
        for through in [1, entries.len() / 3, entries.len() - 1] {
            assert_eq!(replay(&entries, Some(through)), came, "through a snapshot before entry {through}");
        }
    }
    assert!(count > 0, "there are recorded logs");
}
