//! What is done to the servers, in an order drawn from the seed, and the handle by which a scenario asks for calm.

use std::time::{Duration, Instant};

use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::sync::watch;

use crate::console::Console;
use crate::server::{Fleet, Member, Signal};
use crate::trouble::Trouble;

/// A kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FaultKind {
    /// `kill -9` of a node; it is started again a little later.
    NodeKilled,
    /// SIGTERM to a node; it is started again once it has ended in order.
    NodeStopped,
    /// SIGSTOP to a node, SIGCONT some seconds later.
    NodePaused,
    /// `kill -9` of Redis; it is started again a little later.
    RedisKilled,
    /// `kill -9` of Redis and all nodes, one right after the other.
    AllKilled,
}

impl FaultKind {
    /// All of them.
    pub(crate) const ALL: [Self; 5] =
        [Self::NodeKilled, Self::NodeStopped, Self::NodePaused, Self::RedisKilled, Self::AllKilled];

    /// In words.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::NodeKilled => "node killed",
            Self::NodeStopped => "node stopped (SIGTERM)",
            Self::NodePaused => "node paused (SIGSTOP)",
            Self::RedisKilled => "Redis killed",
            Self::AllKilled => "everything killed",
        }
    }
}

/// Something that was done.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fault {
    pub(super) kind: FaultKind,
    /// The node it was done to; none when it concerns all.
    pub(super) node: Option<usize>,
    /// When.
    pub(super) at: Instant,
    /// When everything ran again.
    pub(super) over: Instant,
}

/// How fast faults follow each other, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    between_ms: (u64, u64),
    away_ms: (u64, u64),
    paused_ms: (u64, u64),
    count_max: usize,
}

impl Pace {
    /// Over minutes.
    pub(super) const USUAL: Self = Self {
        between_ms: (1_500, 6_000),
        away_ms: (50, 2_000),
        paused_ms: (500, 8_000),
        count_max: usize::MAX,
    };
    /// In a short run: each kind once.
    pub(super) const SHORT: Self = Self {
        between_ms: (800, 1_800),
        away_ms: (50, 700),
        paused_ms: (300, 1_500),
        count_max: FaultKind::ALL.len(),
    };

    /// The same with this time between two faults.
    pub(super) const fn every(self, between_ms: u64) -> Self {
        Self { between_ms: (between_ms, between_ms), ..self }
    }
}

/// A scenario's handle on its faults. Faults end for good when it is dropped.
#[derive(Debug)]
pub(in crate::scenario) struct Storm {
    wanted: watch::Sender<bool>,
    raging: watch::Receiver<bool>,
}

/// The other end.
#[derive(Debug)]
pub(super) struct Orders {
    wanted: watch::Receiver<bool>,
    raging: watch::Sender<bool>,
}

/// A handle and what it leads to. It is calm until told otherwise.
pub(super) fn storm() -> (Storm, Orders) {
    let (wanted_sender, wanted) = watch::channel(false);
    let (raging_sender, raging) = watch::channel(false);
    (Storm { wanted: wanted_sender, raging }, Orders { wanted, raging: raging_sender })
}

impl Storm {
    /// Lets faults begin, or go on.
    pub(in crate::scenario) fn rise(&mut self) {
        self.wanted.send_replace(true);
    }

    /// Waits until everything runs and nothing more is done.
    pub(in crate::scenario) async fn calm(&mut self) {
        self.wanted.send_replace(false);
        // An error means that the other end has gone: nothing is done any more either.
        let _ = self.raging.wait_for(|raging| !raging).await;
    }
}

/// What was done, and why it ended early if it did.
#[derive(Debug, Default)]
pub(super) struct Raged {
    pub(super) faults: Vec<Fault>,
    pub(super) trouble: Option<Trouble>,
}

/// Does one thing after the other until the handle is dropped.
pub(super) async fn rage(
    fleet: &mut Fleet,
    mut orders: Orders,
    pace: Pace,
    seed: u64,
    console: &Console,
) -> Raged {
    let mut chance = SmallRng::seed_from_u64(seed ^ 0xC4A0_5000);
    let mut kinds = Deck::default();
    let mut raged = Raged::default();
    loop {
        orders.raging.send_replace(false);
        if orders.wanted.wait_for(|wanted| *wanted).await.is_err() {
            return raged;
        }
        if raged.faults.len() >= pace.count_max {
            // Whoever asks for calm from here on has it: the other end of the handle is gone.
            return raged;
        }
        orders.raging.send_replace(true);
        let pause = between(pace.between_ms, &mut chance);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            changed = orders.wanted.wait_for(|wanted| !wanted) => match changed {
                Ok(_) => continue,
                Err(_) => return raged,
            },
        }
        let kind = kinds.draw(&mut chance);
        match strike(fleet, kind, pace, &mut chance).await {
            Ok(fault) => {
                let away = fault.over.duration_since(fault.at).as_millis();
                let node = fault.node.map(|node| format!(" {}", node + 1)).unwrap_or_default();
                console.say(format!("  fault: {}{node}, {away} ms", kind.name()));
                raged.faults.push(fault);
            }
            Err(trouble) => {
                raged.trouble = Some(trouble);
                return raged;
            }
        }
    }
}

