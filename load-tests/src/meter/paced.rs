//! An open loop: what is to be done has its moment beforehand, and whoever is late does not make the next one late.

use std::time::{Duration, Instant};

/// How often something is done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pacing {
    /// The first moment.
    pub(crate) from: Instant,
    /// Times a second; more than 0.
    pub(crate) per_second: f64,
    /// How often in all.
    pub(crate) count: u64,
}

/// The runtime's timers count whole milliseconds and are late by up to two. A latency of three would be half their doing, so
/// the last bit of the way is watched.
const TIMER_LATE: Duration = Duration::from_millis(2);

/// The moments, one after the other.
#[derive(Debug)]
pub(crate) struct Paced {
    pacing: Pacing,
    done: u64,
}

impl Paced {
    /// Begins.
    pub(crate) const fn new(pacing: Pacing) -> Self {
        Self { pacing, done: 0 }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of a run fit a double exactly")]
    fn due(&self, index: u64) -> Instant {
        self.pacing.from + Duration::from_secs_f64(index as f64 / self.pacing.per_second)
    }

    /// Waits for the next moment; none after the last.
    pub(crate) async fn next(&mut self) -> Option<Instant> {
        if self.done >= self.pacing.count {
            return None;
        }
        let due = self.due(self.done);
        self.done += 1;
        if due > Instant::now() {
            if let Some(early) = due.checked_sub(TIMER_LATE) {
                tokio::time::sleep_until(early.into()).await;
            }
            while Instant::now() < due {
                tokio::task::yield_now().await;
            }
        } else if self.done.is_multiple_of(32) {
            // Late: the others get a turn all the same.
            tokio::task::yield_now().await;
        }
        Some(due)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_moments_are_fixed_beforehand() {
        let from = Instant::now();
        let mut paced = Paced::new(Pacing { from, per_second: 100.0, count: 3 });
        let mut dues = Vec::new();
        while let Some(due) = paced.next().await {
            assert!(Instant::now() >= due, "never too early");
            dues.push(due.duration_since(from).as_millis());
        }
        assert_eq!(dues, [0, 10, 20]);
    }
}
