//! Scenarios: what a crowd does to a server, and how it is judged. A further one is a variant of [`Scenario`] and a
//! folder beside `workshop`.

mod chaos;
mod load;
mod store;
mod workshop;

use std::path::{Path, PathBuf};

pub(crate) use chaos::{FaultTimes, StormTimes};
pub(crate) use store::StoreTable;

use crate::client::Transport;
use crate::console::Console;
use crate::cores::Cores;
use crate::http::Api;
use crate::peers::{BareOptions, serve_bare};
use crate::report::Report;
use crate::server::{Fleet, FleetPlan};
use crate::trouble::{Findings, Trouble};

/// Everything that can be run.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Scenario {
    /// A whole meeting in compressed time: opening, rounds by team, with dialogue partners and mixed, posters, vote,
    /// reveal, pulse and questionnaire, with people who come late, drop out and try to cheat.
    Workshop(workshop::Options),
    /// The same meeting on several nodes and a Redis, while nodes and Redis are killed, paused and stopped in an order drawn
    /// from the seed. Every promise has to hold at the end.
    Chaos(chaos::Options),
    /// Measures commands per second, latency and memory with Redis, at one and three nodes, beside raw XADD.
    Store(store::Options),
    /// Many people, measured.
    #[command(flatten)]
    Load(load::Load),
    /// A bare axum WebSocket broadcaster, to be measured beside: rooms, every message to everybody in its room, nothing kept.
    /// Runs until it is ended.
    Bare(BareOptions),
}

/// What a scenario is given.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    /// The server: one node, or any of several.
    pub(crate) api: Api,
    /// Chance for everything.
    pub(crate) seed: u64,
    /// Where progress is told.
    pub(crate) console: Console,
    /// What is found.
    pub(crate) findings: Findings,
    /// Where to keep the log as it was read, for whoever looks into a finding.
    pub(crate) keep_log: Option<PathBuf>,
    /// How people are connected.
    pub(crate) transport: Transport,
    /// A number that is not reached fails the run.
    pub(crate) judges_budgets: bool,
}

impl Scenario {
    /// Its name.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Workshop(_) => "workshop",
            Self::Chaos(_) => "chaos",
            Self::Store(_) => "store",
            Self::Load(load) => load.name(),
            Self::Bare(_) => "bare",
        }
    }

    /// The servers it wants; none when it starts its own.
    pub(crate) fn fleet(&self) -> Option<FleetPlan> {
        match self {
            Self::Workshop(options) => Some(options.fleet()),
            Self::Chaos(options) => Some(options.fleet()),
            Self::Load(load) => Some(load.fleet()),
            Self::Store(_) | Self::Bare(_) => None,
        }
    }

    /// Whether server and generator are to have a core of their own each.
    pub(crate) const fn is_measured(&self) -> bool {
        matches!(self, Self::Load(_))
    }

    /// Plays it and judges it. The fleet is there when the servers are ours; `server` is the binary that was named.
    ///
    /// Fails when it cannot be begun; whatever goes wrong later is a finding.
    pub(crate) async fn run(
        &self,
        stage: Stage,
        fleet: Option<&mut Fleet>,
        server: Option<&Path>,
        cores: Option<Cores>,
    ) -> Result<Report, Trouble> {
        match self {
            Self::Workshop(options) => Ok(workshop::run(options, stage).await),
            Self::Chaos(options) => chaos::run(options, stage, fleet).await,
            Self::Store(options) => store::run(options, stage, server).await,
            Self::Load(load) => load.run(stage, fleet, cores).await,
            Self::Bare(options) => serve_bare(options).await.map(|()| Report::default()),
        }
    }
}
