//! The stores: their contract, and what is left of them after a crash.

mod contract;
mod crash;
mod power;
pub(crate) mod redis;
