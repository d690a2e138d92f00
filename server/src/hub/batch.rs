//! Group commit: inputs that arrive while an append is under way form the next batch. Owns what waits for the
//! store and when to ask it again; must not know what the inputs say.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use engawa_domain::{Entropy, Input, Origin};
use tokio::time::Instant;

use super::frame::json;
use crate::chance::{Chance, NoChance};
use crate::limits::{STORE_BATCH_BYTES, STORE_BATCH_COUNT};

/// Inputs on their way into the log.
#[derive(Debug)]
pub(super) struct Batch {
    waiting: VecDeque<Waiting>,
    in_flight: Vec<Waiting>,
    /// Not before this moment, after a failure.
    not_before: Option<Instant>,
    pause: Duration,
    pause_first: Duration,
    pause_max: Duration,
    waiting_max: usize,
}

#[derive(Debug)]
struct Waiting {
    payload: Bytes,
    since: Instant,
}

/// Too much waits for the store.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BatchFull;

impl Batch {
    /// An empty batch.
    #[must_use]
    pub(super) fn new(waiting_max: usize, pause_first: Duration, pause_max: Duration) -> Self {
        Self {
            waiting: VecDeque::new(),
            in_flight: Vec::new(),
            not_before: None,
            pause: pause_first,
            pause_first,
            pause_max,
            waiting_max,
        }
    }

    /// Adds an input behind all others.
    ///
    /// # Errors
    /// [`BatchFull`].
    pub(super) fn push(&mut self, payload: Bytes, now: Instant) -> Result<(), BatchFull> {
        if self.waiting.len() >= self.waiting_max {
            return Err(BatchFull);
        }
        self.waiting.push_back(Waiting { payload, since: now });
        Ok(())
    }

    /// What to append now, if it is time and nothing is under way. [`Batch::appended`] or [`Batch::failed`] must follow.
    pub(super) fn start(&mut self, now: Instant) -> Option<Vec<Bytes>> {
        if !self.in_flight.is_empty() || self.not_before.is_some_and(|at| at > now) {
            return None;
        }
        let mut bytes = 0;
        while let Some(next) = self.waiting.front() {
            bytes += next.payload.len();
            if self.in_flight.len() == STORE_BATCH_COUNT
                || (bytes > STORE_BATCH_BYTES && !self.in_flight.is_empty())
            {
                break;
            }
            self.in_flight.extend(self.waiting.pop_front());
        }
        if self.in_flight.is_empty() {
            return None;
        }
        Some(self.in_flight.iter().map(|waiting| waiting.payload.clone()).collect())
    }

    /// What was under way is in the log.
    pub(super) fn appended(&mut self) {
        self.in_flight.clear();
        self.not_before = None;
        self.pause = self.pause_first;
    }

    /// What was under way may or may not be in the log. It is tried again, in the same order, after a pause: the
    /// rules answer a command that stands in the log twice with its first outcome.
    pub(super) fn failed(&mut self, now: Instant) {
        for waiting in self.in_flight.drain(..).rev() {
            self.waiting.push_front(waiting);
        }
        self.not_before = Some(now + self.pause);
        self.pause = (self.pause * 2).min(self.pause_max);
    }

    /// Gives up everything that waits when its first has waited since before `before`; what is under way stays. All of
    /// it goes together, so that no command overtakes an earlier one of its device. Says whether anything went.
    pub(super) fn give_up(&mut self, before: Instant) -> bool {
        let late = self.waiting.front().is_some_and(|waiting| waiting.since <= before);
        if late {
            self.waiting.clear();
        }
        late
    }

    /// Nothing waits and nothing is under way.
    #[must_use]
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.in_flight.is_empty()
    }

    /// Since when the first of those that wait has waited.
    #[must_use]
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        self.waiting.front().map(|waiting| waiting.since)
    }

    /// When to try again after a failure.
    #[must_use]
    pub(super) fn retry_at(&self) -> Option<Instant> {
        if self.in_flight.is_empty() && !self.waiting.is_empty() { self.not_before } else { None }
    }
}

/// The payload of an entry, with fresh chance.
///
/// # Errors
/// When there is no chance to be had; nothing should be stored then.
pub(super) fn payload(origin: Origin, chance: &dyn Chance) -> Result<Bytes, NoChance> {
    let entropy = Entropy(chance.draw()?);
    Ok(json(&Input { entropy, origin }).into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> Batch {
        Batch::new(3, Duration::from_millis(10), Duration::from_millis(30))
    }

    fn texts(payloads: Option<Vec<Bytes>>) -> Vec<Bytes> {
        payloads.unwrap_or_default()
    }

    #[tokio::test(start_paused = true)]
    async fn what_arrives_meanwhile_forms_the_next_batch() {
        let (mut batch, now) = (batch(), Instant::now());
        batch.push("a".into(), now).unwrap();
        assert_eq!(texts(batch.start(now)), ["a"]);
        batch.push("b".into(), now).unwrap();
        batch.push("c".into(), now).unwrap();
        assert_eq!(batch.start(now), None);
        batch.appended();
        assert_eq!(texts(batch.start(now)), ["b", "c"]);
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_failure_the_same_comes_again_first_and_later_each_time() {
        let (mut batch, now) = (batch(), Instant::now());
        batch.push("a".into(), now).unwrap();
        batch.start(now);
        batch.push("b".into(), now).unwrap();
        batch.failed(now);
        assert_eq!(batch.start(now), None);
        assert_eq!(batch.retry_at(), Some(now + Duration::from_millis(10)));
        let later = now + Duration::from_millis(10);
        assert_eq!(texts(batch.start(later)), ["a", "b"]);
        batch.failed(later);
        assert_eq!(batch.retry_at(), Some(later + Duration::from_millis(20)));
    }

    #[tokio::test(start_paused = true)]
    async fn gives_up_all_together_and_refuses_too_much() {
        let (mut batch, now) = (batch(), Instant::now());
        for text in ["a", "b", "c"] {
            batch.push(text.into(), now).unwrap();
        }
        assert_eq!(batch.push("d".into(), now), Err(BatchFull));
        assert!(!batch.give_up(now - Duration::from_millis(1)));
        assert!(batch.give_up(now));
        assert!(batch.is_empty());
    }
}
