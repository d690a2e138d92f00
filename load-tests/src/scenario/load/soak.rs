//! A meeting that goes on and on.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rand::rngs::SmallRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};

use super::{Ground, ROOM_SIZE};
use crate::client::Comeback;
use crate::measure::Times;
use crate::sheet::{Bound, Chart, Series, Sheet, real};
use crate::trouble::Trouble;

/// What can be asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// People, in rooms of nine.
    #[arg(long, value_name = "NUMBER", default_value_t = 300, value_parser = clap::value_parser!(u32).range(9..=20_000))]
    people: u32,

    /// Minutes.
    #[arg(long, value_name = "NUMBER", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=10_080))]
    minutes: u32,

    /// Notes a second that all write together; a meeting takes 200,000.
    #[arg(long, value_name = "NUMBER", default_value_t = 10.0)]
    notes: f64,
}

/// After each of these it is counted anew.
const LEG: Duration = Duration::from_secs(10);
/// One line in so many breaks in each leg.
const BROKEN_ONE_IN: usize = 30;

pub(super) async fn run(options: &Options, ground: &Ground<'_>) -> Result<Sheet, Trouble> {
    let mut sheet = Sheet { people: options.people.into(), ..Sheet::default() };
    let gathering = ground.seated(options.people, Some(ROOM_SIZE)).await?;
    let mut chance = SmallRng::seed_from_u64(ground.stage.seed);
    let (began, first) = (Instant::now(), ground.usage());
    let (mut all, mut by_minute, mut memory, mut notes) = (Times::default(), BTreeMap::new(), Vec::new(), 0);
    let until = began + Duration::from_secs(60) * options.minutes;
    while Instant::now() < until {
        for guest in gathering.guests.choose_multiple(&mut chance, gathering.guests.len() / BROKEN_ONE_IN) {
            let after = Duration::from_millis(chance_ms(ground.stage.seed, notes));
            guest.client.break_line(Comeback::Resume, after).await?;
        }
        let measured = ground.measure(&gathering, options.notes, LEG).await;
        notes += measured.counted.acked.count();
        all.join(&measured.counted.delivered);
        let minute = began.elapsed().as_secs() / 60;
        by_minute.entry(minute).or_insert_with(Times::default).join(&measured.counted.delivered);
        memory.push((began.elapsed().as_secs_f64() / 60.0, real(ground.usage().memory_bytes) / 1_048_576.0));
        if memory.len().is_multiple_of(30) {
            ground
                .stage
                .console
                .say(format!("  {notes} notes, {:.1} MiB", memory.last().map_or(0.0, |at| at.1)));
        }
    }
    sheet.times("written -> on each screen, broken lines included", &all);
    sheet.figure("notes", real(notes), "");
    sheet.charts.push(Chart::by_second("Latency by minute", &by_minute));
    let series = Series { name: "server".into(), points: memory };
    sheet.charts.push(Chart::plain("Memory", "minutes", "MiB", vec![series]));
    if ground.fleet.is_some() {
        let grown = real(ground.usage().memory_bytes.saturating_sub(first.memory_bytes)) / 1_048_576.0;
        // What notes cost, and what a process keeps at hand.
        let most = real(notes) * 1.5 / 1_024.0 + 16.0;
        sheet.budget("memory of the server grew by", (grown, "MiB"), Bound::AtMost, most);
    }
    Ok(sheet)
}

/// How long a line stays away, by chance.
fn chance_ms(seed: u64, leg: u64) -> u64 {
    SmallRng::seed_from_u64(seed ^ leg).random_range(200..2_000)
}
