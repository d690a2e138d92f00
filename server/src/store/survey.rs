//! What a store holds in place of a history that this process has read of it, and what may be done about it. Owns the
//! words; who wins and what is carried over is decided by the hub, because only it knows what entries mean.

use bytes::Bytes;

use super::{LogEntry, Position, Seq, StateDigest, Timestamp};

/// What a store holds of a meeting, held against a history that was read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Survey {
    /// The meeting has been deleted.
    Deleted,
    /// The store has nothing of it and knows of no deletion: what it had is lost, or it never had anything.
    Absent {
        /// To be given to [`super::Store::refound`].
        mark: Mark,
    },
    /// It is there.
    Present(Present),
}

/// A meeting that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// Its last entry.
    pub last: Position,
    /// The last entry that is gone behind a snapshot.
    pub floor: Seq,
    /// The last entry that both histories have; none if that cannot be told any more.
    pub fork: Option<Seq>,
    /// What the store has behind the fork, epochs aside; none if there is no fork or more than a batch.
    pub beyond: Option<Vec<LogEntry>>,
    /// To be given to [`super::Store::refound`].
    pub mark: Mark,
}

/// Where exactly a store stood when it was looked at: a change made on the strength of what was seen takes effect only
/// if nothing has changed since. Opaque to everybody but the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark(pub(super) String);

impl Mark {
    /// A mark of a store that is not part of this crate.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

/// A state from memory, with which a meeting begins anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Founding {
    /// The position in the history that was held; the new epoch is a later one.
    pub held: Position,
    /// The time of the last entry in the state: no later entry is stamped with an earlier one.
    pub at: Timestamp,
    /// Digest of the state.
    pub digest: StateDigest,
    /// The encoded state.
    pub bytes: Bytes,
    /// What follows it at once, in the same step: 0 to [`crate::limits::STORE_BATCH_COUNT`] payloads.
    pub carried: Vec<Bytes>,
}
