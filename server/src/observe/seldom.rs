//! Says the same thing at most once in a while, and how often it was left unsaid. For what a fault elsewhere makes happen
//! to every request at once.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Lets one through in a period.
#[derive(Debug)]
pub(crate) struct Seldom {
    period: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    last: Option<Instant>,
    left_out: u64,
}

impl Seldom {
    /// Lets the first one through.
    pub(crate) const fn new(period: Duration) -> Self {
        Self { period, state: Mutex::new(State { last: None, left_out: 0 }) }
    }

    /// Whether to say it now; if so, how often it was left out since the last time.
    pub(crate) fn pass(&self, now: Instant) -> Option<u64> {
        // Nothing under this lock panics half-way.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.last.is_some_and(|last| now.saturating_duration_since(last) < self.period) {
            state.left_out += 1;
            return None;
        }
        state.last = Some(now);
        Some(std::mem::take(&mut state.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_a_period_with_the_number_of_those_left_out() {
        let (seldom, begin) = (Seldom::new(Duration::from_secs(10)), Instant::now());
        let passes: Vec<_> =
            [0, 1, 9, 10, 11, 25].map(|after_s| seldom.pass(begin + Duration::from_secs(after_s))).into();
        assert_eq!(passes, [Some(0), None, None, Some(2), None, Some(1)]);
    }
}
