//! Plans: what decides a run, whole and readable. A seed makes a plan; a plan that fails is kept as a file and shrunk. The
//! same plan gives the same run, to the last byte of its trace.

use std::path::Path;

use rand::Rng as _;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};

use crate::dice::{falls, one, stream};

/// People of a simulated meeting: see [`crate::cast`].
pub(crate) const PEOPLE: &[u32] = &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/// What decides a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    /// What all draws follow from.
    pub(crate) seed: u64,
    /// What people do.
    pub(crate) focus: Focus,
    /// Server nodes over the one store.
    pub(crate) nodes: usize,
    /// Bounds so tiny that rare things happen all the time.
    pub(crate) tiny: bool,
    /// When faults end and everybody is left in peace, in milliseconds of simulated time.
    pub(crate) length_ms: u64,
    /// How bad the lines are.
    pub(crate) network: Network,
    /// Who is there.
    pub(crate) clients: Vec<ClientPlan>,
    /// What goes wrong, and when.
    pub(crate) faults: Vec<Fault>,
}

/// What people do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Focus {
    /// Everything that happens in a meeting.
    Everything,
    /// All in one room, at the same few notes, the same turn, the same call for help, the same ballots.
    Contention,
}

/// How bad the lines are between nodes and store, in thousandths, and how slow all lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Network {
    /// The longest delay of a message, in milliseconds.
    pub(crate) delay_ms: u64,
    /// Requests to the store that never arrive.
    pub(crate) lost_requests: u16,
    /// Answers of the store that never arrive.
    pub(crate) lost_replies: u16,
    /// Appends that the store is asked for twice, the second time a good while later.
    pub(crate) doubled_appends: u16,
    /// Tails that break instead of handing on what comes next.
    pub(crate) cut_tails: u16,
    /// What nodes tell each other beside the log and that never arrives; as much again arrives twice.
    #[serde(default)]
    pub(crate) lost_hearsay: u16,
}

/// Somebody at a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientPlan {
    /// Who; 0 is a screen on the wall.
    pub(crate) person: u32,
    /// Which of their devices.
    pub(crate) device: u32,
    /// What they do: each number is a moment and a deed, drawn from the seed.
    pub(crate) steps: Vec<u16>,
}

/// Something that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fault {
    /// When, in milliseconds from the beginning.
    pub(crate) at_ms: u64,
    /// What.
    #[serde(flatten)]
    pub(crate) kind: FaultKind,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub(crate) enum FaultKind {
    /// A node is killed, and started again.
    CrashNode { node: usize, for_ms: u64 },
    /// A node is stopped as for an update, and started again.
    RestartNode { node: usize, for_ms: u64 },
    /// A node and the store do not reach each other.
    CutNode { node: usize, for_ms: u64 },
    /// A node's clock is wrong from now on.
    SkewClock { node: usize, by_ms: i64 },
    /// The store takes no requests.
    StoreDown { for_ms: u64 },
    /// The store holds every request until it goes on.
    StallStore { for_ms: u64 },
    /// The store is restarted; it keeps everything.
    RestartStore {},
    /// The store is restarted and has lost its last changes, acknowledged or not.
    LoseLast { changes: usize },
    /// Somebody's line breaks; the node notices some time later.
    CutClient { client: usize },
    /// Somebody's device reads nothing.
    FreezeClient { client: usize, for_ms: u64 },
}

impl Plan {
    /// The plan of a seed.
    pub(crate) fn of(seed: u64) -> Self {
        let mut dice = stream(seed, "plan", &[]);
        let focus = if falls(&mut dice, 250) { Focus::Contention } else { Focus::Everything };
        let nodes = dice.random_range(1..=3);
        let length_ms = dice.random_range(4_000..12_000);
        let clients = clients(&mut dice, focus);
        let mut permille = |max: u16| if falls(&mut dice, 500) { dice.random_range(0..max) } else { 0 };
        let (lost_requests, lost_replies) = (permille(80), permille(120));
        let (doubled_appends, cut_tails) = (permille(100), permille(60));
        let lost_hearsay = permille(300);
        let network = Network {
            delay_ms: one(&mut dice, &[0, 3, 20, 60, 200]).unwrap_or(0),
            lost_requests,
            lost_replies,
            doubled_appends,
            cut_tails,
            lost_hearsay,
        };
        let mut faults: Vec<Fault> = (0..dice.random_range(0..7))
            .map(|_| Fault {
                at_ms: dice.random_range(100..length_ms),
                kind: fault(&mut dice, nodes, clients.len()),
            })
            .collect();
        faults.sort_by_key(|fault| fault.at_ms);
        Self { seed, focus, nodes, tiny: falls(&mut dice, 600), length_ms, network, clients, faults }
    }

    /// Whether the store loses anything that it has acknowledged.
    pub(crate) fn loses(&self) -> bool {
        self.faults.iter().any(|fault| matches!(fault.kind, FaultKind::LoseLast { .. }))
    }

    /// Reads a plan file.
    pub(crate) fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("a plan file");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The plan as a file's text.
    pub(crate) fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a plan is JSON");
        text.push('\n');
        text
    }
}

fn clients(dice: &mut StdRng, focus: Focus) -> Vec<ClientPlan> {
    let count = dice.random_range(3..=6);
    let mut clients: Vec<ClientPlan> = Vec::new();
    for index in 0..count {
        let person = match (focus, index) {
            (Focus::Everything, 0..=2) => index as u32 + 1,
            (Focus::Contention, 0) => 2,
            // Two devices of one person, or two people of one team, want the same ballot.
            (Focus::Contention, _) => *one(dice, &[&4, &4, &5, &6, &7]).unwrap_or(&4),
            (Focus::Everything, _) if falls(dice, 120) => 0,
            (Focus::Everything, _) => one(dice, &PEOPLE[3..]).unwrap_or(4),
        };
        let device = 1 + clients.iter().filter(|client| client.person == person).count() as u32;
        let steps = if person == 0 { 0 } else { dice.random_range(3..14) };
        clients.push(ClientPlan { person, device, steps: (0..steps).collect() });
    }
    clients
}

fn fault(dice: &mut StdRng, nodes: usize, clients: usize) -> FaultKind {
    let node = dice.random_range(0..nodes);
    let for_ms = one(dice, &[50, 300, 1_500, 4_000]).unwrap_or(50);
    let client = dice.random_range(0..clients);
    match dice.random_range(0..19) {
        0..=3 => FaultKind::CrashNode { node, for_ms },
        4..=5 => FaultKind::RestartNode { node, for_ms },
        6..=7 => FaultKind::CutNode { node, for_ms },
        8 => FaultKind::SkewClock { node, by_ms: one(dice, &[-2_000, -150, 150, 2_000]).unwrap_or(0) },
        9..=10 => FaultKind::StoreDown { for_ms },
        11..=12 => FaultKind::StallStore { for_ms },
        13 => FaultKind::RestartStore {},
        14 => FaultKind::CutClient { client },
        15..=17 => FaultKind::LoseLast { changes: one(dice, &[1, 2, 5, 12]).unwrap_or(1) },
        _ => FaultKind::FreezeClient { client, for_ms },
    }
}
