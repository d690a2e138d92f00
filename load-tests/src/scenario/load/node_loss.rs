//! Three nodes on one Redis; one is killed while everybody writes.

use std::time::{Duration, Instant};

use super::{Ground, ROOM_SIZE, pacing};
use crate::gathering::PATIENCE;
use crate::server::Member;
use crate::sheet::{Bound, Chart, Sheet, real};
use crate::trouble::Trouble;

/// What can be asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// People, in rooms of nine, each at a node drawn by chance.
    #[arg(long, value_name = "NUMBER", default_value_t = 300, value_parser = clap::value_parser!(u32).range(9..=20_000), conflicts_with = "url")]
    people: u32,

    /// Notes a second that all write together.
    #[arg(long, value_name = "NUMBER", default_value_t = 60.0)]
    notes: f64,
}

/// Writing goes on for so long; a third of it has passed when the node is killed.
const WRITING: Duration = Duration::from_secs(24);

pub(super) async fn run(options: &Options, ground: &mut Ground<'_>) -> Result<Sheet, Trouble> {
    let mut sheet = Sheet { people: options.people.into(), ..Sheet::default() };
    ground.stage.api.nodes = ground.stage.api.nodes.clone().unsteady();
    let gathering = ground.seated(options.people, Some(ROOM_SIZE)).await?;
    gathering.meter.forget_welcomes();
    let (begin, before) = (Instant::now(), ground.usage());
    gathering.meter.begin(begin, begin + WRITING, false);
    let third = WRITING / 3;
    let mut failed = gathering.write(pacing(begin, options.notes, third)).await;
    let killed = Instant::now();
    for guest in &gathering.guests {
        gathering.meter.arrival(guest.skimming.viewer, killed);
    }
    if let Some(fleet) = &mut ground.fleet {
        fleet.kill(Member::Node(0)).await?;
    }
    ground.stage.console.say("a node has been killed");
    failed += gathering.write(pacing(killed, options.notes, third * 2)).await;
    for guest in &gathering.guests {
        guest.client.until_online(PATIENCE).await?;
    }
    let (times, views, resumes, last) = gathering.meter.welcomes();
    if let Some(fleet) = &mut ground.fleet {
        fleet.start_again(Member::Node(0)).await?;
    }
    let measured = ground.settle(&gathering.meter, failed, before).await;
    sheet.times("node killed -> welcomed at another", &times);
    sheet.charts.push(Chart::percentiles("Node killed -> welcomed at another", [("back", &times)]));
    measured.note(&mut sheet, "notes");
    sheet.figure("lines that came back", real(resumes + views), "");
    sheet.figure("of these with a view anew", real(views), "");
    let took = last.map_or(0.0, |last| last.duration_since(killed).as_secs_f64());
    sheet.budget("all are back after", (took, "s"), Bound::AtMost, 10.0);
    Ok(sheet)
}
