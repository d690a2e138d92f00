//! The durable log and the snapshots: one trait, its promises, and the stores that keep them.
//!
//! A store orders opaque bytes per meeting, numbers and time-stamps them, and keeps them. It must not know
//! what they mean: no rule of the meeting, no wire type. What every store promises is written down as the
//! numbered functions of `store::contract`, which run against each of them.
//!
//! # The life of a meeting in a store
//!
//! `create` writes entry 1 of epoch 1. `append` adds entries, `tail` and `read` give them back. A snapshot
//! at a position stands for all entries up to it; the newest and the one before are kept, so that one bad
//! snapshot is not the end. `trim` removes the entries that even the older of the two stands for. `purge` is
//! stricter, for secrets: it leaves the newest snapshot and what follows it, nothing else. `start_epoch` gives up
//! a history for a snapshot of it. `delete` leaves nothing.

#[cfg(any(test, feature = "test-support"))]
pub mod contract;
pub mod embedded;
mod error;
#[cfg(any(test, feature = "test-support"))]
pub mod faulty;
mod head;
pub mod hearsay;
mod live;
mod measure;
pub mod memory;
mod position;
pub mod redis;
mod survey;
mod tail;

use bytes::Bytes;
use futures_util::future::BoxFuture;

pub use self::error::{StoreError, TailEnd};
pub use self::measure::{StoreMeasurement, StoreSpeed, measure_store};
pub use self::position::{Epoch, MeetingId, Position, Seq, Timestamp};
pub use self::survey::{Founding, Mark, Present, Survey};
pub use self::tail::{Tail, TailFeed};
use crate::limits;

/// The answer of a store.
///
/// Boxed futures make the trait usable as `Arc<dyn Store>`, so that the hub is compiled once and stores can be
/// wrapped in each other; one allocation per call is nothing beside an fsync or a round trip.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// One entry of a meeting's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// Its number: one more than the entry's before it.
    pub seq: Seq,
    /// When the store took it. Never earlier than the entry before it; the same for all of a batch.
    pub at: Timestamp,
    /// What was appended, byte for byte.
    pub payload: Bytes,
}

/// What an append has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Where the first payload stands; the others follow without a gap.
    pub first: Position,
    /// How many payloads were appended.
    pub count: u64,
    /// The time stamp of all of them.
    pub at: Timestamp,
}

impl Appended {
    /// Where the last payload stands.
    #[must_use]
    pub fn last(&self) -> Position {
        Position { epoch: self.first.epoch, seq: Seq(self.first.seq.0 + self.count.saturating_sub(1)) }
    }
}

/// A digest of the state that a snapshot holds, as its writer computed it. The store keeps it and looks no
/// further; its own checksum guards the stored bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateDigest(pub [u8; 32]);

/// The state of a meeting, all entries up to a position applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The last entry that is in it.
    pub position: Position,
    /// Digest of the state.
    pub digest: StateDigest,
    /// The encoded state.
    pub bytes: Bytes,
}

/// What became of a snapshot that was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotPut {
    /// It is the newest now.
    Stored,
    /// There already was one at its position or later (another node was faster, or this is a retry). Not kept.
    NotNewer,
}

/// Where a meeting's log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeetingHead {
    /// Which meeting.
    pub meeting: MeetingId,
    /// Its last entry.
    pub last: Position,
    /// When its last entry was taken.
    pub last_at: Timestamp,
    /// The last entry that has been removed behind a snapshot; number 0 if none has.
    pub floor: Position,
    /// Where the newest snapshot stands.
    pub snapshot: Option<Position>,
}

