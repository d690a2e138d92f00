//! The simulated store: one memory store that all nodes share, the tape of everything it ever took, and between each node
//! and it a network that loses, delays, doubles and breaks.

use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use engawa_server::store::memory::MemoryStore;
use engawa_server::store::{
    Answer, Appended, Epoch, LogEntry, MeetingHead, MeetingId, Position, Seq, Snapshot, SnapshotPut,
    StateDigest, Store, StoreError, Tail, TailEnd,
};
use rand::Rng as _;
use rand::rngs::StdRng;
use tokio::sync::Notify;

use crate::dice::{falls, stream};
use crate::world::{SimulatedClock, World, lock};

/// After this time without an answer a node takes a request for lost.
const ANSWER_MS: u64 = 400;
/// A node notices within this time that the line of its tail is dead.
const TAIL_DEAD_MS: u64 = 1_000;
/// A request that is sent twice comes the second time within this time.
const DOUBLE_MS: u64 = 1_500;

/// A value that can be waited for. (A `watch` wakes those who wait in a random order.)
#[derive(Debug, Default)]
struct Signal {
    value: AtomicU64,
    changed: Notify,
}

impl Signal {
    fn get(&self) -> u64 {
        self.value.load(Ordering::Relaxed)
    }

    fn set(&self, value: u64) {
        self.value.store(value, Ordering::Relaxed);
        self.changed.notify_waiters();
    }

    async fn until(&self, holds: impl Fn(u64) -> bool) {
        loop {
            // Listening begins before the look, so that no change falls between the two.
            let changed = self.changed.notified();
            if holds(self.get()) {
                return;
            }
            changed.await;
        }
    }
}

/// The one store.
#[derive(Debug)]
pub(crate) struct SimulatedStore {
    world: Arc<World>,
    inner: Mutex<Arc<MemoryStore>>,
    tape: Mutex<Vec<LogEntry>>,
    down: AtomicBool,
    stalled: Signal,
    /// Raised to cut all tails.
    cuts: Signal,
}

impl SimulatedStore {
    pub(crate) fn new(world: &Arc<World>) -> Arc<Self> {
        let clock = SimulatedClock::new(world, 0);
        Arc::new(Self {
            world: Arc::clone(world),
            inner: Mutex::new(Arc::new(MemoryStore::new(clock))),
            tape: Mutex::default(),
            down: AtomicBool::new(false),
            stalled: Signal::default(),
            cuts: Signal::default(),
        })
    }

    /// Everything the store took, in order.
    pub(crate) fn tape(&self) -> Vec<LogEntry> {
        lock(&self.tape).clone()
    }

    /// The last entry.
    pub(crate) fn last(&self) -> Seq {
        lock(&self.tape).last().map_or(Seq(0), |entry| entry.seq)
    }

    /// Puts a meeting in, as it has been prepared.
    pub(crate) async fn prepare(&self, meeting: MeetingId, payloads: Vec<Bytes>) -> Result<(), StoreError> {
        let (first, rest) = payloads.split_first().ok_or(StoreError::EmptyBatch)?;
        let store = self.inner();
        let created = store.create(meeting, first.clone()).await?;
        self.record(created, std::slice::from_ref(first));
        let appended = store.append(meeting, Epoch(1), rest.to_vec()).await?;
        self.record(appended, rest);
        Ok(())
    }

    /// Takes no requests, or takes them again. All tails break.
    pub(crate) fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
        self.cuts.set(self.cuts.get() + 1);
    }

    /// Holds requests, or lets them go on.
    pub(crate) fn set_stalled(&self, stalled: bool) {
        self.stalled.set(u64::from(stalled));
    }

    /// Ends the store's process and starts it again over the same data.
    pub(crate) async fn restart(&self) {
        let next = Arc::new(self.inner().reopen());
        let before = std::mem::replace(&mut *lock(&self.inner), next);
        // Closing memory cannot fail.
        let _ = before.close().await;
        self.cuts.set(self.cuts.get() + 1);
    }

    fn inner(&self) -> Arc<MemoryStore> {
        Arc::clone(&lock(&self.inner))
    }

    fn record(&self, appended: Appended, payloads: &[Bytes]) {
        let mut tape = lock(&self.tape);
        for (seq, payload) in (appended.first.seq.0..).zip(payloads) {
            // Text of ours: every payload is JSON.
            self.world.note(format_args!("store: {seq} {}", String::from_utf8_lossy(payload)));
            tape.push(LogEntry { seq: Seq(seq), at: appended.at, payload: payload.clone() });
        }
    }

    async fn append(
        &self,
        meeting: MeetingId,
        epoch: Epoch,
        payloads: &[Bytes],
    ) -> Result<Appended, StoreError> {
        let appended = self.inner().append(meeting, epoch, payloads.to_vec()).await?;
        self.record(appended, payloads);
        Ok(appended)
    }
}

