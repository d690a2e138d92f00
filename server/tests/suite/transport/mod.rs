//! The transports over plain HTTP, and all of them through a hostile proxy.

mod hostile;
mod lines;
mod probes;
