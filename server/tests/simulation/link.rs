//! The line between a simulated node and the store: it loses, delays and breaks. Remembers, as the real one does, what the
//! node has read, so that another history is noticed.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use engawa_server::limits::{STORE_BATCH_COUNT, STORE_READ_COUNT};
use engawa_server::store::{Epoch, Position, Present, Seq, StoreError, Survey, TailEnd, TailFeed};
use rand::Rng as _;
use rand::rngs::StdRng;

use crate::dice::{falls, stream};
use crate::ledger::{Chain, Taken};
use crate::store::{Signal, SimulatedStore};
use crate::world::lock;

/// After this time without an answer a node takes a request for lost.
const ANSWER_MS: u64 = 400;
/// A node notices within this time that the line of its tail is dead.
const TAIL_DEAD_MS: u64 = 1_000;
/// A request that is sent twice comes the second time within this time.
const DOUBLE_MS: u64 = 1_500;

/// What a node has of the store.
#[derive(Debug)]
pub(crate) struct StoreLink {
    pub(crate) store: Arc<SimulatedStore>,
    /// The node, and which of its lives.
    pub(crate) life: (usize, u64),
    dice: Mutex<StdRng>,
    pub(crate) trail: Mutex<Trail>,
    /// The node has been killed: what was under way may still arrive, nothing else goes out.
    dead: AtomicBool,
    /// Node and store do not reach each other.
    cut: Arc<Signal>,
}

/// What the node has read, under the last epoch.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    pub(crate) epoch: Option<Epoch>,
    pub(crate) chains: BTreeMap<Seq, Chain>,
    /// The last entry that came over a tail.
    followed: Option<Chain>,
}

impl Trail {
    pub(crate) fn at(&self, place: Position) -> Option<Chain> {
        self.chains.get(&place.seq).copied().filter(|_| self.epoch == Some(place.epoch))
    }

    pub(crate) fn note(&mut self, epoch: Epoch, before: (Seq, Option<Chain>), taken: &[Taken]) {
        if self.epoch != Some(epoch) {
            *self = Self { epoch: Some(epoch), chains: BTreeMap::new(), followed: self.followed };
        }
        let links = before.1.map(|chain| (before.0, chain)).into_iter();
        self.chains.extend(links.chain(taken.iter().map(|taken| (taken.entry.seq, taken.chain))));
    }
}

/// Which kind of request it is: a write without an answer may have taken effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
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
            life: (node, life),
            dice: Mutex::new(dice),
            trail: Mutex::default(),
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

    /// Whether what others say comes here.
    pub(crate) fn hears(&self) -> bool {
        !self.is_dead() && !self.is_cut() && !self.store.is_down()
    }

    /// The last entry that the node has taken.
    pub(crate) fn followed(&self) -> Option<Chain> {
        lock(&self.trail).followed
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
    pub(crate) async fn ask<T>(
        &self,
        kind: Kind,
        call: impl FnOnce(&SimulatedStore) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.is_dead() {
            return Err(StoreError::Closed);
        }
        let (fate, cuts) = (self.fate(), self.store.cuts.get());
        tokio::time::sleep(fate.there).await;
        self.store.stalled.until(|stalled| stalled == 0).await;
        if self.is_cut() || !fate.arrives {
            return Err(self.lost(kind).await);
        }
        if self.store.is_down() {
            return Err(StoreError::unavailable("simulation: the store is down"));
        }
        if self.is_dead() && !fate.outlives_its_node {
            return Err(StoreError::Closed);
        }
        let outcome = call(&self.store);
        // An answer of a process that has ended meanwhile does not come either.
        if self.is_cut() || !fate.is_answered {
            return Err(self.lost(kind).await);
        }
        tokio::time::sleep(fate.back).await;
        if self.store.cuts.get() != cuts && outcome.is_ok() {
            return Err(match kind {
                Kind::Read => StoreError::unavailable("simulation: the store ended"),
                Kind::Write => StoreError::outcome_unknown("simulation: the store ended"),
            });
        }
        outcome
    }

    /// Whether an append comes to the store a second time, and when.
    pub(crate) fn doubled(&self) -> Option<Duration> {
        let permille = self.store.world.network().doubled_appends;
        let mut dice = lock(&self.dice);
        let after = Duration::from_millis(dice.random_range(0..DOUBLE_MS));
        falls(&mut dice, permille).then_some(after)
    }

    pub(crate) async fn open_tail(&self, after: Position) -> Result<Follower, StoreError> {
        let cuts = self.store.cuts.get();
        let known = lock(&self.trail).at(after);
        let chain = self
            .ask(Kind::Read, move |store| {
                store.with(|ledger, _| {
                    ledger.check_after(after, known)?;
                    Ok(ledger.chain_at(after.seq))
                })
            })
            .await?;
        let chain = known.or(chain).ok_or(StoreError::Diverged)?;
        {
            let mut trail = lock(&self.trail);
            trail.note(after.epoch, (after.seq, Some(chain)), &[]);
            trail.followed = Some(chain);
        }
        Ok(Follower { store: Arc::clone(&self.store), at: after, chain, cuts })
    }

    /// Compares what the store holds with what was read here.
    pub(crate) fn compare(&self, store: &SimulatedStore, held: Position) -> Result<Survey, StoreError> {
        let mut trail = lock(&self.trail);
        store.with(|ledger, _| {
            let standing = ledger.standing()?;
            let places = (ledger.oldest_link().0..=held.seq.0).rev().map(Seq);
            let fork = places
                .into_iter()
                .find(|seq| {
                    let here = trail.at(Position { seq: *seq, ..held });
                    here.is_some() && here == ledger.chain_at(*seq)
                })
                .filter(|seq| *seq <= standing.last.seq);
            if fork == Some(held.seq) {
                // As the real one: what was heard beyond that has not been taken.
                trail.chains.split_off(&held.seq.next());
            }
            // What was purged is not there to be told.
            let beyond = fork.filter(|fork| *fork >= standing.floor);
            let beyond = beyond.map(|fork| ledger.after(fork, STORE_BATCH_COUNT + 1));
            let beyond = beyond.filter(|taken| taken.len() <= STORE_BATCH_COUNT);
            Ok(Survey::Present(Present {
                last: standing.last,
                floor: standing.floor,
                fork,
                beyond: beyond.map(|taken| taken.into_iter().map(|taken| taken.entry).collect()),
                mark: standing.mark,
            }))
        })
    }
}

