//! What is measured: how long answers take, and how long until a note stands on the last screen of its room.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use engawa_protocol::Seq;
use hdrhistogram::Histogram;
use serde::Serialize;

use crate::client::{Sight, Taken};
use crate::marker::Marker;

/// Significant digits of the histograms.
const DIGITS: u8 = 3;
/// The longest time that is told apart, in microseconds.
const LONGEST_US: u64 = 120_000_000;

/// Percentiles of a set of times, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct Percentiles {
    /// How many times were measured.
    pub(crate) count: u64,
    /// Half were at most this.
    pub(crate) p50_ms: f64,
    /// Nine in ten.
    pub(crate) p90_ms: f64,
    /// Ninety-nine in a hundred.
    pub(crate) p99_ms: f64,
    /// The longest.
    pub(crate) max_ms: f64,
}

/// A histogram of times.
#[derive(Debug, Clone)]
pub(crate) struct Times(Histogram<u64>);

impl Default for Times {
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "the bounds are constants that the histogram accepts")]
        let histogram = Histogram::new_with_max(LONGEST_US, DIGITS).expect("constant bounds");
        Self(histogram)
    }
}

impl Times {
    /// Adds a time; one beyond the longest counts as the longest.
    pub(crate) fn add(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.0.saturating_record(micros);
    }

    /// Adds times that never came to an end: they count as the longest.
    pub(crate) fn add_lost(&mut self, count: u64) {
        self.0.saturating_record_n(LONGEST_US, count);
    }

    /// Takes in all times of another one.
    pub(crate) fn join(&mut self, other: &Self) {
        // Both have the same bounds.
        let _ = self.0.add(&other.0);
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        self.0.len()
    }

    /// The curve of all percentiles: a hundred times how rare it is to be slower, and the time in milliseconds.
    pub(crate) fn curve(&self) -> Vec<(f64, f64)> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let quantiles = (0..=40).map(|step| 1.0 - 10.0_f64.powf(-f64::from(step) / 10.0));
        quantiles
            .map(|quantile| (1.0 / (1.0 - quantile), millis(self.0.value_at_quantile(quantile))))
            .collect()
    }

    /// What they come to.
    pub(crate) fn percentiles(&self) -> Percentiles {
        if self.0.is_empty() {
            return Percentiles::default();
        }
        let at = |quantile| millis(self.0.value_at_quantile(quantile));
        Percentiles {
            count: self.0.len(),
            p50_ms: at(0.5),
            p90_ms: at(0.9),
            p99_ms: at(0.99),
            max_ms: millis(self.0.max()),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "microseconds of minutes fit a double exactly")]
fn millis(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}

/// A note that was sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoteTimes {
    /// Its marker.
    pub(crate) marker: Marker,
    /// The entry that brought it.
    pub(crate) entry: Seq,
    /// When it was sent.
    pub(crate) sent: Instant,
    /// When it was acknowledged.
    pub(crate) acked: Instant,
    /// Sent and answered on one connection.
    pub(crate) straight: bool,
    /// Written in silence: nobody else is to see it before the board is revealed.
    pub(crate) silent: bool,
}

/// A command's way, for whoever asks what was under way at some moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    /// When it was sent.
    pub(crate) sent: Instant,
    /// When it was acknowledged.
    pub(crate) acked: Instant,
    /// As [`Taken::node`].
    pub(crate) node: Option<usize>,
    /// As [`Taken::straight`].
    pub(crate) straight: bool,
}

#[derive(Debug, Default)]
struct Inner {
    ways: Vec<Way>,
    notes: Vec<NoteTimes>,
    acks: Times,
    interrupted: Times,
    commands: BTreeMap<&'static str, u64>,
    rejections: BTreeMap<String, u64>,
}

/// Everything that is measured in a run.
#[derive(Debug, Default)]
pub(crate) struct Measure(Mutex<Inner>);

/// What came out, the notes' way to the last screen excepted.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct Measured {
    /// Any command, sent → acknowledged, on a line that held.
    pub(crate) acknowledged: Percentiles,
    /// The same for commands whose line broke, or that were refused for now, on the way.
    pub(crate) acknowledged_after_a_break: Percentiles,
    /// Commands taken, by name.
    pub(crate) commands: BTreeMap<&'static str, u64>,
    /// Rejections that were to be expected, by code.
    pub(crate) rejections: BTreeMap<String, u64>,
}

impl Measure {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A command was taken.
    pub(crate) fn taken(&self, name: &'static str, taken: &Taken) {
        let mut inner = self.lock();
        let times = if taken.straight { &mut inner.acks } else { &mut inner.interrupted };
        times.add(taken.acked.duration_since(taken.sent));
        *inner.commands.entry(name).or_default() += 1;
        let Taken { sent, acked, node, straight, .. } = *taken;
        inner.ways.push(Way { sent, acked, node, straight });
    }

    /// The ways of all commands that were taken.
    pub(crate) fn ways(&self) -> Vec<Way> {
        self.lock().ways.clone()
    }

