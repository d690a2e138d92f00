//! The hub without sockets: people are attached straight to it.

mod bounds;
mod faults;
mod keeping;
mod stumbles;
mod values;
