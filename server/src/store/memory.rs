//! A store in memory, for tests and demonstrations: every promise but durability. Entries of one process
//! only; they are gone with the last handle.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::head::Head;
use super::live::LiveLogs;
use super::tail::{self, Backlog, Tail};
use super::{
    Answer, Appended, Epoch, LogEntry, MeetingHead, MeetingId, Position, Seq, Snapshot, SnapshotPut,
    StateDigest, Store, StoreError, TailEnd, check_batch, check_snapshot,
};
use crate::clock::Clock;
use crate::limits;

/// The store. See the module.
#[derive(Debug)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    logs: Arc<Logs>,
    live: LiveLogs,
    clock: Arc<dyn Clock>,
    closed: AtomicBool,
}

#[derive(Debug, Default)]
struct Logs(Mutex<BTreeMap<MeetingId, Log>>);

#[derive(Debug)]
struct Log {
    head: Head,
    entries: BTreeMap<Seq, LogEntry>,
    snapshots: BTreeMap<Seq, (StateDigest, Bytes)>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self::over(Arc::default(), clock)
    }

    /// A new store over what this one holds, as after a restart. This one should be closed: tails hear only of
    /// what is appended through the store that they came from.
    #[must_use]
    pub fn reopen(&self) -> Self {
        Self::over(Arc::clone(&self.shared.logs), Arc::clone(&self.shared.clock))
    }

    fn over(logs: Arc<Logs>, clock: Arc<dyn Clock>) -> Self {
        let shared = Shared { logs, live: LiveLogs::default(), clock, closed: AtomicBool::new(false) };
        Self { shared: Arc::new(shared) }
    }
}

impl Shared {
    fn logs(&self) -> Result<MutexGuard<'_, BTreeMap<MeetingId, Log>>, StoreError> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(StoreError::Closed);
        }
        // No code under this lock panics half-way through a change.
        Ok(self.logs.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs `work` on one meeting's log, under the lock.
    fn with<T>(
        &self,
        meeting: MeetingId,
        work: impl FnOnce(&mut Log) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        work(self.logs()?.get_mut(&meeting).ok_or(StoreError::NotFound)?)
    }

    fn create(&self, meeting: MeetingId, first: Bytes) -> Result<Appended, StoreError> {
        check_batch(std::slice::from_ref(&first))?;
        let mut logs = self.logs()?;
        if logs.contains_key(&meeting) {
            return Err(StoreError::AlreadyExists);
        }
        let head = Head::first(self.clock.now());
        let mut log = Log { head, entries: BTreeMap::new(), snapshots: BTreeMap::new() };
        let appended = Appended { first: head.at(head.last), count: 1, at: head.last_at };
        let entries = log.store(appended, vec![first]);
        logs.insert(meeting, log);
        self.live.publish(meeting, entries);
        Ok(appended)
    }

    fn append(&self, meeting: MeetingId, epoch: Epoch, payloads: Vec<Bytes>) -> Result<Appended, StoreError> {
        check_batch(&payloads)?;
        let count = payloads.len() as u64;
        self.with(meeting, |log| {
            let (first, at) = log.head.append(epoch, count, self.clock.now())?;
            let appended = Appended { first, count, at };
            let entries = log.store(appended, payloads);
            // Still under the lock, so that batches reach the tails in log order.
            self.live.publish(meeting, entries);
            Ok(appended)
        })
    }

    fn read(&self, meeting: MeetingId, after: Position, count: usize) -> Result<Vec<LogEntry>, StoreError> {
        self.with(meeting, |log| {
            log.head.check_after(after)?;
            let mut bytes = 0;
            let mut entries = Vec::new();
            for entry in log.entries.range((Bound::Excluded(after.seq), Bound::Unbounded)).map(|(_, e)| e) {
                if entries.len() == count.min(limits::STORE_READ_COUNT) || bytes >= limits::STORE_READ_BYTES {
                    break;
                }
                bytes += entry.payload.len();
                entries.push(entry.clone());
            }
            Ok(entries)
        })
    }

    fn put_snapshot(&self, meeting: MeetingId, snapshot: Snapshot) -> Result<SnapshotPut, StoreError> {
        check_snapshot(&snapshot.bytes)?;
        self.with(meeting, |log| {
            let (put, dropped) = log.head.put_snapshot(snapshot.position)?;
            match put {
                SnapshotPut::Stored => {
                    log.snapshots.insert(snapshot.position.seq, (snapshot.digest, snapshot.bytes));
                    log.drop_snapshot(dropped);
                }
                SnapshotPut::NotNewer => {}
            }
            Ok(put)
        })
    }

    fn snapshot(
        &self,
        meeting: MeetingId,
        which: fn(&Head) -> Option<Seq>,
    ) -> Result<Option<Snapshot>, StoreError> {
        self.with(meeting, |log| {
            Ok(which(&log.head).and_then(|seq| {
                let (digest, bytes) = log.snapshots.get(&seq)?.clone();
                Some(Snapshot { position: log.head.at(seq), digest, bytes })
            }))
        })
    }

    fn trim(&self, meeting: MeetingId) -> Result<Position, StoreError> {
        self.with(meeting, |log| {
            let floor = log.head.trim();
            log.drop_entries(floor.seq);
            Ok(floor)
        })
    }

    fn purge(&self, meeting: MeetingId, up_to: Position) -> Result<Position, StoreError> {
        self.with(meeting, |log| {
            let purge = log.head.purge(up_to)?;
            log.drop_entries(purge.floor.seq);
            log.drop_snapshot(purge.dropped_snapshot);
            Ok(purge.floor)
        })
    }

    fn start_epoch(
        &self,
        meeting: MeetingId,
        current: Epoch,
        seq: Seq,
        digest: StateDigest,
        bytes: Bytes,
    ) -> Result<Position, StoreError> {
        check_snapshot(&bytes)?;
        self.with(meeting, |log| {
            let head = log.head.start_epoch(current, seq)?;
            let snapshots = BTreeMap::from([(seq, (digest, bytes))]);
            *log = Log { head, entries: BTreeMap::new(), snapshots };
            self.live.end(meeting, TailEnd::EpochChanged { current: head.epoch });
            Ok(head.at(seq))
        })
    }

    fn delete(&self, meeting: MeetingId) -> Result<(), StoreError> {
        let mut logs = self.logs()?;
        if logs.remove(&meeting).is_some() {
            self.live.end(meeting, TailEnd::Deleted);
        }
        Ok(())
    }

    fn meetings(&self, after: Option<MeetingId>) -> Result<Vec<MeetingHead>, StoreError> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let logs = self.logs()?;
        let page = logs.range((from, Bound::Unbounded)).take(limits::STORE_MEETINGS_PAGE);
        Ok(page.map(|(meeting, log)| log.head.describe(*meeting)).collect())
    }

    fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.live.end_all(&StoreError::Closed);
    }
}

