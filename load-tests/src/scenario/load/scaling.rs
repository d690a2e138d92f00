//! Processor time per command and per delivery, as rooms and notes grow in number: the pace stays the same. More rooms are more
//! connections, each used more seldom, and sockets that are seldom used cost every server more: what the bare broadcaster needs
//! for the same deliveries to the same rooms is measured beside it.

use std::time::{Duration, Instant};

use super::{Ground, ROOM_SIZE, pacing};
use crate::peers::{Peer, PeerRooms};
use crate::sheet::{Bound, Chart, Series, Sheet, real};
use crate::trouble::Trouble;

/// The people are divided by these in turn.
const PARTS: [u32; 3] = [16, 4, 1];

/// What can be asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// People at most, in rooms of nine; it begins with a sixteenth of them.
    #[arg(long, value_name = "NUMBER", default_value_t = 4_608, value_parser = clap::value_parser!(u32).range(144..=20_000))]
    people: u32,

    /// Seconds at each size.
    #[arg(long, value_name = "SECONDS", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=600))]
    seconds: u16,

    /// Notes a second, at each size. A person may write ten. With few, what is measured is waking up.
    #[arg(long, value_name = "NUMBER", default_value_t = 2_000.0)]
    notes: f64,
}

pub(super) async fn run(options: &Options, ground: &Ground<'_>) -> Result<Sheet, Trouble> {
    let mut sheet = Sheet { people: options.people.into(), ..Sheet::default() };
    let time = Duration::from_secs(options.seconds.into());
    let mut by_rooms = Vec::new();
    for part in PARTS {
        let people = options.people / part;
        let gathering = ground.seated(people, Some(ROOM_SIZE)).await?;
        let measured = ground.measure(&gathering, options.notes, time).await;
        let rooms = real(u64::from(people.div_ceil(ROOM_SIZE)));
        let cost = per_command(measured.cpu_ms, measured.counted.acked.count());
        let per_delivery = per_command(measured.cpu_ms, measured.counted.delivered.count());
        sheet.figure(format!("{rooms} rooms: processor time per command"), cost, "µs");
        sheet.figure(format!("{rooms} rooms: processor time per delivery"), per_delivery, "µs");
        by_rooms.push((rooms, cost));
        for guest in &gathering.guests {
            guest.client.stay_away(super::DRAIN * 4).await?;
        }
    }
    let bare = bare_by_rooms(options, ground, &mut sheet).await?;
    let by_notes = notes_on_a_board(options, ground, &mut sheet).await?;
    let (grown, bare_grown) = (growth(&by_rooms), growth(&bare));
    sheet.figure(
        "processor time per command, from a sixteenth of the rooms to all: grew by a factor of",
        grown,
        "",
    );
    sheet.figure("the bare broadcaster's: grew by a factor of", bare_grown, "");
    let what = "growth with the number of rooms, times the bare broadcaster's";
    sheet.budget(what, (grown / bare_grown.max(f64::EPSILON), ""), Bound::AtMost, 1.25);
    let what = "processor time per command, from an empty board to a full one: grew by a factor of";
    sheet.budget(what, (growth(&by_notes), ""), Bound::AtMost, 1.5);
    let line = |name: &str, points| Series { name: name.into(), points };
    let rooms = vec![line("Engawa, per command", by_rooms), line("bare axum, per message", bare)];
    let notes = vec![line("per command", by_notes)];
    sheet.charts.push(Chart::plain("Processor time by rooms", "rooms", "µs", rooms));
    sheet.charts.push(Chart::plain("Processor time by notes on each board", "notes on a board", "µs", notes));
    Ok(sheet)
}

/// The bare broadcaster, with the same people in the same rooms, at the same pace.
async fn bare_by_rooms(
    options: &Options,
    ground: &Ground<'_>,
    sheet: &mut Sheet,
) -> Result<Vec<(f64, f64)>, Trouble> {
    let time = Duration::from_secs(options.seconds.into());
    let mut points = Vec::new();
    for part in PARTS {
        let places = ((options.people / part) as usize, ROOM_SIZE as usize);
        let rooms = PeerRooms::start(Peer::Bare, places, ground.cores, &ground.stage).await?;
        // Everybody's socket has been used once.
        rooms.write(pacing(Instant::now(), options.notes, Duration::from_secs(1))).await;
        let before = rooms.usage().unwrap_or_default();
        let whole = pacing(Instant::now(), options.notes, time);
        rooms.write(whole).await;
        let after = rooms.usage().unwrap_or_default();
        let cost = per_command(after.cpu_ms.saturating_sub(before.cpu_ms), whole.count);
        let count = real(u64::from((options.people / part).div_ceil(ROOM_SIZE)));
        sheet.figure(
            format!("{count} rooms: processor time of the bare broadcaster per message"),
            cost,
            "µs",
        );
        points.push((count, cost));
        rooms.stop().await?;
    }
    Ok(points)
}

/// Few rooms, whose boards fill up: the same pace on boards that hold more and more.
async fn notes_on_a_board(
    options: &Options,
    ground: &Ground<'_>,
    sheet: &mut Sheet,
) -> Result<Vec<(f64, f64)>, Trouble> {
    // Each of them writes half of what they may.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of people")]
    let people = ((options.notes / 5.0) as u32).max(ROOM_SIZE).next_multiple_of(ROOM_SIZE);
    let gathering = ground.seated(people, Some(ROOM_SIZE)).await?;
    let rooms = real(u64::from(people / ROOM_SIZE));
    let (mut on_a_board, mut points) = (0.0, Vec::new());
    let full = real(engawa_protocol::limits::NOTES_PER_BOARD_MAX) * 0.95;
    let each = Duration::from_secs(u64::from(options.seconds) / 2 + 1);
    loop {
        let more = options.notes * each.as_secs_f64() / rooms;
        if on_a_board + more > full {
            return Ok(points);
        }
        let measured = ground.measure(&gathering, options.notes, each).await;
        let cost = per_command(measured.cpu_ms, measured.counted.acked.count());
        points.push((on_a_board + more / 2.0, cost));
        on_a_board += more;
        sheet.figure(format!("{on_a_board:.0} notes on each board: processor time per command"), cost, "µs");
    }
}

fn per_command(cpu_ms: u64, commands: u64) -> f64 {
    real(cpu_ms) * 1_000.0 / real(commands.max(1))
}

/// The last, times the first.
fn growth(points: &[(f64, f64)]) -> f64 {
    match (points.first(), points.last()) {
        (Some((_, first)), Some((_, last))) if *first > 0.0 => last / first,
        _ => 0.0,
    }
}
