//! The rules of the tree that decay when nobody checks them: who depends on whom, licences and sources of what we
//! depend on, headers of modules, links in documents.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace is there")
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--offline",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo prints JSON")
}

fn files(folder: &Path, ends: &[&str], found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the tree").map(|entry| entry.expect("readable")) {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && !matches!(name.as_str(), "target" | "node_modules" | "dist" | "data")
            {
                files(&path, ends, found);
            }
        } else if ends.iter().any(|end| name.ends_with(end)) {
            found.push(path);
        }
    }
}

fn all_files(ends: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(&root(), ends, &mut found);
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a text of the tree")
}

/// Normal (not test) dependencies of a package of ours.
fn dependencies(metadata: &Value, package: &str) -> BTreeSet<String> {
    let package = metadata["packages"].as_array().into_iter().flatten().find(|p| p["name"] == package);
    package.unwrap_or_else(|| panic!("no such package"))["dependencies"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|dependency| dependency["kind"].is_null() && dependency["optional"] == false)
        .map(|dependency| dependency["name"].as_str().unwrap_or_default().to_owned())
        .collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn dependencies_point_inwards() {
    let metadata = metadata();
    assert_eq!(dependencies(&metadata, "engawa-domain"), set(&["engawa-protocol", "serde"]));
    let protocol = dependencies(&metadata, "engawa-protocol");
    let allowed =
        set(&["serde", "serde_json", "sha2", "unicode-normalization", "unicode-segmentation", "uuid"]);
    assert_eq!(protocol, allowed, "the protocol stays small: the domain depends on it");
    assert!(
        !dependencies(&metadata, "engawa-load-tests").contains("engawa-server"),
        "load tests use the wire"
    );
    let domain = read(&root().join("server/domain/src/lib.rs"));
    assert!(domain.contains("#![no_std]"), "the domain cannot name a clock");
}

/// `A OR B`, `A AND B`, `(A OR B) AND C`: enough of SPDX for what crates write.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.replace('/', " OR ");
    let parts: Vec<&str> = expression.split(" AND ").collect();
    parts.iter().all(|part| {
        part.split(" OR ")
            .any(|name| allowed.contains(name.trim_matches(|c: char| c == '(' || c == ')' || c == ' ')))
    })
}

/// The strings of a TOML list.
fn names(list: &toml::Value) -> BTreeSet<String> {
    let list = list.as_array().expect("a list");
    list.iter().map(|name| name.as_str().expect("a name").to_owned()).collect()
}

#[test]
fn what_we_depend_on_has_an_allowed_licence_and_source() {
    let rules: toml::Table = read(&root().join("deny.toml")).parse().expect("deny.toml is TOML");
    let allowed = names(&rules["licenses"]["allow"]);
    let exceptions: BTreeMap<&str, BTreeSet<String>> = rules["licenses"]["exceptions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|exception| (exception["crate"].as_str().expect("a name"), names(&exception["allow"])))
        .collect();
    let banned: BTreeSet<&str> = rules["bans"]["deny"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|ban| ban["crate"].as_str().expect("a name"))
        .collect();
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(packages.len() > 50, "cargo lists what we depend on");
    for package in packages {
        let name = package["name"].as_str().expect("a name");
        let licence = package["license"].as_str().unwrap_or("none");
        let excepted = exceptions.get(name).is_some_and(|allowed| is_allowed(licence, allowed));
        assert!(excepted || is_allowed(licence, &allowed), "{name}: licence {licence}");
        assert!(!banned.contains(name), "{name} is banned in deny.toml");
        if let Some(source) = package["source"].as_str() {
            assert!(source.starts_with("registry+"), "{name} comes from {source}");
        }
    }
}

#[test]
fn every_module_says_what_it_owns() {
    for path in all_files(&[".rs"]) {
        let first = read(&path).lines().next().unwrap_or_default().to_owned();
        assert!(first.starts_with("//!"), "{} begins without a header", path.display());
    }
}

#[test]
fn links_in_documents_lead_somewhere() {
    for path in all_files(&[".md"]) {
        let text = read(&path);
        for (i, _) in text.match_indices("](") {
            let target: String = text[i + 2..].chars().take_while(|c| *c != ')').collect();
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || file.contains("://") {
                continue;
            }
            let there = path.parent().expect("a folder").join(file);
            assert!(there.exists(), "{}: {target} leads nowhere", path.display());
        }
    }
}

#[test]
fn the_top_level_is_what_the_readme_maps() {
    let readme = read(&root().join("README.md"));
    let output = Command::new("git").args(["ls-files"]).current_dir(root()).output();
    let Ok(output) = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()) else {
        return;
    };
    let tops: BTreeSet<&str> = output.lines().filter_map(|line| line.split('/').next()).collect();
    for top in tops.into_iter().filter(|top| !matches!(*top, "README.md" | "Cargo.toml" | ".gitignore")) {
        assert!(readme.contains(top), "{top} is at the top, but not in the README's map");
    }
}

/// Functions longer than 100 lines and files longer than 450: none. (About 70 and 300 are the points at which to look
/// for a seam; these are the points at which there must be one.)
#[test]
fn no_file_has_outgrown_its_concept() {
    let mut long = BTreeMap::new();
    for path in all_files(&[".rs", ".ts", ".svelte"]) {
        let lines = read(&path).lines().count();
        if lines > 450 && !path.ends_with("web-client/src/protocol/protocol.ts") {
            long.insert(path.display().to_string(), lines);
        }
    }
    assert!(long.is_empty(), "is there a seam? {long:#?}");
}
