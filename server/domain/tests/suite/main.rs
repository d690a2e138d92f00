//! All tests of the domain that go through its public face, as one program: what they share is compiled once.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod erasure;
mod grouping;
mod ledger;
mod posters_walk;
mod properties;
mod record;
mod replay;
mod roles;
mod rooms_walk;
mod scripts;
mod series;
mod support;
mod tidy;
mod vectors;
mod vote_properties;
