//! One connection of a client: what belongs to it and how it may end.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use engawa_protocol::{Ack, ClientFrame, Goodbye, Timestamp};

use super::Comeback;
use super::wire::{Wire, WireEnd};

/// Why a line ended.
pub(super) enum End {
    Away,
    Break {
        comeback: Comeback,
        after: Duration,
    },
    Goodbye(Goodbye),
    /// The line is gone, or none could be made.
    Lost(String),
    /// The other side broke the protocol.
    Broken(String),
    /// The line has lived as long as its kind does (TR7).
    Over,
    /// Nobody holds the client any more.
    Dropped,
}

impl From<WireEnd> for End {
    fn from(end: WireEnd) -> Self {
        match end {
            WireEnd::Lost(why) => Self::Lost(why),
            WireEnd::Over => Self::Over,
            WireEnd::Broken(why) => Self::Broken(why),
        }
    }
}

/// What belongs to one connection.
pub(super) struct Line {
    pub(super) wire: Wire,
    /// Taken by POST, and not seen yet (TR5).
    pub(super) accepted: Vec<Ack>,
    /// Nothing is read any more.
    pub(super) deaf: bool,
    pub(super) node: usize,
    pub(super) welcomed: Instant,
    pub(super) heard: Instant,
    pub(super) heartbeat: Duration,
}

/// A frame as text.
pub(super) fn encode(frame: &ClientFrame) -> Result<String, End> {
    serde_json::to_string(frame).map_err(|error| End::Broken(format!("an own frame: {error}")))
}

/// This machine's clock.
pub(super) fn wall_clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
