//! What nodes tell each other about a meeting beside its log: opaque bytes, without a promise. Nothing of it is
//! stored, any of it may be lost, doubled or late, and nobody waits for it; whoever uses it lets all of it expire. It
//! must not know what is said.
//!
//! Beside [`Store`](super::Store) and no part of it: the promises are opposite ones, most stores have nobody to tell,
//! and a test can take one away without the other.

use std::fmt::Debug;
use std::sync::Arc;

use bytes::Bytes;
use dashmap::DashMap;
use tokio::sync::broadcast;

use super::MeetingId;
use crate::limits;
use crate::observe::metrics;

/// A way to tell the other nodes something about a meeting.
pub trait Hearsay: Debug + Send + Sync + 'static {
    /// Whether there can be another node at all. If not, nobody needs to say anything.
    fn reaches_others(&self) -> bool;

    /// Tells everybody who listens, which may include the teller. Never waits: what finds no room, and what is larger
    /// than [`limits::HEARSAY_BYTES`], is dropped.
    fn tell(&self, meeting: MeetingId, words: Bytes);

    /// Listens to what is said of a meeting. With the shared store this hears something only while the meeting's log is
    /// followed from here, too: both come over the same connection.
    fn listen(&self, meeting: MeetingId) -> Ear;
}

/// Hears what is said of one meeting.
#[derive(Debug)]
pub struct Ear(Option<Listening>);

#[derive(Debug)]
struct Listening {
    meeting: MeetingId,
    // Declared before the rings: it is gone when they are asked whether anybody listens.
    words: Option<broadcast::Receiver<Bytes>>,
    rings: Arc<Rings>,
}

impl Ear {
    /// Waits for the next words. What came too fast is left out. Safe to drop while waiting.
    pub async fn next(&mut self) -> Bytes {
        loop {
            let Some(words) = self.0.as_mut().and_then(|listening| listening.words.as_mut()) else {
                return std::future::pending().await;
            };
            match words.recv().await {
                Ok(words) => return words,
                Err(broadcast::error::RecvError::Lagged(count)) => metrics::hearsay_dropped(count),
                Err(broadcast::error::RecvError::Closed) => self.0 = None,
            }
        }
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.words = None;
        self.rings.0.remove_if(&self.meeting, |_, ring| ring.receiver_count() == 0);
    }
}

/// One bounded ring per meeting that somebody in this process listens to.
#[derive(Debug, Default)]
pub(super) struct Rings(DashMap<MeetingId, broadcast::Sender<Bytes>>);

impl Rings {
    /// Listens to a meeting from now on.
    pub(super) fn listen(self: &Arc<Self>, meeting: MeetingId) -> Ear {
        let ring = self.0.entry(meeting).or_insert_with(|| broadcast::channel(limits::HEARSAY_RING_COUNT).0);
        let words = Some(ring.subscribe());
        Ear(Some(Listening { meeting, words, rings: Arc::clone(self) }))
    }

    /// Hands words to whoever listens.
    pub(super) fn pass_on(&self, meeting: MeetingId, words: Bytes) {
        if let Some(ring) = self.0.get(&meeting) {
            // Nobody listens: nobody misses it.
            let _ = ring.send(words);
        }
    }
}

/// Nobody to tell: one process over a store that no other process can share.
#[derive(Debug, Default)]
pub struct NoHearsay;

impl Hearsay for NoHearsay {
    fn reaches_others(&self) -> bool {
        false
    }

    fn tell(&self, _: MeetingId, _: Bytes) {}

    fn listen(&self, _: MeetingId) -> Ear {
        Ear(None)
    }
}

/// Between several nodes in one process, as in tests.
#[derive(Debug, Default)]
pub struct LocalHearsay(Arc<Rings>);

impl Hearsay for LocalHearsay {
    fn reaches_others(&self) -> bool {
        true
    }

    fn tell(&self, meeting: MeetingId, words: Bytes) {
        if words.len() <= limits::HEARSAY_BYTES {
            self.0.pass_on(meeting, words);
        } else {
            metrics::hearsay_dropped(1);
        }
    }

    fn listen(&self, meeting: MeetingId) -> Ear {
        self.0.listen(meeting)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;
    use uuid::Uuid;

    use super::*;

    fn meeting(number: u128) -> MeetingId {
        MeetingId(Uuid::from_u128(number))
    }

    #[test]
    fn whoever_listens_hears_their_meeting_and_the_ring_goes_with_the_last_ear() {
        let hearsay = LocalHearsay::default();
        hearsay.tell(meeting(1), "nobody hears this".into());
        let (mut one, mut other) = (hearsay.listen(meeting(1)), hearsay.listen(meeting(2)));
        let mut two = hearsay.listen(meeting(1));
        hearsay.tell(meeting(1), "hello".into());
        hearsay.tell(meeting(1), vec![0; limits::HEARSAY_BYTES + 1].into());
        for ear in [&mut one, &mut two] {
            assert_eq!(ear.next().now_or_never(), Some(Bytes::from("hello")));
            assert_eq!(ear.next().now_or_never(), None, "too large");
        }
        assert_eq!(other.next().now_or_never(), None);
        drop((one, two, other));
        assert!(hearsay.0.0.is_empty());
    }

    #[test]
    fn a_slow_ear_misses_the_oldest_and_holds_nobody_up() {
        let hearsay = LocalHearsay::default();
        let mut ear = hearsay.listen(meeting(1));
        for number in 0..limits::HEARSAY_RING_COUNT + 3 {
            hearsay.tell(meeting(1), number.to_string().into());
        }
        assert_eq!(ear.next().now_or_never(), Some(Bytes::from("3")));
    }

    #[test]
    fn where_nobody_can_be_told_nobody_is_heard() {
        let mut ear = NoHearsay.listen(meeting(1));
        NoHearsay.tell(meeting(1), "hello".into());
        assert_eq!(ear.next().now_or_never(), None);
        assert!(!NoHearsay.reaches_others());
    }
}
