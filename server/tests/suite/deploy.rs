//! The example files for operators are what the program and its surroundings really take: settings, flags, variables,
//! paths, Redis' own configuration and its users.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::redis::{Redis, at, meeting, text};
use engawa_server::config::{RawConfig, example_toml};
use engawa_server::store::redis::{RedisAddress, RedisOptions, RedisStore};
use engawa_server::store::{Epoch, Store};
use yaml_rust2::{Yaml, YamlLoader};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy")
}

fn read(name: &str) -> String {
    fs::read_to_string(folder().join(name)).unwrap()
}

/// Every `ENGAWA_…` in a text.
fn variables(text: &str) -> BTreeSet<&str> {
    let ends = |c: char| !(c.is_ascii_uppercase() || c == '_');
    text.match_indices("ENGAWA_")
        .map(|(begin, _)| text[begin..].split(ends).next().unwrap_or_default())
        .collect()
}

#[test]
fn every_variable_that_is_named_exists() {
    let known = example_toml();
    let mut known = variables(&known);
    // Names the file itself.
    known.insert("ENGAWA_CONFIG_FILE");
    known.insert("ENGAWA_");
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        for name in variables(&text) {
            assert!(known.contains(name), "{}: {name} is no setting", path.display());
        }
    }
}

#[test]
fn the_settings_are_good() {
    let checked = Command::new(env!("CARGO_BIN_EXE_engawa"))
        .env_clear()
        .env("ENGAWA_CONFIG_FILE", folder().join("engawa.toml"))
        .env("ENGAWA_REDIS_URL", "redis://engawa:x@redis:6379")
        .env("ENGAWA_TOKEN_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8")
        .env("ENGAWA_ADMIN_KEY", "0123456789abcdef")
        .arg("check-config")
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&checked.stdout).into_owned() + &String::from_utf8_lossy(&checked.stderr);
    assert!(checked.status.success() && said.contains("the settings are good"), "{said}");
}

/// Section, key and value of each line of a unit.
fn unit(text: &str) -> Vec<(String, String, String)> {
    let (mut section, mut found) = (String::new(), Vec::new());
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
        } else {
            let (key, value) =
                line.split_once('=').unwrap_or_else(|| panic!("{line:?} is no setting of a unit"));
            found.push((section.clone(), key.to_owned(), value.to_owned()));
        }
    }
    found
}

#[test]
fn the_unit_stops_in_order_and_may_do_little() {
    let settings = unit(&read("engawa.service"));
    let get = |key: &str| {
        let found = settings.iter().find(|(section, name, _)| section == "Service" && name == key);
        found.map(|(_, _, value)| value.as_str()).unwrap_or_else(|| panic!("{key} is missing"))
    };
    let raw = RawConfig::from_file(&folder().join("engawa.toml")).unwrap();
    let drain_s = u64::from(raw.drain_timeout_ms.unwrap()) / 1_000;
    assert!(get("TimeoutStopSec").parse::<u64>().unwrap() >= drain_s + 10, "never cut short");
    for (key, value) in [
        ("KillSignal", "SIGTERM"),
        ("DynamicUser", "yes"),
        ("StateDirectory", "engawa"),
        ("ProtectSystem", "strict"),
        ("NoNewPrivileges", "yes"),
    ] {
        assert_eq!(get(key), value, "{key}");
    }
    for (_, key, value) in &settings {
        if key.starts_with("Exec") {
            let action = value.strip_prefix("/usr/local/bin/engawa ").expect("the program");
            let help = Command::new(env!("CARGO_BIN_EXE_engawa")).args([action, "--help"]).output().unwrap();
            assert!(help.status.success(), "there is no `engawa {action}`");
        }
    }
}

/// systemd's own opinion, where it is installed. It needs the program under the name that the unit gives, so it is given
/// the one that was built.
#[test]
fn systemd_accepts_the_unit() {
    let Ok(version) = Command::new("systemd-analyze").arg("--version").output() else { return };
    assert!(version.status.success());
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("engawa.service");
    let program = env!("CARGO_BIN_EXE_engawa");
    fs::write(&path, read("engawa.service").replace("/usr/local/bin/engawa", program)).unwrap();
    let verified = Command::new("systemd-analyze").args(["verify", "--man=no"]).arg(&path).output().unwrap();
    let said = String::from_utf8_lossy(&verified.stderr);
    let about_ours: Vec<&str> = said.lines().filter(|line| line.contains("engawa")).collect();
    assert!(about_ours.is_empty(), "{about_ours:#?}");
}

fn compose() -> Yaml {
    YamlLoader::load_from_str(&read("compose.yaml")).unwrap().remove(0)
}

