//! Plays the scripts under `tests/scripts/` and compares what each line led to with what stands there.
//!
//! `UPDATE=1` writes it down anew (read it before it is committed: the golden text is the claim);
//! `SCRIPT=boards/` plays only scripts whose path contains that.

use std::fs;

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
    let update = std::env::var_os("UPDATE").is_some();
    let filter = std::env::var("SCRIPT").unwrap_or_default();
    let mut failures = Vec::new();
    for (name, path, written) in crate::support::script::all() {
        if !name.contains(&filter) {
            continue;
        }
        match crate::support::script::play(&written) {
            Err(error) => failures.push(format!("{name}: {error}")),
            Ok(played) if played == written => {}
            Ok(played) if update => fs::write(&path, played).expect("a script can be written"),
            Ok(played) => failures.push(format!("{name}: {}", difference(&written, &played))),
        }
    }
    assert!(failures.is_empty(), "{} scripts failed\n\n{}", failures.len(), failures.join("\n\n"));
}
