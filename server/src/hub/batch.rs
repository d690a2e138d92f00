//! Group commit: inputs that arrive while an append is under way form the next batch. Owns what waits for the
//! store and when to ask it again; must not know what the inputs say.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;
use engawa_domain::{Entropy, Input, Origin, SystemInput};
use tokio::time::Instant;

use super::frame::json;
use crate::chance::{Chance, NoChance};
use crate::limits::{STORE_BATCH_BYTES, STORE_BATCH_COUNT};

/// Inputs on their way into the log.
#[derive(Debug)]
pub(super) struct Batch {
    /// Entries of a lost history, to be put back before anything else; never given up.
    owed: VecDeque<Bytes>,
    waiting: VecDeque<Waiting>,
    in_flight: Vec<Waiting>,
    /// What was handed to the store and has not come back out of the log, as text and as it was meant.
    meant: VecDeque<(Bytes, Input)>,
    /// Not before this moment, after a failure.
    not_before: Option<Instant>,
    /// When what is under way was begun.
    started_at: Option<Instant>,
    pause: Duration,
    pause_first: Duration,
    pause_max: Duration,
    waiting_max: usize,
}

#[derive(Debug)]
struct Waiting {
    payload: Bytes,
    /// What the payload says; none if it is owed.
    input: Option<Input>,
    /// Since when somebody waits for it; none if it is owed.
    since: Option<Instant>,
    /// What the system proposes with it, if it does.
    proposal: Option<SystemInput>,
}

/// Too much waits for the store.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BatchFull;

