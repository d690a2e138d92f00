//! Every room writes at once.

use std::time::Duration;

use super::ladder::{P99_MAX_MS, Rungs, Step, Writers, series, step};
use super::{Ground, ROOM_SIZE};
use crate::gathering::Gathering;
use crate::peers::{Peer, PeerRooms};
use crate::sheet::{Axis, Bound, Chart, Scale, Sheet, real};
use crate::trouble::{Promise, Trouble};

/// What can be asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// People, in rooms of nine.
    #[arg(long, value_name = "NUMBER", default_value_t = 300, value_parser = clap::value_parser!(u32).range(9..=20_000))]
    people: u32,

    /// Seconds at each pace.
    #[arg(long, value_name = "SECONDS", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=600))]
    seconds: u16,

    /// Notes a second that each person writes: one in ten seconds unless given.
    #[arg(long, value_name = "NUMBER", default_value_t = 0.1, conflicts_with = "ladder")]
    pace: f64,

    /// Finds the highest pace at which p99 stays under 100 ms, in steps of a fifth and at last half of one.
    #[arg(long)]
    ladder: bool,

    /// Deliveries a second at which the ladder begins.
    #[arg(long, value_name = "NUMBER", default_value_t = 20_000, requires = "ladder")]
    from: u32,

    /// Other servers that climb the same ladder in the same run.
    #[arg(long, value_name = "SERVER", value_delimiter = ',', requires = "ladder")]
    beside: Vec<Peer>,
}

/// Notes that a meeting may still get; it is full at 200,000.
const NOTES_LEFT_MIN: u64 = 5_000;

pub(super) async fn run(options: &Options, ground: &Ground<'_>) -> Result<Sheet, Trouble> {
    let mut sheet = Sheet { people: options.people.into(), ..Sheet::default() };
    if options.ladder {
        climb_all(options, ground, &mut sheet).await?;
    } else {
        at_a_pace(options, ground, &mut sheet).await?;
    }
    Ok(sheet)
}

async fn at_a_pace(options: &Options, ground: &Ground<'_>, sheet: &mut Sheet) -> Result<(), Trouble> {
    let gathering = ground.seated(options.people, Some(ROOM_SIZE)).await?;
    let per_second = options.pace * real(options.people.into());
    let before = ground.usage();
    let time = Duration::from_secs(options.seconds.into());
    let measured = ground.measure(&gathering, per_second, time).await;
    let notes = measured.counted.acked.count();
    measured.note(sheet, "notes");
    sheet.figure("notes a second", per_second, "");
    let found = measured.counted.delivered.percentiles();
    if options.people <= 300 {
        sheet.budget("p99 of a note on each screen", (found.p99_ms, "ms"), Bound::AtMost, 20.0);
        sheet.budget("p50 of a note on each screen", (found.p50_ms, "ms"), Bound::AtMost, 3.0);
    } else {
        sheet.budget("p99 of a note on each screen", (found.p99_ms, "ms"), Bound::AtMost, P99_MAX_MS);
    }
    if ground.fleet.is_some() {
        let grown = ground.usage().memory_bytes.saturating_sub(before.memory_bytes);
        let per_note = real(grown) / real(notes.max(1)) / 1_024.0;
        if notes >= 20_000 {
            // With fewer, what the process keeps at hand outweighs them.
            sheet.budget("memory of the server per note", (per_note, "KiB"), Bound::AtMost, 1.5);
        } else {
            sheet.figure("memory of the server per note", per_note, "KiB");
        }
    }
    Ok(())
}

/// The highest step that held, and one at half its pace.
struct Climbed {
    name: &'static str,
    steps: Vec<Step>,
    half: Step,
}

impl Climbed {
    fn best(&self) -> Option<&Step> {
        self.steps.iter().rfind(|step| step.holds())
    }

    fn sustained(&self) -> f64 {
        self.best().map_or(0.0, |step| step.per_second)
    }
}

async fn climb_all(options: &Options, ground: &Ground<'_>, sheet: &mut Sheet) -> Result<(), Trouble> {
    let mut all = Vec::new();
    for peer in &options.beside {
        ground.stage.console.say(format!("{} is started", peer.name()));
        let places = (options.people as usize, ROOM_SIZE as usize);
        let rooms = PeerRooms::start(*peer, places, ground.cores, &ground.stage).await?;
        all.push(climb_peer(*peer, &rooms, options, ground).await);
        rooms.stop().await?;
    }
    let own = climb_engawa(options, ground).await?;
    for climbed in all.iter().chain([&own]) {
        note(climbed, sheet);
    }
    for other in &all {
        if other.sustained() > 0.0 {
            let limit = if other.name == Peer::SocketIo.name() { 1.5 } else { 1.0 };
            let ratio = own.sustained() / other.sustained();
            let what = format!("deliveries/s, times those of {}", other.name);
            if other.name == Peer::Mosquitto.name() {
                sheet.figure(what, ratio, "");
            } else {
                sheet.budget(what, (ratio, ""), Bound::AtLeast, limit);
            }
        } else {
            let what = format!("{} did not sustain the first pace: begin lower (--from)", other.name);
            ground.stage.findings.add(Promise::Progress, what);
        }
    }
    let half = own.half.times.percentiles();
    sheet.budget("p99 at half that pace", (half.p99_ms, "ms"), Bound::AtMost, 15.0);
    sheet.charts.insert(
        0,
        Chart {
            title: "p99 by pace".into(),
            x: Axis { label: "deliveries/s".into(), scale: Scale::Linear },
            y: Axis { label: "ms (1,000: longer, or never)".into(), scale: Scale::Log },
            series: all.iter().chain([&own]).map(|climbed| series(climbed.name, &climbed.steps)).collect(),
        },
    );
    let halves = all.iter().chain([&own]).map(|climbed| (climbed.name, &climbed.half.times));
    sheet.charts.push(Chart::percentiles("Latency at half the sustained pace of each", halves));
    Ok(())
}

