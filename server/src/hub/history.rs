//! The last entries of a meeting as they were in the log, kept to put them back into a log that has lost them. Bounded in
//! entries and bytes; must not know how logs are lost.

use std::collections::VecDeque;

use bytes::Bytes;
use engawa_domain::{Counts, Input, Meeting, erased_by, is_ballot};
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

    /// Forgets what entries said, because the log must since this entry. Once a vote is closed that is who voted for what; the
    /// rest may still have to be put back. Once somebody's data are taken out it is everything but the wish itself, which
    /// holds nothing of theirs: a history without it must not win. How many ids there were stays, to know whom it means.
    pub(super) fn forget(&mut self, since: &Input) {
        let stays: fn(&Input) -> bool = if erased_by(since).is_some() {
            |input| erased_by(input).is_some()
        } else {
            |input| !is_ballot(input)
        };
        for entry in &mut self.entries {
            entry.payload.take_if(|payload| !codec::from_slice(payload).is_ok_and(|input| stays(&input)));
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

#[cfg(test)]
mod tests {
    use engawa_domain::{CreateMeeting, Entropy, Entry, Origin, RULES_VERSION, SystemInput, apply};
    use engawa_protocol::command::{CastBallot, CloseVote, ErasedTexts};
    use engawa_protocol::{ClientSeq, Command, DeviceId, Language, MeetingId, PersonId, PosterId, Timestamp};

    use super::*;

    fn input(system: SystemInput) -> Input {
        Input { entropy: Entropy([1, 2]), origin: Origin::System { input: system } }
    }

    #[test]
    fn what_is_forgotten_leaves_wishes_to_erase_and_the_counts() {
        let create = CreateMeeting {
            meeting: MeetingId(uuid::Uuid::from_u128(1)),
            rules_version: RULES_VERSION,
            title: "研究会".into(),
            language: Language::Ja,
            coordinator: "進行 1".into(),
            keep_until: None,
        };
        let erase = SystemInput::ErasePerson { person: PersonId(7), texts: ErasedTexts::Kept };
        let mut meeting = None;
        let mut history = History::new(Seq(0), None);
        for (seq, system) in (1..).zip([SystemInput::CreateMeeting(create), erase.clone()]) {
            let entry = Entry { seq: Seq(seq), at: Timestamp(seq), input: input(system) };
            apply(&mut meeting, &entry);
            let payload = codec::to_vec(&entry.input).unwrap().into();
            history.push(meeting.as_ref().unwrap(), payload);
        }
        let counts = history.counts_at(Seq(1)).unwrap();
        let asked = |command: Command| {
            let (person, device) = (PersonId(1), DeviceId(uuid::Uuid::nil()));
            Input {
                entropy: Entropy([1, 2]),
                origin: Origin::Person { person, device, client_seq: ClientSeq(1), command },
            }
        };
        let ballot = asked(CastBallot { choices: vec![PosterId(1)] }.into());
        history.push(meeting.as_ref().unwrap(), codec::to_vec(&ballot).unwrap().into());
        history.forget(&asked(CloseVote {}.into()));
        assert_eq!(history.after(None).count(), 2, "all but who voted for what");

        history.forget(&input(erase));
        let kept: Vec<&Bytes> = history.after(None).collect();
        assert_eq!(kept.len(), 1);
        assert!(erased_by(&codec::from_slice(kept[0]).unwrap()).is_some());
        assert_eq!(history.bytes, kept[0].len());
        assert_eq!(history.counts_at(Seq(1)), Some(counts), "to know whom it means");
        history.push(meeting.as_ref().unwrap(), Bytes::from_static(b"next"));
        assert_eq!(history.after(Some(Seq(3))).count(), 1);
    }
}
