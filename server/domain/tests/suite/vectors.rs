//! Vectors for folds in other languages (SPEC FD1): views before, events, views after, taken from the scripts. The web
//! client's tests fold them. `UPDATE=1` writes them anew.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{env, fs};

use engawa_protocol::Event;
use serde_json::json;

/// How many vectors there are of each event, at least; the shortest are taken.
const PER_EVENT: usize = 3;

/// Every fold of every script: the names of its events, and its line.
fn candidates() -> Vec<(BTreeSet<&'static str>, String)> {
    let mut found = Vec::new();
    for (name, _, script) in crate::support::script::all() {
        let (_, world) =
            crate::support::script::perform(&script, true).unwrap_or_else(|error| panic!("{name}: {error}"));
        let folds = world.and_then(|world| world.folds).unwrap_or_default();
        for fold in folds.iter().filter(|fold| !fold.events.is_empty()) {
            let names: BTreeSet<&'static str> = fold.events.iter().map(Event::name).collect();
            let listed: Vec<&str> = names.iter().copied().collect();
            let title = format!("{name}: {}", listed.join(", "));
            let vector =
                json!({ "name": title, "before": fold.before, "events": fold.events, "after": fold.after });
            found.push((names, vector.to_string()));
        }
    }
    found.sort_by(|(_, a), (_, b)| (a.len(), a).cmp(&(b.len(), b)));
    found.dedup();
    found
}

#[test]
fn fd1_the_committed_vectors_are_those_of_the_scripts() {
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    let mut lines = Vec::new();
    for (names, line) in candidates() {
        if names.iter().any(|name| taken.get(name).copied().unwrap_or(0) < PER_EVENT) {
            for name in names {
                *taken.entry(name).or_default() += 1;
            }
            lines.push(line);
        }
    }
    // A view made anew is made by the server for each viewer; no rule tells it.
    let missing: Vec<_> =
        Event::NAMES.iter().filter(|name| **name != "view_replaced" && !taken.contains_key(*name)).collect();
    assert!(missing.is_empty(), "events that no script tells: {missing:?}");
    let text = format!("[\n{}\n]\n", lines.join(",\n"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web-client/test/vectors/scripts.json");
    if env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        fs::write(&path, text).expect("the vectors can be written");
        return;
    }
    let present = fs::read_to_string(&path).unwrap_or_default();
    assert!(present == text, "{} differs from the scripts; run `make bindings`", path.display());
}