/// What a node has of the store: the store behind a network.
#[derive(Debug)]
pub(crate) struct StoreLink {
    store: Arc<SimulatedStore>,
    dice: Mutex<StdRng>,
    /// The node has been killed: what was under way may still arrive, nothing else goes out.
    dead: AtomicBool,
    /// Node and store do not reach each other.
    cut: Arc<Signal>,
}

/// Which kind of request it is: a write without an answer may have taken effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Read,
    Write,
}

/// What becomes of a request.
#[derive(Debug)]
struct Fate {
    there: Duration,
    back: Duration,
    arrives: bool,
    is_answered: bool,
    outlives_its_node: bool,
}

impl StoreLink {
    pub(crate) fn new(store: &Arc<SimulatedStore>, node: usize, life: u64) -> Arc<Self> {
        let dice = stream(store.world.seed, "link", &[node as u64, life]);
        Arc::new(Self {
            store: Arc::clone(store),
            dice: Mutex::new(dice),
            dead: AtomicBool::new(false),
            cut: Arc::default(),
        })
    }

    /// The node has been killed.
    pub(crate) fn die(&self) {
        self.dead.store(true, Ordering::Relaxed);
    }

    /// Cuts the node off, or joins it again.
    pub(crate) fn set_cut(&self, cut: bool) {
        self.cut.set(u64::from(cut));
    }

    fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Relaxed)
    }

    fn is_cut(&self) -> bool {
        self.cut.get() == 1
    }

    fn fate(&self) -> Fate {
        let network = self.store.world.network();
        let mut dice = lock(&self.dice);
        let mut delay = || Duration::from_millis(dice.random_range(0..=network.delay_ms));
        let (there, back) = (delay(), delay());
        Fate {
            there,
            back,
            arrives: !falls(&mut dice, network.lost_requests),
            is_answered: !falls(&mut dice, network.lost_replies),
            outlives_its_node: falls(&mut dice, 500),
        }
    }

    async fn lost(&self, kind: Kind) -> StoreError {
        tokio::time::sleep(Duration::from_millis(ANSWER_MS)).await;
        match kind {
            Kind::Read => StoreError::unavailable("simulation: no answer"),
            Kind::Write => StoreError::outcome_unknown("simulation: no answer"),
        }
    }

    /// Asks the store for something, over the network.
    async fn ask<T, F>(
        &self,
        kind: Kind,
        call: impl FnOnce(Arc<SimulatedStore>) -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        if self.is_dead() {
            return Err(StoreError::Closed);
        }
        let fate = self.fate();
        tokio::time::sleep(fate.there).await;
        self.pass_stall().await;
        if self.is_cut() || !fate.arrives {
            return Err(self.lost(kind).await);
        }
        if self.store.down.load(Ordering::Relaxed) {
            return Err(StoreError::unavailable("simulation: the store is down"));
        }
        if self.is_dead() && !fate.outlives_its_node {
            return Err(StoreError::Closed);
        }
        let outcome = match call(Arc::clone(&self.store)).await {
            // Asked of a process that was just being replaced.
            Err(StoreError::Closed) => Err(StoreError::unavailable("simulation: the store restarts")),
            outcome => outcome,
        };
        if self.is_cut() || !fate.is_answered {
            return Err(self.lost(kind).await);
        }
        tokio::time::sleep(fate.back).await;
        outcome
    }

    async fn pass_stall(&self) {
        self.store.stalled.until(|stalled| stalled == 0).await;
    }

    /// Whether an append comes to the store a second time, and when.
    fn doubled(&self) -> Option<Duration> {
        let permille = self.store.world.network().doubled_appends;
        let mut dice = lock(&self.dice);
        let after = Duration::from_millis(dice.random_range(0..DOUBLE_MS));
        falls(&mut dice, permille).then_some(after)
    }

    async fn open_tail(&self, meeting: MeetingId, after: Position) -> Result<Tail, StoreError> {
        let (store, partition) = (Arc::clone(&self.store), Arc::clone(&self.cut));
        let cuts = store.cuts.get();
        let open = async |store: Arc<SimulatedStore>| store.inner().tail(meeting, after).await;
        let mut inner = self.ask(Kind::Read, open).await?;
        let (feed, tail) = Tail::channel();
        let world = Arc::clone(&self.store.world);
        let (number, noticed) = {
            let mut dice = lock(&self.dice);
            (dice.random(), Duration::from_millis(dice.random_range(0..=TAIL_DEAD_MS)))
        };
        let mut dice = stream(world.seed, "tail", &[number]);
        tokio::spawn(async move {
            let end = tokio::select! {
                biased;
                () = feed.abandoned() => return,
                () = store.cuts.until(|now| now != cuts) => cut(),
                () = async {
                    partition.until(|cut| cut == 1).await;
                    tokio::time::sleep(noticed).await;
                } => cut(),
                end = async {
                    loop {
                        let mut next = match inner.next().await {
                            Ok(entry) => Some(entry),
                            Err(end) => return end,
                        };
                        let network = world.network();
                        if falls(&mut dice, network.cut_tails) {
                            return cut();
                        }
                        tokio::time::sleep(Duration::from_millis(dice.random_range(0..=network.delay_ms))).await;
                        while let Some(entry) = next {
                            feed.entry(entry).await;
                            next = inner.next_ready().ok().flatten();
                        }
                    }
                } => match end {
                    TailEnd::Failed(StoreError::Closed) => cut(),
                    end => end,
                },
            };
            feed.end(end).await;
        });
        Ok(tail)
    }
}

