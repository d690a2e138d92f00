//! Scenarios: what a crowd does to a server, and how it is judged. A further one is a variant of [`Scenario`] and a
//! folder beside `workshop`.

mod workshop;

use std::path::PathBuf;

use crate::console::Console;
use crate::http::Api;
use crate::report::Report;
use crate::trouble::Findings;

/// Everything that can be run.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Scenario {
    /// A whole meeting in compressed time: opening, rounds by team, with dialogue partners and mixed, posters, vote,
    /// reveal, pulse and questionnaire, with people who come late, drop out and try to cheat.
    Workshop(workshop::Options),
}

/// What a scenario is given.
#[derive(Debug, Clone)]
pub(crate) struct Stage {
    /// The server.
    pub(crate) api: Api,
    /// Its process, when it runs on this machine and is ours.
    pub(crate) server_pid: Option<u32>,
    /// Chance for everything.
    pub(crate) seed: u64,
    /// Where progress is told.
    pub(crate) console: Console,
    /// What is found.
    pub(crate) findings: Findings,
    /// Where to keep the log as it was read, for whoever looks into a finding.
    pub(crate) keep_log: Option<PathBuf>,
}

impl Scenario {
    /// Its name.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Workshop(_) => "workshop",
        }
    }

    /// Plays it and judges it.
    pub(crate) async fn run(&self, stage: Stage) -> Report {
        match self {
            Self::Workshop(options) => workshop::run(options, stage).await,
        }
    }
}
