//! Parties (a few named people in a meeting, over real sockets or straight on the hub) and Redis servers of their own.

#![allow(
    dead_code,
    unused_imports,
    unreachable_pub,
    missing_docs,
    reason = "each test program uses a part of this"
)]
pub(crate) mod http;
pub mod http_line;
pub mod person;
pub mod proxy;
pub mod redis;
pub(crate) mod sentinel;
pub mod tls;
pub mod venue;

pub use http_line::Way;
pub use person::Person;
pub use venue::Venue;

/// Whatever a test waits for comes within this time, or the test fails.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

use engawa_protocol::command::{AddNote, EditMeeting};
use engawa_protocol::{AreaId, BoardId, NoteColor};

/// A note for the plenary's board.
pub fn note(text: &str) -> AddNote {
    AddNote { board: BoardId::PLENARY, area: AreaId(0), text: text.into(), color: NoteColor::Yellow }
}

/// The meeting by another title.
pub fn titled(title: &str) -> EditMeeting {
    EditMeeting { title: Some(title.into()), language: None, starts_at: None }
}
