//! Some flood the server with valid commands.

use std::time::{Duration, Instant};

use super::{Ground, ROOM_SIZE, pacing};
use crate::gathering::Guest;
use crate::meter::Paced;
use crate::sheet::{Bound, Sheet, real};
use crate::trouble::Trouble;

/// What can be asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// People, in rooms of nine.
    #[arg(long, value_name = "NUMBER", default_value_t = 900, value_parser = clap::value_parser!(u32).range(9..=20_000))]
    people: u32,

    /// How many of them flood.
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    floods: u32,

    /// Commands a second that each of these sends; a person may send ten.
    #[arg(long, value_name = "NUMBER", default_value_t = 500.0)]
    pace: f64,

    /// Seconds before and meanwhile.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=600))]
    seconds: u16,

    /// Notes a second that all others write together.
    #[arg(long, value_name = "NUMBER", default_value_t = 300.0)]
    notes: f64,
}

pub(super) async fn run(options: &Options, ground: &Ground<'_>) -> Result<Sheet, Trouble> {
    let mut sheet = Sheet { people: options.people.into(), ..Sheet::default() };
    let mut gathering = ground.seated(options.people, Some(ROOM_SIZE)).await?;
    let time = Duration::from_secs(options.seconds.into());
    let flooders: Vec<Guest> =
        gathering.guests.drain(..(options.floods as usize).min(options.people as usize - 1)).collect();
    let before = ground.measure(&gathering, options.notes, time).await;
    ground.stage.console.say(format!("{} people flood", flooders.len()));
    let mut tasks = Vec::new();
    for guest in flooders {
        gathering.meter.leave_aside(guest.skimming.viewer);
        tasks.push(tokio::spawn(flood(guest, options.pace, time)));
    }
    let meanwhile = ground.measure(&gathering, options.notes, time).await;
    let mut sent = 0;
    for task in tasks {
        sent += task.await.unwrap_or_default();
    }
    before.note(&mut sheet, "before");
    meanwhile.note(&mut sheet, "while it is flooded");
    sheet.figure("commands that the flood has put on the line", real(sent), "");
    let (p99, base) =
        (meanwhile.counted.delivered.percentiles().p99_ms, before.counted.delivered.percentiles().p99_ms);
    // A tenth and two milliseconds are this machine's own unsteadiness.
    sheet.budget("p99 of the others", (p99, "ms"), Bound::AtMost, base * 1.1 + 2.0);
    Ok(sheet)
}

/// Sends notes without a stamp, whatever comes back; says how many went onto the line.
async fn flood(guest: Guest, per_second: f64, time: Duration) -> u64 {
    let command =
        format!(r#"{{"type":"add_note","board":{},"area":0,"text":"もう一つ","color":"pink"}}"#, guest.board);
    let mut paced = Paced::new(pacing(Instant::now(), per_second, time));
    let mut sent = 0;
    while let Some(due) = paced.next().await {
        // Beyond the measured time, so that its answers do not count.
        let stamp = guest.skimming.meter.moment(due + Duration::from_secs(3_600));
        sent += u64::from(guest.client.submit(command.clone(), &guest.skimming, stamp));
    }
    sent
}
