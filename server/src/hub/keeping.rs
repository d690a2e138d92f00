//! When a meeting's state is written down: after so many entries, some time after a change, and at once when entries
//! must be forgotten. Owns the schedule; the store does the work.
//!
//! A snapshot costs as much as the state is large, so a large state is written after more entries: what snapshots cost
//! stays in proportion to what was done. The meeting's task only copies the state; it is encoded elsewhere.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use engawa_domain::{Meeting, digest};
use engawa_protocol::{MeetingId, Position, Seq};
use tokio::time::Instant;

use super::aside::Aside;
use super::limits::HubLimits;
use crate::limits;
use crate::observe::metrics;
use crate::packed::{Packed, pack_meeting};
use crate::store::{Snapshot, StateDigest, Store, StoreError};

/// Digests that are kept for when another node disputes one.
const DIGESTS_KEPT: usize = 8;

/// The schedule of a meeting's snapshots.
#[derive(Debug)]
pub(super) struct Keeping {
    /// The newest snapshot.
    kept: Seq,
    /// Its size in bytes.
    kept_bytes: usize,
    /// The first change that is in no snapshot.
    changed_at: Option<Instant>,
    /// Everything up to this entry must be forgotten.
    forget: Option<Seq>,
    not_before: Option<Instant>,
    pause: Duration,
    /// Digests of the state at the last positions where nodes compare them.
    digests: VecDeque<(Position, StateDigest)>,
    /// Whether the newest of them has been compared.
    compared: bool,
}

/// A snapshot to be written, and what is to be removed behind it.
#[derive(Debug)]
pub(super) struct Chore {
    /// Where the state stands.
    position: Position,
    /// A copy of it.
    meeting: Box<Meeting>,
    /// Everything up to this entry is to be removed for good.
    forget: Option<Seq>,
}

/// What became of a chore.
#[derive(Debug)]
pub(super) struct Done {
    position: Position,
    forget: Option<Seq>,
    /// Size in bytes, before it was packed, and digest of the state, once it was encoded.
    encoded: Option<(usize, StateDigest)>,
    outcome: Result<(), StoreError>,
}

impl Keeping {
    /// A schedule after the newest snapshot, and its size in bytes.
    #[must_use]
    pub(super) const fn new(kept: Seq, kept_bytes: usize) -> Self {
        Self {
            kept,
            kept_bytes,
            changed_at: None,
            forget: None,
            not_before: None,
            pause: Duration::ZERO,
            digests: VecDeque::new(),
            compared: true,
        }
    }

    /// The newest snapshot.
    #[must_use]
    pub(super) const fn kept(&self) -> Seq {
        self.kept
    }

    /// An entry has been applied.
    pub(super) fn changed(&mut self, now: Instant) {
        self.changed_at.get_or_insert(now);
    }

    /// Everything up to an entry must be forgotten.
    pub(super) fn forget(&mut self, up_to: Seq) {
        self.forget = Some(up_to);
        self.not_before = None;
    }

    /// Up to where entries wait to be forgotten.
    #[must_use]
    pub(super) const fn forgetting(&self) -> Option<Seq> {
        self.forget
    }

    /// Whether the state is newer than its newest snapshot, or entries wait to be forgotten.
    #[must_use]
    pub(super) fn is_behind(&self, last: Seq) -> bool {
        last > self.kept || self.forget.is_some()
    }

    /// Takes the digest of a state for comparison with other nodes.
    pub(super) fn note_digest(&mut self, meeting: Option<&Meeting>, position: Position) {
        if let Some(digest) = meeting.and_then(|meeting| digest(meeting).ok()) {
            self.keep_digest(position, StateDigest(digest));
        }
    }

    /// Keeps a digest for comparison with other nodes.
    pub(super) fn keep_digest(&mut self, position: Position, digest: StateDigest) {
        if self.digest_at(position).is_some() {
            return;
        }
        if self.digests.len() == DIGESTS_KEPT {
            self.digests.pop_front();
        }
        self.digests.push_back((position, digest));
        self.compared = false;
    }

    /// The digest that this node came to at a position.
    pub(super) fn digest_at(&self, position: Position) -> Option<StateDigest> {
        self.digests.iter().find(|(at, _)| *at == position).map(|(_, digest)| *digest)
    }

