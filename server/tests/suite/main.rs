//! All tests of the server that need more than one of its modules, as one program: it is linked once, and its tests share
//! the processors, those that wait with those that compute.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod api;
mod backup;
mod deploy;
mod erasure;
mod fuzzed;
#[cfg(unix)]
mod healing;
mod hub;
#[cfg(unix)]
mod kill;
mod limits;
mod net;
mod node;
mod nodes;
mod openapi;
mod parties;
mod poster_files;
mod preparation;
mod record;
mod rehearsal;
mod series;
mod store;
mod support;
mod tidy;
mod tls;
mod transport;
mod ways_in;
