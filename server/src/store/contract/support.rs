//! Tools of the contract: calls that are tried again until the store answers, a tail that is opened again
//! when it is cut, limits on every wait.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use uuid::Uuid;

use super::super::{
    Answer, Appended, Epoch, LogEntry, MeetingHead, MeetingId, Position, Seq, Snapshot, SnapshotPut,
    StateDigest, Store, StoreError, Tail, TailEnd,
};
use super::{Bench, Delivery};

/// Tries before a store that keeps failing in a retryable way counts as one that does not answer.
const TRIES: usize = 500;
/// Longest wait for anything here.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) const FIRST_EPOCH: Epoch = Epoch(1);

/// A meeting's key that says in the failure message which one it was.
pub(super) fn meeting(number: u128) -> MeetingId {
    MeetingId(Uuid::from_u128(number))
}

pub(super) fn at(seq: u64) -> Position {
    Position { epoch: FIRST_EPOCH, seq: Seq(seq) }
}

pub(super) fn text(text: impl Into<String>) -> Bytes {
    Bytes::from(text.into())
}

/// `count` payloads that stand nowhere else.
pub(super) fn marked(marker: impl std::fmt::Display, count: usize) -> Vec<Bytes> {
    (0..count).map(|index| text(format!("{marker}/{index}of{count}"))).collect()
}

/// Fails loudly instead of hanging.
pub(super) async fn within<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.expect("the store did not get there in time")
}

/// Calls until the answer is one that does not ask to be called again.
pub(super) async fn insist<'a, T>(call: impl FnMut() -> Answer<'a, T>) -> Result<T, StoreError> {
    insist_knowing(call).await.1
}

/// The same; also says whether an answer was lost on the way.
async fn insist_knowing<'a, T>(mut call: impl FnMut() -> Answer<'a, T>) -> (bool, Result<T, StoreError>) {
    let mut lost = false;
    for _ in 0..TRIES {
        match within(call()).await {
            Err(error) if error.is_retryable() => lost |= error.may_have_taken_effect(),
            answer => return (lost, answer),
        }
        tokio::task::yield_now().await;
    }
    panic!("no answer in {TRIES} tries");
}

/// A store, spoken to by someone who does not give up.
#[derive(Clone)]
pub(super) struct Client {
    pub(super) store: Arc<dyn Store>,
    pub(super) delivery: Delivery,
}

impl Client {
    pub(super) async fn open(bench: &dyn Bench) -> Self {
        Self { store: within(bench.open()).await, delivery: bench.delivery() }
    }

    pub(super) async fn create(&self, meeting: MeetingId) -> Position {
        let first = text("first");
        let (lost, answer) = insist_knowing(|| self.store.create(meeting, first.clone())).await;
        match answer {
            Ok(appended) => appended.first,
            // The lost answer was a yes.
            Err(StoreError::AlreadyExists) if lost => at(1),
            Err(error) => panic!("create: {error}"),
        }
    }

    pub(super) async fn try_append(
        &self,
        meeting: MeetingId,
        epoch: Epoch,
        payloads: &[Bytes],
    ) -> Result<Appended, StoreError> {
        insist(|| self.store.append(meeting, epoch, payloads.to_vec())).await
    }

    pub(super) async fn append(&self, meeting: MeetingId, payloads: &[Bytes]) -> Appended {
        self.try_append(meeting, FIRST_EPOCH, payloads).await.expect("append")
    }

    /// Appends single entries until the log holds at least `seq` of them.
    pub(super) async fn fill(&self, meeting: MeetingId, seq: u64) {
        while self.head(meeting).await.last.seq.0 < seq {
            self.append(meeting, &marked("fill", 1)).await;
        }
    }

    pub(super) async fn head(&self, meeting: MeetingId) -> MeetingHead {
        insist(|| self.store.head(meeting)).await.expect("head")
    }

    pub(super) async fn read(
        &self,
        meeting: MeetingId,
        after: Position,
    ) -> Result<Vec<LogEntry>, StoreError> {
        insist(|| self.store.read(meeting, after, 1024)).await
    }

    /// The log from a position to its end.
    pub(super) async fn read_all(&self, meeting: MeetingId, after: Position) -> Vec<LogEntry> {
        let mut entries: Vec<LogEntry> = Vec::new();
        loop {
            let from = entries.last().map_or(after, |last| Position { seq: last.seq, ..after });
            let page = self.read(meeting, from).await.expect("read");
            if page.is_empty() {
                assert_dense(&entries, after);
                return entries;
            }
            entries.extend(page);
        }
    }

    pub(super) async fn put(
        &self,
        meeting: MeetingId,
        snapshot: &Snapshot,
    ) -> Result<SnapshotPut, StoreError> {
        let (lost, answer) = insist_knowing(|| self.store.put_snapshot(meeting, snapshot.clone())).await;
        match answer {
            // The lost answer was that it is stored.
            Ok(SnapshotPut::NotNewer) if lost => Ok(SnapshotPut::Stored),
            answer => answer,
        }
    }

    pub(super) async fn latest(&self, meeting: MeetingId) -> Option<Snapshot> {
        insist(|| self.store.latest_snapshot(meeting)).await.expect("latest snapshot")
    }

    pub(super) async fn previous(&self, meeting: MeetingId) -> Option<Snapshot> {
        insist(|| self.store.previous_snapshot(meeting)).await.expect("previous snapshot")
    }

