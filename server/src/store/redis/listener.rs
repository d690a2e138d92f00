//! Hears what any node appends: one connection (in a cluster one per Redis node) that listens to the channels
//! of all meetings that are followed here, and hands what it hears to their tails.
//!
//! A channel delivers in order and without loss for as long as its connection lives, and says nothing about what
//! came before or between. So: a tail subscribes first and then reads what is stored; when the connection
//! breaks, every tail on it ends with a retryable error, and the new tail that its reader opens compares the
//! chain of hashes before it goes on.
//!
//! # Why channels and not tailing connections
//!
//! In a cluster `XREAD` takes streams of one slot only, and every meeting has a slot of its own: tailing would need a
//! connection per meeting. On a single server both work; `benches/redis_follow.rs` compares them there. Three nodes
//! that follow all meetings, 1,000 appends a second of 150 bytes for 5 s, Redis 7.0.15 with `appendfsync always`, two
//! processors under heavy load of other programs (load average 13; development build of the followers), so read
//! them as ratios:
//!
//! | meetings | way | connections | Redis processor time per entry (of it for following) | p50 | p99 |
//! | --- | --- | --- | --- | --- | --- |
//! | 10 | nobody follows | 1 | 80 us | | |
//! | 10 | tailing, up to 100 streams each | 4 | 76 us (within noise) | 14 ms | 58 ms |
//! | 10 | channels | 4 | 69 us (within noise) | 10 ms | 24 ms |
//! | 100 | nobody follows | 1 | 69 us | | |
//! | 100 | tailing | 4 | 87 us (18) | 15 ms | 38 ms |
//! | 100 | channels | 4 | 76 us (7) | 6 ms | 24 ms |
//! | 1,000 | nobody follows | 1 | 76 us | | |
//! | 1,000 | tailing | 31 | 116 us (40) | 32 ms | 97 ms |
//! | 1,000 | channels | 4 | 84 us (8) | 1.5 ms | 30 ms |
//!
//! Redis writes to listeners only after it has synced the append-only file, as it does to the appender: what is
//! heard is durable (with `always`). It may be heard before replicas have it.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use dashmap::DashSet;
use futures_util::future::join_all;
use redis::{PushInfo, PushKind, Value};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{Instant, MissedTickBehavior};

use super::connect::{Connection, Connector, PushSink};
use super::fault;
use super::healing::Deletion;
use super::keys::Names;
use super::record::{self, Linked, Report};
use super::trail::{Trails, Verdict};
use crate::limits;
use crate::store::hearsay::Rings;
use crate::store::live::LiveLogs;
use crate::store::{LogEntry, MeetingId, Position, Seq, StoreError, TailEnd, Timestamp};

/// What the listener hands on to.
#[derive(Debug)]
pub(super) struct Ears {
    pub(super) names: Names,
    pub(super) live: LiveLogs,
    pub(super) trails: Trails,
    pub(super) hearsay: Arc<Rings>,
    /// The meetings whose channel is subscribed.
    wanted: DashSet<MeetingId>,
    /// Number of the connection that is in use; raised when it is lost.
    connection: AtomicU64,
    lost: Notify,
    deletions: Mutex<VecDeque<Deletion>>,
}

impl Ears {
    pub(super) fn new(names: Names) -> Self {
        Self {
            names,
            live: LiveLogs::default(),
            trails: Trails::default(),
            hearsay: Arc::default(),
            wanted: DashSet::new(),
            connection: AtomicU64::new(0),
            lost: Notify::new(),
            deletions: Mutex::default(),
        }
    }

    /// The deletions of the last minute.
    pub(super) fn deletions(&self) -> MutexGuard<'_, VecDeque<Deletion>> {
        // Nothing under this lock panics half-way.
        self.deletions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn remember_deletion(&self, meeting: MeetingId, at: u64) {
        let mut deletions = self.deletions();
        if deletions.iter().any(|known| known.meeting == meeting && known.at == at) {
            return;
        }
        if deletions.len() >= limits::REDIS_DELETIONS {
            deletions.pop_front();
        }
        deletions.push_back(Deletion { meeting, at, heard: Instant::now() });
    }

    /// The connection with this number is no good any more.
    fn lose(&self, number: u64) {
        let next = number + 1;
        if self.connection.compare_exchange(number, next, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
            self.lost.notify_one();
        }
    }

    /// Takes a push message; runs on the connection's own task and must not wait.
    fn push(&self, number: u64, push: PushInfo) {
        match push.kind {
            PushKind::SMessage => {
                let mut parts = push.data.into_iter();
                if let (Some(Value::BulkString(channel)), Some(Value::BulkString(message))) =
                    (parts.next(), parts.next())
                {
                    let message = Bytes::from(message);
                    if let Some(meeting) = self.names.meeting_of_news(&channel) {
                        self.hear(meeting, &message);
                    } else if let Some(meeting) = self.names.meeting_of_hearsay(&channel) {
                        self.hearsay.pass_on(meeting, message);
                    }
                }
            }
            PushKind::Disconnection => self.lose(number),
            // The cluster has moved the channel's slot to another node, if it was not us who asked.
            PushKind::SUnsubscribe => {
                if let Some(Value::BulkString(channel)) = push.data.first()
                    && let Some(meeting) = self.names.meeting_of_news(channel)
                    && self.wanted.contains(&meeting)
                {
                    self.lose(number);
                }
            }
            // Confirmations, and what this connection never asks for.
            _ => {}
        }
    }

