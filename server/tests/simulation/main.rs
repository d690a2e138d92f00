//! Seeded simulation: real hubs over a simulated store and network, with simulated people, on simulated time. A program of
//! its own, because it listens to panics, starts itself again to compare digests, and is what `make simulate` builds for
//! speed, without everything else that is tested.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod bugs;
mod cast;
mod client;
mod deeds;
mod dice;
mod hearsay;
mod history;
mod ledger;
mod lineage;
mod linear;
mod link;
mod linked;
mod nodes;
mod oracle;
mod plan;
mod processes;
mod repeat;
mod run;
mod screen;
mod seeds;
mod shrink;
mod sockets;
mod store;
#[path = "../suite/support/mod.rs"]
mod support;
mod world;
