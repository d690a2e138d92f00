//! New seeds with every run, thousands of them with `make simulate`, and the plans that are kept. A seed that fails is shrunk
//! and its plan left as a file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::plan::Plan;
use crate::run::{Options, run};
use crate::shrink::shrink;
use crate::world::lock;

/// Seeds that every run of the tests tries.
const SEEDS: u64 = 200;
/// Failing seeds that are shrunk before a run gives up.
const FAILURES_MAX: usize = 3;

/// Runs seeds on all processors; gives how many fail, with the plan file and what was wrong first.
fn try_seeds(first: u64, count: u64, threads: usize) -> BTreeMap<u64, String> {
    let (next, failures) = (AtomicU64::new(0), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while lock(&failures).len() < FAILURES_MAX {
                    let seed = first + next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + count {
                        return;
                    }
                    let plan = Plan::of(seed);
                    if !run(&plan, Options::default()).findings.is_empty() {
                        let told = leave(&plan);
                        lock(&failures).insert(seed, told);
                    }
                }
            });
        }
    });
    failures.into_inner().unwrap_or_default()
}

/// Shrinks a plan that fails, leaves it as a file, and says what is wrong with it.
fn leave(plan: &Plan) -> String {
    let small = shrink(plan, |plan| !run(plan, Options::default()).findings.is_empty());
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("plan-{}.json", plan.seed));
    std::fs::write(&path, small.text()).expect("a plan file can be written");
    let report = run(&small, Options { keep_trace: true, bug: None });
    let trace = path.with_extension("trace");
    std::fs::write(&trace, report.trace.unwrap_or_default()).expect("a trace can be written");
    format!("{}: {:.2000}", path.display(), report.findings.join("\n"))
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn try_and_tell(count: u64, threads: usize) {
    let today = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() * 10_000;
    let first = number("SEED").unwrap_or(today);
    println!("seeds {first} to {}; SEED={first} tries them again", first + count - 1);
    let began = Instant::now();
    let failures = try_seeds(first, count, threads);
    println!("{count} seeds in {:?}", began.elapsed());
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn new_seeds_every_time() {
    try_and_tell(number("SEEDS").unwrap_or(SEEDS), 1);
}

#[test]
#[ignore = "thousands of seeds: make simulate"]
fn thousands_of_seeds() {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    try_and_tell(number("SEEDS").unwrap_or(5_000), threads);
}

/// One seed with its whole trace, for looking at it.
#[test]
#[ignore = "prints the trace of SEED, or of the plan file PLAN"]
fn one_with_its_trace() {
    let plan = match std::env::var("PLAN") {
        Ok(path) => Plan::read(Path::new(&path)),
        Err(_) => Plan::of(number("SEED").unwrap_or(1)),
    };
    let report = run(&plan, Options { keep_trace: true, bug: None });
    println!("{}", report.trace.unwrap_or_default());
    println!("{:#?}\n{:#?}", report.counts, report.findings);
}

/// The plans that are kept, by name.
pub(crate) fn kept() -> BTreeMap<String, Plan> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/simulation/plans");
    let files = std::fs::read_dir(folder).expect("a folder of the tree");
    let paths = files.map(|file| file.expect("readable").path());
    paths.map(|path: PathBuf| (name(&path), Plan::read(&path))).collect()
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

#[test]
fn kept_plans_find_nothing_any_more() {
    let kept = kept();
    assert!(!kept.is_empty());
    for (name, plan) in kept {
        let report = run(&plan, Options::default());
        assert!(report.findings.is_empty(), "{name}: {:#?}", report.findings);
    }
}

/// What is tried is what the simulation is for: if a change makes runs tame, this notices.
#[test]
fn runs_are_rough() {
    let reports = (1..=40).map(|seed| run(&Plan::of(seed), Options::default()).counts);
    let sum = reports.fold([0; 7], |sum, counts| {
        let of = [
            counts.acknowledged,
            counts.rejected,
            counts.doubled,
            counts.screens,
            counts.objects,
            counts.lost,
            counts.put_back,
        ];
        std::array::from_fn(|index| sum[index] + of[index])
    });
    println!("acknowledged, rejected, doubled, screens, objects, lost, put back: {sum:?}");
    let least = [400, 100, 20, 300, 100, 20, 5];
    assert!(sum.iter().zip(least).all(|(sum, least)| *sum >= least), "{sum:?}");
}