    fn hear(&self, meeting: MeetingId, message: &Bytes) {
        match record::report(message) {
            Some(Report::Appended { epoch, before, entries }) => {
                let Some(first) = entries.first() else { return };
                let after = Position { epoch, seq: Seq(first.entry.seq.0.saturating_sub(1)) };
                match self.trails.hear(meeting, after, before, &entries) {
                    Verdict::Agrees => {
                        let entries: Arc<[LogEntry]> =
                            entries.into_iter().map(|Linked { entry, .. }| entry).collect();
                        self.live.publish(meeting, entries);
                    }
                    Verdict::Differs => self.cut(meeting, "the log is no longer the one that was read"),
                }
            }
            Some(Report::Grown) => self.live.publish(meeting, far_ahead()),
            Some(Report::Epoch(current)) => self.live.end(meeting, TailEnd::EpochChanged { current }),
            Some(Report::Disputed(at)) => self.live.end(meeting, TailEnd::Disputed { at }),
            Some(Report::Deleted(at)) => {
                self.trails.forget(meeting);
                self.remember_deletion(meeting, at);
                self.live.end(meeting, TailEnd::Deleted);
            }
            None => self.cut(meeting, "news of the meeting cannot be read"),
        }
    }

    /// Ends a meeting's tails; the next one finds out what is the matter.
    fn cut(&self, meeting: MeetingId, reason: &'static str) {
        self.live.end(meeting, TailEnd::Failed(StoreError::unavailable(reason)));
    }
}

/// An entry with a gap before it wherever a tail stands, so that it reads from the store instead of handing it on.
fn far_ahead() -> Arc<[LogEntry]> {
    Arc::new([LogEntry { seq: Seq(u64::MAX), at: Timestamp(0), payload: Bytes::new() }])
}

enum Request {
    Watch { meeting: MeetingId, reply: oneshot::Sender<Result<u64, StoreError>> },
    Unwatch { meeting: MeetingId, number: u64 },
}

/// The listener's handle.
#[derive(Debug)]
pub(super) struct Listener {
    pub(super) ears: Arc<Ears>,
    requests: mpsc::Sender<Request>,
}

/// Keeps a channel subscribed while it lives.
#[derive(Debug)]
pub(super) struct Watch {
    meeting: MeetingId,
    number: u64,
    ears: Arc<Ears>,
    requests: mpsc::Sender<Request>,
}

impl Watch {
    /// Whether nothing has been missed since this was made.
    pub(super) fn is_whole(&self) -> bool {
        self.ears.connection.load(Ordering::SeqCst) == self.number
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let unwatch = Request::Unwatch { meeting: self.meeting, number: self.number };
        // No room means that the listener is busy subscribing: it gets told by a task of its own.
        if let Err(mpsc::error::TrySendError::Full(unwatch)) = self.requests.try_send(unwatch)
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let requests = self.requests.clone();
            runtime.spawn(async move { requests.send(unwatch).await });
        }
    }
}

impl Listener {
    /// Starts the listener; it connects when it is first needed and stops with its last handle.
    pub(super) fn start(connector: Arc<Connector>, ears: Arc<Ears>) -> Self {
        let (requests, queue) = mpsc::channel(limits::REDIS_LISTEN_QUEUE);
        let task = Task { connector, ears: Arc::clone(&ears), connection: None, counts: HashMap::new() };
        tokio::spawn(task.run(queue));
        Self { ears, requests }
    }

    /// Subscribes to a meeting's channel; done when Redis has confirmed it.
    pub(super) async fn watch(&self, meeting: MeetingId) -> Result<Watch, StoreError> {
        let (reply, answer) = oneshot::channel();
        let sent = self.requests.send(Request::Watch { meeting, reply }).await;
        sent.map_err(|_| StoreError::Closed)?;
        let number = answer.await.map_err(|_| StoreError::Closed)??;
        let (ears, requests) = (Arc::clone(&self.ears), self.requests.clone());
        Ok(Watch { meeting, number, ears, requests })
    }
}

struct Task {
    connector: Arc<Connector>,
    ears: Arc<Ears>,
    /// With the number under which it may be lost.
    connection: Option<(u64, Connection)>,
    /// How many tails each meeting has on this connection.
    counts: HashMap<MeetingId, usize>,
}

impl Task {
    async fn run(mut self, mut queue: mpsc::Receiver<Request>) {
        let mut heartbeat = tokio::time::interval(Duration::from_millis(limits::REDIS_HEARTBEAT_MS));
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut refused: Option<(Instant, StoreError)> = None;
        let mut batch = Vec::new();
        loop {
            let ears = Arc::clone(&self.ears);
            tokio::select! {
                biased;
                () = ears.lost.notified() => self.drop_if_lost(),
                received = queue.recv_many(&mut batch, limits::REDIS_LIST_COUNT) => {
                    if received == 0 {
                        return;
                    }
                    self.serve(&mut batch, &mut refused).await;
                }
                _ = heartbeat.tick(), if self.connection.is_some() => self.beat().await,
            }
        }
    }

