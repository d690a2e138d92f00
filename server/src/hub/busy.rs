//! How busy this node is: what decides whether those who look are told of everything at once, or of more at a time. Owns
//! the measure; must not know what keeps the node busy.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::runtime::{Handle, RuntimeMetrics};
use tokio::time::{Instant, MissedTickBehavior};

use crate::observe::metrics as observed;

/// How often it is measured.
const MEASURED_EVERY: Duration = Duration::from_millis(25);
/// The last measurement counts for one part in so many, so that a single burst is no load, and the windows that follow from it
/// do not swing.
const SMOOTHED_OVER: u32 = 12;
/// After so many measurements in a row without a moment's rest work is piling up: that is no single burst, and nobody is served
/// by learning it slowly.
const BREATHLESS: u32 = 4;
/// From this part on there was no rest: reading the clocks takes a moment.
const NO_REST: u32 = 990;
/// The whole time, in the unit of [`Busy`].
const WHOLE: u32 = 1000;

/// The part of the time in which this node's threads worked, in thousandths; all meetings look at the same one. Zero until
/// somebody measures.
#[derive(Debug, Default)]
pub struct Busy(AtomicU32);

impl Busy {
    /// Thousandths of the time.
    #[must_use]
    pub fn permille(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Sets it.
    pub fn set(&self, permille: u32) {
        self.0.store(permille.min(WHOLE), Ordering::Relaxed);
    }

    /// Measures the runtime it is called in, for ever.
    pub async fn measure(&self) {
        let metrics = Handle::current().metrics();
        let mut ticks = tokio::time::interval(MEASURED_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut worked_before, mut measured_at) = (worked(&metrics), Instant::now());
        let mut without_rest = 0;
        loop {
            ticks.tick().await;
            let (worked, now) = (worked(&metrics), Instant::now());
            let whole = (now - measured_at) * u32::try_from(metrics.num_workers()).unwrap_or(u32::MAX);
            let part = permille_of(worked.saturating_sub(worked_before), whole);
            without_rest = if part >= NO_REST { without_rest + 1 } else { 0 };
            self.set(smoothed(self.permille(), part, without_rest));
            observed::busy(self.permille());
            (worked_before, measured_at) = (worked, now);
        }
    }
}

/// What it is after one more measurement, so many of which have been without rest until now.
fn smoothed(before: u32, part: u32, without_rest: u32) -> u32 {
    if without_rest >= BREATHLESS { WHOLE } else { (before * (SMOOTHED_OVER - 1) + part) / SMOOTHED_OVER }
}

fn worked(metrics: &RuntimeMetrics) -> Duration {
    (0..metrics.num_workers()).map(|worker| metrics.worker_total_busy_duration(worker)).sum()
}

fn permille_of(part: Duration, whole: Duration) -> u32 {
    let parts = part.as_nanos() * u128::from(WHOLE) / whole.as_nanos().max(1);
    u32::try_from(parts).unwrap_or(WHOLE).min(WHOLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_time_in_thousandths() {
        let ms = Duration::from_millis;
        assert_eq!(permille_of(ms(10), ms(40)), 250);
        assert_eq!(permille_of(ms(50), ms(40)), 1000, "clocks are read one after the other");
        assert_eq!(permille_of(ms(50), ms(0)), 1000);
        assert_eq!(smoothed(0, 1000, 1), 83, "a single burst is no load");
        assert_eq!(smoothed(250, 1000, BREATHLESS), 1000, "work is piling up");
        assert_eq!(smoothed(1000, 900, 0), 991, "it is forgotten slowly");
        let busy = Busy::default();
        busy.set(2000);
        assert_eq!(busy.permille(), 1000);
    }
}
