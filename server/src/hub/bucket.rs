//! A token bucket: so many at once, so many a second.

use std::time::Duration;

use tokio::time::Instant;

/// A token bucket. May go into debt: whoever takes waits until the debt is paid.
#[derive(Debug)]
pub struct Bucket {
    per_second: f64,
    burst: f64,
    tokens: f64,
    at: Instant,
}

impl Bucket {
    /// A full bucket.
    #[must_use]
    pub fn new(per_second: u32, burst: u32) -> Self {
        let burst = f64::from(burst.max(1));
        Self { per_second: f64::from(per_second.max(1)), burst, tokens: burst, at: Instant::now() }
    }

    /// Takes a token and says how long to wait before going on; takes none if that would be longer than `wait_max`.
    pub fn take(&mut self, now: Instant, wait_max: Duration) -> Option<Duration> {
        self.refill(now);
        let debt = (1.0 - self.tokens).max(0.0);
        let wait = Duration::from_secs_f64(debt / self.per_second);
        if wait > wait_max {
            return None;
        }
        self.tokens -= 1.0;
        Some(wait)
    }

    /// Takes tokens if they are there.
    pub fn try_take(&mut self, now: Instant, count: u32) -> bool {
        self.refill(now);
        let taken = self.tokens >= f64::from(count);
        if taken {
            self.tokens -= f64::from(count);
        }
        taken
    }

    /// Whether there are tokens, without taking any.
    pub fn has(&mut self, now: Instant, count: u32) -> bool {
        self.refill(now);
        self.tokens >= f64::from(count)
    }

    fn refill(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = self.at.max(now);
        self.tokens = (self.tokens + passed * self.per_second).min(self.burst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_it_waits() {
        let mut bucket = Bucket::new(10, 3);
        let now = Instant::now();
        for _ in 0..3 {
            assert_eq!(bucket.take(now, Duration::ZERO), Some(Duration::ZERO));
        }
        assert_eq!(bucket.take(now, Duration::from_millis(50)), None);
        assert_eq!(bucket.take(now, Duration::from_millis(100)), Some(Duration::from_millis(100)));
        assert_eq!(bucket.take(now + Duration::from_millis(200), Duration::ZERO), Some(Duration::ZERO));
        assert!(!bucket.try_take(now + Duration::from_millis(200), 1));
        assert!(bucket.try_take(now + Duration::from_secs(9), 3));
    }
}
