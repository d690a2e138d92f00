//! Engawa's server: live meetings, stores, transports and HTTP around the meeting's rules.
//!
//! This crate owns everything that touches a clock, a file, a socket or a thread.
//! It must not know the rules of a meeting: those live in `engawa-domain`.

pub mod api;
pub mod auth;
pub mod backup;
pub mod certificates;
pub mod chance;
pub mod cli;
pub mod clock;
pub mod config;
pub mod files;
#[cfg(any(test, feature = "test-support"))]
pub mod fuzzing;
pub mod http;
pub mod hub;
pub mod limits;
pub mod net;
pub mod observe;
pub mod packed;
pub mod poster_files;
pub mod record;
pub mod rehearsal;
pub mod replay;
pub mod run;
mod series;
pub mod serve;
pub mod store;
pub mod transport;
pub mod vote_file;
mod ways_in;
