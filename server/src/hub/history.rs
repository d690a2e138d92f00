//! The last entries of a meeting as they were in the log, kept to put them back into a log that has lost them. Bounded in
//! entries and bytes; must not know how logs are lost.

use std::collections::VecDeque;

use bytes::Bytes;
use engawa_domain::{Counts, Input, Meeting, erased_by};
use engawa_protocol::{Seq, codec};

use crate::limits::{HISTORY_BYTES, HISTORY_ENTRIES};

/// The ring.
#[derive(Debug, Clone)]
pub(super) struct History {
    /// The state in front of the first entry that is kept: its entry, and the ids given out by then.
    base: Seq,
    base_counts: Counts,
    entries: VecDeque<Remembered>,
    bytes: usize,
}

/// An entry, and the ids given out when it had been applied.
#[derive(Debug, Clone)]
struct Remembered {
    counts: Counts,
    /// None once it had to be forgotten.
    payload: Option<Bytes>,
}

impl History {
    /// Nothing behind a state.
    #[must_use]
    pub(super) fn new(base: Seq, meeting: Option<&Meeting>) -> Self {
        let base_counts = meeting.map(Meeting::counts).unwrap_or_default();
        Self { base, base_counts, entries: VecDeque::new(), bytes: 0 }
    }

    /// The next entry, applied.
    pub(super) fn push(&mut self, meeting: &Meeting, payload: Bytes) {
        self.bytes += payload.len();
        self.entries.push_back(Remembered { counts: meeting.counts(), payload: Some(payload) });
        while self.entries.len() > HISTORY_ENTRIES || self.bytes > HISTORY_BYTES {
            self.drop_first();
        }
    }

    fn drop_first(&mut self) {
        let Some(first) = self.entries.pop_front() else { return };
        self.bytes -= first.bytes();
        self.base = self.base.next();
        self.base_counts = first.counts;
    }

    /// Forgets what entries said, because the log must. What stays is the wish itself that somebody's data be taken out,
    /// which holds nothing of theirs: a history without it must not win. And how many ids there were, to know whom it means.
    pub(super) fn forget(&mut self) {
        for entry in &mut self.entries {
            entry.payload.take_if(|payload| !is_erasure(payload));
        }
        self.bytes = self.entries.iter().map(Remembered::bytes).sum();
    }

    /// The ids given out when an entry had been applied, if that is known.
    #[must_use]
    pub(super) fn counts_at(&self, seq: Seq) -> Option<Counts> {
        match seq.0.checked_sub(self.base.0)? {
            0 => Some(self.base_counts),
            place => Some(self.entries.get(usize::try_from(place - 1).ok()?)?.counts),
        }
    }

    /// What followed an entry, as far as it is not forgotten; all that is kept if none is given.
    pub(super) fn after(&self, seq: Option<Seq>) -> impl Iterator<Item = &Bytes> {
        let skipped = seq.map_or(0, |seq| seq.0.saturating_sub(self.base.0));
        self.entries
            .iter()
            .skip(usize::try_from(skipped).unwrap_or(usize::MAX))
            .filter_map(|entry| entry.payload.as_ref())
    }
}

impl Remembered {
    fn bytes(&self) -> usize {
        self.payload.as_ref().map_or(0, Bytes::len)
    }
}

fn is_erasure(payload: &Bytes) -> bool {
    codec::from_slice::<Input>(payload).is_ok_and(|input| erased_by(&input).is_some())
}
