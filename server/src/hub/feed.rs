//! Follows a meeting's log through lost tails: opens it again after the last entry taken, without gap or duplicate.

use std::sync::Arc;
use std::time::Duration;

use engawa_protocol::{MeetingId, Position};
use futures_util::future::BoxFuture;

use crate::observe::metrics;
use crate::store::{LogEntry, Store, StoreError, Tail, TailEnd};

/// A meeting's log, followed.
pub(super) struct Feed {
    store: Arc<dyn Store>,
    meeting: MeetingId,
    state: State,
    pause: Duration,
    pause_first: Duration,
    pause_max: Duration,
}

enum State {
    Closed,
    Opening(BoxFuture<'static, Result<Tail, StoreError>>),
    Following(Tail),
    /// It ended for good.
    Ended,
}

impl Feed {
    /// Begins to follow.
    #[must_use]
    pub(super) fn new(
        store: Arc<dyn Store>,
        meeting: MeetingId,
        (pause_first, pause_max): (Duration, Duration),
    ) -> Self {
        Self { store, meeting, state: State::Closed, pause: pause_first, pause_first, pause_max }
    }

    /// Waits for the entry after `after`. Safe to drop while waiting. An error is final; afterwards this waits for ever.
    pub(super) async fn next(&mut self, after: Position) -> Result<LogEntry, TailEnd> {
        loop {
            let end = match &mut self.state {
                State::Closed => {
                    self.open(after, Duration::ZERO);
                    continue;
                }
                State::Opening(opening) => match opening.await {
                    Ok(tail) => {
                        self.state = State::Following(tail);
                        continue;
                    }
                    Err(error) => TailEnd::from(error),
                },
                State::Following(tail) => match tail.next().await {
                    Ok(entry) => {
                        self.pause = self.pause_first;
                        return Ok(entry);
                    }
                    Err(end) => end,
                },
                State::Ended => std::future::pending().await,
            };
            match end {
                TailEnd::Failed(error) if error.is_retryable() => {
                    metrics::store_failed("tail");
                    self.open(after, self.pause);
                    self.pause = (self.pause * 2).min(self.pause_max);
                }
                end => {
                    self.state = State::Ended;
                    return Err(end);
                }
            }
        }
    }

    /// Stops following, until [`Feed::next`] is asked for again. Nothing that is under way may lie about unpolled: it could
    /// hold what others wait for.
    pub(super) fn rest(&mut self) {
        self.state = State::Closed;
    }

    /// Whether the log is being followed now.
    #[must_use]
    pub(super) const fn follows(&self) -> bool {
        matches!(self.state, State::Following(_))
    }

    /// The next entry if it is here already.
    ///
    /// # Errors
    /// Leaves an end for [`Feed::next`] to find.
    pub(super) fn next_ready(&mut self) -> Option<LogEntry> {
        match &mut self.state {
            State::Following(tail) => tail.next_ready().ok().flatten(),
            State::Closed | State::Opening(_) | State::Ended => None,
        }
    }

    fn open(&mut self, after: Position, pause: Duration) {
        let (store, meeting) = (Arc::clone(&self.store), self.meeting);
        self.state = State::Opening(Box::pin(async move {
            tokio::time::sleep(pause).await;
            store.tail(meeting, after).await
        }));
    }
}