impl Batch {
    /// An empty batch.
    #[must_use]
    pub(super) fn new(waiting_max: usize, pause_first: Duration, pause_max: Duration) -> Self {
        Self {
            owed: VecDeque::new(),
            waiting: VecDeque::new(),
            in_flight: Vec::new(),
            meant: VecDeque::new(),
            not_before: None,
            started_at: None,
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
    pub(super) fn push(&mut self, (payload, input): (Bytes, Input), now: Instant) -> Result<(), BatchFull> {
        self.add(Waiting { payload, input: Some(input), since: Some(now), proposal: None })
    }

    /// Adds what the system proposes.
    ///
    /// # Errors
    /// [`BatchFull`].
    pub(super) fn push_proposal(
        &mut self,
        proposal: SystemInput,
        (payload, input): (Bytes, Input),
        now: Instant,
    ) -> Result<(), BatchFull> {
        self.add(Waiting { payload, input: Some(input), since: Some(now), proposal: Some(proposal) })
    }

    /// Whether this very proposal is on its way already: while the store is slow it must not pile up.
    #[must_use]
    pub(super) fn proposes(&self, proposal: &SystemInput) -> bool {
        self.in_flight.iter().chain(&self.waiting).any(|waiting| waiting.proposal.as_ref() == Some(proposal))
    }

    fn add(&mut self, waiting: Waiting) -> Result<(), BatchFull> {
        if self.waiting.len() >= self.waiting_max {
            return Err(BatchFull);
        }
        self.waiting.push_back(waiting);
        Ok(())
    }

    /// Adds entries of a lost history, in front of everything that waits.
    pub(super) fn owe(&mut self, payloads: Vec<Bytes>) {
        self.owed.extend(payloads);
    }

    /// What to append now, if it is time and nothing is under way. [`Batch::appended`] or [`Batch::failed`] must follow.
    pub(super) fn start(&mut self, now: Instant) -> Option<Vec<Bytes>> {
        if !self.in_flight.is_empty() || self.not_before.is_some_and(|at| at > now) {
            return None;
        }
        let mut bytes = 0;
        while let Some(size) =
            self.owed.front().or(self.waiting.front().map(|next| &next.payload)).map(Bytes::len)
        {
            bytes += size;
            if self.in_flight.len() == STORE_BATCH_COUNT
                || (bytes > STORE_BATCH_BYTES && !self.in_flight.is_empty())
            {
                break;
            }
            let owed = self.owed.pop_front();
            let owed = owed.map(|payload| Waiting { payload, input: None, since: None, proposal: None });
            self.in_flight.extend(owed.or_else(|| self.waiting.pop_front()));
        }
        if self.in_flight.is_empty() {
            return None;
        }
        self.started_at = Some(now);
        if self.meant.len() > STORE_BATCH_COUNT {
            self.meant.clear();
        }
        let inputs = self.in_flight.iter_mut().filter_map(|w| Some((w.payload.clone(), w.input.take()?)));
        self.meant.extend(inputs);
        Some(self.in_flight.iter().map(|waiting| waiting.payload.clone()).collect())
    }

    /// What was under way is in the log.
    pub(super) fn appended(&mut self, now: Instant) {
        let took = self.started_at.take().map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        self.not_before = Some(now + breath(took, self.in_flight.len()));
        self.in_flight.clear();
        self.pause = self.pause_first;
    }

    /// What was under way will never be in the log.
    pub(super) fn refused(&mut self, now: Instant) {
        self.meant.clear();
        self.appended(now);
    }

    /// What the next entry of the log says, if it is one of those that were handed to the store here: it need not be read again
    /// then. Others have theirs in between.
    pub(super) fn take_meant(&mut self, payload: &Bytes) -> Option<Input> {
        if self.meant.front()?.0 != payload {
            return None;
        }
        self.meant.pop_front().map(|(_, input)| input)
    }

    /// What was under way may or may not be in the log. It is tried again, in the same order, after a pause: the
    /// rules answer a command that stands in the log twice with its first outcome.
    pub(super) fn failed(&mut self, now: Instant) {
        self.meant.clear();
        for waiting in self.in_flight.drain(..).rev() {
            match waiting.since {
                Some(_) => self.waiting.push_front(waiting),
                None => self.owed.push_front(waiting.payload),
            }
        }
        self.not_before = Some(now + self.pause);
        self.pause = (self.pause * 2).min(self.pause_max);
    }

    /// Gives up everything that waits when its first has waited since before `before`; what is under way stays. All of
    /// it goes together, so that no command overtakes an earlier one of its device. Says whether anything went.
    pub(super) fn give_up(&mut self, before: Instant) -> bool {
        let late = self.waiting_since().is_some_and(|since| since <= before);
        if late {
            self.waiting.clear();
        }
        late
    }

    /// Nothing waits and nothing is under way.
    #[must_use]
    pub(super) fn is_empty(&self) -> bool {
        self.owed.is_empty() && self.waiting.is_empty() && self.in_flight.is_empty()
    }

    /// Since when the first of those that wait has waited.
    #[must_use]
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        self.waiting.front().and_then(|waiting| waiting.since)
    }

    /// When to try again after a failure.
    #[must_use]
    pub(super) fn retry_at(&self) -> Option<Instant> {
        if self.in_flight.is_empty() && !self.is_empty() { self.not_before } else { None }
    }
}

/// How long more gathers before the next append, after one of so many inputs that took so long. Making something durable costs
/// the processor about the same for one input as for a hundred, and on a fast disk one at a time would take half of it. Nobody
/// waits while little happens, nor behind an append that was full enough.
fn breath(took: Duration, inputs: usize) -> Duration {
    let missing = u32::try_from(BATCH_ENOUGH.saturating_sub(inputs)).unwrap_or(0);
    (took * BREATH_TIMES).min(BREATH_MAX) * missing / BATCH_ENOUGH as u32
}

/// An append of so many inputs is worth its cost.
const BATCH_ENOUGH: usize = 64;
/// A lone input's append is followed by so many times its own duration.
const BREATH_TIMES: u32 = 3;
/// But by no more than this: on a slow disk enough gathers meanwhile.
const BREATH_MAX: Duration = Duration::from_millis(4);

/// The payload of an entry, with fresh chance, and what it says.
///
/// # Errors
/// When there is no chance to be had; nothing should be stored then.
pub(super) fn payload(origin: Origin, chance: &dyn Chance) -> Result<(Bytes, Input), NoChance> {
    let input = Input { entropy: Entropy(chance.draw()?), origin };
    Ok((json(&input).into_bytes().into(), input))
}

#[cfg(test)]
mod tests {
    use engawa_protocol::PersonId;

    use super::*;

    fn batch() -> Batch {
        Batch::new(3, Duration::from_millis(10), Duration::from_millis(30))
    }

    /// An input under a text of which a test can tell it.
    fn meant(text: &'static str) -> (Bytes, Input) {
        let entropy = Entropy([text.len() as u64, u64::from(text.as_bytes()[0])]);
        let input = SystemInput::Arrive { person: PersonId(1) };
        (text.into(), Input { entropy, origin: Origin::System { input } })
    }

    fn texts(payloads: Option<Vec<Bytes>>) -> Vec<Bytes> {
        payloads.unwrap_or_default()
    }

