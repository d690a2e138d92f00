//! Turnout over time: a few moments, kept with the vote, so that whoever opens the tally late sees how it went (SPEC VT10).
//! Owns how often a moment is recorded; must not know who votes.

use alloc::vec::Vec;

use engawa_protocol::limits::{TURNOUT_SAMPLE_MS, TURNOUT_SAMPLES_MAX};
use engawa_protocol::view::TurnoutSample;
use engawa_protocol::{Timestamp, Turnout};
use serde::{Deserialize, Serialize};

/// A moment is recorded when this part of the time since the opening has passed since the last one. So a vote of an
/// hour is as finely drawn as one of days, and a week has some 460 samples.
const PART_OF_TIME: u64 = 64;

/// Turnout over time, oldest first; the first is the opening.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Samples(Vec<TurnoutSample>);

impl Samples {
    /// Records the turnout if it is time; returns what was recorded.
    pub(super) fn follow(&mut self, at: Timestamp, turnout: Turnout) -> Option<TurnoutSample> {
        let opened_at = self.0.first().map_or(at, |first| first.at);
        let last_at = self.0.last().map_or(at, |last| last.at);
        let pause_ms = TURNOUT_SAMPLE_MS.max(at.0.saturating_sub(opened_at.0) / PART_OF_TIME);
        let is_time = self.0.is_empty() || at.0.saturating_sub(last_at.0) >= pause_ms;
        // One place is kept for the close.
        (is_time && (self.0.len() as u64) < TURNOUT_SAMPLES_MAX - 1).then(|| self.record(at, turnout))
    }

    /// Records the turnout at the opening or the close.
    pub(super) fn record(&mut self, at: Timestamp, turnout: Turnout) -> TurnoutSample {
        let Turnout { persons_voted, teams_voted, .. } = turnout;
        let sample = TurnoutSample { at, persons_voted, teams_voted };
        self.0.push(sample);
        sample
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<TurnoutSample> {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: u64 = 3_600_000;

    fn sampled_every_second(for_ms: u64) -> Samples {
        let mut samples = Samples::default();
        samples.record(Timestamp(0), Turnout::default());
        for at in (1_000..=for_ms).step_by(1_000) {
            samples.follow(Timestamp(at), Turnout::default());
        }
        samples
    }

    #[test]
    fn vt10_samples_lie_ten_seconds_apart_at_first_and_further_later() {
        let samples = sampled_every_second(HOUR_MS).0;
        assert_eq!(samples[1].at, Timestamp(10_000));
        assert_eq!(samples[2].at, Timestamp(20_000));
        let last_two_ms = samples[samples.len() - 1].at.0 - samples[samples.len() - 2].at.0;
        assert!((50_000..=60_000).contains(&last_two_ms), "{last_two_ms}");
    }

    #[test]
    fn vt10_a_vote_of_a_month_stays_within_the_bound() {
        let count = sampled_every_second(30 * 24 * HOUR_MS).0.len() as u64;
        assert!((300..TURNOUT_SAMPLES_MAX).contains(&count), "{count}");
    }
}