/// A durable, ordered log and snapshots per meeting.
///
/// Dropping an unfinished future gives up the answer, not the work: the write may still take effect, as with
/// [`StoreError::OutcomeUnknown`]. A write that answers with an error other than those for which
/// [`StoreError::may_have_taken_effect`] holds changed nothing.
pub trait Store: std::fmt::Debug + Send + Sync + 'static {
    /// Begins a meeting with its first entry. Durable before it answers.
    ///
    /// Fails with [`StoreError::AlreadyExists`], also when retried after a lost answer: ids are drawn at random,
    /// so a meeting that a retry finds is the caller's own.
    fn create(&self, meeting: MeetingId, first: Bytes) -> Answer<'_, Appended>;

    /// Appends a batch of 1 to [`limits::STORE_BATCH_COUNT`] payloads: all of them, next to each other, or none.
    /// Durable before it answers.
    ///
    /// At least once under retry: after an error that may have taken effect, the batch may be in the log already.
    /// `epoch` is the caller's: a log that has moved on to another refuses with [`StoreError::EpochChanged`].
    fn append(&self, meeting: MeetingId, epoch: Epoch, payloads: Vec<Bytes>) -> Answer<'_, Appended>;

    /// Reads up to `count` entries after a position, in order, without a gap; fewer if they are large or more than
    /// [`limits::STORE_READ_COUNT`]. For a count above 0, none means the end of the log.
    ///
    /// Fails with [`StoreError::EpochChanged`], [`StoreError::Trimmed`] or [`StoreError::Ahead`] if the position
    /// is not on this log.
    fn read(&self, meeting: MeetingId, after: Position, count: usize) -> Answer<'_, Vec<LogEntry>>;

    /// Follows the log after a position: first what is stored, then what is appended, in order, no gap, no
    /// duplicate, until the [`Tail`] ends with its reason. Entries reach a tail only once they are durable.
    ///
    /// Fails like [`Store::read`].
    fn tail(&self, meeting: MeetingId, after: Position) -> Answer<'_, Tail>;

    /// Where the log stands.
    fn head(&self, meeting: MeetingId) -> Answer<'_, MeetingHead>;

    /// Asks to be the node that writes this meeting's snapshots for the next `lease_ms` milliseconds, so that not
    /// every node encodes and sends the same state. True if so; asking again prolongs it. Nothing depends on it
    /// but work: a snapshot that is put without it is taken all the same. A store of one process always says yes.
    fn claim_snapshot(&self, meeting: MeetingId, lease_ms: u64) -> Answer<'_, bool> {
        let _ = (meeting, lease_ms);
        Box::pin(async { Ok(true) })
    }

    /// Stores a snapshot if it is newer than the newest; that one becomes the previous one, and the previous one
    /// goes. Removes no entries.
    ///
    /// Fails with [`StoreError::Ahead`] or [`StoreError::EpochChanged`] if its position is not on this log.
    fn put_snapshot(&self, meeting: MeetingId, snapshot: Snapshot) -> Answer<'_, SnapshotPut>;

    /// The newest snapshot; none if none was ever put.
    fn latest_snapshot(&self, meeting: MeetingId) -> Answer<'_, Option<Snapshot>>;

    /// The snapshot before the newest, for when the newest turns out bad.
    fn previous_snapshot(&self, meeting: MeetingId) -> Answer<'_, Option<Snapshot>>;

    /// Removes the entries that the previous snapshot stands for; nothing if there is none. Answers with the
    /// last entry that is gone.
    fn trim(&self, meeting: MeetingId) -> Answer<'_, Position>;

    /// Removes every entry up to the newest snapshot, and every older snapshot, so that what they alone
    /// held can be read no more. Answers with the last entry that is gone.
    ///
    /// Fails with [`StoreError::NotCovered`] unless the newest snapshot stands at `up_to` or later.
    fn purge(&self, meeting: MeetingId, up_to: Position) -> Answer<'_, Position>;

    /// Gives up the history of epoch `current` and begins the next with a snapshot of what is known of it: all
    /// entries and other snapshots go, tails end, the next entry follows `seq`. Answers with the snapshot's new
    /// position.
    ///
    /// For when history may have been lost: a store that came back without its last moments, a restored backup.
    /// Fails with [`StoreError::EpochChanged`] if another node was faster, or on retry after a lost answer.
    fn start_epoch(
        &self,
        meeting: MeetingId,
        current: Epoch,
        seq: Seq,
        digest: StateDigest,
        bytes: Bytes,
    ) -> Answer<'_, Position>;

    /// Looks at what the store holds in place of a history that was read up to `held`: for when
    /// [`StoreError::NotFound`], [`StoreError::Diverged`], [`StoreError::Ahead`] or another epoch came where that history
    /// was to go on. The trait's own answer is that of a store which one process has for itself: it loses nothing, so
    /// what is not there has been deleted.
    fn survey(&self, meeting: MeetingId, held: Position) -> Answer<'_, Survey> {
        let _ = held;
        Box::pin(async move {
            match self.head(meeting).await {
                Ok(head) => Ok(Survey::Present(Present {
                    last: head.last,
                    floor: head.floor.seq,
                    fork: None,
                    beyond: None,
                    mark: Mark(String::new()),
                })),
                Err(StoreError::NotFound) => Ok(Survey::Deleted),
                Err(error) => Err(error),
            }
        })
    }

    /// Tells the other nodes how much of a meeting's lost history this one holds, for a few seconds. True if none of
    /// those that have told so holds more. A store of one process always says yes.
    fn bid(&self, meeting: MeetingId, held: Position) -> Answer<'_, bool> {
        let _ = (meeting, held);
        Box::pin(async { Ok(true) })
    }

    /// Begins a new epoch over what the store holds, because somebody has read another history under the present one:
    /// positions of it mean something else now. Answers with the epoch after it.
    ///
    /// Fails with [`StoreError::EpochChanged`] if another node was faster, which is as good.
    fn leave_history(&self, meeting: MeetingId, current: Epoch) -> Answer<'_, Epoch> {
        let _ = meeting;
        Box::pin(async move { Err(StoreError::EpochChanged { current }) })
    }

    /// Begins a new epoch with a state from memory, in place of whatever is there, all in one step. None if the store
    /// no longer stands where `mark` says.
    ///
    /// Fails with [`StoreError::NotFound`] if the meeting has been deleted.
    fn refound(&self, meeting: MeetingId, mark: Mark, founding: Founding) -> Answer<'_, Option<Position>> {
        let _ = (meeting, mark, founding);
        Box::pin(async { Ok(None) })
    }

    /// Whether [`Store::compare_digest`] compares with anybody.
    fn compares_digests(&self) -> bool {
        false
    }

    /// Holds the digest of a state against those that other nodes have given for the same position. Where one differs,
    /// every tail of the meeting, on every node, ends with [`TailEnd::Disputed`]. A store of one process has nothing
    /// to compare.
    fn compare_digest(&self, meeting: MeetingId, at: Position, digest: StateDigest) -> Answer<'_, ()> {
        let _ = (meeting, at, digest);
        Box::pin(async { Ok(()) })
    }

    /// Removes a meeting: log, snapshots, counters. Its tails end. Removing what is not there is no error, so
    /// that a retry after a lost answer is none. A store of several processes may keep that there was a meeting with
    /// this id, so that none of them takes it for lost.
    fn delete(&self, meeting: MeetingId) -> Answer<'_, ()>;

    /// Up to [`limits::STORE_MEETINGS_PAGE`] meetings in the order of their keys, those after `after`; an
    /// empty page is the end.
    fn meetings(&self, after: Option<MeetingId>) -> Answer<'_, Vec<MeetingHead>>;

    /// Whether the store would take a write now, found out by going the way that a write goes. The caller sets
    /// a time limit.
    fn health(&self) -> Answer<'_, ()>;

    /// Finishes what is under way, ends all tails, releases files and locks. Everything afterwards answers
    /// [`StoreError::Closed`]; closing again is no error.
    fn close(&self) -> Answer<'_, ()>;
}

/// Checks payloads that may be none.
fn check_carried(payloads: &[Bytes]) -> Result<(), StoreError> {
    if payloads.is_empty() { Ok(()) } else { check_batch(payloads).map(drop) }
}

/// Checks a batch against its bounds, the same for every store.
fn check_batch(payloads: &[Bytes]) -> Result<usize, StoreError> {
    if payloads.is_empty() {
        return Err(StoreError::EmptyBatch);
    }
    check_size("payloads in a batch", payloads.len(), limits::STORE_BATCH_COUNT)?;
    let mut total = 0;
    for payload in payloads {
        check_size("payload bytes", payload.len(), limits::STORE_PAYLOAD_BYTES)?;
        total += payload.len();
    }
    check_size("payload bytes in a batch", total, limits::STORE_BATCH_BYTES)?;
    Ok(total)
}

/// Checks a snapshot against its bound.
fn check_snapshot(bytes: &Bytes) -> Result<(), StoreError> {
    check_size("snapshot bytes", bytes.len(), limits::STORE_SNAPSHOT_BYTES)
}

fn check_size(what: &'static str, size: usize, limit: usize) -> Result<(), StoreError> {
    if size > limit { Err(StoreError::TooLarge { what, size, limit }) } else { Ok(()) }
}