    /// The newest digest, once.
    pub(super) fn take_uncompared(&mut self) -> Option<(Position, StateDigest)> {
        if std::mem::replace(&mut self.compared, true) { None } else { self.digests.back().copied() }
    }

    /// When the next snapshot is due.
    #[must_use]
    pub(super) fn due(&self, last: Seq, limits: &HubLimits, now: Instant) -> Option<Instant> {
        let wanted = limits.entries_per_snapshot(self.kept_bytes);
        let enough = last.0.saturating_sub(self.kept.0) >= wanted;
        let due = if self.forget.is_some() || enough {
            Some(now)
        } else {
            self.changed_at.map(|changed| changed + limits.snapshot_after)
        };
        due.map(|due| self.not_before.map_or(due, |at| at.max(due)))
    }

    /// The chore of writing down a state. [`Keeping::done`] must follow.
    #[must_use]
    pub(super) fn chore(&mut self, meeting: &Meeting, position: Position) -> Chore {
        self.changed_at = None;
        Chore { position, meeting: Box::new(meeting.clone()), forget: self.forget }
    }

    /// A chore is done, or has failed.
    pub(super) fn done(&mut self, done: Done, limits: &HubLimits, now: Instant) {
        let Done { position, forget, encoded, outcome } = done;
        if let Some((bytes, digest)) = encoded {
            self.kept_bytes = bytes;
            self.keep_digest(position, digest);
        }
        match outcome {
            Ok(()) => {
                self.kept = self.kept.max(position.seq);
                self.not_before = None;
                self.pause = Duration::ZERO;
                if self.forget.is_some_and(|up_to| up_to <= position.seq) {
                    self.forget = None;
                }
            }
            Err(error) => {
                if error.is_retryable() {
                    tracing::debug!(%error, "a snapshot could not be written just now");
                } else {
                    tracing::warn!(%error, forget = forget.is_some(), "a snapshot could not be written");
                }
                self.changed(now);
                self.pause = (self.pause * 2).clamp(limits.retry_first, limits.retry_max);
                self.not_before = Some(now + self.pause);
            }
        }
    }
}

impl Chore {
    /// Does it. Everything may be tried again.
    pub(super) async fn run(self, store: Arc<dyn Store>, id: MeetingId, aside: Aside) -> Done {
        let Self { position, meeting, forget } = self;
        let mut encoded = None;
        let outcome = async {
            let Some(Ok(packed)) = aside.run(move || pack_meeting(&meeting)).await else {
                return Err(StoreError::unavailable("the state could not be encoded"));
            };
            let Packed { bytes, size, digest } = packed;
            encoded = Some((size, digest));
            let snapshot = Snapshot { position, digest, bytes };
            keep(&*store, id, snapshot, forget).await
        }
        .await;
        Done { position, forget, encoded, outcome }
    }
}

impl Done {
    /// What the store said.
    pub(super) const fn outcome(&self) -> &Result<(), StoreError> {
        &self.outcome
    }
}

/// Has the store keep a snapshot, and remove what it makes superfluous.
async fn keep(
    store: &dyn Store,
    meeting: MeetingId,
    snapshot: Snapshot,
    forget: Option<Seq>,
) -> Result<(), StoreError> {
    let position = snapshot.position;
    // What has to be forgotten is forgotten by whoever comes to it; the rest is one node's work. If nobody knows
    // whose, it is done rather twice than not at all.
    if forget.is_none() && !store.claim_snapshot(meeting, limits::SNAPSHOT_LEASE_MS).await.unwrap_or(true) {
        return Ok(());
    }
    store.put_snapshot(meeting, snapshot).await.inspect_err(|_| metrics::store_failed("put_snapshot"))?;
    match forget {
        Some(up_to) => {
            let up_to = Position { seq: up_to, ..position };
            store.purge(meeting, up_to).await.inspect_err(|_| metrics::store_failed("purge"))?;
        }
        None => {
            store.trim(meeting).await.inspect_err(|_| metrics::store_failed("trim"))?;
        }
    }
    Ok(())
}
