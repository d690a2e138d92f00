//! A store that fails on purpose, wrapped around one that works: by a seeded plan, or on a test's word. It
//! adds faults and nothing else; what it lets through is the inner store's.

mod plan;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::watch;

pub use self::plan::FaultPlan;
use self::plan::{Dice, WriteFate};
use super::{
    Answer, Appended, Epoch, Founding, LogEntry, Mark, MeetingHead, MeetingId, Position, Seq, Snapshot,
    SnapshotPut, StateDigest, Store, StoreError, Survey, Tail, TailEnd,
};

/// The store. See the module.
///
/// Every fault is one that a real store has: [`StoreError::Unavailable`] before anything happened,
/// [`StoreError::OutcomeUnknown`] after it took effect, a tail that ends with [`StoreError::Unavailable`].
#[derive(Debug)]
pub struct FaultyStore {
    inner: Arc<dyn Store>,
    faults: Mutex<Faults>,
    stalled: watch::Sender<bool>,
    waiting: watch::Sender<usize>,
    /// Raised to cut the tails that are open.
    cuts: watch::Sender<u64>,
}

#[derive(Debug)]
struct Faults {
    dice: Dice,
    fail_appends: u32,
    lose_appends: u32,
    broken: bool,
    injected: u64,
}

impl FaultyStore {
    /// Wraps a store.
    #[must_use]
    pub fn new(inner: Arc<dyn Store>, plan: FaultPlan) -> Self {
        let faults =
            Faults { dice: Dice::new(plan), fail_appends: 0, lose_appends: 0, broken: false, injected: 0 };
        Self {
            inner,
            faults: Mutex::new(faults),
            stalled: watch::Sender::new(false),
            waiting: watch::Sender::new(0),
            cuts: watch::Sender::new(0),
        }
    }

    /// The next `count` appends fail before they reach the store.
    pub fn fail_next_appends(&self, count: u32) {
        self.faults().fail_appends = count;
    }

    /// The next `count` appends take effect and their answers are lost.
    pub fn lose_next_answers(&self, count: u32) {
        self.faults().lose_appends = count;
    }

    /// From now on every call fails and all tails are cut, until [`FaultyStore::heal`].
    pub fn break_down(&self) {
        self.faults().broken = true;
        self.cut_tails();
    }

    /// Ends a break-down.
    pub fn heal(&self) {
        self.faults().broken = false;
    }

    /// From now on writes wait, before they reach the store, until [`FaultyStore::release`].
    pub fn stall(&self) {
        self.stalled.send_replace(true);
    }

    /// Ends a stall: the writes that wait go on.
    pub fn release(&self) {
        self.stalled.send_replace(false);
    }

    /// Waits until at least `count` writes are held by a stall.
    pub async fn until_stalled(&self, count: usize) {
        let mut waiting = self.waiting.subscribe();
        // Cannot fail: the sender lives as long as self.
        let _ = waiting.wait_for(|waiting| *waiting >= count).await;
    }

    /// Cuts the tails that are open now.
    pub fn cut_tails(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// How many calls have been made to fail so far, so that a test can tell that it has tested something.
    pub fn injected_count(&self) -> u64 {
        self.faults().injected
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn write<T: Send>(&self, is_append: bool, call: Answer<'_, T>) -> Result<T, StoreError> {
        let (delay, fate) = {
            let mut faults = self.faults();
            (faults.dice.delay(), faults.fate(is_append))
        };
        if let Some(delay) = delay {
            tokio::time::sleep(delay).await;
        }
        self.pass_stall().await;
        if self.faults().broken {
            return Err(self.inject(unreachable()));
        }
        match fate {
            WriteFate::Done => call.await,
            WriteFate::FailBefore => Err(self.inject(unreachable())),
            WriteFate::LoseAnswer => {
                drop(call.await);
                Err(self.inject(StoreError::outcome_unknown("fault plan: answer lost")))
            }
        }
    }

    async fn read_with<T: Send>(&self, call: Answer<'_, T>) -> Result<T, StoreError> {
        let (delay, fails) = {
            let mut faults = self.faults();
            (faults.dice.delay(), faults.dice.read_fails())
        };
        if let Some(delay) = delay {
            tokio::time::sleep(delay).await;
        }
        if fails || self.faults().broken {
            return Err(self.inject(unreachable()));
        }
        call.await
    }

    fn inject(&self, error: StoreError) -> StoreError {
        self.faults().injected += 1;
        error
    }

    async fn pass_stall(&self) {
        if !*self.stalled.borrow() {
            return;
        }
        let mut stalled = self.stalled.subscribe();
        let _counted = Counted::new(&self.waiting);
        // Cannot fail: the sender lives as long as self.
        let _ = stalled.wait_for(|stalled| !stalled).await;
    }

    async fn open_tail(&self, meeting: MeetingId, after: Position) -> Result<Tail, StoreError> {
        // Before the tail is opened, so that a cut meanwhile is not missed.
        let mut cuts = self.cuts.subscribe();
        let mut inner = self.read_with(self.inner.tail(meeting, after)).await?;
        let mut dice = self.faults().dice.fork();
        let (feed, tail) = Tail::channel();
        tokio::spawn(async move {
            let end = tokio::select! {
                biased;
                () = feed.abandoned() => return,
                _ = cuts.changed() => cut(),
                end = async {
                    loop {
                        match inner.next().await {
                            Ok(_) if dice.tail_is_cut() => return cut(),
                            Ok(entry) => feed.entry(entry).await,
                            Err(end) => return end,
                        };
                    }
                } => end,
            };
            feed.end(end).await;
        });
        Ok(tail)
    }
}

impl Faults {
    fn fate(&mut self, is_append: bool) -> WriteFate {
        let drawn = self.dice.write();
        if is_append && self.fail_appends > 0 {
            self.fail_appends -= 1;
            return WriteFate::FailBefore;
        }
        if is_append && self.lose_appends > 0 {
            self.lose_appends -= 1;
            return WriteFate::LoseAnswer;
        }
        drawn
    }
}

/// Counts a waiting write for as long as it waits, given up or not.
struct Counted<'a>(&'a watch::Sender<usize>);

impl<'a> Counted<'a> {
    fn new(waiting: &'a watch::Sender<usize>) -> Self {
        waiting.send_modify(|waiting| *waiting += 1);
        Self(waiting)
    }
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.send_modify(|waiting| *waiting -= 1);
    }
}

