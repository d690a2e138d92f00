//! How fast a person may ask for things: a little less than the server allows (CM7), so that waiting is the exception.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use engawa_protocol::limits::{COMMANDS_BURST, COMMANDS_PER_SECOND};
use tokio::time::Instant;

/// The pace of one person over all their devices.
#[derive(Debug)]
pub(crate) struct Pace {
    /// The moment at which the person will have earned everything they have asked for.
    paid_until: Mutex<Option<Instant>>,
}

/// One command takes a tenth longer than the server's average.
const INTERVAL: Duration = Duration::from_micros(1_100_000 / COMMANDS_PER_SECOND);
/// At once goes four fifths of what the server allows.
const CREDIT: Duration = Duration::from_micros(1_100_000 / COMMANDS_PER_SECOND * (COMMANDS_BURST * 4 / 5));

impl Pace {
    /// Somebody who has asked for nothing yet.
    pub(crate) const fn new() -> Self {
        Self { paid_until: Mutex::new(None) }
    }

    /// How long to wait before the next command; counts it.
    fn reserve(&self, now: Instant) -> Duration {
        let mut paid_until = self.paid_until.lock().unwrap_or_else(PoisonError::into_inner);
        let paid = paid_until.map_or(now, |paid| paid.max(now)) + INTERVAL;
        *paid_until = Some(paid);
        paid.duration_since(now).saturating_sub(CREDIT)
    }

    /// Waits until the next command may go.
    pub(crate) async fn wait(&self) {
        let pause = self.reserve(Instant::now());
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_goes_at_once_and_then_the_pace_is_kept() {
        let (pace, now) = (Pace::new(), Instant::now());
        let waits: Vec<Duration> = (0..200).map(|_| pace.reserve(now)).collect();
        let at_once = waits.iter().filter(|wait| wait.is_zero()).count();
        assert!((20..=COMMANDS_BURST as usize).contains(&at_once), "{at_once}");
        let per_second = waits.iter().filter(|wait| **wait <= Duration::from_secs(10)).count() - at_once;
        assert!(per_second <= 10 * COMMANDS_PER_SECOND as usize, "{per_second} in ten seconds");
    }
}
