//! Plays the scripts under `tests/scripts/` and compares what each line led to with what stands there.
//!
//! `UPDATE=1` writes it down anew (read it before it is committed: the golden text is the claim);
//! `SCRIPT=boards/` plays only scripts whose path contains that.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

mod support;

fn scripts(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder of scripts can be read") {
        let path = entry.expect("a folder's entry can be read").path();
        if path.is_dir() {
            scripts(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "txt") {
            found.push(path);
        }
    }
}

/// The first lines that differ.
fn difference(written: &str, played: &str) -> String {
    let (written, played): (Vec<&str>, Vec<&str>) = (written.lines().collect(), played.lines().collect());
    let same = written.iter().zip(&played).take_while(|(a, b)| a == b).count();
    let from = same.saturating_sub(2);
    let show = |lines: &[&str]| {
        lines.iter().skip(from).take(8).map(|line| format!("      {line}\n")).collect::<String>()
    };
    format!("line {}\n    written:\n{}    played:\n{}", same + 1, show(&written), show(&played))
}

#[test]
fn scripts_play_as_written() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let update = std::env::var_os("UPDATE").is_some();
    let filter = std::env::var("SCRIPT").unwrap_or_default();
    let mut paths = Vec::new();
    scripts(&root, &mut paths);
    paths.sort();
    assert!(!paths.is_empty(), "there are scripts");
    let mut failures = Vec::new();
    for path in paths {
        let name = path.strip_prefix(&root).expect("found below the root").display().to_string();
        if !name.contains(&filter) {
            continue;
        }
        let written = fs::read_to_string(&path).expect("a script can be read");
        match support::script::play(&written) {
            Err(error) => failures.push(format!("{name}: {error}")),
            Ok(played) if played == written => {}
            Ok(played) if update => fs::write(&path, played).expect("a script can be written"),
            Ok(played) => failures.push(format!("{name}: {}", difference(&written, &played))),
        }
    }
    assert!(failures.is_empty(), "{} scripts failed\n\n{}", failures.len(), failures.join("\n\n"));
}
