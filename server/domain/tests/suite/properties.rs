//! Generated histories over all commands: whatever people ask for, in whatever order, every law holds for everybody
//! who looks, after every entry. `PROPTEST_CASES` says how many histories, `HISTORY_STEPS` how long they are.

use std::collections::{BTreeMap, BTreeSet};

use engawa_domain::{Origin, Outcome};
use engawa_protocol::Command;
use proptest::collection::vec;
use proptest::prelude::{any, proptest};
use proptest::test_runner::{Config, TestCaseError};

use crate::support::generate::{Step, names, prepared, walk};
use crate::support::world::World;

fn number_from_env(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

/// Walks a history and checks all laws; gives back the world and, by command, how often it was taken.
fn history(steps: &[Step], wanted: &[&'static str]) -> Result<(World, BTreeMap<&'static str, u32>), String> {
    let mut world = prepared();
    world.encoding_every = 5;
    let mut taken = BTreeMap::new();
    let mut told = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let (words, applied) = walk(&mut world, step, wanted);
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
        cases: number_from_env("PROPTEST_CASES", 8) as u32,
        // What is found becomes a script under its area; files of seeds would say nothing to a reader.
        failure_persistence: None,
        max_shrink_iters: 300,
        ..Config::default()
    })]

    #[test]
    fn all_laws_hold(steps in vec(any::<Step>(), 1..number_from_env("HISTORY_STEPS", 120))) {
        history(&steps, &[]).map_err(TestCaseError::fail)?;
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
    let mut never: Vec<&'static str> = Command::NAMES.to_vec();
    for seed in 1..=number_from_env("HISTORIES", 12) as u32 {
        // What has not been taken yet is asked for more often. `end_meeting` ends a history, so it comes last.
        let wanted: Vec<&'static str> =
            never.iter().copied().filter(|name| *name != "end_meeting" || never.len() == 1).collect();
        let (_, taken) =
            history(&fixed_steps(seed, 400), &wanted).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        never.retain(|name| !taken.contains_key(name));
        if never.is_empty() {
            return;
        }
    }
    panic!("never taken: {never:?}");
}
