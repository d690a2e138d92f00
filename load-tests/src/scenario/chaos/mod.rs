//! Chaos: the workshop on several nodes and a real Redis, while nodes and Redis are killed, paused and stopped. With
//! `appendfsync always` every promise has to hold all the same, even when all of them are killed at once.

mod faults;
mod times;

use std::time::Duration;

use super::Stage;
use super::workshop::{Plan, play_and_judge};
use crate::report::Report;
use crate::server::{Fleet, FleetPlan, Fsync, Keep};
use crate::trouble::{Promise, Trouble};
pub(super) use faults::Storm;
use faults::{Pace, rage, storm};
use times::times_of;
pub(crate) use times::{FaultTimes, StormTimes};

/// What can be asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// How long people talk under faults, over all dialogues of the meeting; posters and vote come on top.
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=60), conflicts_with = "short")]
    minutes: u16,

    /// A few faults in a small meeting.
    #[arg(long)]
    short: bool,

    /// Seconds from the end of a fault to the next one, instead of a few drawn by chance: to see each by itself.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u16).range(1..=120))]
    every: Option<u16>,

    /// Teams; 20 unless given, 5 when short.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(5..=2000))]
    teams: Option<u16>,

    /// Nodes.
    #[arg(long, value_name = "NUMBER", default_value_t = 3, value_parser = clap::value_parser!(u8).range(2..=20), conflicts_with = "url")]
    nodes: u8,
}

/// Dialogues of the meeting: by team, with partners, mixed, and mixed on time.
const DIALOGUES: u32 = 4;
const PEOPLE_PER_TEAM: u16 = 3;

impl Options {
    /// The servers it wants: Redis in the only mode that loses nothing when it is killed.
    pub(crate) fn fleet(&self) -> FleetPlan {
        FleetPlan { nodes: usize::from(self.nodes), keep: Keep::Redis(Fsync::Always) }
    }

    fn plan(&self) -> Plan {
        let teams = self.teams.unwrap_or(if self.short { 5 } else { 20 });
        let (talk_for, think) = if self.short {
            (Duration::from_secs(3), Duration::from_millis(300))
        } else {
            (Duration::from_secs(60 * u64::from(self.minutes)) / DIALOGUES, Duration::from_millis(800))
        };
        Plan::stretched((teams, PEOPLE_PER_TEAM), talk_for, think)
    }
}

/// Plays the meeting under faults and judges it.
pub(crate) async fn run(
    options: &Options,
    mut stage: Stage,
    fleet: Option<&mut Fleet>,
) -> Result<Report, Trouble> {
    let fleet =
        fleet.ok_or_else(|| Trouble::Server("chaos kills only servers that it has started".into()))?;
    stage.api.nodes = stage.api.nodes.unsteady();
    let (handle, orders) = storm();
    let mut pace = if options.short { Pace::SHORT } else { Pace::USUAL };
    if let Some(seconds) = options.every {
        pace = pace.every(u64::from(seconds) * 1_000);
    }
    let (findings, console, seed) = (stage.findings.clone(), stage.console.clone(), stage.seed);
    let playing = play_and_judge(options.plan(), stage, Some(handle));
    let ((mut report, details), raged) = tokio::join!(playing, rage(fleet, orders, pace, seed, &console));
    if let Some(trouble) = &raged.trouble {
        findings.add(Promise::Progress, format!("the faults could not go on: {trouble}"));
    }
    if raged.faults.is_empty() {
        findings.add(Promise::Progress, "nothing was done to the servers, so nothing is proved");
    }
    report.faults = times_of(&raged.faults, &details);
    Ok(report)
}
