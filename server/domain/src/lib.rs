//! The meeting as a deterministic state machine.
#![no_std]
extern crate alloc;

pub mod chance;
pub mod grouping;
