//! The task of one live meeting: waits for entries, requests, finished appends and timers, and hands each to the
//! meeting. It never awaits the store inside a branch.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use engawa_protocol::{CloseCode, MeetingId, Seq};
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::feed::Feed;
use super::handle::{Ended, Handle, Request};
use super::healing::{Healed, Held, Left, heal, is_gone};
use super::keeping::Done;
use super::live::{Fault, Live};
use super::load::{LoadError, digest_at, load};
use super::registry::Registry;
use crate::observe::metrics;
use crate::store::{Appended, LogEntry, Position, StateDigest, StoreError, TailEnd};

/// How often a store that does not answer is asked while a meeting is being loaded.
const LOAD_ATTEMPTS: u32 = 4;
/// How long the last snapshot may take when a node stops or a meeting is unloaded.
const LAST_SNAPSHOT_TIMEOUT: Duration = Duration::from_secs(5);

/// The task of one live meeting.
pub(super) struct Actor {
    registry: Arc<Registry>,
    handle: Handle,
    mailbox: mpsc::Receiver<Request>,
    /// The last entry that could not be applied.
    stumbled: Option<Seq>,
    /// What was applied on a history that is no longer the agreed one, until it has been offered to that one.
    left: Option<Left>,
}

/// Why a loaded meeting is served no more.
enum Exit {
    /// Its state is to be loaded anew; connections are closed with this code.
    Reload(CloseCode),
    /// An entry cannot be applied.
    Fault(Fault),
    /// It is over.
    End(Ended),
}

type Appending = BoxFuture<'static, Result<Appended, StoreError>>;
type Healing = BoxFuture<'static, Healed>;
type Keeping = BoxFuture<'static, Done>;

impl Actor {
    /// The actor of a meeting that is not loaded yet.
    pub(super) const fn new(
        registry: Arc<Registry>,
        handle: Handle,
        mailbox: mpsc::Receiver<Request>,
    ) -> Self {
        Self { registry, handle, mailbox, stumbled: None, left: None }
    }

    /// Runs until nobody needs the meeting here any more.
    pub(super) async fn run(mut self) {
        let mut park_before = None;
        let ended = loop {
            let mut live = match self.load(park_before).await {
                Ok(live) => live,
                Err(LoadError::Fault(fault)) => {
                    park_before = self.stumble(fault);
                    continue;
                }
                Err(LoadError::Store(StoreError::NotFound)) => {
                    let patience = self.registry.around.limits.absent_patience;
                    if is_gone(&*self.registry.store, self.id(), patience).await {
                        break Ended::Gone;
                    }
                    continue;
                }
                // What only this node knows is not let go of because the store does not answer.
                Err(LoadError::Store(error)) if error.is_retryable() && self.left.is_some() => {
                    tokio::select! {
                        () = self.registry.stopping.cancelled() => break Ended::Stopping,
                        () = tokio::time::sleep(self.registry.around.limits.retry_max) => continue,
                    }
                }
                // Whoever watches the store's health says so once; here it would be said for every visitor.
                Err(LoadError::Store(error)) if error.is_retryable() => {
                    tracing::debug!(meeting = %self.id(), %error, "a meeting cannot be loaded just now");
                    break Ended::Unavailable;
                }
                Err(error) => {
                    tracing::error!(meeting = %self.id(), %error, "a meeting cannot be loaded");
                    break Ended::Unavailable;
                }
            };
            live.parked = park_before.is_some();
            if let Some(left) = self.left.take() {
                live.offer_again(&left);
            }
            let exit = self.serve(&mut live).await;
            live.take_leave();
            match exit {
                Exit::Reload(code) => live.dismiss(code, Duration::from_secs(1), Instant::now()),
                Exit::Fault(fault) => {
                    live.dismiss(CloseCode::Faulted, Duration::from_secs(1), Instant::now());
                    park_before = self.stumble(fault);
                }
                Exit::End(ended) => {
                    self.close(live, ended).await;
                    break ended;
                }
            }
        };
        self.registry.forget(&self.handle, ended);
        self.mailbox.close();
        // Requests that are still in the mailbox are dropped with it; whoever sent them asks the hub again.
    }

