//! Thousands of small meetings at a time.

use std::time::{Duration, Instant};

use super::{Ground, pacing};
use crate::cores::check_files;
use crate::gathering;
use crate::meter::Paced;
use crate::sheet::{Bound, Sheet, real};
use crate::trouble::Trouble;

/// What can be asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Meetings.
    #[arg(long, value_name = "NUMBER", default_value_t = 300, value_parser = clap::value_parser!(u32).range(1..=6_000))]
    meetings: u32,

    /// People in each.
    #[arg(long, value_name = "NUMBER", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    people: u32,

    /// Seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=600))]
    seconds: u16,

    /// Notes a second in all meetings together.
    #[arg(long, value_name = "NUMBER", default_value_t = 300.0)]
    notes: f64,
}

pub(super) async fn run(options: &Options, ground: &Ground<'_>) -> Result<Sheet, Trouble> {
    let everybody = u64::from(options.meetings) * u64::from(options.people);
    check_files(everybody)?;
    let mut sheet = Sheet { people: everybody, ..Sheet::default() };
    let (meetings, people) = (options.meetings as usize, options.people as usize);
    ground.stage.console.say(format!("{meetings} meetings are made"));
    let memory = ground.usage().memory_bytes;
    let (guests, meter) = gathering::many(&ground.stage, meetings, people).await?;
    gathering::come(&ground.stage, (&guests, &meter), Duration::from_millis(2 * everybody)).await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (begin, before) = (Instant::now(), ground.usage());
    let time = Duration::from_secs(options.seconds.into());
    meter.begin(begin, begin + time, false);
    let mut paced = Paced::new(pacing(begin, options.notes, time));
    let mut failed = 0;
    // One meeting after the other, so that none has two notes under way.
    let order = (0..people).flat_map(|person| (0..meetings).map(move |meeting| meeting * people + person));
    let mut writers = order.cycle();
    while let (Some(due), Some(viewer)) = (paced.next().await, writers.next()) {
        failed += u64::from(!guests[viewer].write(due));
    }
    let measured = ground.settle(&meter, failed, before).await;
    measured.note(&mut sheet, "notes");
    sheet.figure("meetings", real(options.meetings.into()), "");
    let per_meeting =
        real(before.memory_bytes.saturating_sub(memory)) / real(options.meetings.into()) / 1_024.0;
    sheet.figure("memory of the server per meeting, its people's connections included", per_meeting, "KiB");
    let p99 = measured.counted.delivered.percentiles().p99_ms;
    sheet.budget("p99 of a note on each screen", (p99, "ms"), Bound::AtMost, 100.0);
    Ok(sheet)
}
