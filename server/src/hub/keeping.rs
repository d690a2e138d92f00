//! When a meeting's state is written down: after so many entries, some time after a change, and at once when entries
//! must be forgotten. Owns the schedule; the store does the work.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use engawa_domain::{Meeting, digest, encode_snapshot};
use engawa_protocol::{MeetingId, Position, Seq};
use tokio::time::Instant;

use super::limits::HubLimits;
use crate::limits;
use crate::observe::metrics;
use crate::store::{Snapshot, StateDigest, Store, StoreError};

/// Digests that are kept for when another node disputes one.
const DIGESTS_KEPT: usize = 8;

/// The schedule of a meeting's snapshots.
#[derive(Debug)]
pub(super) struct Keeping {
    /// The newest snapshot.
    kept: Seq,
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
#[derive(Debug, Clone)]
pub(super) struct Chore {
    /// The snapshot.
    pub snapshot: Snapshot,
    /// Everything up to this entry is to be removed for good.
    pub forget: Option<Seq>,
}

impl Keeping {
    /// A schedule after the newest snapshot.
    #[must_use]
    pub(super) const fn new(kept: Seq) -> Self {
        Self {
            kept,
            changed_at: None,
            forget: None,
            not_before: None,
            pause: Duration::ZERO,
            digests: VecDeque::new(),
            compared: true,
        }
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
        let enough = last.0.saturating_sub(self.kept.0) >= limits.snapshot_entries;
        let due = if self.forget.is_some() || enough {
            Some(now)
        } else {
            self.changed_at.map(|changed| changed + limits.snapshot_after)
        };
        due.map(|due| self.not_before.map_or(due, |at| at.max(due)))
    }

    /// The chore of writing down a state.
    #[must_use]
    pub(super) fn chore(&self, meeting: &Meeting, position: Position) -> Option<Chore> {
        let bytes = encode_snapshot(meeting).ok()?;
        let digest = StateDigest(digest(meeting).ok()?);
        let snapshot = Snapshot { position, digest, bytes: bytes.into() };
        Some(Chore { snapshot, forget: self.forget })
    }

    /// A chore is done, or has failed.
    pub(super) fn done(
        &mut self,
        chore: &Chore,
        outcome: &Result<(), StoreError>,
        limits: &HubLimits,
        now: Instant,
    ) {
        match outcome {
            Ok(()) => {
                self.kept = self.kept.max(chore.snapshot.position.seq);
                self.changed_at = None;
                self.not_before = None;
                self.pause = Duration::ZERO;
                if self.forget.is_some_and(|up_to| up_to <= chore.snapshot.position.seq) {
                    self.forget = None;
                }
            }
            Err(error) => {
                if error.is_retryable() {
                    tracing::debug!(%error, "a snapshot could not be written just now");
                } else {
                    tracing::warn!(%error, forget = chore.forget.is_some(), "a snapshot could not be written");
                }
                self.pause = (self.pause * 2).clamp(limits.retry_first, limits.retry_max);
                self.not_before = Some(now + self.pause);
            }
        }
    }
}

impl Chore {
    /// Does it.
    ///
    /// # Errors
    /// What the store says. Everything may be tried again.
    pub(super) async fn run(self, store: Arc<dyn Store>, meeting: MeetingId) -> Result<(), StoreError> {
        let position = self.snapshot.position;
        // What has to be forgotten is forgotten by whoever comes to it; the rest is one node's work. If nobody knows
        // whose, it is done rather twice than not at all.
        if self.forget.is_none()
            && !store.claim_snapshot(meeting, limits::SNAPSHOT_LEASE_MS).await.unwrap_or(true)
        {
            return Ok(());
        }
        store
            .put_snapshot(meeting, self.snapshot)
            .await
            .inspect_err(|_| metrics::store_failed("put_snapshot"))?;
        match self.forget {
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
}
