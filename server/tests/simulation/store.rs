//! The simulated store: one ledger that all nodes share, which can be down, hold its breath, start anew, and lose its last
//! moments. What lies between it and a node: see [`crate::link`].

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use engawa_protocol::Timestamp;
use engawa_server::store::{Appended, Epoch, Position, Seq, StateDigest, StoreError};
use tokio::sync::Notify;

use crate::ledger::{Ancestry, Chain, Ledger};
use crate::world::{BEGINNING, World, lock};

/// A node's word on how much it holds counts for so long.
const BID_MS: u64 = 3_000;

/// A value that can be waited for. (A `watch` wakes those who wait in a random order.)
#[derive(Debug, Default)]
pub(crate) struct Signal {
    value: AtomicU64,
    changed: Notify,
}

impl Signal {
    pub(crate) fn get(&self) -> u64 {
        self.value.load(Ordering::Relaxed)
    }

    pub(crate) fn set(&self, value: u64) {
        self.value.store(value, Ordering::Relaxed);
        self.changed.notify_waiters();
    }

    pub(crate) fn raise(&self) {
        self.set(self.get() + 1);
    }

    pub(crate) async fn until(&self, holds: impl Fn(u64) -> bool) {
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

/// Entries that the store has lost, and who had them in memory then.
#[derive(Debug, Clone)]
pub(crate) struct Loss {
    pub(crate) entries: Vec<Chain>,
    /// The lives of nodes that had taken all of them.
    pub(crate) holders: Vec<(usize, u64)>,
}

/// The one store.
#[derive(Debug)]
pub(crate) struct SimulatedStore {
    pub(crate) world: Arc<World>,
    ledger: Mutex<Ledger>,
    bids: Mutex<BTreeMap<(usize, u64), (Position, u64)>>,
    digests: Mutex<BTreeMap<(Position, Chain), StateDigest>>,
    losses: Mutex<Vec<Loss>>,
    prepared: AtomicU64,
    down: AtomicBool,
    pub(crate) stalled: Signal,
    /// Raised to cut all tails.
    pub(crate) cuts: Signal,
    /// Raised with every change of the log.
    pub(crate) changes: Signal,
}

impl SimulatedStore {
    pub(crate) fn new(world: &Arc<World>) -> Arc<Self> {
        Arc::new(Self {
            world: Arc::clone(world),
            ledger: Mutex::default(),
            bids: Mutex::default(),
            digests: Mutex::default(),
            losses: Mutex::default(),
            prepared: AtomicU64::new(0),
            down: AtomicBool::new(false),
            stalled: Signal::default(),
            cuts: Signal::default(),
            changes: Signal::default(),
        })
    }

    /// What was ever in the log.
    pub(crate) fn ancestry(&self) -> Ancestry {
        lock(&self.ledger).ancestry().clone()
    }

    /// What was lost.
    pub(crate) fn losses(&self) -> Vec<Loss> {
        lock(&self.losses).clone()
    }

    /// The last entry.
    pub(crate) fn last(&self) -> Position {
        let standing = lock(&self.ledger).standing();
        standing.map_or(Position { epoch: Epoch(0), seq: Seq(0) }, |standing| standing.last)
    }

    fn now(&self) -> Timestamp {
        Timestamp(BEGINNING.0 + self.world.elapsed_ms())
    }

    /// Puts a meeting in, as it has been prepared.
    pub(crate) fn prepare(&self, payloads: Vec<Bytes>) -> Result<(), StoreError> {
        let (first, rest) = payloads.split_first().ok_or(StoreError::EmptyBatch)?;
        self.create(first.clone())?;
        self.append(Epoch(1), rest.to_vec())?;
        self.prepared.store(self.last().seq.0, Ordering::Relaxed);
        Ok(())
    }

    pub(crate) fn is_down(&self) -> bool {
        self.down.load(Ordering::Relaxed)
    }

    /// Takes no requests, or takes them again. All tails break.
    pub(crate) fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
        self.cuts.raise();
    }

    /// Holds requests, or lets them go on.
    pub(crate) fn set_stalled(&self, stalled: bool) {
        self.stalled.set(u64::from(stalled));
    }

    /// Ends the store's process and starts it again over the same data.
    pub(crate) fn restart(&self) {
        self.cuts.raise();
    }

    /// Ends the store's process and starts it again over what it had before its last changes. `holds` says which life of
    /// each node has taken an entry.
    pub(crate) fn lose(&self, changes: usize, holds: impl Fn(Chain) -> Vec<(usize, u64)>) {
        let prepared = Seq(self.prepared.load(Ordering::Relaxed));
        let entries = lock(&self.ledger).lose(changes, prepared);
        lock(&self.bids).clear();
        lock(&self.digests).clear();
        // Whoever has taken the last has taken all before it.
        let holders = entries.last().map(|last| holds(*last)).unwrap_or_default();
        self.world.note(format_args!("store: has lost {entries:?}, which {holders:?} hold"));
        lock(&self.losses).push(Loss { entries, holders });
        self.changes.raise();
        self.cuts.raise();
    }

    /// Reads or changes the log.
    pub(crate) fn with<T>(
        &self,
        work: impl FnOnce(&mut Ledger, Timestamp) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        work(&mut lock(&self.ledger), self.now())
    }

    fn record(&self, appended: Appended, payloads: &[Bytes]) {
        let Position { epoch, seq } = appended.first;
        for (seq, payload) in (seq.0..).zip(payloads) {
            // Text of ours: every payload is JSON.
            let text = String::from_utf8_lossy(payload);
            self.world.note(format_args!("store: {}:{seq} {text}", epoch.0));
        }
        self.changes.raise();
    }

    pub(crate) fn create(&self, first: Bytes) -> Result<Appended, StoreError> {
        let created = self.with(|ledger, now| ledger.create(first.clone(), now))?;
        self.record(created, &[first]);
        Ok(created)
    }

    pub(crate) fn append(&self, epoch: Epoch, payloads: Vec<Bytes>) -> Result<Appended, StoreError> {
        let appended = self.with(|ledger, now| ledger.append(epoch, payloads.clone(), now))?;
        self.record(appended, &payloads);
        Ok(appended)
    }

    /// A new epoch has begun: every tail ends with it.
    pub(crate) fn epoch_began(&self, epoch: Epoch) {
        self.world.note(format_args!("store: epoch {} begins", epoch.0));
        self.changes.raise();
    }

    /// Notes how much a node holds; true if no other holds more.
    pub(crate) fn bid(&self, node: (usize, u64), held: Position) -> bool {
        let now = self.world.elapsed_ms();
        let mut bids = lock(&self.bids);
        bids.retain(|_, (_, at)| now - *at <= BID_MS);
        bids.insert(node, (held, now));
        bids.iter().all(|(other, (position, _))| (*position, *other) <= (held, node))
    }

    /// Notes a digest. Two that differ are what no run may ever show.
    pub(crate) fn compare_digest(&self, at: Position, digest: StateDigest) {
        let Some(chain) = lock(&self.ledger).chain_at(at.seq) else { return };
        let known = *lock(&self.digests).entry((at, chain)).or_insert(digest);
        if known != digest {
            self.world.find(format!("nodes have come to different states at {at}"));
        }
    }
}
