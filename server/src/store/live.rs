//! Hands freshly committed entries to the tails of this process. Knows nothing of storage; it may forget
//! entries (the ring is bounded), because a tail can always read them from the store.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use dashmap::DashMap;
use tokio::sync::broadcast;

use super::{LogEntry, MeetingId, StoreError, TailEnd};
use crate::limits;

/// What a store tells the tails of a meeting.
#[derive(Debug, Clone)]
pub(super) enum News {
    /// One batch, in order, durable.
    Appended(Arc<[LogEntry]>),
    /// The last news of this log.
    Ended(TailEnd),
}

/// One ring per meeting that has a tail.
#[derive(Debug, Default)]
pub(super) struct LiveLogs {
    rings: DashMap<MeetingId, broadcast::Sender<News>>,
    closed: AtomicBool,
}

impl LiveLogs {
    /// Listens to a meeting from now on.
    pub(super) fn subscribe(&self, meeting: MeetingId) -> Result<broadcast::Receiver<News>, StoreError> {
        let news = self
            .rings
            .entry(meeting)
            .or_insert_with(|| broadcast::channel(limits::TAIL_RING_COUNT).0)
            .subscribe();
        // Looked at after the ring is in the map: either this sees the closing, or `end_all` sees the ring.
        if self.closed.load(Ordering::SeqCst) {
            self.release(meeting);
            return Err(StoreError::Closed);
        }
        Ok(news)
    }

    /// Forgets a meeting's ring once nobody listens.
    pub(super) fn release(&self, meeting: MeetingId) {
        self.rings.remove_if(&meeting, |_, ring| ring.receiver_count() == 0);
    }

    /// Hands a batch to the meeting's tails. Batches must come in log order.
    pub(super) fn publish(&self, meeting: MeetingId, entries: Arc<[LogEntry]>) {
        if let Some(ring) = self.rings.get(&meeting) {
            // No listener just now is no error: the next one reads from the store.
            let _ = ring.send(News::Appended(entries));
        }
    }

    /// Ends the meeting's tails. A later subscriber gets a new ring.
    pub(super) fn end(&self, meeting: MeetingId, end: TailEnd) {
        if let Some((_, ring)) = self.rings.remove(&meeting) {
            let _ = ring.send(News::Ended(end));
        }
    }

    /// Ends all tails and refuses new ones.
    pub(super) fn end_all(&self, error: &StoreError) {
        self.closed.store(true, Ordering::SeqCst);
        self.rings.retain(|_, ring| {
            let _ = ring.send(News::Ended(TailEnd::Failed(error.clone())));
            false
        });
    }
}