    pub(super) async fn trim(&self, meeting: MeetingId) -> Position {
        insist(|| self.store.trim(meeting)).await.expect("trim")
    }

    pub(super) async fn purge(&self, meeting: MeetingId, up_to: Position) -> Result<Position, StoreError> {
        insist(|| self.store.purge(meeting, up_to)).await
    }

    pub(super) async fn delete(&self, meeting: MeetingId) {
        insist(|| self.store.delete(meeting)).await.expect("delete");
    }

    pub(super) async fn start_epoch(
        &self,
        meeting: MeetingId,
        current: Epoch,
        seq: Seq,
        state: &Snapshot,
    ) -> Position {
        let (digest, bytes) = (state.digest, &state.bytes);
        let (lost, answer) =
            insist_knowing(|| self.store.start_epoch(meeting, current, seq, digest, bytes.clone())).await;
        match answer {
            Ok(position) => position,
            Err(StoreError::EpochChanged { current: now }) if lost && now.0 == current.0 + 1 => {
                Position { epoch: now, seq }
            }
            Err(error) => panic!("start_epoch: {error}"),
        }
    }

    pub(super) async fn listed(&self) -> Vec<MeetingHead> {
        let mut heads: Vec<MeetingHead> = Vec::new();
        loop {
            let after = heads.last().map(|head| head.meeting);
            let page = insist(|| self.store.meetings(after)).await.expect("meetings");
            if page.is_empty() {
                return heads;
            }
            heads.extend(page);
        }
    }

    pub(super) async fn follow(&self, meeting: MeetingId, after: Position) -> Follower {
        let mut follower = Follower { client: self.clone(), meeting, cursor: after, tail: None };
        follower.reopen().await.expect("tail");
        follower
    }

    pub(super) async fn close(&self) {
        within(self.store.close()).await.expect("close");
    }
}

/// Reads a tail; where the store says that a new one will go on, opens a new one.
pub(super) struct Follower {
    client: Client,
    meeting: MeetingId,
    pub(super) cursor: Position,
    tail: Option<Tail>,
}

impl Follower {
    async fn reopen(&mut self) -> Result<(), StoreError> {
        let (store, meeting, cursor) = (&self.client.store, self.meeting, self.cursor);
        self.tail = Some(insist(|| store.tail(meeting, cursor)).await?);
        Ok(())
    }

    /// The next entry, checked to follow the one before.
    pub(super) async fn next(&mut self) -> Result<LogEntry, TailEnd> {
        loop {
            let Some(tail) = &mut self.tail else {
                self.reopen().await?;
                continue;
            };
            match within(tail.next()).await {
                Ok(entry) => {
                    assert_eq!(entry.seq.0, self.cursor.seq.0 + 1, "a gap or a duplicate in the tail");
                    self.cursor.seq = entry.seq;
                    return Ok(entry);
                }
                Err(TailEnd::Failed(error)) if error.is_retryable() => self.tail = None,
                Err(end) => {
                    let again = within(tail.next()).await;
                    assert_eq!(again, Err(end.clone()), "an ended tail must stay ended the same way");
                    return Err(end);
                }
            }
        }
    }

    /// Reads on until the entry at `seq`.
    pub(super) async fn up_to(&mut self, seq: u64) -> Vec<LogEntry> {
        let mut entries = Vec::new();
        while self.cursor.seq.0 < seq {
            entries.push(self.next().await.expect("the tail goes on"));
        }
        entries
    }

    /// Reads on until the tail ends.
    pub(super) async fn until_end(&mut self) -> TailEnd {
        loop {
            if let Err(end) = self.next().await {
                return end;
            }
        }
    }
}

/// Numbers without gaps, times that do not go back.
pub(super) fn assert_dense(entries: &[LogEntry], after: Position) {
    for (entry, seq) in entries.iter().zip(after.seq.0 + 1..) {
        assert_eq!(entry.seq, Seq(seq), "a gap or a duplicate in the log");
    }
    assert!(entries.is_sorted_by_key(|entry| entry.at), "time went back");
}

/// Every batch stands in the log whole, in order and next to each other; as often as the delivery allows.
pub(super) fn assert_batches(entries: &[LogEntry], batches: &[Vec<Bytes>], delivery: Delivery) {
    let mut starts: BTreeMap<&Bytes, Vec<usize>> = BTreeMap::new();
    for (place, entry) in entries.iter().enumerate() {
        starts.entry(&entry.payload).or_default().push(place);
    }
    let mut accounted = 0;
    for batch in batches {
        let places = starts.get(&batch[0]).expect("an acknowledged batch is missing");
        match delivery {
            Delivery::ExactlyOnce => assert_eq!(places.len(), 1, "a batch is doubled"),
            Delivery::AtLeastOnce => {}
        }
        for &place in places {
            let found = entries[place..].iter().map(|entry| &entry.payload).take(batch.len());
            assert!(found.eq(batch.iter()), "a batch is torn");
            accounted += batch.len();
        }
    }
    assert_eq!(accounted, entries.len(), "entries that nobody appended");
}

/// A snapshot that differs from every other position's.
pub(super) fn snapshot(seq: u64) -> Snapshot {
    let digest = StateDigest([u8::try_from(seq % 251).unwrap(); 32]);
    Snapshot { position: at(seq), digest, bytes: text(format!("state after {seq} 縁側\0")) }
}
