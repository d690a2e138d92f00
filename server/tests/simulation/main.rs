//! Seeded simulation: real hubs over a simulated store and network, with simulated people, on simulated time. A program of
//! its own, because it listens to panics, starts itself again to compare digests, and is what `make simulate` builds for
//! speed, without everything else that is tested.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod cast;
mod client;
mod deeds;
mod dice;
mod history;
mod linear;
mod nodes;
mod oracle;
mod plan;
mod run;
mod screen;
mod store;
mod world;

use plan::Plan;
use run::{Options, run};

#[test]
fn first() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let count: u64 = std::env::var("SEEDS").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let began = std::time::Instant::now();
    let mut bad = 0;
    for seed in seed..seed + count {
        let report = run(&Plan::of(seed), Options { keep_trace: count == 1, bug: None });
        if count == 1 {
            println!("{}", report.trace.as_deref().unwrap_or_default());
            println!("{:#?}", report.counts);
        }
        if !report.findings.is_empty() {
            bad += 1;
            println!("{seed}: {:.1000}", report.findings.join("\n   "));
        }
    }
    println!("{bad} of {count} in {:?}", began.elapsed());
}