    const fn id(&self) -> MeetingId {
        self.handle.meeting
    }

    /// The same entry twice: the meeting is parked before it.
    fn stumble(&mut self, fault: Fault) -> Option<Seq> {
        let again = self.stumbled == Some(fault.seq());
        self.stumbled = Some(fault.seq());
        tracing::error!(meeting = %self.id(), %fault, parked = again, "an entry cannot be applied");
        again.then(|| fault.seq())
    }

    async fn load(&self, park_before: Option<Seq>) -> Result<Live, LoadError> {
        let until = park_before.map(|seq| Seq(seq.0.saturating_sub(1)));
        let mut pause = self.registry.around.limits.retry_first;
        for _ in 1..LOAD_ATTEMPTS {
            match load(&self.registry.store, self.id(), &self.registry.around, until).await {
                Err(LoadError::Store(error)) if error.is_retryable() => {
                    metrics::store_failed("load");
                    tokio::time::sleep(pause).await;
                    pause *= 4;
                }
                outcome => return outcome,
            }
        }
        load(&self.registry.store, self.id(), &self.registry.around, until).await
    }

    async fn serve(&mut self, live: &mut Live) -> Exit {
        let limits = Arc::clone(&live.around.limits);
        let stopping = self.registry.stopping.clone();
        let mut feed = self.feed(live);
        let mut ear = live.around.hearsay.listen(live.id);
        let mut appending: Option<Appending> = None;
        let mut keeping: Option<Keeping> = None;
        let mut healing: Option<Healing> = None;
        let mut comparing: Option<BoxFuture<'static, ()>> = None;
        let mut timer = pin!(tokio::time::sleep(Duration::ZERO));
        let mut took_entries = false;
        loop {
            let now = Instant::now();
            live.tick(now);
            if live.fanout.is_behind() {
                tokio::task::yield_now().await;
                if appending.is_some() {
                    // On a core that it shares with this one, the store's thread would get its turn after milliseconds only.
                    std::thread::yield_now();
                }
            }
            // While the store is away, the only copy of what it may have lost is here.
            let calm = healing.is_none() && (live.parked || feed.follows());
            if calm && live.unload_at().is_some_and(|at| at <= now) {
                return Exit::End(Ended::Unloaded);
            }
            if std::mem::take(&mut live.links_changed) {
                self.registry.note_code(live);
            }
            if healing.is_some() {
                feed.rest();
            }
            if appending.is_none() && healing.is_none() {
                appending = self.start_append(live, now);
            }
            if keeping.is_none() && healing.is_none() {
                keeping = self.start_keeping(live, now);
            }
            if comparing.is_none() {
                comparing = self.start_comparing(live);
            }
            let snapshot_due =
                if keeping.is_some() || healing.is_some() { None } else { live.snapshot_due(now) };
            let due = live.due(now).into_iter().chain(snapshot_due).min();
            // What is due and cannot be done just now is looked at again a little later.
            let due = due.map(|at| if calm { at } else { at.max(now + limits.retry_first) });
            timer.as_mut().reset(due.unwrap_or_else(|| now + Duration::from_secs(60)));
            // In a fixed order, so that a run can be repeated from its seed. Entries and requests, the two that may always be
            // there, take turns.
            let requests_first = took_entries && !self.mailbox.is_empty();
            tokio::select! {
                biased;
                () = stopping.cancelled() => return Exit::End(Ended::Stopping),
                outcome = finished(&mut appending) => if append_ended(live, outcome) && healing.is_none() {
                    healing = self.start_healing(live);
                },
                healed = finished(&mut healing) => match healed {
                    Healed::Same => feed = self.feed(live),
                    Healed::Moved(left) => {
                        self.left = Some(left);
                        return Exit::Reload(CloseCode::EpochChanged);
                    }
                    Healed::Odd => return Exit::Reload(CloseCode::EpochChanged),
                    Healed::Deleted => return Exit::End(Ended::Gone),
                },
                () = finished(&mut comparing) => {}
                done = finished(&mut keeping) => live.keeping.done(done, &limits, Instant::now()),
                entry = feed.next(live.position), if !live.parked && healing.is_none() && !requests_first => match entry {
                    Ok(entry) => {
                        took_entries = true;
                        if let Err(fault) = take_entries(live, &mut feed, entry) {
                            return Exit::Fault(fault);
                        }
                    }
                    Err(end) => healing = self.tail_ended(live, &end),
                },
                words = ear.next() => live.hear(&words, Instant::now()),
                request = self.mailbox.recv() => match request {
                    Some(request) => {
                        took_entries = false;
                        self.take_requests(live, request);
                    }
                    None => return Exit::End(Ended::Unloaded),
                },
                () = &mut timer => {}
            }
        }
    }

