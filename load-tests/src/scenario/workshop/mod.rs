//! The main job, for real: 97 teams of three and fifteen staff hold a whole meeting in compressed time.

mod cheats;
mod closing;
mod dialogue;
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

use std::time::Duration;

use super::Stage;
use crate::names::Staff;
use crate::report::Report;
use crate::trouble::{Promise, Trouble};
use hall::Hall;

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
}

/// Sizes and paces of a run.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
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
        }
    }
}

/// How long anything may take that the meeting waits for. Generous: slow machines are not faults.
const PATIENCE: Duration = Duration::from_secs(30);

/// Plays the meeting and judges it.
pub(crate) async fn run(options: &Options, stage: Stage) -> Report {
    let plan = Plan::new(options);
    let findings = stage.findings.clone();
    let console = stage.console.clone();
    findings.enter_phase("set-up");
    let mut hall = match setup::prepare(plan, stage.clone()).await {
        Ok(hall) => hall,
        Err(trouble) => {
            findings.add(Promise::Progress, trouble.to_string());
            return Report { seed: stage.seed, ..Report::default() };
        }
    };
    if let Err(trouble) = play(&mut hall).await {
        console.say(format!("the meeting cannot go on: {trouble}"));
        findings.add(Promise::Progress, trouble.to_string());
        // What has been seen so far is still worth comparing.
        if let Err(trouble) = hall.checkpoint().await {
            findings.add(Promise::Progress, trouble.to_string());
        }
    }
    verdict::report(&hall)
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
    hall.checkpoint().await?;
    hall.begin("verdict");
    verdict::judge(hall);
    Ok(())
}
