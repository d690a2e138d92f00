//! Moments as people in Japan write them. The log knows UTC only; the record is read in Japan, which has one time and no
//! summer time. Pure.

use chrono::{DateTime, Datelike as _, NaiveDateTime, Timelike as _};
use engawa_protocol::Timestamp;

/// Japan's time is ahead of UTC by this much, in milliseconds.
const JAPAN_MS: i64 = 9 * 3_600_000;

/// The clock on a wall in Japan.
fn wall(at: Timestamp) -> NaiveDateTime {
    let ms = i64::try_from(at.0).unwrap_or(i64::MAX).saturating_add(JAPAN_MS);
    DateTime::from_timestamp_millis(ms).unwrap_or_default().naive_utc()
}

/// As `2026-11-29 14:05:10`.
pub(super) fn text(at: Timestamp) -> String {
    wall(at).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// The same in seconds since 1970, for programs that know no time zones.
pub(super) fn seconds(at: Timestamp) -> i64 {
    wall(at).and_utc().timestamp()
}

/// For an archive, whose times begin in 1980 and count in steps of two seconds.
pub(super) fn in_archive(at: Timestamp) -> zip::DateTime {
    let wall = wall(at);
    let small = |number: u32| u8::try_from(number).unwrap_or(1);
    zip::DateTime::from_date_and_time(
        u16::try_from(wall.year()).unwrap_or(1980),
        small(wall.month()),
        small(wall.day()),
        small(wall.hour()),
        small(wall.minute()),
        small(wall.second()),
    )
    .unwrap_or_default()
}

/// Minutes, to a tenth.
pub(super) fn minutes(ms: u64) -> f64 {
    let tenths = ms.saturating_add(3_000) / 6_000;
    f64::from(u32::try_from(tenths).unwrap_or(u32::MAX)) / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn japan_is_nine_hours_ahead() {
        let at = Timestamp(1_795_845_910_999);
        assert_eq!(text(at), "2026-11-28 15:05:10", "2026-11-28T06:05:10Z");
        assert_eq!(seconds(at), 1_795_845_910 + 9 * 3_600);
        assert_eq!(text(Timestamp(u64::MAX)), "1970-01-01 00:00:00", "what no calendar holds is no panic");
        assert_eq!((minutes(89_999), minutes(1_200_000)), (1.5, 20.0));
    }
}
