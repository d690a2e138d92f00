//! When this node says what to the others about one meeting: everybody who is connected here, in full now and then and
//! when asked; who came and went, gathered for a moment.

use std::collections::BTreeSet;
use std::time::Duration;

use engawa_protocol::PersonId;
use tokio::time::Instant;

use super::words::Saying;
use crate::hub::bucket::Bucket;
use crate::hub::limits::HubLimits;
use crate::hub::members::Members;

/// What is to be said, and when.
#[derive(Debug)]
pub(in crate::hub) struct Telling {
    full_at: Instant,
    /// Introductions still to be made: the first may come before the others can be heard.
    introductions: u8,
    /// Until when nobody can be expected to have answered.
    introduced_at: Instant,
    moved: BTreeSet<PersonId>,
    moved_at: Option<Instant>,
    pub(super) gestures: Bucket,
}

impl Telling {
    /// A node that has just begun to serve the meeting.
    #[must_use]
    pub(in crate::hub) fn new(limits: &HubLimits, now: Instant) -> Self {
        Self {
            full_at: now,
            introductions: 2,
            introduced_at: now + 2 * limits.place_delay,
            moved: BTreeSet::new(),
            moved_at: None,
            gestures: Bucket::new(limits.gestures_told_per_second, limits.gestures_told_per_second),
        }
    }

    /// Whether the others must have been heard for so long, if there are any.
    #[must_use]
    pub(in crate::hub) fn is_introduced_for(&self, time: Duration, now: Instant) -> bool {
        self.introduced_at + time <= now
    }

    /// When that will be so, if it is not yet.
    #[must_use]
    pub(super) fn introduced_at(&self, now: Instant) -> Option<Instant> {
        Some(self.introduced_at).filter(|at| *at > now)
    }

    /// Somebody's first connection has come, or their last one has gone.
    pub(super) fn moved(&mut self, person: PersonId, limits: &HubLimits, now: Instant) {
        self.moved.insert(person);
        self.moved_at.get_or_insert(now + limits.announce_window);
    }

    /// Another node wants to know who is here.
    pub(super) fn asked(&mut self, now: Instant) {
        self.full_at = self.full_at.min(now);
    }

    /// When there is something to say.
    #[must_use]
    pub(super) fn due(&self) -> Instant {
        self.moved_at.map_or(self.full_at, |at| at.min(self.full_at))
    }

    /// What to say now.
    pub(super) fn say(
        &mut self,
        members: &Members,
        anybody: bool,
        limits: &HubLimits,
        now: Instant,
    ) -> Option<Saying> {
        if self.due() > now {
            return None;
        }
        if self.full_at <= now {
            self.moved.clear();
            self.moved_at = None;
            let asks = self.introductions > 0;
            self.introductions = self.introductions.saturating_sub(1);
            self.full_at =
                now + if self.introductions > 0 { limits.place_delay } else { limits.announce_every };
            return Some(Saying::Here { people: members.people(), asks });
        }
        self.moved_at = None;
        let moved = std::mem::take(&mut self.moved);
        let (came, went) = moved.into_iter().partition(|person| members.is_online(*person));
        anybody.then_some(Saying::Moved { came, went })
    }
}