/// A tail's way through the log.
pub(crate) struct Follower {
    store: Arc<SimulatedStore>,
    at: Position,
    chain: Chain,
    cuts: u64,
}

impl Follower {
    /// Hands on what the log holds, until it ends.
    async fn run(mut self, link: Arc<StoreLink>, mut dice: StdRng, feed: &TailFeed) -> TailEnd {
        loop {
            let changes = self.store.changes.get();
            let (at, chain) = (self.at, self.chain);
            let look = self.store.with(|ledger, _| {
                ledger.check_after(at, Some(chain))?;
                Ok(ledger.after(at.seq, STORE_READ_COUNT))
            });
            let taken = match look {
                Ok(taken) => taken,
                Err(StoreError::EpochChanged { current }) => return TailEnd::EpochChanged { current },
                Err(StoreError::Trimmed { floor }) => return TailEnd::Trimmed { floor },
                Err(_) => return cut(),
            };
            if taken.is_empty() {
                self.store.changes.until(|now| now != changes).await;
                continue;
            }
            let network = self.store.world.network();
            if falls(&mut dice, network.cut_tails) {
                return cut();
            }
            tokio::time::sleep(Duration::from_millis(dice.random_range(0..=network.delay_ms))).await;
            for taken in taken {
                {
                    let mut trail = lock(&link.trail);
                    trail.note(at.epoch, (self.at.seq, None), std::slice::from_ref(&taken));
                    trail.followed = Some(taken.chain);
                }
                (self.at.seq, self.chain) = (taken.entry.seq, taken.chain);
                feed.entry(taken.entry).await;
            }
        }
    }
}

/// Hands a tail on for as long as its line holds.
pub(crate) async fn follow(link: Arc<StoreLink>, follower: Follower, feed: TailFeed) {
    let (store, partition, cuts) = (Arc::clone(&link.store), Arc::clone(&link.cut), follower.cuts);
    let (number, noticed): (u64, u64) = {
        let mut dice = lock(&link.dice);
        (dice.random(), dice.random_range(0..=TAIL_DEAD_MS))
    };
    let dice = stream(store.world.seed, "tail", &[number]);
    let end = tokio::select! {
        biased;
        () = feed.abandoned() => return,
        () = store.cuts.until(|now| now != cuts) => cut(),
        () = async {
            partition.until(|cut| cut == 1).await;
            tokio::time::sleep(Duration::from_millis(noticed)).await;
        } => cut(),
        end = follower.run(Arc::clone(&link), dice, &feed) => end,
    };
    feed.end(end).await;
}

fn cut() -> TailEnd {
    TailEnd::Failed(StoreError::unavailable("simulation: the line broke"))
}
