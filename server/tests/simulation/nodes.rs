//! The simulated nodes: real hubs over their links to the store, started, stopped and killed, and the lines of people to
//! them.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use engawa_domain::Grant;
use engawa_protocol::{CloseCode, DeviceId, Gesture, Goodbye, MeetingId, Position, Submit};
use engawa_server::chance::SeededChance;
use engawa_server::hub::sabotage::Sabotage;
use engawa_server::hub::{Aside, Frames, Hub, HubLimits, Joined, NodeId, Outgoing, Request, Surroundings};
use rand::Rng as _;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::dice::stream;
use crate::hearsay::Rumours;
use crate::ledger::Chain;
use crate::link::StoreLink;
use crate::linked::LinkedStore;
use crate::plan::Plan;
use crate::store::SimulatedStore;
use crate::world::{SimulatedClock, Wire, WireEnd, World, lock};

/// Messages on their way in one direction of somebody's line.
const LINE_MESSAGES: usize = 4;

/// What somebody sends.
#[derive(Debug)]
pub(crate) enum Up {
    Submit(Submit),
    Gesture(Gesture),
}

/// What somebody receives.
#[derive(Debug)]
pub(crate) enum Down {
    Frames(Frames),
    Goodbye(Goodbye),
    Refused(CloseCode),
}

/// Somebody's end of a line.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) node: usize,
    pub(crate) up: WireEnd<Up>,
    pub(crate) down: Wire<Down>,
}

/// Who asks to be let in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hello {
    pub(crate) grant: Grant,
    pub(crate) device: DeviceId,
    pub(crate) resume: Option<Position>,
}

/// All nodes.
#[derive(Debug)]
pub(crate) struct Nodes {
    world: Arc<World>,
    store: Arc<SimulatedStore>,
    rumours: Arc<Rumours>,
    meeting: MeetingId,
    limits: HubLimits,
    sabotage: Sabotage,
    nodes: Mutex<Vec<Node>>,
}

#[derive(Debug)]
struct Node {
    lives: u64,
    clock: Arc<SimulatedClock>,
    running: Option<Running>,
}

#[derive(Debug, Clone)]
struct Running {
    hub: Hub,
    link: Arc<StoreLink>,
    /// Ends with the process.
    life: CancellationToken,
}

impl Nodes {
    pub(crate) fn start(
        world: &Arc<World>,
        store: &Arc<SimulatedStore>,
        meeting: MeetingId,
        plan: &Plan,
        sabotage: Sabotage,
    ) -> Arc<Self> {
        let clock = || Node { lives: 0, clock: SimulatedClock::new(world, 0), running: None };
        let all = Arc::new(Self {
            world: Arc::clone(world),
            store: Arc::clone(store),
            rumours: Rumours::new(world, plan.nodes),
            meeting,
            limits: limits(plan),
            sabotage,
            nodes: Mutex::new((0..plan.nodes).map(|_| clock()).collect()),
        });
        (0..plan.nodes).for_each(|node| all.boot(node));
        all
    }

    /// Starts a node's process, if there is none.
    pub(crate) fn boot(&self, node: usize) {
        let mut nodes = lock(&self.nodes);
        let Some(of) = nodes.get_mut(node).filter(|of| of.running.is_none()) else { return };
        of.lives += 1;
        self.world.note(format_args!("node {node}: starts"));
        let link = StoreLink::new(&self.store, node, of.lives);
        let mut dice = stream(self.world.seed, "chance", &[node as u64, of.lives]);
        let around = Surroundings {
            chance: Arc::new(SeededChance::new(dice.random())),
            hearsay: self.rumours.of_node(node, of.lives, &link),
            node: NodeId(Uuid::from_u128(dice.random())),
            aside: Aside::InLine,
            sabotage: self.sabotage.clone(),
            ..Surroundings::new(self.limits.clone(), Arc::clone(&of.clock) as _)
        };
        let hub = Hub::around(Arc::new(LinkedStore(Arc::clone(&link))), around);
        let keeper = hub.clone();
        tokio::spawn(async move { keeper.keep().await });
        of.running = Some(Running { hub, link, life: CancellationToken::new() });
    }

    /// Kills a node's process: no goodbye, no last write; what is on its way to the store may arrive.
    pub(crate) fn kill(&self, node: usize) {
        let Some(running) = self.take(node) else { return };
        self.world.note(format_args!("node {node}: is killed"));
        running.link.die();
        running.life.cancel();
        // Nothing of it reaches anybody any more; this only ends its tasks.
        tokio::spawn(async move { running.hub.stop().await });
    }

    /// Stops a node's process as a signal would.
    pub(crate) async fn stop(&self, node: usize) {
        let Some(running) = self.take(node) else { return };
        self.world.note(format_args!("node {node}: stops"));
        running.hub.stop().await;
        // Lines have a moment for their goodbyes.
        tokio::time::sleep(Duration::from_millis(500)).await;
        running.link.die();
        running.life.cancel();
    }

    fn take(&self, node: usize) -> Option<Running> {
        lock(&self.nodes).get_mut(node)?.running.take()
    }

    fn running(&self, node: usize) -> Option<Running> {
        lock(&self.nodes).get(node)?.running.clone()
    }