#[test]
fn the_compose_file_fits_together() {
    let compose = compose();
    let services = compose["services"].as_hash().unwrap();
    let names: BTreeSet<&str> = services.keys().map(|name| name.as_str().unwrap()).collect();
    assert_eq!(names, BTreeSet::from(["node1", "node2", "proxy", "redis"]));
    let volumes = compose["volumes"].as_hash().unwrap();
    for (name, service) in services {
        let name = name.as_str().unwrap();
        for volume in service["volumes"].as_vec().unwrap() {
            let (source, _) = volume.as_str().unwrap().split_once(':').unwrap();
            match source.strip_prefix("./") {
                Some(file) => assert!(folder().join(file).is_file(), "{name}: {file} is not in the tree"),
                None => assert!(volumes.contains_key(&Yaml::String(source.to_owned())), "{name}: {source}"),
            }
        }
        for on in service["depends_on"].as_vec().into_iter().flatten() {
            assert!(names.contains(on.as_str().unwrap()), "{name} depends on {on:?}");
        }
        assert_eq!(service["ports"].is_badvalue(), name != "proxy", "only the proxy is published");
    }
    for node in ["node1", "node2"] {
        let node = &services[&Yaml::String(node.to_owned())];
        let grace = node["stop_grace_period"].as_str().unwrap().trim_end_matches('s').parse::<u64>().unwrap();
        assert!(grace >= 30, "never cut short");
        assert_eq!(node["stop_signal"].as_str(), Some("SIGTERM"));
        let root = folder().join(node["build"]["context"].as_str().unwrap());
        assert!(root.join(node["build"]["dockerfile"].as_str().unwrap()).is_file());
    }
}

#[test]
fn the_container_is_built_from_what_is_there_and_runs_as_nobody_special() {
    let text = read("Dockerfile");
    let root = folder().join("../..");
    let stages: BTreeSet<&str> = text.lines().filter_map(|line| Some(line.split_once(" AS ")?.1)).collect();
    let copies = text.lines().filter_map(|line| line.strip_prefix("COPY "));
    for copy in copies {
        let words: Vec<&str> = copy.split(' ').collect();
        if let Some(stage) = words[0].strip_prefix("--from=") {
            assert!(stages.contains(stage), "{copy}");
            continue;
        }
        for source in &words[..words.len() - 1] {
            assert!(root.join(source).exists(), "{source} is not in the tree");
        }
    }
    let last = text.rsplit("\nFROM ").next().unwrap();
    let (user, entry) = (last.find("\nUSER engawa").unwrap(), last.find("\nENTRYPOINT").unwrap());
    assert!(user < entry && !last[user..].contains("USER root"));
}

/// Redis takes its file, knows the user, and the store can do all it needs and nothing beside.
#[tokio::test]
async fn redis_takes_its_configuration_and_its_user() {
    let scratch = tempfile::tempdir().unwrap();
    let users = scratch.path().join("users.acl");
    let password = "a-password-of-the-test";
    fs::write(&users, read("users.acl").replace("replace-this-password", password)).unwrap();
    let conf = scratch.path().join("redis.conf");
    // Its own folder, port and users' file; everything else as it stands there.
    let settings = read("redis.conf")
        .replace("/etc/redis/users.acl", users.to_str().unwrap())
        .replace("\ndir /data", "")
        .replace("\nport 6379", "")
        .replace("bind * -::*", "bind 127.0.0.1");
    fs::write(&conf, settings).unwrap();
    let port = crate::support::redis::free_port().to_string();
    let redis = Redis::from_file(&conf, &["--port", &port]);
    assert!(redis.cli(&["keys", "*"]).contains("NOAUTH"), "nobody comes in without a name");
    let options = |login: &str| {
        RedisOptions::new(RedisAddress::parse(&format!("redis://{login}127.0.0.1:{port}")).unwrap())
    };
    assert!(RedisStore::open(options("")).await.is_err());
    let store = RedisStore::open(options(&format!("engawa:{password}@"))).await.unwrap();
    let report = store.report();
    assert!(report.warnings.is_empty(), "{:?}", report.warnings);
    store.create(meeting(1), text("first")).await.unwrap();
    let mut tail = store.tail(meeting(1), at(1, 0)).await.unwrap();
    assert_eq!(tail.next().await.unwrap().payload, "first");
    store.append(meeting(1), Epoch(1), vec![text("second")]).await.unwrap();
    assert_eq!(tail.next().await.unwrap().payload, "second");
    store.health().await.unwrap();
    let as_engawa = |command: &[&str]| {
        redis.cli(&[&["--user", "engawa", "--pass", password, "--no-auth-warning"], command].concat())
    };
    for forbidden in
        [&["config", "set", "appendonly", "no"][..], &["shutdown", "nosave"], &["get", "other:key"]]
    {
        assert!(as_engawa(forbidden).contains("NOPERM"), "{forbidden:?}: {}", as_engawa(forbidden));
    }
}

#[test]
fn every_metric_that_is_to_be_watched_exists() {
    let source =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/observe/metrics.rs")).unwrap();
    let page = read("README.md");
    let named: BTreeSet<&str> = page.split('`').filter(|word| word.starts_with("engawa_")).collect();
    assert!(named.len() > 10, "{named:?}");
    for metric in named {
        assert!(source.contains(&format!("\"{metric}\"")), "{metric} is not told by any node");
    }
}