    /// A command was rejected.
    pub(crate) fn rejected(&self, code: String) {
        *self.lock().rejections.entry(code).or_default() += 1;
    }

    /// A note was taken.
    pub(crate) fn note(&self, note: NoteTimes) {
        self.lock().notes.push(note);
    }

    /// All notes that were taken.
    pub(crate) fn notes(&self) -> Vec<NoteTimes> {
        self.lock().notes.clone()
    }

    /// What came out.
    pub(crate) fn measured(&self) -> Measured {
        let inner = self.lock();
        Measured {
            acknowledged: inner.acks.percentiles(),
            acknowledged_after_a_break: inner.interrupted.percentiles(),
            commands: inner.commands.clone(),
            rejections: inner.rejections.clone(),
        }
    }
}

/// How long notes took to their author's ack and to the last screen of their room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct NoteLatency {
    /// Sent → acknowledged.
    pub(crate) acknowledged: Percentiles,
    /// Sent → folded into the view of the last device that was in the room and connected all the time.
    pub(crate) on_the_last_screen: Percentiles,
    /// Screens per note, in hundredths: 400 means four on average.
    pub(crate) screens_per_note_x100: u64,
}

/// Brings notes and sights together. A screen counts when it was connected before the note was sent and got it with the
/// frame that holds the note's own entry. Whoever came in later got the note with their view, or, when somebody deleted
/// and restored it meanwhile, with a later frame; whether they did is the oracle's business.
pub(crate) fn note_latency(notes: &[NoteTimes], sights: &BTreeMap<Marker, Vec<Sight>>) -> NoteLatency {
    let (mut acked, mut last_screen, mut screens) = (Times::default(), Times::default(), 0_u64);
    for note in notes.iter().filter(|note| note.straight && !note.silent) {
        let there = sights.get(&note.marker).into_iter().flatten();
        let seen: Vec<Instant> = there
            .filter(|sight| sight.as_it_was_added && sight.connected_since <= note.sent)
            .filter(|sight| sight.from < note.entry && note.entry <= sight.seq)
            .map(|sight| sight.at)
            .collect();
        if let Some(last) = seen.iter().max() {
            acked.add(note.acked.duration_since(note.sent));
            last_screen.add(last.duration_since(note.sent));
            screens += seen.len() as u64;
        }
    }
    NoteLatency {
        acknowledged: acked.percentiles(),
        on_the_last_screen: last_screen.percentiles(),
        screens_per_note_x100: (screens * 100).checked_div(last_screen.0.len()).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use engawa_protocol::{PersonId, Seq};

    use super::*;
    use crate::marker::MarkedText;

    #[test]
    fn percentiles_are_those_of_the_times() {
        let mut times = Times::default();
        assert_eq!(times.percentiles(), Percentiles::default());
        (1..=100).for_each(|ms| times.add(Duration::from_millis(ms)));
        let found = times.percentiles();
        assert_eq!(found.count, 100);
        for (value, expected) in
            [(found.p50_ms, 50.0), (found.p90_ms, 90.0), (found.p99_ms, 99.0), (found.max_ms, 100.0)]
        {
            assert!((value - expected).abs() <= expected * 0.002, "{value} is not {expected}");
        }
        times.add(Duration::from_secs(100_000));
        assert!(times.percentiles().max_ms >= 120_000.0, "too long a time is kept as the longest");
    }

    #[test]
    fn the_last_screen_counts_and_late_comers_do_not() {
        let marker = |number| Marker { kind: MarkedText::Note, author: PersonId(1), number };
        let begin = Instant::now();
        let at = |ms| begin + Duration::from_millis(ms);
        let note = |number, silent| NoteTimes {
            marker: marker(number),
            entry: Seq(7),
            sent: at(100),
            acked: at(110),
            straight: true,
            silent,
        };
        let sight = |ms, since, as_it_was_added| Sight {
            from: Seq(6),
            seq: Seq(8),
            at: at(ms),
            connected_since: at(since),
            as_it_was_added,
        };
        let sights = BTreeMap::from([
            (
                marker(1),
                vec![
                    sight(120, 0, true),
                    sight(140, 0, true),
                    sight(900, 800, false),
                    sight(950, 800, true),
                    // Came into the room while the note was deleted, and saw it when it was restored.
                    Sight { from: Seq(40), seq: Seq(41), ..sight(3_000, 0, true) },
                ],
            ),
            (marker(2), vec![sight(110, 0, true), sight(5_000, 0, true)]),
        ]);
        let found = note_latency(&[note(1, false), note(2, true)], &sights);
        assert_eq!(found.on_the_last_screen.count, 1);
        assert!((found.on_the_last_screen.max_ms - 40.0).abs() < 0.1, "{found:?}");
        assert!((found.acknowledged.max_ms - 10.0).abs() < 0.1, "{found:?}");
        assert_eq!(found.screens_per_note_x100, 200);
    }
}
