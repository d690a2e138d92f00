//! The transports over plain HTTP, and all of them through a hostile proxy.

mod conformance;
mod hostile;
mod lines;
mod overload;
mod probes;
mod unfriendly;
