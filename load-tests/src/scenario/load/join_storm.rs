//! Everyone comes in within ten seconds.

use std::time::{Duration, Instant};

use super::Ground;
use crate::sheet::{Bound, Chart, Sheet, real};
use crate::trouble::Trouble;

/// What can be asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// People.
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(3..=20_000))]
    people: u32,

    /// Seconds within which they all come.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=600))]
    seconds: u16,
}

pub(super) async fn run(options: &Options, ground: &Ground<'_>) -> Result<Sheet, Trouble> {
    let mut sheet = Sheet { people: options.people.into(), ..Sheet::default() };
    let gathering = ground.gathering(options.people, None).await?;
    let before = ground.usage();
    let (began, within) = (Instant::now(), Duration::from_secs(options.seconds.into()));
    gathering.come(&ground.stage, within).await?;
    let (times, views, _, last) = gathering.meter.welcomes();
    let cpu_ms = ground.usage().cpu_ms - before.cpu_ms;
    // Presence and arrivals have been told by then, and what was only needed to come in has been let go of.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let after = ground.usage();

    let people = real(options.people.into());
    let found = sheet.times("wish to come in -> the meeting on the screen", &times);
    sheet.charts.push(Chart::percentiles("Coming in", [("first view", &times)]));
    sheet.figure("views sent", real(views), "");
    let took = last.map_or(0.0, |last| last.duration_since(began).as_secs_f64());
    sheet.figure("the last one was in after", took, "s");
    sheet.figure("processor time of the server per person", real(cpu_ms) / people, "ms");
    sheet.budget("nobody waits longer for the meeting", (found.max_ms, "ms"), Bound::AtMost, 2_000.0);
    if ground.fleet.is_some() {
        let grown = real(after.memory_bytes.saturating_sub(before.memory_bytes)) / people / 1_024.0;
        let what = "memory of the server per idle connection";
        sheet.budget(what, (grown, "KiB"), Bound::AtMost, 12.0);
    }
    Ok(sheet)
}
