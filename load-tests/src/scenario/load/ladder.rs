//! The highest pace that is sustained: steps of a fifth, until p99 passes its limit.

use std::time::{Duration, Instant};

use super::pacing;
use crate::gathering::Gathering;
use crate::measure::Times;
use crate::meter::{Meter, Pacing};
use crate::peers::PeerRooms;
use crate::server::ProcessUse;
use crate::sheet::{Series, real};

/// One step to the next.
const FACTOR: f64 = 1.2;
/// What p99 must stay under, in milliseconds.
pub(super) const P99_MAX_MS: f64 = 100.0;
/// At the beginning of a step nothing counts yet.
const WARM_UP: Duration = Duration::from_millis(500);
/// What has not come this long after a step never came.
const LATE: Duration = Duration::from_secs(2);

/// Those who write.
pub(super) enum Writers<'a> {
    Engawa(&'a Gathering),
    Peer(&'a PeerRooms),
}

impl Writers<'_> {
    fn meter(&self) -> &Meter {
        match self {
            Self::Engawa(gathering) => &gathering.meter,
            Self::Peer(rooms) => &rooms.meter,
        }
    }

    async fn write(&self, pacing: Pacing) -> u64 {
        match self {
            Self::Engawa(gathering) => gathering.write(pacing).await,
            Self::Peer(rooms) => rooms.write(pacing).await,
        }
    }
}

/// What one pace gave.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// Deliveries a second that were asked for.
    pub(super) per_second: f64,
    /// How long they took; those that did not come count as the longest.
    pub(super) times: Times,
    /// Share of a core that the server used.
    pub(super) busy: f64,
    /// Deliveries in a frame.
    pub(super) per_frame: f64,
    /// Messages written.
    pub(super) written: u64,
}

impl Step {
    /// Whether it was sustained.
    pub(super) fn holds(&self) -> bool {
        self.times.count() > 0 && self.times.percentiles().p99_ms < P99_MAX_MS
    }
}

/// Writes at a pace of so many deliveries a second.
pub(super) async fn step(
    writers: &Writers<'_>,
    room_size: f64,
    per_second: f64,
    time: Duration,
    usage: impl Fn() -> Option<ProcessUse>,
) -> Step {
    let (meter, begin) = (writers.meter(), Instant::now());
    let pace = per_second / room_size;
    meter.begin(begin + WARM_UP, begin + WARM_UP + time, false);
    let before = usage();
    let whole = pacing(begin, pace, WARM_UP + time);
    let failed = writers.write(whole).await;
    let after = usage();
    let took = begin.elapsed().as_secs_f64();
    meter.until_complete(LATE).await;
    let mut counted = meter.take();
    // By the rooms as they are: the last one may have a single person in it.
    let lost = counted.due.saturating_sub(counted.delivered.count());
    if failed > 0 || lost > counted.due / 1_000 {
        counted.delivered.add_lost(lost.max(1));
    }
    let cpu_ms = after.zip(before).map_or(0, |(after, before)| after.cpu_ms.saturating_sub(before.cpu_ms));
    Step {
        per_second,
        per_frame: real(whole.count) * room_size / real(counted.frames.max(1)),
        times: counted.delivered,
        busy: real(cpu_ms) / 1_000.0 / took,
        written: whole.count,
    }
}

/// The next pace of a ladder.
pub(super) fn next(per_second: f64) -> f64 {
    per_second * FACTOR
}

/// A ladder as a line: pace and p99.
pub(super) fn series(name: &str, steps: &[Step]) -> Series {
    let points = steps.iter().map(|step| (step.per_second, step.times.percentiles().p99_ms.min(1_000.0)));
    Series { name: name.into(), points: points.collect() }
}
