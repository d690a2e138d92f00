//! The main job, for real: 97 teams of three and fifteen staff hold a whole meeting in compressed time.

mod cheats;
mod closing;
mod dialogue;
mod gap;
mod guides;
mod hall;
mod mixed;
mod opening;
mod partners;
mod plenary;
mod posters;
mod reveal;
mod setup;
mod team;
mod verdict;
mod vote;

use std::time::{Duration, Instant};

use super::Stage;
use super::chaos::Storm;
use crate::names::Staff;
use crate::report::Report;
use crate::server::FleetPlan;
use crate::trouble::{Promise, Trouble};
use hall::Hall;
pub(super) use verdict::Details;

/// What can be asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Fewer notes and shorter pauses, the same phases.
    #[arg(long)]
    short: bool,

    /// Teams.
    #[arg(long, value_name = "NUMBER", default_value_t = 97, value_parser = clap::value_parser!(u16).range(5..=2000))]
    teams: u16,

    /// People in a team.
    #[arg(long, value_name = "NUMBER", default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=20))]
    people: u16,

    /// Notes each person writes in each dialogue; 6 unless given, 1 when short.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..=100))]
    notes: Option<u32>,

    /// Nodes; more than one share a `redis-server` (appendfsync always) that is started for them, and every connection is
    /// made to one of them by chance.
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=20), conflicts_with = "url")]
    nodes: u8,
}

impl Options {
    /// The servers it wants.
    pub(crate) fn fleet(&self) -> FleetPlan {
        FleetPlan::usual(usize::from(self.nodes))
    }
}

/// Sizes and paces of a run.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    teams: usize,
    people_per_team: usize,
    staff: Staff,
    /// Notes a person writes in a dialogue.
    notes: u32,
    /// Posters a person comments on.
    comments: u32,
    /// Time between two things a person does, on average.
    think: Duration,
    /// People come in within this time.
    arrival: Duration,
    /// How long the round lasts that ends by itself.
    timed_round_ms: u64,
    /// When there is such a time, dialogues go on until it is over.
    talk_for: Option<Duration>,
}

impl Plan {
    fn new(options: &Options) -> Self {
        let short = options.short;
        Self {
            teams: usize::from(options.teams),
            people_per_team: usize::from(options.people),
            staff: Staff::USUAL,
            notes: options.notes.unwrap_or(if short { 1 } else { 6 }),
            comments: if short { 1 } else { 3 },
            think: Duration::from_millis(if short { 500 } else { 1_000 }),
            arrival: Duration::from_millis(if short { 1_500 } else { 3_000 }),
            timed_round_ms: if short { 3_000 } else { 10_000 },
            talk_for: None,
        }
    }

    /// A plan for a meeting under faults: the same phases, dialogues of this length.
    pub(super) fn stretched((teams, people): (u16, u16), talk_for: Duration, think: Duration) -> Self {
        let options = Options { short: true, teams, people, notes: None, nodes: 1 };
        let timed_round_ms = u64::try_from(talk_for.as_millis()).unwrap_or(u64::MAX);
        Self { think, timed_round_ms, talk_for: Some(talk_for), ..Self::new(&options) }
    }

    /// When a dialogue that begins now may end.
    fn talk_until(&self) -> Option<Instant> {
        self.talk_for.map(|time| Instant::now() + time)
    }
}

/// How long anything may take that the meeting waits for. Generous: slow machines are not faults.
const PATIENCE: Duration = Duration::from_secs(60);

/// Plays the meeting and judges it.
pub(crate) async fn run(options: &Options, stage: Stage) -> Report {
    let (report, _) = play_and_judge(Plan::new(options), stage, None).await;
    report
}

/// A meeting's report, and what was measured of single lines and commands.
pub(super) async fn play_and_judge(plan: Plan, stage: Stage, mut storm: Option<Storm>) -> (Report, Details) {
    let findings = stage.findings.clone();
    let console = stage.console.clone();
    findings.enter_phase("set-up");
    let mut hall = match setup::prepare(plan, stage.clone()).await {
        Ok(hall) => hall,
        Err(trouble) => {
            findings.add(Promise::Progress, trouble.to_string());
            return (Report { seed: stage.seed, ..Report::default() }, Details::default());
        }
    };
    if let Some(storm) = &mut storm {
        storm.rise();
    }
    hall.storm = storm;
    if let Err(trouble) = play(&mut hall).await {
        console.say(format!("the meeting cannot go on: {trouble}"));
        findings.add(Promise::Progress, trouble.to_string());
        // What has been seen so far is still worth comparing.
        if let Err(trouble) = hall.checkpoint().await {
            findings.add(Promise::Progress, trouble.to_string());
        }
    }
    hall.calm().await;
    (verdict::report(&hall), verdict::details(&hall))
}

async fn play(hall: &mut Hall) -> Result<(), Trouble> {
    hall.begin("opening");
    opening::run(hall).await?;
    hall.checkpoint().await?;

    hall.begin("by team");
    team::run(hall).await?;
    hall.checkpoint().await?;

    hall.begin("dialogue partners");
    partners::run(hall).await?;
    hall.checkpoint().await?;

    hall.begin("mixed");
    mixed::run(hall).await?;
    hall.checkpoint().await?;

    hall.begin("mixed, on time");
    mixed::run_on_time(hall).await?;
    hall.checkpoint().await?;

    hall.begin("plenary");
    plenary::run(hall).await?;
    hall.checkpoint().await?;

    hall.begin("posters");
    posters::run(hall).await?;
    hall.checkpoint().await?;

    hall.begin("vote");
    vote::run(hall).await?;
    hall.checkpoint().await?;

    hall.begin("reveal");
    reveal::run(hall).await?;
    hall.checkpoint().await?;

    hall.begin("closing");
    closing::run(hall).await?;
    hall.calm().await;
    hall.checkpoint().await?;
    hall.begin("verdict");
    verdict::judge(hall);
    Ok(())
}
