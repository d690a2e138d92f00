//! From the store to a live meeting: the newest good snapshot and the entries after it.

use std::sync::Arc;

use engawa_domain::{Meeting, digest};
use engawa_protocol::{MeetingId, Position, Seq};
use tokio::time::Instant;

use super::keeping::Keeping;
use super::live::{Fault, Live};
use super::surroundings::Surroundings;
use crate::limits::STORE_READ_COUNT;
use crate::observe::metrics;
use crate::packed::{Unreadable, meeting_in};
use crate::store::{Snapshot, StateDigest, Store, StoreError};

/// Why a meeting cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub(super) enum LoadError {
    /// The store does not give it out.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry cannot be applied.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// Neither of the snapshots is good, and the entries that they stand for are gone.
    #[error("no good snapshot, and the log begins behind it")]
    NothingGood,
}

/// Loads a meeting. With `until` it stops after that entry, even if there are more.
///
/// # Errors
/// A [`LoadError`].
pub(super) async fn load(
    store: &Arc<dyn Store>,
    id: MeetingId,
    around: &Surroundings,
    until: Option<Seq>,
) -> Result<Live, LoadError> {
    let head = store.head(id).await?;
    let start = Position { epoch: head.last.epoch, seq: Seq(0) };
    let good = match good_snapshot(store.latest_snapshot(id).await?, until) {
        Some(good) => Some(good),
        None => good_snapshot(store.previous_snapshot(id).await?, until),
    };
    let kept_bytes = good.as_ref().map_or(0, |good| good.bytes);
    let mut live = match good {
        Some(Good { meeting, position, .. }) => Live::new(id, around.clone(), Some(meeting), position),
        None if head.floor.seq == Seq(0) => Live::new(id, around.clone(), None, start),
        None => return Err(LoadError::NothingGood),
    };
    catch_up(store, &mut live, until).await?;
    if live.meeting.is_none() {
        return Err(StoreError::NotFound.into());
    }
    live.compares_digests = store.compares_digests();
    let kept = Keeping::new(head.snapshot.map_or(Seq(0), |at| at.seq), kept_bytes);
    finish(&mut live, kept, head.floor.seq);
    Ok(live)
}

/// The digest of the state at a position, worked out anew from the oldest that the store still has. None if that does not
/// reach it.
///
/// # Errors
/// A [`LoadError`].
pub(super) async fn digest_at(
    store: &Arc<dyn Store>,
    id: MeetingId,
    around: &Surroundings,
    at: Position,
) -> Result<Option<StateDigest>, LoadError> {
    let head = store.head(id).await?;
    let start = Position { seq: Seq(0), ..at };
    let mut live = if head.floor.seq == Seq(0) {
        Live::new(id, around.clone(), None, start)
    } else {
        let until = Some(at.seq);
        let good = match good_snapshot(store.previous_snapshot(id).await?, until) {
            Some(good) => Some(good),
            None => good_snapshot(store.latest_snapshot(id).await?, until),
        };
        let Some(Good { meeting, position, .. }) = good else { return Ok(None) };
        Live::new(id, around.clone(), Some(meeting), position)
    };
    catch_up(store, &mut live, Some(at.seq)).await?;
    let reached = live.meeting.as_ref().filter(|_| live.position == at);
    Ok(reached.and_then(|meeting| digest(meeting).ok()).map(StateDigest))
}

/// A snapshot whose digest is that of the state in it.
struct Good {
    meeting: Meeting,
    position: Position,
    /// The size of its state.
    bytes: usize,
}

fn good_snapshot(snapshot: Option<Snapshot>, until: Option<Seq>) -> Option<Good> {
    let snapshot = snapshot?;
    if until.is_some_and(|until| snapshot.position.seq > until) {
        return None;
    }
    match meeting_in(&snapshot) {
        Ok((meeting, bytes)) => Some(Good { meeting, position: snapshot.position, bytes }),
        Err(error) => {
            if matches!(error, Unreadable::Digest) {
                metrics::digest_mismatched();
            }
            tracing::error!(%error, position = %snapshot.position, "a snapshot is not used");
            None
        }
    }
}

async fn catch_up(store: &Arc<dyn Store>, live: &mut Live, until: Option<Seq>) -> Result<(), LoadError> {
    loop {
        let entries = store.read(live.id, live.position, STORE_READ_COUNT).await?;
        if entries.is_empty() {
            return Ok(());
        }
        let now = Instant::now();
        for entry in entries {
            if until.is_some_and(|until| entry.seq > until) {
                return Ok(());
            }
            live.take_entry(&entry, now)?;
        }
        // A long log must not hold up the other meetings of this thread.
        tokio::task::yield_now().await;
    }
}

fn finish(live: &mut Live, keeping: Keeping, floor: Seq) {
    let now = Instant::now();
    let kept = keeping.kept();
    let behind = live.position.seq > kept;
    let forget = live.keeping.forgetting();
    live.keeping = keeping;
    if behind {
        live.keeping.changed(now);
    }
    // A node that was killed between the snapshot and the purge behind it has left this to us.
    let left_over = live.meeting.as_ref().is_some_and(|meeting| {
        let erased = meeting.erased_up_to().is_some_and(|seq| floor < seq && seq <= kept);
        erased || (meeting.forgets_its_log() && floor < kept)
    });
    if let Some(up_to) = forget.or(left_over.then_some(kept)) {
        live.keeping.forget(up_to);
    }
    if let Some(meeting) = &live.meeting {
        live.comings.loaded(meeting, now + live.around.limits.departure_after);
        live.deadlines.refresh(meeting);
    }
}
