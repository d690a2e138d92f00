//! What thousands of viewers see, counted in one place: latency from the moment at which something was to be sent, deliveries
//! that are missing or came twice, welcomes, and how far behind screens are.

mod paced;
mod stamp;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use engawa_protocol::Seq;

pub(crate) use self::paced::{Paced, Pacing};
pub(crate) use self::stamp::Stamp;
use crate::measure::Times;

/// What came to one viewer, or is to come to everybody of a room.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// How many.
    count: u64,
    /// The sum of their numbers and of the numbers' squares: equal sums mean that nothing is missing and nothing came twice.
    sum: u64,
    squares: u64,
}

impl Seen {
    fn add(&mut self, number: u32) {
        let number = u64::from(number) + 1;
        self.count += 1;
        self.sum = self.sum.wrapping_add(number);
        self.squares = self.squares.wrapping_add(number.wrapping_mul(number));
    }

    fn take_back(&mut self, number: u32) {
        let number = u64::from(number) + 1;
        self.count -= 1;
        self.sum = self.sum.wrapping_sub(number);
        self.squares = self.squares.wrapping_sub(number.wrapping_mul(number));
    }
}

/// A viewer's step from one position to the next, kept where screens are followed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// Which viewer.
    pub(crate) viewer: u32,
    /// From where.
    pub(crate) from: Seq,
    /// To where.
    pub(crate) to: Seq,
    /// When.
    pub(crate) at: Instant,
}

/// What is being counted since the last [`Meter::begin`].
#[derive(Debug, Default)]
struct State {
    /// What was due in this time counts, in microseconds since the meter began.
    window_us: (u64, u64),
    delivered: Times,
    /// How many deliveries what was due in this time makes, once all have come.
    due: u64,
    by_second: BTreeMap<u64, Times>,
    acked: Times,
    acked_at: BTreeMap<Seq, u64>,
    refused: BTreeMap<String, u64>,
    frames: u64,
    follows: bool,
    steps: Vec<Step>,
    /// Viewers, from the beginning.
    seen: Vec<Seen>,
    room_of: Vec<usize>,
    /// How many viewers whose latency counts sit in each room.
    viewers_of: Vec<u64>,
    /// What everybody in a room is to get, from the beginning.
    written: Vec<Seen>,
    next_number: u32,
    arrival_due: Vec<Instant>,
    welcomes: Times,
    views: u64,
    resumes: u64,
    last_welcome: Option<Instant>,
    /// Viewers whose latency does not count.
    aside: Vec<bool>,
}

impl State {
    /// Whether what was due then counts.
    fn counts(&self, due_us: u64) -> bool {
        (self.window_us.0..self.window_us.1).contains(&due_us)
    }

    /// To how many viewers that count something for a room comes.
    fn viewers_due(&self, room: usize, due_us: u64) -> u64 {
        if !self.counts(due_us) {
            return 0;
        }
        self.viewers_of[room]
    }

    /// Counts anew who sits where.
    fn count_viewers(&mut self) {
        self.viewers_of = vec![0; self.written.len()];
        for (room, _) in self.room_of.iter().zip(&self.aside).filter(|(_, aside)| !**aside) {
            self.viewers_of[*room] += 1;
        }
    }
}

/// Counts.
#[derive(Debug)]
pub(crate) struct Meter {
    origin: Instant,
    state: Mutex<State>,
}

/// What was counted.
#[derive(Debug)]
pub(crate) struct Counted {
    /// From due to every viewer.
    pub(crate) delivered: Times,
    /// How many deliveries there were to be.
    pub(crate) due: u64,
    /// The same by the second in which it was due.
    pub(crate) by_second: BTreeMap<u64, Times>,
    /// From due to the sender's ack.
    pub(crate) acked: Times,
    /// Entry of each acknowledged command, and when it was due.
    pub(crate) acked_at: BTreeMap<Seq, u64>,
    /// Refusals by code.
    pub(crate) refused: BTreeMap<String, u64>,
    /// Frames that came.
    pub(crate) frames: u64,
    /// Steps of all viewers, where screens are followed.
    pub(crate) steps: Vec<Step>,
}

