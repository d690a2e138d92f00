//! Bugs put in on purpose: the simulation finds each of them, the shrinker makes its plan small, and the small plan, which is
//! kept, still tells the bug from the code as it is.

use engawa_server::hub::sabotage::Bug;

use crate::plan::Plan;
use crate::run::{Options, run};
use crate::seeds::kept;
use crate::shrink::shrink;

/// A bug shows within so many seeds.
const SEEDS: u64 = 60;

fn finds(plan: &Plan, bug: Bug) -> bool {
    !run(plan, Options { bug: Some(bug), keep_trace: false }).findings.is_empty()
}

fn found_by(bug: Bug) -> Option<Plan> {
    (1..=SEEDS).map(Plan::of).find(|plan| finds(plan, bug))
}

fn name(bug: Bug) -> &'static str {
    match bug {
        Bug::AcknowledgeEarly => "acknowledge_early",
        Bug::ForgetDedupe => "forget_dedupe",
        Bug::ResumeWithGap => "resume_with_gap",
        Bug::MissDeadlines => "miss_deadlines",
    }
}

#[test]
fn every_bug_is_found_within_a_few_seeds() {
    for bug in Bug::ALL {
        let found = found_by(bug).unwrap_or_else(|| panic!("{bug:?} is not found by {SEEDS} seeds"));
        println!("{bug:?}: seed {}", found.seed);
    }
}

#[test]
fn the_shrinker_leaves_what_matters() {
    let bug = Bug::ForgetDedupe;
    let found = found_by(bug).expect("it is found");
    let small = shrink(&found, |plan| finds(plan, bug));
    let deeds = |plan: &Plan| plan.clients.iter().map(|client| client.steps.len()).sum::<usize>();
    assert!(finds(&small, bug), "it still fails");
    let is_small = small.clients.len() <= 3 && small.faults.len() <= 2 && deeds(&small) * 2 < deeds(&found);
    assert!(is_small, "of {} deeds: {}", deeds(&found), small.text());
}

#[test]
fn kept_plans_still_tell_each_bug() {
    let kept = kept();
    for bug in Bug::ALL {
        let plan = kept.get(name(bug)).unwrap_or_else(|| panic!("plans/{}.json", name(bug)));
        assert!(finds(plan, bug), "{bug:?} is no longer found by its plan");
    }
}

#[test]
#[ignore = "writes the plans of the bugs anew, after a change of what a plan means"]
fn write_the_plans_of_the_bugs() {
    for bug in Bug::ALL {
        let small = shrink(&found_by(bug).expect("it is found"), |plan| finds(plan, bug));
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/simulation/plans");
        std::fs::create_dir_all(folder).expect("a folder");
        std::fs::write(format!("{folder}/{}.json", name(bug)), small.text()).expect("a file");
    }
}
