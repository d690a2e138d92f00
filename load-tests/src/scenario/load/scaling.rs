//! Processor time per command and per delivery, as rooms and notes grow in number: the pace stays the same.

use std::time::Duration;

use super::{Ground, ROOM_SIZE};
use crate::sheet::{Bound, Chart, Series, Sheet, real};
use crate::trouble::Trouble;

/// What can be asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// People at most, in rooms of nine; it begins with a sixteenth of them.
    #[arg(long, value_name = "NUMBER", default_value_t = 4_608, value_parser = clap::value_parser!(u32).range(144..=20_000))]
    people: u32,

    /// Seconds at each size.
    #[arg(long, value_name = "SECONDS", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=600))]
    seconds: u16,

    /// Notes a second, at each size. A person may write ten.
    #[arg(long, value_name = "NUMBER", default_value_t = 500.0)]
    notes: f64,
}

pub(super) async fn run(options: &Options, ground: &Ground<'_>) -> Result<Sheet, Trouble> {
    let mut sheet = Sheet { people: options.people.into(), ..Sheet::default() };
    let time = Duration::from_secs(options.seconds.into());
    let mut by_rooms = Vec::new();
    for part in [16, 4, 1] {
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
    let by_notes = notes_on_a_board(options, ground, &mut sheet).await?;
    growth(&mut sheet, "processor time per command, from a sixteenth of the rooms to all", &by_rooms, 1.25);
    growth(&mut sheet, "processor time per command, from an empty board to a full one", &by_notes, 1.5);
    let line = |name: &str, points| vec![Series { name: name.into(), points }];
    let (rooms, notes) = (line("per command", by_rooms), line("per command", by_notes));
    sheet.charts.push(Chart::plain("Processor time by rooms", "rooms", "µs", rooms));
    sheet.charts.push(Chart::plain("Processor time by notes on each board", "notes on a board", "µs", notes));
    Ok(sheet)
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

fn growth(sheet: &mut Sheet, what: &str, points: &[(f64, f64)], limit: f64) {
    if let (Some((_, first)), Some((_, last))) = (points.first(), points.last())
        && *first > 0.0
    {
        sheet.budget(format!("{what}: grew by a factor of"), (last / first, ""), Bound::AtMost, limit);
    }
}
