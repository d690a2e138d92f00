//! Half the lines drop at once, while the others write.

use std::time::{Duration, Instant};

use rand::rngs::SmallRng;
use rand::{Rng as _, SeedableRng as _};

use super::{Ground, ROOM_SIZE, pacing};
use crate::client::Comeback;
use crate::gathering::PATIENCE;
use crate::sheet::{Bound, Chart, Sheet, real};
use crate::trouble::Trouble;

/// What can be asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// People; half of them lose their lines.
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(18..=20_000))]
    people: u32,

    /// Notes a second that all write together meanwhile.
    #[arg(long, value_name = "NUMBER", default_value_t = 100.0)]
    notes: f64,
}

/// CL2: the first delay of a client whose line was lost, drawn evenly from this, in milliseconds.
const FIRST_DELAY_MS: std::ops::RangeInclusive<u64> = 1_000..=2_000;
/// Writing goes on for so long: longer than everybody may take to be back.
const WRITING: Duration = Duration::from_secs(8);

pub(super) async fn run(options: &Options, ground: &Ground<'_>) -> Result<Sheet, Trouble> {
    let mut sheet = Sheet { people: options.people.into(), ..Sheet::default() };
    let gathering = ground.seated(options.people, Some(ROOM_SIZE)).await?;
    let mut chance = SmallRng::seed_from_u64(ground.stage.seed);
    gathering.meter.forget_welcomes();
    let before = ground.usage();
    let dropped = Instant::now();
    gathering.meter.begin(dropped, dropped + WRITING, false);
    let lost = gathering.guests.iter().step_by(2).collect::<Vec<_>>();
    for guest in &lost {
        gathering.meter.arrival(guest.skimming.viewer, dropped);
        let after = Duration::from_millis(chance.random_range(FIRST_DELAY_MS));
        guest.client.break_line(Comeback::Resume, after).await?;
    }
    ground.stage.console.say(format!("{} lines have been cut", lost.len()));
    let failed = gathering.write(pacing(dropped, options.notes, WRITING)).await;
    for guest in &gathering.guests {
        guest.client.until_online(PATIENCE).await?;
    }
    let (times, views, resumes, last) = gathering.meter.welcomes();
    let measured = ground.settle(&gathering.meter, failed, before).await;

    sheet.times("line lost -> welcomed again (1 to 2 s of it are the client's own delay)", &times);
    sheet.charts.push(Chart::percentiles("Line lost -> welcomed again", [("resumed", &times)]));
    measured.note(&mut sheet, "notes meanwhile, lines lost included");
    sheet.figure("lines cut", real(lost.len() as u64), "");
    sheet.figure("resumed", real(resumes), "");
    let took = last.map_or(f64::MAX, |last| last.duration_since(dropped).as_secs_f64());
    sheet.budget("all have resumed after", (took, "s"), Bound::AtMost, 5.0);
    sheet.budget("views sent where a resume would do", (real(views), ""), Bound::AtMost, 0.0);
    sheet.budget("lines resumed", (real(resumes), ""), Bound::AtLeast, real(lost.len() as u64));
    Ok(sheet)
}