fn cut() -> TailEnd {
    TailEnd::Failed(StoreError::unavailable("simulation: the line broke"))
}

impl Store for StoreLink {
    fn create(&self, meeting: MeetingId, first: Bytes) -> Answer<'_, Appended> {
        Box::pin(self.ask(Kind::Write, async move |store| {
            let appended = store.inner().create(meeting, first.clone()).await?;
            store.record(appended, &[first]);
            Ok(appended)
        }))
    }

    fn append(&self, meeting: MeetingId, epoch: Epoch, payloads: Vec<Bytes>) -> Answer<'_, Appended> {
        Box::pin(async move {
            let doubled = self.doubled();
            self.ask(Kind::Write, async move |store| {
                let appended = store.append(meeting, epoch, &payloads).await;
                if let Some(after) = doubled {
                    tokio::spawn(async move {
                        tokio::time::sleep(after).await;
                        // Nobody waits for the second answer.
                        let _ = store.append(meeting, epoch, &payloads).await;
                    });
                }
                appended
            })
            .await
        })
    }

    fn read(&self, meeting: MeetingId, after: Position, count: usize) -> Answer<'_, Vec<LogEntry>> {
        let read = async move |store: Arc<SimulatedStore>| store.inner().read(meeting, after, count).await;
        Box::pin(self.ask(Kind::Read, read))
    }

    fn tail(&self, meeting: MeetingId, after: Position) -> Answer<'_, Tail> {
        Box::pin(self.open_tail(meeting, after))
    }

    fn head(&self, meeting: MeetingId) -> Answer<'_, MeetingHead> {
        Box::pin(
            self.ask(Kind::Read, async move |store: Arc<SimulatedStore>| store.inner().head(meeting).await),
        )
    }

    fn put_snapshot(&self, meeting: MeetingId, snapshot: Snapshot) -> Answer<'_, SnapshotPut> {
        let put = async move |store: Arc<SimulatedStore>| store.inner().put_snapshot(meeting, snapshot).await;
        Box::pin(self.ask(Kind::Write, put))
    }

    fn latest_snapshot(&self, meeting: MeetingId) -> Answer<'_, Option<Snapshot>> {
        let read = async move |store: Arc<SimulatedStore>| store.inner().latest_snapshot(meeting).await;
        Box::pin(self.ask(Kind::Read, read))
    }

    fn previous_snapshot(&self, meeting: MeetingId) -> Answer<'_, Option<Snapshot>> {
        let read = async move |store: Arc<SimulatedStore>| store.inner().previous_snapshot(meeting).await;
        Box::pin(self.ask(Kind::Read, read))
    }

    fn trim(&self, meeting: MeetingId) -> Answer<'_, Position> {
        Box::pin(
            self.ask(Kind::Write, async move |store: Arc<SimulatedStore>| store.inner().trim(meeting).await),
        )
    }

    fn purge(&self, meeting: MeetingId, up_to: Position) -> Answer<'_, Position> {
        let purge = async move |store: Arc<SimulatedStore>| store.inner().purge(meeting, up_to).await;
        Box::pin(self.ask(Kind::Write, purge))
    }

    fn start_epoch(
        &self,
        meeting: MeetingId,
        current: Epoch,
        seq: Seq,
        digest: StateDigest,
        bytes: Bytes,
    ) -> Answer<'_, Position> {
        let start = async move |store: Arc<SimulatedStore>| {
            store.inner().start_epoch(meeting, current, seq, digest, bytes).await
        };
        Box::pin(self.ask(Kind::Write, start))
    }

    fn delete(&self, meeting: MeetingId) -> Answer<'_, ()> {
        let delete = async move |store: Arc<SimulatedStore>| store.inner().delete(meeting).await;
        Box::pin(self.ask(Kind::Write, delete))
    }

    fn meetings(&self, after: Option<MeetingId>) -> Answer<'_, Vec<MeetingHead>> {
        Box::pin(
            self.ask(Kind::Read, async move |store: Arc<SimulatedStore>| store.inner().meetings(after).await),
        )
    }

    fn health(&self) -> Answer<'_, ()> {
        Box::pin(self.ask(Kind::Read, async move |store: Arc<SimulatedStore>| store.inner().health().await))
    }

    fn close(&self) -> Answer<'_, ()> {
        self.die();
        Box::pin(async { Ok(()) })
    }
}
