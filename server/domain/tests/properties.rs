//! Generated histories over all commands: whatever people ask for, in whatever order, every law holds for everybody
//! who looks, after every entry. `PROPTEST_CASES` says how many histories, `HISTORY_STEPS` how long they are.

use std::collections::{BTreeMap, BTreeSet};

use engawa_domain::{Origin, Outcome};
use engawa_protocol::Command;
use proptest::collection::vec;
use proptest::prelude::{any, proptest};
use proptest::test_runner::{Config, TestCaseError};

mod support;

use support::generate::{Step, names, prepared, walk};
use support::world::World;

fn number_from_env(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

/// Walks a history and checks all laws; gives back the world and, by command, how often it was taken.
fn history(steps: &[Step]) -> Result<(World, BTreeMap<&'static str, u32>), String> {
    let mut world = prepared();
    let mut taken = BTreeMap::new();
    let mut told = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let (words, applied) = walk(&mut world, step);
        told.push(words);
        let broken = |error: String| {
            let from = told.len().saturating_sub(12);
            format!("step {index}: {error}\nafter:\n{}", told[from..].join("\n"))
        };
        let applied = applied.map_err(|error| broken(error.0))?;
        if let (Some(applied), Some(entry)) = (applied, world.log.last())
            && let Origin::Person { command, .. } | Origin::Link { command, .. } = &entry.input.origin
            && matches!(applied.outcome, Outcome::Accepted { seq, .. } if seq == entry.seq)
        {
            *taken.entry(command.name()).or_default() += 1;
        }
        if index % 20 == 0 {
            world.check_views().map_err(|error| broken(error.0))?;
        }
    }
    world.check_replay().map_err(|error| error.0)?;
    world.check_views().map_err(|error| error.0)?;
    Ok((world, taken))
}

proptest! {
    #![proptest_config(Config {
        cases: number_from_env("PROPTEST_CASES", 12) as u32,
        // Fixed by the seed file beside this test when something was found; no files are written elsewhere.
        failure_persistence: None,
        max_shrink_iters: 300,
        ..Config::default()
    })]

    #[test]
    fn all_laws_hold(steps in vec(any::<Step>(), 1..number_from_env("HISTORY_STEPS", 150))) {
        history(&steps).map_err(TestCaseError::fail)?;
    }
}

/// Steps that are the same in every run.
fn fixed_steps(seed: u32, count: u32) -> Vec<Step> {
    (0..count).map(|index| [seed, index, seed ^ 0x5DEE_CE66, index.wrapping_mul(0x9E37_79B1)]).collect()
}

/// The generator is worth its name only while every command succeeds somewhere: a rule that refuses everything, or a
/// generator that never gets there, would make all the laws above hold for nothing.
#[test]
fn every_command_is_taken_somewhere() {
    let asked: BTreeSet<&str> = names().collect();
    let all: BTreeSet<&str> = Command::NAMES.iter().copied().collect();
    assert_eq!(asked, all, "the generator knows every command");
    let mut taken: BTreeMap<&str, u32> = BTreeMap::new();
    for seed in 1..=number_from_env("HISTORIES", 6) as u32 {
        let (_, of_history) =
            history(&fixed_steps(seed, 600)).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        for (name, count) in of_history {
            *taken.entry(name).or_default() += count;
        }
    }
    let never: Vec<&&str> = all.iter().filter(|name| !taken.contains_key(**name)).collect();
    assert!(never.is_empty(), "never taken: {never:?}; taken: {taken:?}");
}
