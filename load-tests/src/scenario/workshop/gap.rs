//! What nobody can read any more because the close of a vote has made the log forget it (VT8), made anew for the oracle: the
//! entry of the close from what its author was told, and what the system said of people's coming and going from what the
//! host's screen shows. Nothing else may be in there: everybody's commands had their outcome and had been read before.

use std::collections::BTreeSet;

use engawa_domain::{Entropy, Entry, Input, Origin, SystemInput};
use engawa_protocol::view::Attendance;
use engawa_protocol::{PersonId, Seq};

use super::hall::Hall;
use crate::trouble::{Promise, Trouble};

/// Numbers of entries that were never read, from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gap {
    first: Seq,
    last: Seq,
}

impl Gap {
    /// Whether a screen at this position stands in the middle of what was never read: nobody can say what it has to show.
    pub(super) fn hides(&self, seq: Seq) -> bool {
        (self.first..self.last).contains(&seq)
    }
}

/// Entries after `read` without the first that follow without a gap: where the gap before them is, if there is one.
fn gap(read: Seq, unread: &[Entry]) -> Option<Gap> {
    let mut at = read;
    for entry in unread.iter().filter(|entry| entry.seq > read) {
        if entry.seq != at.next() {
            return Some(Gap { first: at.next(), last: Seq(entry.seq.0 - 1) });
        }
        at = entry.seq;
    }
    None
}

impl Hall {
    /// Fills the gap around the entry that closed the vote. The host's screen has to be at the end of what was read.
    pub(super) fn fill_gap(&mut self, closing: Entry) -> Result<(), Trouble> {
        let Some(gap) = gap(self.oracle.seq(), self.unread()) else { return Ok(()) };
        self.replay_to(Seq(gap.first.0 - 1));
        let mut slots = (gap.first.0..=gap.last.0).map(Seq).filter(|seq| *seq != closing.seq);
        let system = |seq, input| Entry {
            seq,
            at: closing.at,
            input: Input { entropy: Entropy([0, 0]), origin: Origin::System { input } },
        };
        let mut entries = vec![closing.clone()];
        for (person, input) in self.comings(gap) {
            match slots.next() {
                Some(seq) => entries.push(system(seq, input)),
                None => {
                    let what = format!("{person:?} came or went without an entry");
                    self.stage.findings.add(Promise::Screens, what);
                }
            }
        }
        // Said more than once, which changes nothing.
        let host = self.host().id;
        entries.extend(slots.map(|seq| system(seq, SystemInput::Arrive { person: host })));
        self.note_gap(gap);
        self.take_entries(entries)
    }

    /// Who came and who went in the gap, by what the host sees now and what was read of it later.
    fn comings(&self, gap: Gap) -> Vec<(PersonId, SystemInput)> {
        let later: BTreeSet<PersonId> = self
            .unread()
            .iter()
            .filter(|entry| entry.seq > gap.last)
            .filter_map(|entry| match &entry.input.origin {
                Origin::System { input: SystemInput::Arrive { person } | SystemInput::Depart { person } } => {
                    Some(*person)
                }
                Origin::System { .. } | Origin::Person { .. } | Origin::Link { .. } => None,
            })
            .collect();
        let before = self.oracle.attendance();
        let now = self
            .host()
            .look(|view| view.people.iter().map(|(id, person)| (*id, person.attendance)).collect::<Vec<_>>());
        let moved = now.unwrap_or_default().into_iter().filter_map(|(person, now)| {
            let differs = before.get(&person) != Some(&now) && !later.contains(&person);
            match now {
                Attendance::Present if differs => Some((person, SystemInput::Arrive { person })),
                Attendance::Away if differs => Some((person, SystemInput::Depart { person })),
                Attendance::Present | Attendance::Away | Attendance::Expected => None,
            }
        });
        moved.collect()
    }
}

#[cfg(test)]
mod tests {
    use engawa_protocol::Timestamp;

    use super::*;

    fn entries(numbers: &[u64]) -> Vec<Entry> {
        let input = || Input {
            entropy: Entropy([0, 0]),
            origin: Origin::System { input: SystemInput::Arrive { person: PersonId(1) } },
        };
        numbers.iter().map(|seq| Entry { seq: Seq(*seq), at: Timestamp(0), input: input() }).collect()
    }

    #[test]
    fn a_gap_is_what_lies_between_what_was_read() {
        assert_eq!(gap(Seq(4), &entries(&[5, 6, 7])), None);
        assert_eq!(gap(Seq(4), &[]), None);
        let found = gap(Seq(4), &entries(&[5, 9, 10])).unwrap();
        assert_eq!(found, Gap { first: Seq(6), last: Seq(8) });
        assert_eq!([5, 6, 7, 8, 9].map(|seq| found.hides(Seq(seq))), [false, true, true, false, false]);
    }
}
