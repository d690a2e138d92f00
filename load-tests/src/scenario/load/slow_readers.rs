//! Some leave their lines open and read nothing.

use std::time::Duration;

use super::{Ground, ROOM_SIZE};
use crate::sheet::{Bound, Sheet, real};
use crate::trouble::Trouble;

/// What can be asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// People, in rooms of nine; one in each room reads nothing.
    #[arg(long, value_name = "NUMBER", default_value_t = 900, value_parser = clap::value_parser!(u32).range(9..=20_000))]
    people: u32,

    /// Seconds before and after.
    #[arg(long, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u16).range(1..=600))]
    seconds: u16,

    /// Notes a second that all write together.
    #[arg(long, value_name = "NUMBER", default_value_t = 500.0)]
    notes: f64,
}

pub(super) async fn run(options: &Options, ground: &Ground<'_>) -> Result<Sheet, Trouble> {
    let mut sheet = Sheet { people: options.people.into(), ..Sheet::default() };
    let mut gathering = ground.seated(options.people, Some(ROOM_SIZE)).await?;
    let time = Duration::from_secs(options.seconds.into());
    let before = ground.measure(&gathering, options.notes, time).await;
    let memory = ground.usage().memory_bytes;
    // They do not write either: nobody could tell them what became of it.
    let (slow, others): (Vec<_>, Vec<_>) = std::mem::take(&mut gathering.guests)
        .into_iter()
        .partition(|guest| guest.skimming.viewer.is_multiple_of(ROOM_SIZE as usize));
    gathering.guests = others;
    for guest in &slow {
        gathering.meter.leave_aside(guest.skimming.viewer);
        guest.client.read_no_more().await?;
    }
    ground.stage.console.say(format!("{} people read nothing any more", slow.len()));
    let after = ground.measure(&gathering, options.notes, time).await;
    let grown = ground.usage().memory_bytes.saturating_sub(memory);
    before.note(&mut sheet, "before");
    after.note(&mut sheet, "with slow readers");
    let (p99, base) =
        (after.counted.delivered.percentiles().p99_ms, before.counted.delivered.percentiles().p99_ms);
    // A tenth and two milliseconds are this machine's own unsteadiness.
    sheet.budget("p99 of the others", (p99, "ms"), Bound::AtMost, base * 1.1 + 2.0);
    if ground.fleet.is_some() {
        // A reader's queue holds a mebibyte at most, and a note takes its own.
        let most = real(slow.len() as u64) + real(after.counted.acked.count()) * 1.5 / 1_024.0 + 8.0;
        let what = "memory of the server grew by";
        sheet.budget(what, (real(grown) / 1_048_576.0, "MiB"), Bound::AtMost, most);
    }
    Ok(sheet)
}