    #[tokio::test(start_paused = true)]
    async fn what_arrives_meanwhile_forms_the_next_batch() {
        let (mut batch, now) = (batch(), Instant::now());
        batch.push(meant("a"), now).unwrap();
        assert_eq!(texts(batch.start(now)), ["a"]);
        batch.push(meant("b"), now).unwrap();
        batch.push(meant("c"), now).unwrap();
        assert_eq!(batch.start(now), None);
        batch.appended(now);
        assert_eq!(texts(batch.start(now)), ["b", "c"], "it took no time");
    }

    #[tokio::test(start_paused = true)]
    async fn a_small_append_leaves_time_to_gather_more() {
        let (mut batch, now) = (batch(), Instant::now());
        batch.push(meant("a"), now).unwrap();
        batch.start(now);
        let done = now + Duration::from_millis(1);
        batch.appended(done);
        assert_eq!(batch.retry_at(), None, "nothing waits");
        batch.push(meant("b"), done).unwrap();
        assert_eq!(batch.start(done), None);
        let next = batch.retry_at().unwrap();
        assert!(next > done && next <= done + Duration::from_millis(3));
        assert_eq!(texts(batch.start(next)), ["b"]);
        assert_eq!(breath(Duration::from_secs(1), 1), BREATH_MAX * 63 / 64);
        assert_eq!(breath(Duration::from_millis(1), BATCH_ENOUGH), Duration::ZERO);
        assert_eq!(breath(Duration::from_millis(1), 1_000), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_failure_the_same_comes_again_first_and_later_each_time() {
        let (mut batch, now) = (batch(), Instant::now());
        batch.push(meant("a"), now).unwrap();
        batch.start(now);
        batch.push(meant("b"), now).unwrap();
        batch.failed(now);
        assert_eq!(batch.start(now), None);
        assert_eq!(batch.retry_at(), Some(now + Duration::from_millis(10)));
        let later = now + Duration::from_millis(10);
        assert_eq!(texts(batch.start(later)), ["a", "b"]);
        batch.failed(later);
        assert_eq!(batch.retry_at(), Some(later + Duration::from_millis(20)));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_owed_goes_first_and_is_never_given_up() {
        let (mut batch, now) = (batch(), Instant::now());
        batch.push(meant("new"), now).unwrap();
        batch.owe(vec!["old 1".into(), "old 2".into()]);
        assert_eq!(texts(batch.start(now)), ["old 1", "old 2", "new"]);
        batch.failed(now);
        assert!(batch.give_up(now));
        assert_eq!(batch.retry_at(), Some(now + Duration::from_millis(10)));
        assert_eq!(texts(batch.start(now + Duration::from_millis(10))), ["old 1", "old 2"]);
        batch.appended(now);
        assert!(batch.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn gives_up_all_together_and_refuses_too_much() {
        let (mut batch, now) = (batch(), Instant::now());
        for text in ["a", "b", "c"] {
            batch.push(meant(text), now).unwrap();
        }
        assert_eq!(batch.push(meant("d"), now), Err(BatchFull));
        assert!(!batch.give_up(now - Duration::from_millis(1)));
        assert!(batch.give_up(now));
        assert!(batch.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_back_out_of_the_log_is_known_in_its_order_and_what_others_wrote_is_not() {
        let (mut batch, now) = (batch(), Instant::now());
        let (a, b) = (meant("a"), meant("b"));
        batch.owe(vec!["owed".into()]);
        batch.push(a.clone(), now).unwrap();
        batch.push(b.clone(), now).unwrap();
        assert_eq!(batch.take_meant(&a.0), None, "it cannot be in the log yet");
        batch.start(now);
        assert_eq!(batch.take_meant(&"owed".into()), None);
        assert_eq!(batch.take_meant(&a.0), Some(a.1), "an entry may be there before the append's answer");
        batch.appended(now);
        assert_eq!(batch.take_meant(&"another node's".into()), None);
        assert_eq!(batch.take_meant(&b.0), Some(b.1.clone()));
        assert_eq!(batch.take_meant(&b.0), None, "once");
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_be_in_the_log_twice_or_never_is_read_again() {
        let (mut batch, now) = (batch(), Instant::now());
        let a = meant("a");
        batch.push(a.clone(), now).unwrap();
        batch.start(now);
        batch.failed(now);
        assert_eq!(batch.take_meant(&a.0), None);
        assert_eq!(texts(batch.start(now + Duration::from_millis(10))), ["a"]);
        batch.refused(now);
        for _ in 0..2 * STORE_BATCH_COUNT {
            batch.push(meant("b"), now).unwrap();
            batch.start(now);
            batch.appended(now);
        }
        assert!(batch.meant.len() <= STORE_BATCH_COUNT + 1, "nothing that does not come back piles up");
    }
}
