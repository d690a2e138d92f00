//! The highest pace that is sustained: steps of a fifth until p99 passes its limit twice, then half a step between the last two.

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

/// The paces of a ladder.
#[derive(Debug)]
pub(super) struct Rungs {
    /// The pace that is tried now.
    tried: f64,
    /// The highest that held.
    held: Option<f64>,
    /// The present one has failed before: once is a hiccup of the machine.
    failed_once: bool,
    /// The present one is half a step.
    is_half: bool,
}

impl Rungs {
    /// A ladder that begins at a pace.
    pub(super) const fn from(per_second: f64) -> Self {
        Self { tried: per_second, held: None, failed_once: false, is_half: false }
    }

    /// The pace to try.
    pub(super) const fn pace(&self) -> f64 {
        self.tried
    }

    /// Goes on after a try; false at the top.
    pub(super) fn climb(&mut self, holds: bool) -> bool {
        if !holds && !self.failed_once {
            self.failed_once = true;
            return true;
        }
        self.failed_once = false;
        match (holds, self.is_half, self.held) {
            (true, true, _) | (false, true, _) | (false, false, None) => false,
            (true, false, _) => {
                self.held = Some(self.tried);
                self.tried *= FACTOR;
                true
            }
            (false, false, Some(held)) => {
                self.is_half = true;
                self.tried = held * FACTOR.sqrt();
                true
            }
        }
    }
}

/// A ladder as a line: pace and p99.
pub(super) fn series(name: &str, steps: &[Step]) -> Series {
    let points = steps.iter().map(|step| (step.per_second, step.times.percentiles().p99_ms.min(1_000.0)));
    let mut points: Vec<_> = points.collect();
    points.sort_by(|one, other| one.0.total_cmp(&other.0));
    Series { name: name.into(), points }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paces, in thousands, that are tried where so many hold.
    fn tried(held_up_to: f64, hiccup_at: f64) -> Vec<u64> {
        let (mut rungs, mut tried, mut hiccup) = (Rungs::from(100.0), Vec::new(), hiccup_at);
        loop {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "small and positive"
            )]
            tried.push(rungs.pace() as u64);
            let holds = rungs.pace() <= held_up_to && (rungs.pace() - hiccup).abs() > 1.0;
            if (rungs.pace() - hiccup).abs() <= 1.0 {
                hiccup = 0.0;
            }
            if !rungs.climb(holds) {
                return tried;
            }
        }
    }

    #[test]
    fn a_ladder_ends_half_a_step_below_what_fails_twice() {
        assert_eq!(tried(125.0, 0.0), [100, 120, 144, 144, 131, 131]);
        assert_eq!(tried(135.0, 0.0), [100, 120, 144, 144, 131]);
        assert_eq!(tried(125.0, 120.0), [100, 120, 120, 144, 144, 131, 131], "one hiccup ends nothing");
        assert_eq!(tried(50.0, 0.0), [100, 100]);
    }
}