impl Meter {
    /// A meter for viewers that sit in rooms: the room of each, by number from 0.
    pub(crate) fn new(room_of: Vec<usize>) -> Self {
        let rooms = room_of.iter().max().map_or(0, |room| room + 1);
        let origin = Instant::now();
        let mut state = State {
            seen: vec![Seen::default(); room_of.len()],
            aside: vec![false; room_of.len()],
            arrival_due: vec![origin; room_of.len()],
            written: vec![Seen::default(); rooms],
            room_of,
            ..State::default()
        };
        state.count_viewers();
        Self { origin, state: Mutex::new(state) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn us(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.origin).as_micros()).unwrap_or(u64::MAX)
    }

    /// Says who sits where, once that is known.
    pub(crate) fn seat(&self, rooms: Vec<usize>) {
        let mut state = self.lock();
        state.written = vec![Seen::default(); rooms.iter().max().map_or(0, |room| room + 1)];
        state.room_of = rooms;
        state.count_viewers();
    }

    /// A viewer whose latency does not count, nor what they get: they are the ones who misbehave.
    pub(crate) fn leave_aside(&self, viewer: usize) {
        let mut state = self.lock();
        state.aside[viewer] = true;
        state.count_viewers();
    }

    /// Counts from here on, what is due between these moments; `follows` keeps every step of every screen.
    pub(crate) fn begin(&self, from: Instant, until: Instant, follows: bool) {
        let window_us = (self.us(from), self.us(until));
        let mut state = self.lock();
        let state = &mut *state;
        state.window_us = window_us;
        (state.delivered, state.acked, state.due) = Default::default();
        state.by_second.clear();
        state.acked_at.clear();
        state.refused.clear();
        state.steps.clear();
        (state.frames, state.follows) = (0, follows);
    }

    /// What was counted since.
    pub(crate) fn take(&self) -> Counted {
        let mut state = self.lock();
        let state = &mut *state;
        Counted {
            delivered: std::mem::take(&mut state.delivered),
            due: state.due,
            by_second: std::mem::take(&mut state.by_second),
            acked: std::mem::take(&mut state.acked),
            acked_at: std::mem::take(&mut state.acked_at),
            refused: std::mem::take(&mut state.refused),
            frames: state.frames,
            steps: std::mem::take(&mut state.steps),
        }
    }

    /// A stamp for something that this viewer writes to their room.
    pub(crate) fn stamp(&self, viewer: usize, due: Instant) -> Stamp {
        let due_us = self.us(due);
        let mut state = self.lock();
        let number = state.next_number;
        state.next_number = number.wrapping_add(1);
        let room = state.room_of[viewer];
        state.written[room].add(number);
        state.due += state.viewers_due(room, due_us);
        Stamp { due_us, number }
    }

    /// A stamp for something in whose text nobody will find it.
    pub(crate) fn moment(&self, due: Instant) -> Stamp {
        Stamp { due_us: self.us(due), number: Stamp::UNSEEN }
    }

    /// A message has come to a viewer.
    pub(crate) fn arrived(&self, viewer: usize, bytes: &[u8], at: Instant) {
        let at_us = self.us(at);
        let mut state = self.lock();
        let state = &mut *state;
        state.frames += 1;
        for Stamp { due_us, number } in stamp::stamps(bytes) {
            state.seen[viewer].add(number);
            if state.counts(due_us) && !state.aside[viewer] {
                let time = Duration::from_micros(at_us.saturating_sub(due_us));
                state.delivered.add(time);
                state.by_second.entry((due_us - state.window_us.0) / 1_000_000).or_default().add(time);
            }
        }
    }

    /// A viewer has taken a step.
    pub(crate) fn advanced(&self, viewer: usize, (from, to): (Seq, Seq), at: Instant) {
        let mut state = self.lock();
        if state.follows {
            let viewer = u32::try_from(viewer).unwrap_or(u32::MAX);
            state.steps.push(Step { viewer, from, to, at });
        }
    }

    /// A command was taken.
    pub(crate) fn acked(&self, stamp: Stamp, seq: Seq, at: Instant) {
        let at_us = self.us(at);
        let mut state = self.lock();
        let time = Duration::from_micros(at_us.saturating_sub(stamp.due_us));
        if state.counts(stamp.due_us) {
            state.acked.add(time);
        }
        if state.follows {
            state.acked_at.insert(seq, stamp.due_us);
        }
    }

