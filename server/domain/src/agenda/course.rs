//! The course of a round: what happened to it and when, for the record. Owns the past of its phases; must not know why
//! they changed.

use alloc::vec::Vec;

use engawa_protocol::{RoundPhase, Timestamp};
use serde::{Deserialize, Serialize};

/// Moments of one round that are kept: beyond them the middle is forgotten, never how it began.
const MOMENTS_MAX: usize = 200;

/// What happened to a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// It opened.
    Opened,
    /// Its clocks were stopped.
    Paused,
    /// They went on.
    Resumed,
    /// Time was added or taken.
    TimeChanged,
    /// Its countdown began.
    ClosingBegun,
    /// It ended.
    Ended,
    /// Its end was undone.
    Reopened,
}

/// What happened to a round, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Course(pub(crate) Vec<(Timestamp, Moment)>);

impl Course {
    /// A round goes from one phase into another, or into the same one with another deadline.
    pub(super) fn follow(&mut self, before: RoundPhase, after: RoundPhase, at: Timestamp) {
        let Some(moment) = moment(before, after) else { return };
        if self.0.len() >= MOMENTS_MAX {
            self.0.remove(1);
        }
        self.0.push((at, moment));
    }

    /// For how long its clocks stood still, until `now` if they do.
    pub(crate) fn paused_ms(&self, now: Timestamp) -> u64 {
        let (mut since, mut sum_ms) = (None, 0);
        for &(at, moment) in &self.0 {
            match moment {
                Moment::Paused => since = since.or(Some(at)),
                Moment::Resumed | Moment::ClosingBegun | Moment::Ended => {
                    sum_ms += since.take().map_or(0, |since| at.since_ms(since));
                }
                Moment::Opened | Moment::TimeChanged | Moment::Reopened => {}
            }
        }
        sum_ms + since.map_or(0, |since| now.since_ms(since))
    }
}

const fn moment(before: RoundPhase, after: RoundPhase) -> Option<Moment> {
    match (before, after) {
        (_, RoundPhase::Waiting {}) => None,
        (RoundPhase::Waiting {}, RoundPhase::Open { .. }) => Some(Moment::Opened),
        (RoundPhase::Ended { .. }, RoundPhase::Open { .. }) => Some(Moment::Reopened),
        (RoundPhase::Paused { .. }, RoundPhase::Open { .. }) => Some(Moment::Resumed),
        (RoundPhase::Open { .. } | RoundPhase::Closing { .. }, RoundPhase::Open { .. })
        | (RoundPhase::Paused { .. }, RoundPhase::Paused { .. })
        | (RoundPhase::Closing { .. }, RoundPhase::Closing { .. }) => Some(Moment::TimeChanged),
        (_, RoundPhase::Paused { .. }) => Some(Moment::Paused),
        (_, RoundPhase::Closing { .. }) => Some(Moment::ClosingBegun),
        (_, RoundPhase::Ended { .. }) => Some(Moment::Ended),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_add_up_and_the_beginning_is_kept() {
        let opened_at = Timestamp(1_000);
        let open = RoundPhase::Open { opened_at, ends_at: Some(Timestamp(9_000)) };
        let paused = |paused_at| RoundPhase::Paused { opened_at, paused_at, remaining_ms: Some(1) };
        let mut course = Course::default();
        course.follow(RoundPhase::Waiting {}, open, opened_at);
        course.follow(open, paused(Timestamp(2_000)), Timestamp(2_000));
        course.follow(paused(Timestamp(2_000)), open, Timestamp(5_000));
        course.follow(open, paused(Timestamp(6_000)), Timestamp(6_000));
        assert_eq!(course.paused_ms(Timestamp(7_000)), 4_000, "the one that goes on counts until now");
        let ended = RoundPhase::Ended { opened_at, ended_at: Timestamp(8_000) };
        course.follow(paused(Timestamp(6_000)), ended, Timestamp(8_000));
        assert_eq!(course.paused_ms(Timestamp(99_000)), 5_000);
        for at in 0..300 {
            course.follow(open, open, Timestamp(10_000 + at));
        }
        assert_eq!((course.0.len(), course.0[0]), (MOMENTS_MAX, (opened_at, Moment::Opened)));
    }
}
