//! What grouping promises: the quality of real meetings, awkward numbers, and properties of every way.
#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

mod awkward;
mod cafe;
mod common;
mod meetings;
mod properties;
mod quality;
mod replay;
