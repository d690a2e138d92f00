//! The stores: their contract, and what is left of them after a crash.

mod contract;
mod crash;
mod erasure;
mod power;
pub(crate) mod redis;
