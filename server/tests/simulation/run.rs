//! A run: everything that a plan says, on simulated time, in one thread; then peace, and the oracle.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Once};
use std::time::Duration;

use engawa_domain::{Meeting, digest, next_deadline};
use engawa_protocol::{Position, Timestamp};
use engawa_server::hub::sabotage::{Bug, Sabotage};

use crate::cast;
use crate::client::{Blow, Person, begin};
use crate::nodes::Nodes;
use crate::oracle::{Counts, Losses, Witness, judge};
use crate::plan::{Fault, FaultKind, Plan};
use crate::store::SimulatedStore;
use crate::world::{BEGINNING, World, lock};

/// Once faults are over, everything comes to rest within this time.
const REST_MS: u64 = 60_000;
/// How long everything has to lie still to be at rest: longer than any viewer waits for word of the position.
const STILL_MS: u64 = 2_500;
/// A deadline is met within this time once faults are over, however wrong a node's clock is.
const LATE_MS: u64 = 5_000;
const LOOK_MS: u64 = 100;

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Report {
    /// What was wrong; nothing, if all is well.
    pub(crate) findings: Vec<String>,
    /// The digest of everything that happened.
    pub(crate) digest: String,
    pub(crate) lines: u64,
    pub(crate) counts: Counts,
    /// The whole trace, if it was to be kept.
    pub(crate) trace: Option<String>,
}

/// How to run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Options {
    pub(crate) bug: Option<Bug>,
    pub(crate) keep_trace: bool,
}

thread_local! {
    static PANICS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static QUIET: RefCell<bool> = const { RefCell::new(false) };
}

/// Panics of tasks in a run are findings: the runtime would swallow them.
fn watch_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if QUIET.with_borrow(|quiet| *quiet) {
                PANICS.with_borrow_mut(|panics| panics.push(info.to_string()));
            } else {
                usual(info);
            }
        }));
    });
}

/// Runs a plan.
pub(crate) fn run(plan: &Plan, options: Options) -> Report {
    watch_panics();
    QUIET.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        runtime.expect("a runtime").block_on(live(plan, options))
    }));
    QUIET.set(false);
    let panics = PANICS.take();
    let mut report = outcome.unwrap_or_else(|_| Report {
        findings: Vec::new(),
        digest: String::new(),
        lines: 0,
        counts: Counts::default(),
        trace: None,
    });
    report.findings.extend(panics.into_iter().map(|panic| format!("a task panicked: {panic}")));
    report
}

async fn live(plan: &Plan, options: Options) -> Report {
    let world = World::new(plan, options.keep_trace);
    let store = SimulatedStore::new(&world);
    store.prepare(cast::log(plan)).expect("it is the first");
    let sabotage = Sabotage { bug: options.bug, stumble: None };
    let nodes = Nodes::start(&world, &store, cast::MEETING, plan, sabotage);
    let people: Vec<Person> =
        (0..plan.clients.len()).map(|index| begin(&world, &nodes, plan, index)).collect();
    for fault in &plan.faults {
        tokio::time::sleep_until(world.at(fault.at_ms)).await;
        strike(&world, &store, &nodes, &people, fault);
    }
    tokio::time::sleep_until(world.at(plan.length_ms)).await;
    calm_down(&world, &store, &nodes).await;
    come_to_rest(&world, &store, &people).await;
    finish(plan, &world, &store, &nodes, &people).await
}

/// Does what a fault says, and ends it later.
fn strike(
    world: &Arc<World>,
    store: &Arc<SimulatedStore>,
    nodes: &Arc<Nodes>,
    people: &[Person],
    fault: &Fault,
) {
    world.note(format_args!("fault: {:?}", fault.kind));
    let after = |ms| tokio::time::sleep(Duration::from_millis(ms));
    let (store, nodes) = (Arc::clone(store), Arc::clone(nodes));
    match fault.kind {
        FaultKind::CrashNode { node, for_ms } => {
            nodes.kill(node);
            tokio::spawn(async move {
                after(for_ms).await;
                nodes.boot(node);
            });
        }
        FaultKind::RestartNode { node, for_ms } => {
            tokio::spawn(async move {
                nodes.stop(node).await;
                after(for_ms).await;
                nodes.boot(node);
            });
        }
        FaultKind::CutNode { node, for_ms } => {
            nodes.set_cut(node, true);
            tokio::spawn(async move {
                after(for_ms).await;
                nodes.set_cut(node, false);
            });
        }
        FaultKind::SkewClock { node, by_ms } => nodes.skew(node, by_ms),
        FaultKind::StoreDown { for_ms } => {
            store.set_down(true);
            tokio::spawn(async move {
                after(for_ms).await;
                store.set_down(false);
            });
        }
        FaultKind::StallStore { for_ms } => {
            store.set_stalled(true);
            tokio::spawn(async move {
                after(for_ms).await;
                store.set_stalled(false);
            });
        }
        FaultKind::RestartStore {} => store.restart(),
        FaultKind::LoseLast { changes } => {
            let lost = |chain| nodes.holders(chain);
            store.lose(changes, lost);
        }
        FaultKind::CutClient { client } => blow(people, client, Blow::Cut),
        FaultKind::FreezeClient { client, for_ms } => blow(people, client, Blow::Freeze(for_ms)),
    }
}

