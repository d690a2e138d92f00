//! One seed is one run: the digest of everything that happened is the same again, in this process and in another.

use std::process::Command;

use crate::plan::Plan;
use crate::run::{Options, run};

const SEEDS: std::ops::RangeInclusive<u64> = 1..=12;

fn digests() -> Vec<String> {
    SEEDS.map(|seed| format!("{seed} {}", run(&Plan::of(seed), Options::default()).digest)).collect()
}

#[test]
fn the_same_seed_is_the_same_run_here_and_elsewhere() {
    let here = digests();
    assert_eq!(here, digests(), "twice in this process");
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program)
        .args(["--exact", "repeat::prints_digests", "--ignored", "--nocapture"])
        .output()
        .expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let there: Vec<&str> =
        text.lines().filter(|line| line.split(' ').count() == 2 && line.len() > 64).collect();
    assert_eq!(here, there, "in another process");
    let different: std::collections::BTreeSet<&str> =
        here.iter().filter_map(|one| one.split(' ').nth(1)).collect();
    assert_eq!(different.len(), here.len(), "other seeds are other runs");
}

#[test]
#[ignore = "started by the test above"]
fn prints_digests() {
    println!("\n{}", digests().join("\n"));
}

#[test]
fn a_plan_reads_back_from_its_text() {
    for seed in SEEDS {
        let plan = Plan::of(seed);
        assert_eq!(serde_json::from_str::<Plan>(&plan.text()).expect("a plan"), plan);
    }
}
