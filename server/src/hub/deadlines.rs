//! Proposes what the meeting's own clock has to say. The deadline is data in the state; this only watches it.

use std::time::Duration;

use engawa_domain::{Meeting, SystemInput, next_deadline};
use engawa_protocol::Timestamp;
use tokio::time::Instant;

/// The server's clock may be set while somebody sleeps, so nobody sleeps longer.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The next deadline of a meeting.
#[derive(Debug)]
pub(super) struct Deadlines {
    next: Option<(Timestamp, SystemInput)>,
    /// It has been proposed, and is proposed again from then on.
    again_at: Option<Instant>,
    pause: Duration,
    pause_first: Duration,
    pause_max: Duration,
}

impl Deadlines {
    /// None.
    #[must_use]
    pub(super) fn new(pause_first: Duration, pause_max: Duration) -> Self {
        Self { next: None, again_at: None, pause: pause_first, pause_first, pause_max }
    }

    /// The meeting has changed.
    pub(super) fn refresh(&mut self, meeting: &Meeting) {
        let next = next_deadline(meeting);
        if next != self.next {
            self.next = next;
            self.again_at = None;
            self.pause = self.pause_first;
        }
    }

    /// Whether something will happen by itself.
    #[must_use]
    pub(super) const fn is_waiting(&self) -> bool {
        self.next.is_some()
    }

    /// When to look again, where this is left to other nodes for so long.
    #[must_use]
    pub(super) fn due(&self, clock: Timestamp, turn_after: Duration, now: Instant) -> Option<Instant> {
        let (at, _) = self.next.as_ref()?;
        let left = Duration::from_millis(later(*at, turn_after).since_ms(clock)).min(LOOK_AGAIN);
        Some((now + left).max(self.again_at.unwrap_or(now)))
    }

    /// What to propose now, where this is left to other nodes for so long: any of them may, the first in their order does,
    /// and the others only if the log has not spoken by then. Proposed again, ever less often, until it has.
    pub(super) fn propose(
        &mut self,
        clock: Timestamp,
        turn_after: Duration,
        now: Instant,
    ) -> Option<SystemInput> {
        let (at, input) = self.next.as_ref()?;
        if later(*at, turn_after) > clock || self.again_at.is_some_and(|again| again > now) {
            return None;
        }
        self.again_at = Some(now + self.pause);
        self.pause = (self.pause * 2).min(self.pause_max);
        Some(input.clone())
    }
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    Timestamp(at.0.saturating_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)))
}