impl Log {
    /// Puts payloads in at the places that the head has given them.
    fn store(&mut self, at: Appended, payloads: Vec<Bytes>) -> Arc<[LogEntry]> {
        let seqs = (at.first.seq.0..).map(Seq);
        let entries: Arc<[LogEntry]> =
            seqs.zip(payloads).map(|(seq, payload)| LogEntry { seq, at: at.at, payload }).collect();
        self.entries.extend(entries.iter().map(|entry| (entry.seq, entry.clone())));
        entries
    }

    fn drop_entries(&mut self, floor: Seq) {
        self.entries = self.entries.split_off(&Seq(floor.0 + 1));
    }

    fn drop_snapshot(&mut self, seq: Option<Seq>) {
        if let Some(seq) = seq {
            self.snapshots.remove(&seq);
        }
    }
}

impl Backlog for Shared {
    fn range(&self, meeting: MeetingId, after: Position, count: usize) -> Answer<'_, Vec<LogEntry>> {
        Box::pin(async move { self.read(meeting, after, count) })
    }

    fn live(&self) -> &LiveLogs {
        &self.live
    }
}

impl Store for MemoryStore {
    fn create(&self, meeting: MeetingId, first: Bytes) -> Answer<'_, Appended> {
        Box::pin(async move { self.shared.create(meeting, first) })
    }

    fn append(&self, meeting: MeetingId, epoch: Epoch, payloads: Vec<Bytes>) -> Answer<'_, Appended> {
        Box::pin(async move { self.shared.append(meeting, epoch, payloads) })
    }

    fn read(&self, meeting: MeetingId, after: Position, count: usize) -> Answer<'_, Vec<LogEntry>> {
        Box::pin(async move { self.shared.read(meeting, after, count) })
    }

    fn tail(&self, meeting: MeetingId, after: Position) -> Answer<'_, Tail> {
        Box::pin(tail::follow(Arc::clone(&self.shared), meeting, after))
    }

    fn head(&self, meeting: MeetingId) -> Answer<'_, MeetingHead> {
        Box::pin(async move { self.shared.with(meeting, |log| Ok(log.head.describe(meeting))) })
    }

    fn put_snapshot(&self, meeting: MeetingId, snapshot: Snapshot) -> Answer<'_, SnapshotPut> {
        Box::pin(async move { self.shared.put_snapshot(meeting, snapshot) })
    }

    fn latest_snapshot(&self, meeting: MeetingId) -> Answer<'_, Option<Snapshot>> {
        Box::pin(async move { self.shared.snapshot(meeting, |head| head.newest) })
    }

    fn previous_snapshot(&self, meeting: MeetingId) -> Answer<'_, Option<Snapshot>> {
        Box::pin(async move { self.shared.snapshot(meeting, |head| head.previous) })
    }

    fn trim(&self, meeting: MeetingId) -> Answer<'_, Position> {
        Box::pin(async move { self.shared.trim(meeting) })
    }

    fn purge(&self, meeting: MeetingId, up_to: Position) -> Answer<'_, Position> {
        Box::pin(async move { self.shared.purge(meeting, up_to) })
    }

    fn start_epoch(
        &self,
        meeting: MeetingId,
        current: Epoch,
        seq: Seq,
        digest: StateDigest,
        bytes: Bytes,
    ) -> Answer<'_, Position> {
        Box::pin(async move { self.shared.start_epoch(meeting, current, seq, digest, bytes) })
    }

    fn delete(&self, meeting: MeetingId) -> Answer<'_, ()> {
        Box::pin(async move { self.shared.delete(meeting) })
    }

    fn meetings(&self, after: Option<MeetingId>) -> Answer<'_, Vec<MeetingHead>> {
        Box::pin(async move { self.shared.meetings(after) })
    }

    fn health(&self) -> Answer<'_, ()> {
        Box::pin(async move { self.shared.logs().map(drop) })
    }

    fn close(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            self.shared.close();
            Ok(())
        })
    }
}

impl Drop for MemoryStore {
    fn drop(&mut self) {
        self.shared.close();
    }
}
