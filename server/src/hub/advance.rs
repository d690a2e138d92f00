//! Whose turn it is to be told of the new position when nothing in it was for them. In a large meeting that would be
//! everybody at once, and everybody else would wait for it, so they are told a few at a time, all within the time
//! that one of them may wait.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use super::members::ConnectionId;

/// How many are told in one go.
const AT_ONCE: usize = 64;

/// The schedule.
#[derive(Debug, Default)]
pub(super) struct Advance {
    /// Those whose turn is still to come in this round.
    behind: VecDeque<ConnectionId>,
    /// When the next of them are told; none while everybody knows the position.
    next_at: Option<Instant>,
    /// Between one turn and the next.
    pause: Duration,
    /// Something has happened since this round began: another must follow.
    again: bool,
}

impl Advance {
    /// The position has changed.
    pub(super) fn moved(&mut self, after: Duration, now: Instant) {
        match self.next_at {
            Some(_) => self.again |= !self.behind.is_empty(),
            None => self.next_at = Some(now + after),
        }
    }

    /// When somebody has to be told.
    #[must_use]
    pub(super) const fn due(&self) -> Option<Instant> {
        self.next_at
    }

    /// Whose turn it is now.
    pub(super) fn take(
        &mut self,
        everybody: impl FnOnce() -> Vec<ConnectionId>,
        after: Duration,
        now: Instant,
    ) -> Vec<ConnectionId> {
        if self.next_at.is_none_or(|at| at > now) {
            return Vec::new();
        }
        if self.behind.is_empty() {
            self.behind = everybody().into();
            let turns = u32::try_from(self.behind.len().div_ceil(AT_ONCE)).unwrap_or(u32::MAX);
            self.pause = after / turns.max(1);
        }
        let told = self.behind.drain(..AT_ONCE.min(self.behind.len())).collect();
        let again = self.behind.is_empty() && std::mem::take(&mut self.again);
        self.next_at =
            if !self.behind.is_empty() { Some(now + self.pause) } else { again.then(|| now + after) };
        told
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AFTER: Duration = Duration::from_secs(1);

    fn ids(range: std::ops::Range<u64>) -> Vec<ConnectionId> {
        range.map(ConnectionId).collect()
    }

    #[test]
    fn a_hall_is_told_in_turns_within_the_time() {
        let (mut advance, now) = (Advance::default(), Instant::now());
        assert_eq!(advance.due(), None, "nothing has happened");
        advance.moved(AFTER, now);
        let hall = || ids(0..150);
        assert!(advance.take(hall, AFTER, now).is_empty(), "not yet");
        let first = now + AFTER;
        assert_eq!(advance.take(hall, AFTER, first), ids(0..64));
        assert_eq!(advance.take(hall, AFTER, first + AFTER / 3), ids(64..128));
        assert_eq!(advance.take(hall, AFTER, first + AFTER / 3 * 2), ids(128..150));
        assert_eq!(advance.due(), None);
    }

    #[test]
    fn what_happens_during_a_round_needs_another() {
        let (mut advance, now) = (Advance::default(), Instant::now());
        advance.moved(AFTER, now);
        advance.moved(AFTER, now);
        let hall = || ids(0..100);
        let first = now + AFTER;
        assert_eq!(advance.take(hall, AFTER, first).len(), 64);
        advance.moved(AFTER, first);
        let second = first + AFTER / 2;
        assert_eq!(advance.take(hall, AFTER, second).len(), 36);
        assert_eq!(advance.due(), Some(second + AFTER));
        assert_eq!(advance.take(hall, AFTER, second + AFTER).len(), 64);
        assert_eq!(advance.take(hall, AFTER, second + AFTER * 2).len(), 36);
        assert_eq!(advance.due(), None);
        assert!(Advance::default().take(Vec::new, AFTER, now).is_empty());
    }

    #[test]
    fn an_empty_hall_ends_the_round() {
        let (mut advance, now) = (Advance::default(), Instant::now());
        advance.moved(AFTER, now);
        assert!(advance.take(Vec::new, AFTER, now + AFTER).is_empty());
        assert_eq!(advance.due(), None);
    }
}