    fn feed(&self, live: &Live) -> Feed {
        let limits = &live.around.limits;
        Feed::new(Arc::clone(&self.registry.store), live.id, (limits.retry_first, limits.retry_max))
    }

    /// What the end of a tail calls for: finding out what the store holds instead, or whose state is right.
    fn tail_ended(&self, live: &mut Live, end: &TailEnd) -> Option<Healing> {
        match end {
            TailEnd::EpochChanged { .. }
            | TailEnd::Trimmed { .. }
            | TailEnd::Deleted
            | TailEnd::Failed(StoreError::Ahead { .. } | StoreError::Diverged) => self.start_healing(live),
            TailEnd::Disputed { at } => Some(self.start_checking(live, *at)),
            TailEnd::Failed(error) => {
                // The views stay up; commands are refused by time.
                tracing::error!(meeting = %live.id, %error, "the log cannot be followed any more");
                live.give_up_all(Instant::now());
                None
            }
        }
    }

    fn start_healing(&self, live: &Live) -> Option<Healing> {
        let held = Held::of(live)?;
        let (store, limits) = (Arc::clone(&self.registry.store), Arc::clone(&live.around.limits));
        Some(Box::pin(heal(store, live.id, held, limits)))
    }

    /// Another node has come to another state at a position: works it out anew from the log.
    fn start_checking(&self, live: &Live, at: Position) -> Healing {
        let (store, id, around) = (Arc::clone(&self.registry.store), live.id, live.around.clone());
        let ours: Option<StateDigest> = live.keeping.digest_at(at);
        Box::pin(async move {
            let Some(ours) = ours else { return Healed::Same };
            let right = digest_at(&store, id, &around, at).await;
            if right.as_ref().is_ok_and(|right| *right == Some(ours)) {
                return Healed::Same;
            }
            // Whoever cannot show that their state is right begins anew: all end in one state.
            metrics::digest_mismatched();
            tracing::error!(meeting = %id, position = %at, "the state here differs from the log; it is loaded anew");
            Healed::Odd
        })
    }