fn blow(people: &[Person], client: usize, blow: Blow) {
    if let Some(person) = people.get(client) {
        // A client lives as long as the run.
        let _ = person.blows.send(blow);
    }
}

/// Ends all faults. Clocks stay wrong: nobody sets them right in time.
async fn calm_down(world: &Arc<World>, store: &Arc<SimulatedStore>, nodes: &Arc<Nodes>) {
    world.note(format_args!("faults are over"));
    world.calm_down();
    store.set_stalled(false);
    store.set_down(false);
    for node in 0..nodes.count() {
        nodes.set_cut(node, false);
        nodes.boot(node);
    }
}

/// Waits until nobody waits for anything: every command has its outcome, every screen and every node is at the end of the
/// log, and no deadline has passed unmet.
async fn come_to_rest(world: &Arc<World>, store: &Arc<SimulatedStore>, people: &[Person]) {
    let began = world.elapsed_ms();
    let mut still_since = (store.last(), began);
    loop {
        tokio::time::sleep(Duration::from_millis(LOOK_MS)).await;
        let (now, last) = (world.elapsed_ms(), store.last());
        let waiting = waiting(people, last);
        if still_since.0 != last || !waiting.is_empty() {
            still_since = (last, now);
        }
        if now - still_since.1 >= STILL_MS.max(LATE_MS) {
            break;
        }
        if now - began > REST_MS {
            world.find(format!("after {REST_MS} ms of peace at {last}: {}", waiting.join("; ")));
            break;
        }
    }
}

fn waiting(people: &[Person], last: Position) -> Vec<String> {
    let states = people.iter().filter_map(|person| {
        let memory = lock(&person.memory);
        let at = memory.screen.position;
        let waits = memory.shut_out.is_none() && (!memory.is_settled || at != Some(last));
        waits.then(|| {
            let pending: Vec<_> = memory.screen.pending.keys().map(|number| number.0).collect();
            format!("p{}d{} is at {at:?} and waits for {pending:?}", person.person, person.device)
        })
    });
    states.collect()
}

async fn finish(
    plan: &Plan,
    world: &Arc<World>,
    store: &Arc<SimulatedStore>,
    nodes: &Arc<Nodes>,
    people: &[Person],
) -> Report {
    let late = Timestamp((BEGINNING.0 + world.elapsed_ms()).saturating_sub(LATE_MS));
    let look = move |meeting: &Meeting, position: Position| {
        let overdue = next_deadline(meeting).filter(|(at, _)| *at < late);
        (position, digest(meeting).ok(), overdue)
    };
    let mut states = Vec::new();
    for (node, hub) in nodes.hubs() {
        let reached = store.last();
        match hub.read(cast::MEETING, look).await {
            Ok((position, state, overdue)) => {
                states.push((node, reached, position, state));
                if let Some((at, input)) = overdue {
                    world.find(format!("node {node}: {input:?} was due at {at:?} and never came"));
                }
            }
            Err(error) => world.find(format!("node {node} does not show the meeting: {error}")),
        }
    }
    // All at one moment: the log goes on whenever this waits.
    let (ancestry, last) = (store.ancestry(), store.last());
    let losses = Losses { of_store: store.losses(), lives: nodes.lives() };
    let memories: Vec<_> = people.iter().map(|person| std::mem::take(&mut *lock(&person.memory))).collect();
    let witnesses: Vec<Witness<'_>> = people
        .iter()
        .zip(&memories)
        .map(|(person, memory)| Witness { person: person.person, device: person.device, memory })
        .collect();
    let (findings, counts, state) = judge(plan, &ancestry, &losses, &witnesses);
    findings.into_iter().for_each(|finding| world.find(finding));
    for (node, reached, position, of_node) in states {
        let is_behind = position.epoch == reached.epoch && position.seq < reached.seq;
        if is_behind || (position == last && of_node != state) {
            world.find(format!("node {node} is at {position} with another state than the log's"));
        }
    }
    let (digest, lines, trace) = world.trace();
    Report { findings: world.findings(), digest, lines, counts, trace }
}
