//! The program from outside: its help and its exit codes. (Cargo builds a program for the tests beside it, so `make test`
//! finds `engawa-load` built with them.)

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::{Command, Output};

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_engawa-load")).args(args).output().unwrap()
}

#[test]
fn help_names_every_scenario() {
    let output = run(&["--help"]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    for scenario in [
        "workshop",
        "chaos",
        "store",
        "join-storm",
        "brainstorm",
        "vote-burst",
        "broadcast",
        "reconnect-storm",
        "slow-readers",
        "fairness",
        "many-meetings",
        "node-loss",
        "soak",
        "scaling",
        "bare",
    ] {
        assert!(text.lines().any(|line| line.trim_start().starts_with(scenario)), "{scenario}: {text}");
    }
}

#[test]
fn what_cannot_be_started_ends_with_two_and_says_why() {
    for args in [&["no-such-scenario"][..], &["workshop", "--short", "--server", "/no/such/program"]] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(!output.stderr.is_empty(), "{args:?}");
    }
}