    fn start_comparing(&self, live: &mut Live) -> Option<BoxFuture<'static, ()>> {
        let (at, digest) = live.keeping.take_uncompared().filter(|_| live.compares_digests)?;
        let (store, id) = (Arc::clone(&self.registry.store), live.id);
        Some(Box::pin(async move {
            // Not to have compared is no harm: the next digest comes soon.
            if store.compare_digest(id, at, digest).await.is_err() {
                metrics::store_failed("compare_digest");
            }
        }))
    }

    fn take_requests(&mut self, live: &mut Live, first: Request) {
        metrics::mailbox_taken(self.mailbox.len());
        let mut next = Some(first);
        for _ in 0..live.around.limits.turn_inputs {
            let Some(request) = next else { return };
            self.take_request(live, request);
            next = self.mailbox.try_recv().ok();
        }
        if let Some(request) = next {
            self.take_request(live, request);
        }
    }

    fn take_request(&self, live: &mut Live, request: Request) {
        let now = Instant::now();
        match request {
            Request::Attach(attach) => live.take_attach(self.registry.next_connection(), attach, now),
            Request::Detach(id) => {
                live.end_gesture(id, now);
                live.detach(id, now);
            }
            Request::Submit(id, submit) => live.submit(id, submit, now),
            Request::Gesture(id, gesture) => live.gesture(id, gesture, now),
            Request::GestureOf(grant, device, gesture) => live.gesture_of(&grant, device, gesture, now),
            Request::Call(call) => live.take_call(call, now),
            Request::Read(read) => {
                if let Some(meeting) = &live.meeting {
                    read(meeting, live.position);
                }
            }
            Request::Propose(input) => live.propose(input, now),
            #[cfg(any(test, feature = "test-support"))]
            Request::Tamper(change) => {
                if let Some(meeting) = &mut live.meeting {
                    change(meeting);
                }
            }
        }
        if live.members.is_empty() {
            live.idle_since = now;
        }
    }

    fn start_append(&self, live: &mut Live, now: Instant) -> Option<Appending> {
        if live.parked {
            return None;
        }
        let payloads = live.batch.start(now)?;
        let (store, id, epoch) = (Arc::clone(&self.registry.store), live.id, live.position.epoch);
        Some(Box::pin(async move {
            let (count, started) = (payloads.len(), std::time::Instant::now());
            let outcome = store.append(id, epoch, payloads).await;
            if outcome.is_ok() {
                metrics::batch_appended(count, started.elapsed());
            }
            outcome
        }))
    }

    fn start_keeping(&self, live: &mut Live, now: Instant) -> Option<Keeping> {
        if live.snapshot_due(now).is_none_or(|due| due > now) {
            return None;
        }
        let chore = live.keeping.chore(live.meeting.as_ref()?, live.position);
        Some(Box::pin(chore.run(Arc::clone(&self.registry.store), live.id, live.around.aside)))
    }

    /// Says goodbye and leaves a snapshot, so that the meeting comes back quickly.
    async fn close(&self, mut live: Live, ended: Ended) {
        let now = Instant::now();
        match ended {
            Ended::Stopping => live.dismiss(CloseCode::Restarting, live.around.limits.goodbye_spread, now),
            Ended::Gone => return live.dismiss(CloseCode::MeetingGone, Duration::ZERO, now),
            Ended::Unloaded => live.dismiss(CloseCode::Faulted, Duration::from_secs(1), now),
            Ended::Unavailable => live.dismiss(CloseCode::Unavailable, Duration::from_secs(1), now),
        }
        if live.parked || !live.keeping.is_behind(live.position.seq) {
            return;
        }
        let Some(meeting) = &live.meeting else { return };
        let chore = live.keeping.chore(meeting, live.position);
        let kept = chore.run(Arc::clone(&self.registry.store), live.id, live.around.aside);
        match tokio::time::timeout(LAST_SNAPSHOT_TIMEOUT, kept).await {
            Ok(done) => {
                if let Err(error) = done.outcome() {
                    tracing::warn!(%error, "the last snapshot was not written; the log has everything");
                }
            }
            Err(_elapsed) => tracing::warn!("the last snapshot took too long; the log has everything"),
        }
    }
}

impl Live {
    fn snapshot_due(&self, now: Instant) -> Option<Instant> {
        let limits = &self.around.limits;
        (!self.parked).then(|| self.keeping.due(self.position.seq, limits, now)).flatten()
    }
}

/// Takes an entry and those that are here already.
fn take_entries(live: &mut Live, feed: &mut Feed, first: LogEntry) -> Result<(), Fault> {
    let now = Instant::now();
    live.take_entry(&first, now)?;
    for _ in 1..live.around.limits.turn_inputs {
        let Some(entry) = feed.next_ready() else { break };
        live.take_entry(&entry, now)?;
    }
    Ok(())
}

/// Takes note of an append's answer. True if the store is not as this node knows it.
fn append_ended(live: &mut Live, outcome: Result<Appended, StoreError>) -> bool {
    let now = Instant::now();
    let Err(error) = outcome else {
        live.batch.appended(now);
        return false;
    };
    metrics::store_failed("append");
    match error {
        error if error.is_retryable() => {
            live.batch.failed(now);
            false
        }
        StoreError::EpochChanged { .. } | StoreError::NotFound => {
            live.batch.failed(now);
            true
        }
        error => {
            tracing::error!(meeting = %live.id, %error, "an append was refused for good");
            live.batch.refused(now);
            live.give_up_all(now);
            false
        }
    }
}

/// Waits for what is under way; for ever if nothing is.
async fn finished<T>(under_way: &mut Option<BoxFuture<'static, T>>) -> T {
    let outcome = match under_way {
        Some(future) => future.await,
        None => std::future::pending().await,
    };
    *under_way = None;
    outcome
}
