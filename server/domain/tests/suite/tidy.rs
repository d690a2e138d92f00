//! What this crate promises about itself: it cannot know clocks, files, threads, chance or floating point.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the sources can be read") {
        let path = entry.expect("a folder's entry can be read").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A line without its comment. Texts with `//` in them do not occur in this crate.
fn code(line: &str) -> &str {
    line.split("//").next().unwrap_or_default()
}

#[test]
fn depends_on_the_protocol_and_serde_only() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the manifest can be read");
    let dependencies: Vec<&str> = manifest
        .lines()
        .skip_while(|line| *line != "[dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty())
        .collect();
    assert_eq!(dependencies, ["engawa-protocol", "serde"]);
    for section in ["build-dependencies", "target."] {
        assert!(!manifest.contains(&format!("[{section}")), "no [{section}");
    }
}

#[test]
fn knows_no_standard_library() {
    let text = fs::read_to_string(root().join("src/lib.rs")).expect("the root can be read");
    assert!(text.lines().any(|line| line == "#![no_std]"), "the crate is no_std");
}

/// Randomly ordered maps, floating point, and the standard library come in by name or not at all.
#[test]
fn names_nothing_that_differs_between_machines() {
    let mut paths = Vec::new();
    sources(&root().join("src"), &mut paths);
    assert!(paths.len() > 20, "the sources are there");
    let mut found = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).expect("a source can be read");
        // Tests inside the sources may use the standard library; what ships may not.
        let in_tests = path.file_name().is_some_and(|name| name == "tests.rs");
        let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in shipped.lines().enumerate() {
            let words = code(line).split(|c: char| !c.is_alphanumeric() && c != '_');
            for word in words {
                let float = word.ends_with("f32") || word.ends_with("f64");
                let std = matches!(word, "std" | "HashMap" | "HashSet") && !in_tests;
                if float || std {
                    found.push(format!("{}:{}: {word}", path.display(), number + 1));
                }
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
