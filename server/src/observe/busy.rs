//! How busy this node is, for its operator. Nothing is decided by it: what there is more of than can be sent waits in the
//! order of its turns, and frames get fuller by themselves.

use std::time::Duration;

use tokio::runtime::{Handle, RuntimeMetrics};
use tokio::time::{Instant, MissedTickBehavior};

use super::metrics;

/// How often it is measured.
const MEASURED_EVERY: Duration = Duration::from_millis(250);

/// Measures the part of the time in which the threads of the runtime it is called in worked, for ever.
pub async fn measure() {
    let runtime = Handle::current().metrics();
    let mut ticks = tokio::time::interval(MEASURED_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut worked_before, mut measured_at) = (worked(&runtime), Instant::now());
    loop {
        ticks.tick().await;
        let (worked, now) = (worked(&runtime), Instant::now());
        let whole = (now - measured_at) * u32::try_from(runtime.num_workers()).unwrap_or(u32::MAX);
        metrics::busy(part_of(worked.saturating_sub(worked_before), whole));
        (worked_before, measured_at) = (worked, now);
    }
}

fn worked(runtime: &RuntimeMetrics) -> Duration {
    (0..runtime.num_workers()).map(|worker| runtime.worker_total_busy_duration(worker)).sum()
}

/// From 0 to 1; clocks are read one after the other.
fn part_of(part: Duration, whole: Duration) -> f64 {
    (part.as_secs_f64() / whole.as_secs_f64().max(f64::MIN_POSITIVE)).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_time_is_never_more_than_all_of_it() {
        let ms = Duration::from_millis;
        assert!((part_of(ms(10), ms(40)) - 0.25).abs() < 1e-9);
        assert!((part_of(ms(50), ms(40)) - 1.0).abs() < 1e-9);
        assert!((part_of(ms(50), ms(0)) - 1.0).abs() < 1e-9);
        assert!(part_of(ms(0), ms(0)).abs() < 1e-9);
    }
}