    /// A command was refused: nobody is to see it.
    pub(crate) fn refused(&self, viewer: usize, stamp: Stamp, code: &str) {
        let mut state = self.lock();
        let room = state.room_of[viewer];
        if stamp.number != Stamp::UNSEEN {
            state.written[room].take_back(stamp.number);
            state.due = state.due.saturating_sub(state.viewers_due(room, stamp.due_us));
        }
        *state.refused.entry(code.to_owned()).or_default() += 1;
    }

    /// When a viewer means to come in.
    pub(crate) fn arrival(&self, viewer: usize, due: Instant) {
        self.lock().arrival_due[viewer] = due;
    }

    /// Forgets the welcomes so far.
    pub(crate) fn forget_welcomes(&self) {
        let mut state = self.lock();
        state.welcomes = Times::default();
        (state.views, state.resumes, state.last_welcome) = (0, 0, None);
    }

    /// A viewer is in.
    pub(crate) fn welcomed(&self, viewer: usize, fresh: bool, at: Instant) {
        let mut state = self.lock();
        let time = at.saturating_duration_since(state.arrival_due[viewer]);
        state.welcomes.add(time);
        *(if fresh { &mut state.views } else { &mut state.resumes }) += 1;
        state.last_welcome = Some(at);
    }

    /// Welcomes since they were forgotten: from due, how many with a view, how many resumed, when the last one came.
    pub(crate) fn welcomes(&self) -> (Times, u64, u64, Option<Instant>) {
        let state = self.lock();
        (state.welcomes.clone(), state.views, state.resumes, state.last_welcome)
    }

    /// How many viewers have all that their room has, and exactly once; and how many do not.
    pub(crate) fn complete(&self) -> (usize, usize) {
        let state = self.lock();
        let viewers = state.seen.iter().zip(&state.room_of).zip(&state.aside).filter(|(_, aside)| !**aside);
        viewers.fold((0, 0), |(right, wrong), ((seen, room), _)| {
            if *seen == state.written[*room] { (right + 1, wrong) } else { (right, wrong + 1) }
        })
    }

    /// Waits until everybody has everything.
    pub(crate) async fn until_complete(&self, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        while self.complete().1 > 0 {
            if Instant::now() >= until {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        true
    }

    /// The microsecond of a moment, as stamps say it.
    pub(crate) fn moment_us(&self, at: Instant) -> u64 {
        self.us(at)
    }

    /// How many commands that were due since [`Self::begin`] have been acknowledged so far.
    pub(crate) fn acked_count(&self) -> u64 {
        self.lock().acked.count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latency_counts_from_the_moment_at_which_it_was_due() {
        let meter = Meter::new(vec![0, 0, 1]);
        let begin = Instant::now();
        meter.begin(begin, begin + Duration::from_secs(1), false);
        let stamp = meter.stamp(0, begin + Duration::from_millis(100));
        let text = format!("{{\"text\":\"{stamp}\"}}");
        for viewer in [0, 1] {
            meter.arrived(viewer, text.as_bytes(), begin + Duration::from_millis(300));
        }
        assert_eq!(meter.complete(), (3, 0));
        meter.arrived(1, text.as_bytes(), begin + Duration::from_millis(300));
        assert_eq!(meter.complete(), (2, 1), "twice is not once");
        let counted = meter.take();
        assert_eq!(counted.due, 2, "the third sits elsewhere");
        let found = counted.delivered.percentiles();
        assert_eq!(found.count, 3);
        assert!((found.p50_ms - 200.0).abs() < 1.0, "{found:?}");
    }

    #[test]
    fn what_was_refused_is_not_missed() {
        let meter = Meter::new(vec![0]);
        let begin = Instant::now();
        meter.begin(begin, begin + Duration::from_secs(1), false);
        let stamp = meter.stamp(0, begin);
        assert_eq!(meter.complete(), (0, 1));
        meter.refused(0, stamp, "too_fast");
        assert_eq!(meter.complete(), (1, 0));
        assert_eq!(meter.take().due, 0);
    }
}
