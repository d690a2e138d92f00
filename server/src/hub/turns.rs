//! Whose turn it is to be sent what has been gathered for them. Each connection has a pause of its own after a frame, so
//! that work is spread over time instead of coming in waves. Owns the order; must not know what is sent.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::members::ConnectionId;

/// Turns are so far apart: many are woken by one timer.
const TURN_MS: u64 = 2;

/// A moment of a meeting, counted in turns since it was loaded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn(u64);

/// Who waits for which turn.
#[derive(Debug)]
pub(super) struct Turns {
    began: Instant,
    /// The last turn that was taken.
    taken: Turn,
    waiting: BTreeMap<Turn, Vec<ConnectionId>>,
}

impl Turns {
    /// Nobody waits.
    #[must_use]
    pub(super) const fn new(now: Instant) -> Self {
        Self { began: now, taken: Turn(0), waiting: BTreeMap::new() }
    }

    /// Puts a connection into a turn; one that is over already stands for the next that is taken.
    pub(super) fn put(&mut self, id: ConnectionId, turn: Turn) {
        self.waiting.entry(turn.max(self.taken)).or_default().push(id);
    }

    /// The turn in so long a time; the present one if that is less than the time between two.
    #[must_use]
    pub(super) fn after(&self, pause: Duration, now: Instant) -> Turn {
        let passed = (now + pause).saturating_duration_since(self.began);
        Turn(u64::try_from(passed.as_millis()).unwrap_or(u64::MAX) / TURN_MS)
    }

    /// When somebody's turn comes; none while nobody waits.
    #[must_use]
    pub(super) fn due(&self) -> Option<Instant> {
        let (turn, _) = self.waiting.first_key_value()?;
        Some(self.began + Duration::from_millis(turn.0.saturating_mul(TURN_MS)))
    }

    /// Those whose turn has come, in the order in which they were put, but so many at most; and how many there are in all.
    pub(super) fn take(&mut self, most: usize, now: Instant) -> (Vec<ConnectionId>, usize) {
        let present = self.after(Duration::ZERO, now);
        let due: usize = self.waiting.range(..=present).map(|(_, ids)| ids.len()).sum();
        let mut taken = Vec::with_capacity(due.min(most));
        while let Some(mut entry) = self.waiting.first_entry().filter(|entry| *entry.key() <= present) {
            let room = most - taken.len();
            if entry.get().len() > room {
                taken.extend(entry.get_mut().drain(..room));
                break;
            }
            taken.append(&mut entry.remove());
        }
        self.taken = self.taken.max(present);
        (taken, due)
    }

    /// All of them.
    pub(super) fn take_all(&mut self) -> Vec<ConnectionId> {
        std::mem::take(&mut self.waiting).into_values().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: ConnectionId = ConnectionId(1);
    const B: ConnectionId = ConnectionId(2);

    #[tokio::test(start_paused = true)]
    async fn each_comes_in_their_turn() {
        let now = Instant::now();
        let mut turns = Turns::new(now);
        assert_eq!(turns.due(), None);
        let later = turns.after(Duration::from_millis(50), now);
        turns.put(B, later);
        turns.put(A, Turn::default());
        assert_eq!(turns.due(), Some(now), "who has had no frame yet does not wait");
        assert_eq!(turns.take(9, now).0, [A]);
        assert_eq!(turns.due(), Some(now + Duration::from_millis(50)));
        assert_eq!(turns.take(9, now + Duration::from_millis(49)).0, []);
        turns.put(A, Turn::default());
        assert_eq!(turns.take(9, now + Duration::from_millis(50)), (vec![A, B], 2));
        assert_eq!(turns.due(), None);
        turns.put(A, turns.after(Duration::from_secs(1), now));
        assert_eq!(turns.take_all(), [A]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_shorter_than_a_turn_is_none() {
        let now = Instant::now();
        let mut turns = Turns::new(now);
        turns.put(A, turns.after(Duration::from_micros(90), now));
        assert_eq!(turns.take(9, now).0, [A]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_are_taken_than_there_is_room_for_and_the_others_come_next() {
        let now = Instant::now();
        let mut turns = Turns::new(now);
        let ids: Vec<_> = (1..=5).map(ConnectionId).collect();
        for id in &ids[..3] {
            turns.put(*id, Turn::default());
        }
        let later = now + Duration::from_millis(10);
        for id in &ids[3..] {
            turns.put(*id, turns.after(Duration::from_millis(10), now));
        }
        assert_eq!(turns.take(2, now), (ids[..2].to_vec(), 3));
        assert_eq!(turns.due(), Some(now), "the third is late");
        turns.put(A, Turn::default());
        assert_eq!(
            turns.take(2, later),
            (vec![ids[2], A], 4),
            "whoever comes with a turn that is over stands behind"
        );
        assert_eq!(turns.take(2, later), (ids[3..].to_vec(), 2));
        assert_eq!((turns.take(2, later), turns.due()), ((vec![], 0), None));
    }
}
