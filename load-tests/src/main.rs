//! `engawa-load`: simulated people who hold a whole meeting over real sockets, and the oracle that checks it.
//!
//! Speaks to a server as any client would, by SPEC.md alone; must not know the server's inside. The domain crate
//! serves as the oracle: it replays the log and says what everyone's screen must hold.

mod cli;
mod client;
mod console;
mod cores;
mod crowd;
mod diff;
mod follower;
mod gathering;
mod http;
mod marker;
mod measure;
mod meter;
mod names;
mod oracle;
mod peers;
mod person;
mod report;
mod scenario;
mod server;
mod sheet;
mod trouble;

fn main() -> std::process::ExitCode {
    cli::run()
}
