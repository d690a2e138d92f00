//! Following a log: what the reader holds, and the task that feeds it from the store and from the live ring
//! without gap or duplicate. Shared by the stores that live in this process.

use std::sync::Arc;

use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::{broadcast, mpsc};

use super::live::{LiveLogs, News};
use super::{Answer, LogEntry, MeetingId, Position, StoreError, TailEnd};
use crate::limits;

/// A meeting's log, followed. Dropping it stops the work behind it.
#[derive(Debug)]
pub struct Tail {
    entries: mpsc::Receiver<Result<LogEntry, TailEnd>>,
    ended: Option<TailEnd>,
}

/// The feeding side of a [`Tail`], for those who implement a store.
#[derive(Debug)]
pub struct TailFeed(mpsc::Sender<Result<LogEntry, TailEnd>>);

impl Tail {
    /// A tail and its feed. At most [`limits::TAIL_BUFFER_COUNT`] entries wait between them.
    #[must_use]
    pub fn channel() -> (TailFeed, Self) {
        let (feed, entries) = mpsc::channel(limits::TAIL_BUFFER_COUNT);
        (TailFeed(feed), Self { entries, ended: None })
    }

    /// Waits for the next entry. Safe to drop while waiting: no entry is lost. Once it has failed it fails the
    /// same way for ever.
    pub async fn next(&mut self) -> Result<LogEntry, TailEnd> {
        if let Some(end) = &self.ended {
            return Err(end.clone());
        }
        let next = self.entries.recv().await;
        self.settle(next)
    }

    /// The next entry if it is already here; none if it is not. Fails like [`Tail::next`].
    pub fn next_ready(&mut self) -> Result<Option<LogEntry>, TailEnd> {
        if let Some(end) = &self.ended {
            return Err(end.clone());
        }
        match self.entries.try_recv() {
            Err(mpsc::error::TryRecvError::Empty) => Ok(None),
            Err(mpsc::error::TryRecvError::Disconnected) => self.settle(None).map(Some),
            Ok(next) => self.settle(Some(next)).map(Some),
        }
    }

    fn settle(&mut self, next: Option<Result<LogEntry, TailEnd>>) -> Result<LogEntry, TailEnd> {
        // A feed that went away without a word was stopped together with its runtime or its store.
        let next = next.unwrap_or(Err(TailEnd::Failed(StoreError::Closed)));
        if let Err(end) = &next {
            self.ended = Some(end.clone());
        }
        next
    }
}

impl TailFeed {
    /// Hands on an entry, waiting for room. False if nobody reads any more.
    pub async fn entry(&self, entry: LogEntry) -> bool {
        self.0.send(Ok(entry)).await.is_ok()
    }

    /// Ends the tail; the reader sees it after the entries that wait.
    pub async fn end(self, end: TailEnd) {
        // Nobody reading any more is as good an end as any.
        let _ = self.0.send(Err(end)).await;
    }

    /// Waits until nobody reads any more.
    pub async fn abandoned(&self) {
        self.0.closed().await;
    }
}

/// What the following task needs of a store.
pub(super) trait Backlog: Send + Sync + 'static {
    /// As [`super::Store::read`].
    fn range(&self, meeting: MeetingId, after: Position, count: usize) -> Answer<'_, Vec<LogEntry>>;

    /// Where the store publishes what it has committed.
    fn live(&self) -> &LiveLogs;
}

/// Begins to follow a log after a position. Needs a tokio runtime.
pub(super) async fn follow<B: Backlog>(
    store: Arc<B>,
    meeting: MeetingId,
    after: Position,
) -> Result<Tail, StoreError> {
    // Listening begins before the first read, so that no append can fall between the two.
    let news = store.live().subscribe(meeting)?;
    let mut follower = Follower { store, meeting, cursor: after, news: Some(news) };
    let stored = follower.store.range(meeting, after, limits::TAIL_BUFFER_COUNT).await?;
    let (feed, tail) = Tail::channel();
    tokio::spawn(async move {
        let end = tokio::select! {
            biased;
            () = feed.abandoned() => return,
            end = follower.run(stored, &feed) => end,
        };
        drop(follower);
        feed.end(end).await;
    });
    Ok(tail)
}

struct Follower<B: Backlog> {
    store: Arc<B>,
    meeting: MeetingId,
    /// The last entry handed on.
    cursor: Position,
    /// Present until dropped.
    news: Option<broadcast::Receiver<News>>,
}

/// Why the follower has to read from the store again.
struct Behind;

impl<B: Backlog> Follower<B> {
    async fn run(&mut self, stored: Vec<LogEntry>, feed: &TailFeed) -> TailEnd {
        let mut stored = stored;
        loop {
            // Everything stored, until a read finds nothing more.
            while !stored.is_empty() {
                for entry in stored {
                    self.hand_on(entry, feed).await;
                }
                // What waits in the ring is stored already; only an end matters, and it matters before the
                // next read: after a deletion there may be another meeting's entries under the same key.
                if let Some(end) = self.drain_ring() {
                    return end;
                }
                stored = match self.store.range(self.meeting, self.cursor, limits::TAIL_BUFFER_COUNT).await {
                    Ok(stored) => stored,
                    Err(error) => return error.into(),
                };
            }
            let Behind = match self.follow_ring(feed).await {
                Ok(behind) => behind,
                Err(end) => return end,
            };
            if let Some(end) = self.drain_ring() {
                return end;
            }
            stored = match self.store.range(self.meeting, self.cursor, limits::TAIL_BUFFER_COUNT).await {
                Ok(stored) => stored,
                Err(error) => return error.into(),
            };
        }
    }

    /// Hands on live entries until the ring has overtaken this tail.
    async fn follow_ring(&mut self, feed: &TailFeed) -> Result<Behind, TailEnd> {
        loop {
            let Some(news) = &mut self.news else { return Err(TailEnd::Failed(StoreError::Closed)) };
            match news.recv().await {
                Ok(News::Appended(entries)) => {
                    for entry in entries.iter() {
                        if entry.seq.0 > self.cursor.seq.0 + 1 {
                            return Ok(Behind);
                        }
                        self.hand_on(entry.clone(), feed).await;
                    }
                }
                Ok(News::Ended(end)) => return Err(end),
                Err(RecvError::Lagged(_)) => return Ok(Behind),
                Err(RecvError::Closed) => return Err(TailEnd::Failed(StoreError::Closed)),
            }
        }
    }

    /// Empties the ring; an end found in it is the answer.
    fn drain_ring(&mut self) -> Option<TailEnd> {
        let news = self.news.as_mut()?;
        loop {
            match news.try_recv() {
                Ok(News::Appended(_)) | Err(TryRecvError::Lagged(_)) => {}
                Ok(News::Ended(end)) => return Some(end),
                Err(TryRecvError::Closed) => return Some(TailEnd::Failed(StoreError::Closed)),
                Err(TryRecvError::Empty) => return None,
            }
        }
    }

    async fn hand_on(&mut self, entry: LogEntry, feed: &TailFeed) {
        // Entries seen in the store may come again in the ring.
        if entry.seq > self.cursor.seq {
            self.cursor.seq = entry.seq;
            // An abandoned feed is noticed by the task around this.
            feed.entry(entry).await;
        }
    }
}

impl<B: Backlog> Drop for Follower<B> {
    fn drop(&mut self) {
        self.news = None;
        self.store.live().release(self.meeting);
    }
}