    fn number(&self) -> u64 {
        self.ears.connection.load(Ordering::SeqCst)
    }

    /// If the connection is lost, lets go of it and ends all tails that hang on it.
    fn drop_if_lost(&mut self) {
        if self.connection.as_ref().is_some_and(|(number, _)| *number == self.number()) {
            return;
        }
        self.connection = None;
        self.ears.wanted.clear();
        for (meeting, _) in self.counts.drain() {
            self.ears.cut(meeting, "the connection for news was lost");
        }
    }

    /// Asks the server whether it is there and (still) a primary. A node of a cluster may stop being one: it
    /// goes on passing news on.
    async fn beat(&mut self) {
        let Some((number, connection)) = &mut self.connection else { return };
        let alive = match connection {
            Connection::Cluster(_) => connection.run(&redis::cmd("PING")).await.is_ok(),
            Connection::Single(_) => match connection.run(&redis::cmd("ROLE")).await {
                Ok(Value::Array(role)) => {
                    matches!(role.first(), Some(Value::BulkString(role)) if role == b"master")
                }
                // Not being allowed to ask is no reason to hang up.
                Ok(_) => true,
                Err(error) => error.code() == Some("NOPERM"),
            },
        };
        if !alive {
            self.ears.lose(*number);
        }
    }

    async fn serve(&mut self, batch: &mut Vec<Request>, refused: &mut Option<(Instant, StoreError)>) {
        let mut watches = Vec::new();
        for request in batch.drain(..) {
            match request {
                Request::Watch { meeting, reply } => watches.push((meeting, reply)),
                Request::Unwatch { meeting, number } if number == self.number() => {
                    self.unwatch(meeting).await
                }
                Request::Unwatch { .. } => {}
            }
        }
        if watches.is_empty() {
            return;
        }
        let brief = Duration::from_millis(limits::REDIS_REFUSED_MS);
        let outcome = match refused {
            Some((when, error)) if when.elapsed() < brief => Err(error.clone()),
            Some(_) | None => {
                let outcome = self.subscribe(watches.iter().map(|(meeting, _)| *meeting)).await;
                *refused = outcome.as_ref().err().map(|error| (Instant::now(), error.clone()));
                outcome
            }
        };
        for (meeting, reply) in watches {
            if outcome.is_ok() {
                *self.counts.entry(meeting).or_default() += 1;
            }
            // Who asked may have gone away: the count is given back like any other.
            if reply.send(outcome.clone()).is_err() && outcome.is_ok() {
                self.unwatch(meeting).await;
            }
        }
    }

    /// Subscribes to what is not subscribed yet; answers with the connection's number.
    async fn subscribe(&mut self, meetings: impl Iterator<Item = MeetingId>) -> Result<u64, StoreError> {
        let (number, connection) = self.connected().await?;
        let mut new: Vec<_> = meetings.filter(|meeting| !self.counts.contains_key(meeting)).collect();
        new.sort_unstable();
        new.dedup();
        for meeting in &new {
            self.ears.wanted.insert(*meeting);
        }
        let names = &self.ears.names;
        let subscriptions = join_all(new.iter().map(|meeting| {
            let mut connection = connection.clone();
            async move {
                connection.subscribe(&names.news(*meeting)).await?;
                connection.subscribe(&names.hearsay(*meeting)).await
            }
        }));
        for subscribed in subscriptions.await {
            if let Err(error) = subscribed {
                self.ears.lose(number);
                return Err(StoreError::unavailable(fault::describe(&error)));
            }
        }
        Ok(number)
    }

    async fn unwatch(&mut self, meeting: MeetingId) {
        let Some(count) = self.counts.get_mut(&meeting) else { return };
        *count -= 1;
        if *count > 0 {
            return;
        }
        self.counts.remove(&meeting);
        self.ears.wanted.remove(&meeting);
        let names = &self.ears.names;
        if let Some((number, connection)) = &mut self.connection {
            for channel in [names.news(meeting), names.hearsay(meeting)] {
                if connection.unsubscribe(&channel).await.is_err() {
                    return self.ears.lose(*number);
                }
            }
        }
    }

    async fn connected(&mut self) -> Result<(u64, Connection), StoreError> {
        self.drop_if_lost();
        if let Some(connection) = &self.connection {
            return Ok(connection.clone());
        }
        let (number, ears) = (self.number(), Arc::downgrade(&self.ears));
        let push = move |push: PushInfo| -> Result<(), ()> {
            Weak::upgrade(&ears).map(|ears| ears.push(number, push)).ok_or(())
        };
        let sink: PushSink = Arc::new(push);
        let made = self.connector.connect(limits::REDIS_ANSWER_MS, Some(sink)).await;
        let connection = made.map_err(|error| StoreError::unavailable(fault::describe(&error)))?;
        self.connection = Some((number, connection.clone()));
        Ok((number, connection))
    }
}
