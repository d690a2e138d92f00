//! Engawa's server: live meetings, stores, transports and HTTP around the meeting's rules, which live
//! in `engawa-domain` and are none of this crate's business.

pub mod clock;
pub mod limits;
pub mod store;