/// Kinds in random order, each as often as the others: a new order whenever all have had their turn.
#[derive(Debug, Default)]
struct Deck(Vec<FaultKind>);

impl Deck {
    fn draw(&mut self, chance: &mut SmallRng) -> FaultKind {
        if self.0.is_empty() {
            self.0.extend(FaultKind::ALL);
        }
        let index = chance.random_range(0..self.0.len());
        self.0.swap_remove(index)
    }
}

fn between((from, to): (u64, u64), chance: &mut SmallRng) -> Duration {
    Duration::from_millis(chance.random_range(from..=to))
}

async fn strike(
    fleet: &mut Fleet,
    kind: FaultKind,
    pace: Pace,
    chance: &mut SmallRng,
) -> Result<Fault, Trouble> {
    let index = chance.random_range(0..fleet.size());
    let away = between(pace.away_ms, chance);
    let paused = between(pace.paused_ms, chance);
    let at = Instant::now();
    let node = match kind {
        FaultKind::NodeKilled => {
            fleet.kill(Member::Node(index)).await?;
            tokio::time::sleep(away).await;
            fleet.start_again(Member::Node(index)).await?;
            Some(index)
        }
        FaultKind::NodeStopped => {
            fleet.stop_node(index).await?;
            tokio::time::sleep(away).await;
            fleet.start_again(Member::Node(index)).await?;
            Some(index)
        }
        FaultKind::NodePaused => {
            fleet.signal_node(index, Signal::Stop).await?;
            tokio::time::sleep(paused).await;
            fleet.signal_node(index, Signal::Continue).await?;
            Some(index)
        }
        FaultKind::RedisKilled => {
            fleet.kill(Member::Redis).await?;
            tokio::time::sleep(away).await;
            fleet.start_again(Member::Redis).await?;
            None
        }
        FaultKind::AllKilled => {
            // Who goes first is chance, too: nodes that see Redis go behave otherwise than a Redis that sees nodes go.
            let redis_first = chance.random();
            if redis_first {
                fleet.kill(Member::Redis).await?;
            }
            for index in 0..fleet.size() {
                fleet.kill(Member::Node(index)).await?;
            }
            if !redis_first {
                fleet.kill(Member::Redis).await?;
            }
            tokio::time::sleep(away).await;
            fleet.start_again(Member::Redis).await?;
            for index in 0..fleet.size() {
                fleet.start_again(Member::Node(index)).await?;
            }
            None
        }
    };
    Ok(Fault { kind, node, at, over: Instant::now() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_order_and_every_kind_has_its_turn() {
        let order = |seed| {
            let (mut chance, mut deck) = (SmallRng::seed_from_u64(seed), Deck::default());
            (0..FaultKind::ALL.len() * 4).map(|_| deck.draw(&mut chance)).collect::<Vec<_>>()
        };
        assert_eq!(order(7), order(7));
        assert!((8..16).any(|seed| order(seed) != order(7)));
        for kind in FaultKind::ALL {
            assert_eq!(order(7).iter().filter(|one| **one == kind).count(), 4, "{kind:?}");
        }
    }

    #[tokio::test]
    async fn calm_waits_until_nothing_is_done_and_a_dropped_handle_ends_it() {
        let (mut storm, mut orders) = storm();
        storm.rise();
        let other = tokio::spawn(async move {
            orders.wanted.wait_for(|wanted| *wanted).await.unwrap();
            orders.raging.send_replace(true);
            orders.wanted.wait_for(|wanted| !wanted).await.unwrap();
            orders.raging.send_replace(false);
            orders.wanted.wait_for(|wanted| *wanted).await.is_err()
        });
        storm.raging.wait_for(|raging| *raging).await.unwrap();
        storm.calm().await;
        assert!(!*storm.raging.borrow());
        drop(storm);
        assert!(other.await.unwrap());
    }
}