    /// The lives of nodes that have taken an entry.
    pub(crate) fn holders(&self, chain: Chain) -> Vec<(usize, u64)> {
        let ancestry = self.store.ancestry();
        let nodes = lock(&self.nodes);
        let links = nodes.iter().filter_map(|of| Some(&of.running.as_ref()?.link));
        let holds = |link: &&Arc<StoreLink>| {
            link.followed().is_some_and(|last| ancestry.line_to(last).contains(&chain))
        };
        links.filter(holds).map(|link| link.life).collect()
    }

    /// The lives of nodes that go on.
    pub(crate) fn lives(&self) -> Vec<(usize, u64)> {
        let nodes = lock(&self.nodes);
        nodes.iter().filter_map(|of| Some(of.running.as_ref()?.link.life)).collect()
    }

    /// The hubs that are running.
    pub(crate) fn hubs(&self) -> Vec<(usize, Hub)> {
        let nodes = lock(&self.nodes);
        let running = nodes.iter().enumerate();
        running.filter_map(|(node, of)| Some((node, of.running.as_ref()?.hub.clone()))).collect()
    }

    pub(crate) fn count(&self) -> usize {
        lock(&self.nodes).len()
    }

    pub(crate) fn set_cut(&self, node: usize, cut: bool) {
        if let Some(running) = self.running(node) {
            running.link.set_cut(cut);
        }
    }

    pub(crate) fn skew(&self, node: usize, by_ms: i64) {
        if let Some(of) = lock(&self.nodes).get(node) {
            of.clock.skew(by_ms);
        }
    }

    /// Opens a line to a node; none when nothing listens there.
    pub(crate) fn dial(&self, node: usize, hello: Hello) -> Option<Line> {
        let running = self.running(node)?;
        let (up, receiver) = self.world.wire(LINE_MESSAGES * 16);
        let (sender, down) = self.world.wire(LINE_MESSAGES);
        let meeting = self.meeting;
        tokio::spawn(async move {
            let Running { hub, life, .. } = running;
            tokio::select! {
                biased;
                () = life.cancelled() => {}
                () = serve(hub, meeting, hello, receiver, sender) => {}
            }
        });
        Some(Line { node, up, down })
    }
}

/// The server's side of a line, as a transport would do it.
async fn serve(hub: Hub, meeting: MeetingId, hello: Hello, mut up: Wire<Up>, mut down: WireEnd<Down>) {
    let Hello { grant, device, resume } = hello;
    let Joined { handle, attached, mut outbox } = match hub.attach(meeting, grant, (device, 1, resume)).await
    {
        Ok(joined) => joined,
        Err(code) => {
            down.send(Down::Refused(code)).await;
            return;
        }
    };
    loop {
        tokio::select! {
            biased;
            outgoing = outbox.next() => {
                let (message, is_last) = match outgoing {
                    Outgoing::Frames(frames) => (Down::Frames(frames), false),
                    Outgoing::Goodbye(goodbye) => (Down::Goodbye(goodbye), true),
                };
                let is_there = tokio::select! {
                    biased;
                    is_there = down.send(message) => is_there,
                    // Too slow: what was under way is lost, the goodbye comes next.
                    () = outbox.cut() => true,
                };
                if is_last || !is_there {
                    break;
                }
            }
            message = up.recv() => {
                let request = match message {
                    Some(Up::Submit(submit)) => Request::Submit(attached.connection, submit),
                    Some(Up::Gesture(gesture)) => Request::Gesture(attached.connection, gesture),
                    None => break,
                };
                handle.send(request).await;
            }
        }
    }
    handle.send(Request::Detach(attached.connection)).await;
}

fn limits(plan: &Plan) -> HubLimits {
    let limits = if plan.tiny { tiny() } else { brisk() };
    if plan.loses() {
        // What has left memory, and what a snapshot has overtaken while others healed, cannot be put back: with the usual
        // limits that takes hundreds of entries in seconds.
        let HubLimits { snapshot_entries, snapshot_after, .. } = HubLimits::default();
        HubLimits { unload_after: Duration::from_secs(600), snapshot_entries, snapshot_after, ..limits }
    } else {
        limits
    }
}

/// Limits of a quick meeting: people count as away after a few seconds.
fn brisk() -> HubLimits {
    HubLimits { departure_after: Duration::from_secs(5), ..HubLimits::default() }
}

/// Limits at which rare things happen all the time.
fn tiny() -> HubLimits {
    HubLimits {
        mailbox_requests: 1,
        turn_inputs: 2,
        outbox_frames: 3,
        ring_entries: 4,
        snapshot_entries: 7,
        snapshot_bytes_per_entry: usize::MAX,
        snapshot_after: Duration::from_millis(900),
        unload_after: Duration::from_millis(600),
        advance_after: Duration::from_millis(200),
        presence_window: Duration::from_millis(200),
        departure_after: Duration::from_millis(1_500),
        goodbye_spread: Duration::from_millis(100),
        retry_first: Duration::from_millis(5),
        retry_max: Duration::from_millis(300),
        batch_waiting: 12,
        ..HubLimits::default()
    }
}
