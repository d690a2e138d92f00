//! Engawa's hub: live meetings, stores, transports and HTTP.
//!
//! This crate owns everything that touches a clock, a file, a socket or a thread.
//! It must not know the rules of a meeting: those live in `engawa-domain`.

pub mod auth;
pub mod cli;
pub mod config;
pub mod http;
pub mod net;
pub mod observe;
pub mod serve;