fn unreachable() -> StoreError {
    StoreError::unavailable("fault plan: out of reach")
}

fn cut() -> TailEnd {
    TailEnd::Failed(StoreError::unavailable("fault plan: tail cut"))
}

impl Store for FaultyStore {
    fn create(&self, meeting: MeetingId, first: Bytes) -> Answer<'_, Appended> {
        Box::pin(self.write(false, self.inner.create(meeting, first)))
    }

    fn append(&self, meeting: MeetingId, epoch: Epoch, payloads: Vec<Bytes>) -> Answer<'_, Appended> {
        Box::pin(self.write(true, self.inner.append(meeting, epoch, payloads)))
    }

    fn read(&self, meeting: MeetingId, after: Position, count: usize) -> Answer<'_, Vec<LogEntry>> {
        Box::pin(self.read_with(self.inner.read(meeting, after, count)))
    }

    fn tail(&self, meeting: MeetingId, after: Position) -> Answer<'_, Tail> {
        Box::pin(self.open_tail(meeting, after))
    }

    fn head(&self, meeting: MeetingId) -> Answer<'_, MeetingHead> {
        Box::pin(self.read_with(self.inner.head(meeting)))
    }

    fn claim_snapshot(&self, meeting: MeetingId, lease_ms: u64) -> Answer<'_, bool> {
        Box::pin(self.write(false, self.inner.claim_snapshot(meeting, lease_ms)))
    }

    fn put_snapshot(&self, meeting: MeetingId, snapshot: Snapshot) -> Answer<'_, SnapshotPut> {
        Box::pin(self.write(false, self.inner.put_snapshot(meeting, snapshot)))
    }

    fn latest_snapshot(&self, meeting: MeetingId) -> Answer<'_, Option<Snapshot>> {
        Box::pin(self.read_with(self.inner.latest_snapshot(meeting)))
    }

    fn previous_snapshot(&self, meeting: MeetingId) -> Answer<'_, Option<Snapshot>> {
        Box::pin(self.read_with(self.inner.previous_snapshot(meeting)))
    }

    fn trim(&self, meeting: MeetingId) -> Answer<'_, Position> {
        Box::pin(self.write(false, self.inner.trim(meeting)))
    }

    fn purge(&self, meeting: MeetingId, up_to: Position) -> Answer<'_, Position> {
        Box::pin(self.write(false, self.inner.purge(meeting, up_to)))
    }

    fn start_epoch(
        &self,
        meeting: MeetingId,
        current: Epoch,
        seq: Seq,
        digest: StateDigest,
        bytes: Bytes,
    ) -> Answer<'_, Position> {
        Box::pin(self.write(false, self.inner.start_epoch(meeting, current, seq, digest, bytes)))
    }

    fn survey(&self, meeting: MeetingId, held: Position) -> Answer<'_, Survey> {
        Box::pin(self.read_with(self.inner.survey(meeting, held)))
    }

    fn bid(&self, meeting: MeetingId, held: Position) -> Answer<'_, bool> {
        Box::pin(self.write(false, self.inner.bid(meeting, held)))
    }

    fn leave_history(&self, meeting: MeetingId, current: Epoch) -> Answer<'_, Epoch> {
        Box::pin(self.write(false, self.inner.leave_history(meeting, current)))
    }

    fn refound(&self, meeting: MeetingId, mark: Mark, founding: Founding) -> Answer<'_, Option<Position>> {
        Box::pin(self.write(false, self.inner.refound(meeting, mark, founding)))
    }

    fn compares_digests(&self) -> bool {
        self.inner.compares_digests()
    }

    fn compare_digest(&self, meeting: MeetingId, at: Position, digest: StateDigest) -> Answer<'_, ()> {
        Box::pin(self.write(false, self.inner.compare_digest(meeting, at, digest)))
    }

    fn delete(&self, meeting: MeetingId) -> Answer<'_, ()> {
        Box::pin(self.write(false, self.inner.delete(meeting)))
    }

    fn meetings(&self, after: Option<MeetingId>) -> Answer<'_, Vec<MeetingHead>> {
        Box::pin(self.read_with(self.inner.meetings(after)))
    }

    fn health(&self) -> Answer<'_, ()> {
        Box::pin(self.read_with(self.inner.health()))
    }

    /// Closing is the owner's act, not the store's: it never fails here.
    fn close(&self) -> Answer<'_, ()> {
        self.inner.close()
    }
}
