//! The listed parts of SPEC.md are generated from this crate and its examples, and every rule is cited by a test or
//! marked as one that people check. `UPDATE=1` writes them anew.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use engawa_protocol::{CloseCode, limits};

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Puts `body` between the markers of a section.
fn with_section(spec: &str, name: &str, body: &str) -> String {
    let open = format!("<!-- {name}: generated -->\n");
    let close = format!("<!-- end of {name} -->");
    let (head, rest) = spec.split_once(&open).unwrap_or_else(|| panic!("no section {name}"));
    let (_, tail) = rest.split_once(&close).unwrap_or_else(|| panic!("no end of section {name}"));
    format!("{head}{open}{body}{close}{tail}")
}

/// The documentation of each name in a file of constants or codes: the `///` lines above it.
fn documented(source: &str, is_item: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut doc = String::new();
    for line in source.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("/// ") {
            let _ = write!(doc, "{}{text}", if doc.is_empty() { "" } else { " " });
        } else {
            if let Some(name) = is_item(line) {
                found.push((name, doc.clone()));
            }
            doc.clear();
        }
    }
    found
}

fn close_codes() -> String {
    let source = fs::read_to_string(at("src/close.rs")).unwrap();
    let docs = documented(&source, |line| {
        line.split_once(" = ")
            .filter(|(name, _)| name.chars().all(char::is_alphanumeric))
            .map(|(name, _)| name.into())
    });
    let mut text = String::from("| number | code | come back | why |\n| --- | --- | --- | --- |\n");
    for code in CloseCode::ALL {
        let name = format!("{code:?}");
        let doc = &docs.iter().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("{name} has no words")).1;
        let snake = serde_json::to_string(code).unwrap();
        let retry = if code.is_retryable() { "yes" } else { "no" };
        writeln!(text, "| {} | `{}` | {retry} | {doc} |", code.number(), snake.trim_matches('"')).unwrap();
    }
    text
}

fn rejections() -> String {
    let source = fs::read_to_string(at("src/rejection.rs")).unwrap();
    let (_, source) = source.split_once("pub enum Rejection").unwrap();
    let docs = documented(source, |line| {
        let (name, _) = line.split_once(" {")?;
        (line.starts_with(char::is_uppercase) && name.chars().all(char::is_alphanumeric)).then(|| name.into())
    });
    let mut text = String::from("| code | what it says |\n| --- | --- |\n");
    for (name, doc) in docs {
        let mut code = String::new();
        for c in name.chars() {
            if c.is_uppercase() && !code.is_empty() {
                code.push('_');
            }
            code.extend(c.to_lowercase());
        }
        writeln!(text, "| `{code}` | {doc} |").unwrap();
    }
    text
}

fn limit_table() -> String {
    let source = fs::read_to_string(at("src/limits.rs")).unwrap();
    let docs = documented(&source, |line| {
        line.split_once(" = ")
            .filter(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
            .map(|(name, _)| name.into())
    });
    let mut text = String::from("| limit | value | of what |\n| --- | ---: | --- |\n");
    for (name, value) in limits::ALL {
        let doc = &docs.iter().find(|(n, _)| n == name).unwrap_or_else(|| panic!("{name} has no words")).1;
        writeln!(text, "| `{name}` | {value} | {doc} |").unwrap();
    }
    text
}

/// The generated TypeScript, a field a line with its words behind it.
fn types() -> String {
    let source = fs::read_to_string(at("../web-client/src/protocol/protocol.ts")).unwrap();
    let mut text = String::from("```ts\n");
    let mut doc = String::new();
    let mut in_doc = false;
    for line in source.lines().skip(1) {
        let line = line.trim();
        match line {
            "/**" => (in_doc, doc) = (true, String::new()),
            "*/" => in_doc = false,
            _ if in_doc => {
                let part = line.trim_start_matches('*').trim();
                let _ = write!(doc, "{}{part}", if doc.is_empty() { "" } else { " " });
            }
            "" => {}
            _ if line.starts_with("export type") => {
                let _ = writeln!(text, "\n// {doc}\n{}", line.trim_start_matches("export "));
                doc.clear();
            }
            _ => {
                // Where a variant closes and the next begins on the same line, the words belong to what closes.
                let (field, next) =
                    line.split_once(", } | ").map_or((line, None), |(field, next)| (field, Some(next)));
                let words = if doc.is_empty() { String::new() } else { format!("  // {doc}") };
                let _ = writeln!(text, "  {field}{}{words}", if next.is_some() { "," } else { "" });
                if let Some(next) = next {
                    let _ = writeln!(text, "}} | {next}");
                }
                doc.clear();
            }
        }
    }
    text.push_str("```\n");
    text
}

fn examples() -> String {
    let mut text = String::new();
    for (title, file) in [
        ("Client frames", "client_frames"),
        ("Server frames", "server_frames"),
        ("Commands", "commands"),
        ("Events", "events"),
        ("Rejections", "rejections"),
        ("HTTP bodies", "http"),
    ] {
        let source = fs::read_to_string(at(&format!("tests/examples/{file}.json"))).unwrap();
        let _ = write!(text, "#### {title}\n\n```json\n");
        for line in source.lines().filter(|line| line.starts_with("  ")) {
            let _ = writeln!(text, "{}", line.trim().trim_end_matches(','));
        }
        text.push_str("```\n\n");
    }
    text
}

#[test]
fn the_listed_parts_are_those_of_this_crate() {
    let path = at("SPEC.md");
    let present = fs::read_to_string(&path).unwrap();
    let mut spec = with_section(&present, "close codes", &close_codes());
    spec = with_section(&spec, "rejections", &rejections());
    spec = with_section(&spec, "limits", &limit_table());
    spec = with_section(&spec, "types", &types());
    spec = with_section(&spec, "examples", &examples());
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, spec).unwrap();
    } else {
        assert!(spec == present, "SPEC.md differs from this crate; run `make bindings`");
    }
}

/// Every file of the tree that can cite a rule.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !matches!(name.as_str(), "target" | "node_modules" | "dist" | ".git") {
                sources(&path, found);
            }
        } else if [".rs", ".ts", ".py", ".txt"].iter().any(|end| name.ends_with(end)) {
            found.push(path);
        }
    }
}

#[test]
fn every_rule_is_cited_by_a_test() {
    let spec = fs::read_to_string(at("SPEC.md")).unwrap();
    let rules: BTreeSet<String> = spec
        .lines()
        .filter_map(|line| line.strip_prefix("- **")?.split_once("**").map(|(rule, _)| rule.to_lowercase()))
        .collect();
    assert!(rules.len() > 50, "rules are found by their bold numbers");
    let mut files = Vec::new();
    for folder in ["tests", "../server", "../load-tests", "../web-client"] {
        sources(&at(folder), &mut files);
    }
    let mut cited = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(&file).unwrap_or_default().to_lowercase();
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        cited.extend(words.filter(|word| rules.contains(*word)).map(str::to_owned));
    }
    let missing: Vec<_> = rules.difference(&cited).collect();
    assert!(missing.is_empty(), "rules that no test cites: {missing:?}");
}