fn note(climbed: &Climbed, sheet: &mut Sheet) {
    let name = climbed.name;
    sheet.figure(format!("{name}: deliveries/s sustained"), climbed.sustained(), "");
    if let Some(best) = climbed.best() {
        sheet.figure(format!("{name}: share of a core at that pace"), best.busy, "");
        sheet.figure(format!("{name}: deliveries per frame at that pace"), best.per_frame, "");
        sheet.times(format!("{name}: at that pace"), &best.times);
    }
    sheet.times(format!("{name}: at half that pace"), &climbed.half.times);
}

fn time_of(options: &Options) -> Duration {
    Duration::from_secs(options.seconds.into())
}

fn tell(ground: &Ground<'_>, name: &str, step: &Step) {
    let found = step.times.percentiles();
    ground.stage.console.say(format!(
        "  {name}: {:.0} deliveries/s: p50 {:.1} ms, p99 {:.1} ms, {:.0} % of a core, {:.2} per frame",
        step.per_second,
        found.p50_ms,
        found.p99_ms,
        step.busy * 100.0,
        step.per_frame
    ));
}

async fn climb_peer(peer: Peer, rooms: &PeerRooms, options: &Options, ground: &Ground<'_>) -> Climbed {
    let (writers, size) = (Writers::Peer(rooms), f64::from(ROOM_SIZE));
    let usage = || rooms.usage();
    let (mut steps, mut rungs) = (Vec::new(), Rungs::from(options.from.into()));
    step(&writers, size, rungs.pace() / 4.0, Duration::from_secs(1), usage).await;
    loop {
        let found = step(&writers, size, rungs.pace(), time_of(options), usage).await;
        tell(ground, peer.name(), &found);
        let holds = found.holds();
        steps.push(found);
        if !rungs.climb(holds) {
            break;
        }
    }
    let best = steps.iter().rfind(|step| step.holds()).map_or(rungs.pace(), |step| step.per_second);
    let half = step(&writers, size, best / 2.0, time_of(options), usage).await;
    tell(ground, peer.name(), &half);
    Climbed { name: peer.name(), steps, half }
}

async fn climb_engawa(options: &Options, ground: &Ground<'_>) -> Result<Climbed, Trouble> {
    let size = f64::from(ROOM_SIZE);
    let usage = || ground.fleet.as_ref().and_then(|fleet| fleet.usage());
    let mut gathering = ground.seated(options.people, Some(ROOM_SIZE)).await?;
    let (mut steps, mut rungs, mut written) = (Vec::new(), Rungs::from(options.from.into()), 0_u64);
    step(&Writers::Engawa(&gathering), size, rungs.pace() / 4.0, Duration::from_secs(1), usage).await;
    loop {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a positive count of notes"
        )]
        let planned = (rungs.pace() / size * f64::from(options.seconds + 1)) as u64;
        if written + planned + NOTES_LEFT_MIN > engawa_protocol::limits::NOTES_MAX {
            gathering = another(gathering, options, ground).await?;
            written = 0;
        }
        let found = step(&Writers::Engawa(&gathering), size, rungs.pace(), time_of(options), usage).await;
        written += found.written;
        tell(ground, "Engawa", &found);
        let holds = found.holds();
        steps.push(found);
        if !rungs.climb(holds) {
            break;
        }
    }
    let best = steps.iter().rfind(|step| step.holds()).map_or(rungs.pace(), |step| step.per_second);
    gathering = another(gathering, options, ground).await?;
    let half = step(&Writers::Engawa(&gathering), size, best / 2.0, time_of(options), usage).await;
    tell(ground, "Engawa", &half);
    let (right, wrong) = gathering.meter.complete();
    if wrong > 0 {
        let what = format!("{wrong} of {} people lack something or have it twice", right + wrong);
        ground.stage.findings.add(Promise::Durability, what);
    }
    Ok(Climbed { name: "Engawa", steps, half })
}

/// A fresh meeting, once everybody has left the one before.
async fn another(before: Gathering, options: &Options, ground: &Ground<'_>) -> Result<Gathering, Trouble> {
    for guest in &before.guests {
        guest.client.stay_away(super::DRAIN * 4).await?;
    }
    drop(before);
    ground.seated(options.people, Some(ROOM_SIZE)).await
}
