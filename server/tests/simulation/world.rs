//! What everything in a run shares: the simulated time, the trace, what was found to be wrong, and what the plan says of
//! the lines at this moment.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use engawa_protocol::Timestamp;
use engawa_server::clock::Clock;
use rand::Rng as _;
use rand::rngs::StdRng;
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::dice::stream;
use crate::plan::{Network, Plan};

/// The time of day at which every run begins.
pub(crate) const BEGINNING: Timestamp = Timestamp(1_790_000_000_000);

/// What everything in a run shares.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) seed: u64,
    began: Instant,
    calm: AtomicBool,
    network: Network,
    moments: AtomicU64,
    wires: AtomicU64,
    trace: Mutex<Trace>,
    findings: Mutex<Vec<String>>,
}

#[derive(Debug, Default)]
struct Trace {
    hash: Sha256,
    lines: u64,
    kept: Option<String>,
}

impl World {
    pub(crate) fn new(plan: &Plan, keep_trace: bool) -> Arc<Self> {
        let trace = Trace { kept: keep_trace.then(String::new), ..Trace::default() };
        Arc::new(Self {
            seed: plan.seed,
            began: Instant::now(),
            calm: AtomicBool::new(false),
            network: plan.network,
            moments: AtomicU64::new(0),
            wires: AtomicU64::new(0),
            trace: Mutex::new(trace),
            findings: Mutex::default(),
        })
    }

    /// Milliseconds since the beginning.
    pub(crate) fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The moment so many milliseconds after the beginning.
    pub(crate) fn at(&self, ms: u64) -> Instant {
        self.began + Duration::from_millis(ms)
    }

    /// A number larger than every one before: which of two things happened first.
    pub(crate) fn moment(&self) -> u64 {
        self.moments.fetch_add(1, Ordering::Relaxed)
    }

    /// From now on nothing goes wrong any more.
    pub(crate) fn calm_down(&self) {
        self.calm.store(true, Ordering::Relaxed);
    }

    /// Whether faults are over.
    pub(crate) fn is_calm(&self) -> bool {
        self.calm.load(Ordering::Relaxed)
    }

    /// How bad the lines are now.
    pub(crate) fn network(&self) -> Network {
        if self.is_calm() {
            Network { delay_ms: self.network.delay_ms, ..Network::default() }
        } else {
            self.network
        }
    }

    /// Writes something into the trace.
    pub(crate) fn note(&self, what: std::fmt::Arguments<'_>) {
        let line = format!("{:>7} {what}\n", self.elapsed_ms());
        let mut trace = lock(&self.trace);
        trace.hash.update(line.as_bytes());
        trace.lines += 1;
        if let Some(kept) = &mut trace.kept {
            let _ = kept.write_str(&line);
        }
    }

    /// Something is wrong.
    pub(crate) fn find(&self, what: String) {
        self.note(format_args!("WRONG {what}"));
        lock(&self.findings).push(what);
    }

    /// What was wrong so far.
    pub(crate) fn findings(&self) -> Vec<String> {
        lock(&self.findings).clone()
    }

    /// The digest of the whole trace, its lines, and its text if it was kept.
    pub(crate) fn trace(&self) -> (String, u64, Option<String>) {
        let trace = lock(&self.trace);
        let digest: [u8; 32] = trace.hash.clone().finalize().into();
        (engawa_protocol::hash::hex(&digest), trace.lines, trace.kept.clone())
    }

    /// A line of one direction: in order, each message after a delay.
    pub(crate) fn wire<T>(self: &Arc<Self>, capacity: usize) -> (WireEnd<T>, Wire<T>) {
        let (sender, receiver) = mpsc::channel(capacity);
        let dice = stream(self.seed, "wire", &[self.wires.fetch_add(1, Ordering::Relaxed)]);
        let end = WireEnd { world: Arc::clone(self), dice, last: self.began, sender };
        (end, Wire { receiver, next: None })
    }
}

/// Locks what no panic leaves half-changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The end of a line at which something is put in.
#[derive(Debug)]
pub(crate) struct WireEnd<T> {
    world: Arc<World>,
    dice: StdRng,
    last: Instant,
    sender: mpsc::Sender<(Instant, T)>,
}

impl<T> WireEnd<T> {
    /// Puts a message in, waiting for room. False when nobody is at the other end.
    pub(crate) async fn send(&mut self, message: T) -> bool {
        let delay = self.dice.random_range(0..=self.world.network().delay_ms);
        self.last = self.last.max(Instant::now() + Duration::from_millis(delay));
        self.sender.send((self.last, message)).await.is_ok()
    }

    /// The same without waiting; what has no room is lost with the line.
    pub(crate) fn offer(&mut self, message: T) -> bool {
        let delay = self.dice.random_range(0..=self.world.network().delay_ms);
        self.last = self.last.max(Instant::now() + Duration::from_millis(delay));
        self.sender.try_send((self.last, message)).is_ok()
    }
}

/// The end of a line at which something comes out.
#[derive(Debug)]
pub(crate) struct Wire<T> {
    receiver: mpsc::Receiver<(Instant, T)>,
    next: Option<(Instant, T)>,
}

impl<T> Wire<T> {
    /// The next message; none when the other end has gone. Safe to drop while waiting.
    pub(crate) async fn recv(&mut self) -> Option<T> {
        if self.next.is_none() {
            self.next = Some(self.receiver.recv().await?);
        }
        if let Some((at, _)) = &self.next {
            tokio::time::sleep_until(*at).await;
        }
        self.next.take().map(|(_, message)| message)
    }
}

/// The time of day in a run, as one machine's clock shows it.
#[derive(Debug)]
pub(crate) struct SimulatedClock {
    world: Arc<World>,
    wrong_by_ms: AtomicI64,
}

impl SimulatedClock {
    pub(crate) fn new(world: &Arc<World>, wrong_by_ms: i64) -> Arc<Self> {
        Arc::new(Self { world: Arc::clone(world), wrong_by_ms: AtomicI64::new(wrong_by_ms) })
    }

    /// Sets the clock wrong.
    pub(crate) fn skew(&self, by_ms: i64) {
        self.wrong_by_ms.store(by_ms, Ordering::Relaxed);
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        let wrong_by_ms = self.wrong_by_ms.load(Ordering::Relaxed);
        Timestamp(BEGINNING.0 + self.world.elapsed_ms()).plus_ms(wrong_by_ms)
    }
}
