//! Parties: a few named people in a meeting, over real sockets or straight on the hub.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test binary uses a part of this")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

pub mod person;
pub mod venue;

pub use person::Person;
pub use venue::Venue;

/// Whatever a test waits for comes within this time, or the test fails.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);
