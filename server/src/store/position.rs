//! Where an entry stands: epoch, number, time. Kept in a file of its own so that the protocol's types can
//! take their place with one `pub use`.

use std::fmt;

/// One meeting's name in a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeetingKey(pub uuid::Uuid);

/// Which history of a meeting. It rises when history may have been lost; numbers of different epochs are
/// not comparable. The first epoch is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub u64);

/// Number of an entry within its meeting and epoch: dense, the first is 1. As a position "after" which to
/// read, 0 stands before all entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(pub u64);

/// A place in a meeting's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Which history.
    pub epoch: Epoch,
    /// Which entry in it.
    pub seq: Seq,
}

/// A moment, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub u64);

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.epoch.0, self.seq.0)
    }
}
