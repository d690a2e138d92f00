//! What time makes due in a live meeting: proposals, frames, presence, giving up, unloading.

use tokio::time::Instant;

use super::live::Live;
#[cfg(any(test, feature = "test-support"))]
use super::sabotage::Bug;

impl Live {
    /// Does whatever time has made due: proposals, frames, presence, giving up.
    pub(super) fn tick(&mut self, now: Instant) {
        self.give_up_late(now);
        self.tick_neighbours(now);
        self.tick_early(now);
        let clock = self.around.clock.now();
        if let Some(meeting) = self.meeting.as_ref().filter(|_| !self.parked) {
            self.deadlines.refresh(meeting);
            let turn_after = self.turn_after(now);
            let online = (&self.members, &self.neighbours);
            let mut proposals = self.comings.propose(meeting, online, turn_after, now);
            let due = self.deadlines.propose(clock, turn_after, now);
            #[cfg(any(test, feature = "test-support"))]
            let due = due.filter(|_| !self.around.sabotage.has(Bug::MissDeadlines));
            proposals.extend(due);
            for input in proposals {
                self.propose(input, now);
            }
        }
        let (meeting, to) = (self.meeting.as_ref(), self.position.seq);
        let doomed = self.fanout.flush(meeting, to, &mut self.members, &self.around, now);
        self.close_all(doomed, now);
        if let Some(meeting) = &self.meeting {
            let window = self.around.limits.presence_window;
            let doomed = self.presence.tell(meeting, (&mut self.members, &self.neighbours), window, now);
            self.close_all(doomed, now);
        }
    }

    /// When [`Live::tick`] has something to do.
    #[must_use]
    pub(super) fn due(&self, now: Instant) -> Option<Instant> {
        let limits = &self.around.limits;
        let give_up = [self.batch.waiting_since(), self.waiters.since()].into_iter().flatten().min();
        let proposals = if self.parked {
            None
        } else {
            let turn_after = self.turn_after(now);
            let deadline = self.deadlines.due(self.around.clock.now(), turn_after, now);
            self.comings.due(turn_after).into_iter().chain(deadline).min()
        };
        [
            self.fanout.due(self.members.len()),
            self.presence.due(),
            give_up.map(|since| since + limits.unavailable_after),
            self.batch.retry_at(),
            proposals,
            self.neighbours_due(now),
            self.early.due(),
            self.unload_at(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// When nobody needs the meeting in memory any more.
    #[must_use]
    pub(super) fn unload_at(&self) -> Option<Instant> {
        let needed = !self.members.is_empty()
            || !self.batch.is_empty()
            || self.deadlines.is_waiting()
            || self.comings.is_waiting();
        (!needed).then(|| self.idle_since + self.around.limits.unload_after)
    }
}
