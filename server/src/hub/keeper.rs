//! Looks through all meetings of the store, at start and now and then: whatever waits for its time must be in memory
//! to notice it, and whatever is past its keep-until date goes.

use engawa_domain::Meeting;
use engawa_protocol::keeping::DeletionReason;
use engawa_protocol::{MeetingId, Position, Timestamp};
use tokio::time::Instant;

use super::{Hub, HubError};
use crate::observe::metrics;

impl Hub {
    /// Looks through all meetings until the hub stops.
    pub async fn keep(&self) {
        let stopping = self.0.stopping.clone();
        let mut ticks = tokio::time::interval(self.limits().sweep_every);
        loop {
            tokio::select! {
                biased;
                () = stopping.cancelled() => return,
                _tick = ticks.tick() => {}
            }
            tokio::select! {
                biased;
                () = stopping.cancelled() => return,
                () = self.sweep() => {}
            }
        }
    }

    /// Looks at every meeting once. Those with a deadline stay in memory; the others leave it again by themselves.
    pub async fn sweep(&self) {
        let mut after = None;
        loop {
            let page = match self.0.store.meetings(after).await {
                Ok(page) => page,
                Err(error) => {
                    metrics::store_failed("meetings");
                    if error.is_retryable() {
                        tracing::debug!(%error, "the meetings cannot be listed just now");
                    } else {
                        tracing::warn!(%error, "the meetings cannot be listed");
                    }
                    return;
                }
            };
            let Some(last) = page.last() else { return };
            after = Some(last.meeting);
            for head in &page {
                self.look_at(head.meeting).await;
            }
        }
    }

    async fn look_at(&self, meeting: MeetingId) {
        let keep_until = self.read(meeting, |state: &Meeting, _: Position| state.info().keep_until).await;
        match keep_until {
            Ok(Some(until)) if until <= self.clock().now() => {
                tracing::info!(%meeting, "a meeting is past its keep-until date and is deleted");
                if let Err(error) = self.delete(meeting, DeletionReason::KeepUntil).await {
                    tracing::warn!(%meeting, %error, "a meeting could not be deleted");
                }
            }
            Ok(Some(Timestamp(_)) | None) | Err(HubError::Gone | HubError::Stopping) => {}
            // Another time; what keeps the store from answering is said elsewhere, once.
            Err(error @ HubError::Unavailable(_)) => {
                tracing::debug!(%meeting, %error, "a meeting could not be looked at just now");
            }
            Err(error) => tracing::warn!(%meeting, %error, "a meeting could not be looked at"),
        }
    }

    /// Learns the codes of meetings that this node has not had in memory: all at first, later those that other nodes
    /// made. Somebody who tries codes must not have all meetings listed each time: `fresh` asks for a list that is not
    /// older than this call, and waits for its turn together with all others who ask meanwhile; otherwise a list of a
    /// moment ago will do.
    pub(super) async fn keep_codes_known(&self, fresh: bool) {
        let asked_at = Instant::now();
        let mut listed_at = self.0.codes_listed_at.lock().await;
        if let Some(at) = *listed_at {
            let next = at + self.limits().codes_again;
            match fresh {
                true if at >= asked_at => return,
                false if next > asked_at => return,
                true | false => tokio::time::sleep_until(next).await,
            }
        }
        let listing_at = Instant::now();
        let mut after = None;
        while let Ok(page) = self.0.store.meetings(after).await {
            let Some(last) = page.last() else {
                *listed_at = Some(listing_at);
                return;
            };
            after = Some(last.meeting);
            for head in &page {
                if !self.0.codes.knows(head.meeting) {
                    // An actor makes the code known before it takes its first request.
                    let _ = self.read(head.meeting, |_: &Meeting, _: Position| ()).await;
                }
            }
        }
    }
}
