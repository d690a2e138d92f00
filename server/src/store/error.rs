//! What can go wrong in a store, in words for operators. None of it is shown to people in a meeting, and
//! no variant carries a payload.

use std::sync::Arc;

use super::{Epoch, Position};

/// Why a store did not do what it was asked.
///
/// Cloneable, because one failed commit answers everyone who waited for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The store cannot be reached just now. Nothing took effect.
    #[error("store unavailable: {reason}")]
    Unavailable {
        /// What was seen.
        reason: Arc<str>,
    },
    /// The answer was lost: the write may or may not have taken effect.
    #[error("store did not answer, the write may have taken effect: {reason}")]
    OutcomeUnknown {
        /// What was seen.
        reason: Arc<str>,
    },
    /// There is no such meeting.
    #[error("no such meeting")]
    NotFound,
    /// There already is such a meeting.
    #[error("the meeting already exists")]
    AlreadyExists,
    /// The caller's epoch is not the meeting's. Reload from the newest snapshot.
    #[error("the meeting is at epoch {}, not the caller's", current.0)]
    EpochChanged {
        /// The meeting's epoch.
        current: Epoch,
    },
    /// Entries after the asked position have been removed. Reload from the newest snapshot.
    #[error("entries up to {floor} have been removed")]
    Trimmed {
        /// The last entry that is gone.
        floor: Position,
    },
    /// The asked position lies beyond the end of the log: it was read from a history that this log does not
    /// hold.
    #[error("position lies beyond the end of the log at {last}")]
    Ahead {
        /// The end of the log.
        last: Position,
    },
    /// The log is not the one that was read: it goes on differently somewhere at or before the asked position (a
    /// failover or a restart has lost what was read). See [`super::Store::survey`].
    #[error("the log is no longer the one that was read")]
    Diverged,
    /// An append without payloads: there would be no position to answer with.
    #[error("an append needs at least one payload")]
    EmptyBatch,
    /// Something is larger than its bound (see [`crate::limits`]). Nothing took effect.
    #[error("{what} is {size}, at most {limit} allowed")]
    TooLarge {
        /// What is too large, unit included.
        what: &'static str,
        /// Its size.
        size: usize,
        /// The bound.
        limit: usize,
    },
    /// A purge was asked for entries that no snapshot covers yet. Nothing took effect.
    #[error("purge up to {up_to} needs a snapshot there or later")]
    NotCovered {
        /// What was to be purged.
        up_to: Position,
        /// The newest snapshot's position.
        newest: Option<Position>,
    },
    /// Stored bytes are not what was written.
    #[error("stored data is damaged: {detail}")]
    Corrupt {
        /// What is damaged, and where.
        detail: Arc<str>,
    },
    /// Another process has the store open.
    #[error("the store is open in another process")]
    Locked,
    /// The store was written by a release newer than this one.
    #[error("the store has format {found}, this release knows up to {known}")]
    FormatUnknown {
        /// The format found.
        found: u64,
        /// The newest format this release knows.
        known: u64,
    },
    /// The store has been closed by its owner.
    #[error("the store is closed")]
    Closed,
    /// Writing failed in a way that leaves the state of the disk unknown (a failed fsync). The store
    /// refuses everything from then on; restart to recover what was acknowledged. The write itself may or may
    /// not have taken effect.
    #[error("the store has failed and must be reopened: {detail}")]
    Fatal {
        /// What failed first.
        detail: Arc<str>,
    },
}

impl StoreError {
    /// Nothing took effect; say why.
    pub fn unavailable(reason: impl Into<Arc<str>>) -> Self {
        Self::Unavailable { reason: reason.into() }
    }

    /// The answer was lost; say how.
    pub fn outcome_unknown(reason: impl Into<Arc<str>>) -> Self {
        Self::OutcomeUnknown { reason: reason.into() }
    }

    /// Stored bytes are wrong; say which.
    pub fn corrupt(detail: impl Into<Arc<str>>) -> Self {
        Self::Corrupt { detail: detail.into() }
    }

    /// Whether the same call may succeed a little later.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::Unavailable { .. } | Self::OutcomeUnknown { .. } => true,
            Self::NotFound
            | Self::AlreadyExists
            | Self::EpochChanged { .. }
            | Self::Trimmed { .. }
            | Self::Ahead { .. }
            | Self::Diverged
            | Self::EmptyBatch
            | Self::TooLarge { .. }
            | Self::NotCovered { .. }
            | Self::Corrupt { .. }
            | Self::Locked
            | Self::FormatUnknown { .. }
            | Self::Closed
            | Self::Fatal { .. } => false,
        }
    }

    /// Whether the failed write may be in the log all the same, so that trying again may double it.
    #[must_use]
    pub const fn may_have_taken_effect(&self) -> bool {
        matches!(self, Self::OutcomeUnknown { .. } | Self::Fatal { .. })
    }
}

/// Why a tail ended. All but a retryable [`TailEnd::Failed`] mean: reload from the newest snapshot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TailEnd {
    /// The meeting has begun a new epoch.
    #[error("the meeting has moved on to epoch {}", current.0)]
    EpochChanged {
        /// The new epoch.
        current: Epoch,
    },
    /// The meeting has been deleted, or is no longer there: [`super::Store::survey`] tells which.
    #[error("the meeting is no longer there")]
    Deleted,
    /// Two nodes have come to different states at a position.
    #[error("nodes differ about the state at {at}")]
    Disputed {
        /// Where.
        at: Position,
    },
    /// The reader was so slow that the entries it needed next have been removed behind a snapshot.
    #[error("entries up to {floor} have been removed")]
    Trimmed {
        /// The last entry that is gone.
        floor: Position,
    },
    /// The store failed. If the error is retryable, a new tail after the last entry received goes on without
    /// gap or duplicate.
    #[error("the tail failed: {0}")]
    Failed(StoreError),
}

impl From<StoreError> for TailEnd {
    /// What an error while following a log means to the tail's reader. A meeting that is not found was there
    /// when the tail began: it has been deleted.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::Deleted,
            StoreError::EpochChanged { current } => Self::EpochChanged { current },
            StoreError::Trimmed { floor } => Self::Trimmed { floor },
            other => Self::Failed(other),
        }
    }
}
