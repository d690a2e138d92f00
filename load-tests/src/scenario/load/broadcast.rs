//! Announcements to everybody: how long until the last one has it, beside a bare broadcaster.

use std::time::{Duration, Instant};

use super::{DRAIN, Ground};
use crate::measure::Times;
use crate::meter::Meter;
use crate::peers::{Peer, PeerRooms};
use crate::sheet::{Bound, Chart, Sheet};
use crate::trouble::{Promise, Trouble};

/// What can be asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// People.
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(3..=20_000))]
    people: u32,

    /// Announcements.
    #[arg(long, value_name = "NUMBER", default_value_t = 11, value_parser = clap::value_parser!(u32).range(1..=100))]
    times: u32,

    /// Leaves the bare broadcaster out.
    #[arg(long)]
    alone: bool,
}

/// Pause between two announcements.
const PAUSE: Duration = Duration::from_millis(500);

/// One subject's times.
#[derive(Default)]
struct Found {
    /// To each.
    each: Times,
    /// To the last.
    last: Times,
}

pub(super) async fn run(options: &Options, ground: &Ground<'_>) -> Result<Sheet, Trouble> {
    let mut sheet = Sheet { people: options.people.into(), ..Sheet::default() };
    let bare = if options.alone {
        None
    } else {
        ground.stage.console.say("the bare broadcaster is started");
        let people = options.people as usize;
        let rooms = PeerRooms::start(Peer::Bare, (people, people), ground.cores, &ground.stage).await?;
        let found = announce(options, ground, &rooms.meter, |due| rooms.write_one(0, due)).await;
        rooms.stop().await?;
        Some(found)
    };
    let gathering = ground.seated(options.people, None).await?;
    let viewer = &gathering.guests[0].skimming;
    let own = announce(options, ground, &gathering.meter, |due| {
        let stamp = viewer.meter.stamp(viewer.viewer, due);
        let command = format!(r#"{{"type":"announce","text":"まもなく全体共有です。{stamp}"}}"#);
        gathering.host.submit(command, viewer, stamp)
    })
    .await;
    sheet.times("Engawa: announced -> on each screen", &own.each);
    let last = sheet.times("Engawa: announced -> on the last screen", &own.last);
    let mut charts = vec![("Engawa", &own.each)];
    if let Some(bare) = &bare {
        sheet.times("bare axum: sent -> at each", &bare.each);
        let bare_last = sheet.times("bare axum: sent -> at the last", &bare.last);
        let ratio = last.p50_ms / bare_last.p50_ms.max(0.001);
        sheet.budget("time to the last (p50), times the bare broadcaster's", (ratio, ""), Bound::AtMost, 1.5);
        charts.push(("bare axum", &bare.each));
    }
    sheet.charts.push(Chart::percentiles("To each", charts));
    Ok(sheet)
}

async fn announce(
    options: &Options,
    ground: &Ground<'_>,
    meter: &Meter,
    send: impl Fn(Instant) -> bool,
) -> Found {
    let mut found = Found::default();
    for _ in 0..options.times {
        tokio::time::sleep(PAUSE).await;
        let due = Instant::now();
        meter.begin(due, due + PAUSE, false);
        if !send(due) || !meter.until_complete(DRAIN).await {
            let what = "an announcement did not reach everybody exactly once";
            ground.stage.findings.add(Promise::Durability, what);
        }
        let counted = meter.take();
        let longest = counted.delivered.percentiles().max_ms;
        found.last.add(Duration::from_secs_f64(longest / 1_000.0));
        found.each.join(&counted.delivered);
    }
    found
}
