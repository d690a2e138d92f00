//! The oracle: replays the log through the domain and says what every screen must hold at every position; learns from
//! the same log, without the domain's projection, who was where and wrote what, and judges by that what each device
//! received.

mod ballots;
mod secrecy;
mod truth;

use std::collections::BTreeMap;

use engawa_domain::{Entry, Meeting, Outcome, Viewer, apply, project};
use engawa_protocol::view::{Attendance, MeetingView};
use engawa_protocol::{AuthorDisplay, BoardId, PersonId, Seq};

pub(crate) use ballots::{LedgerPart, ledger_hash, standings, tally_of};
pub(crate) use secrecy::{Observer, judge};
pub(crate) use truth::Truth;

use crate::client::Sample;
use crate::diff::differences;
use crate::marker::Marker;
use crate::trouble::{Findings, Promise};

/// What somebody's screen held.
#[derive(Debug)]
pub(crate) struct Held {
    /// For messages.
    pub(crate) who: String,
    /// Whose screen.
    pub(crate) viewer: Viewer,
    /// What was on it, and at which position.
    pub(crate) sample: Sample,
}

/// The replay so far.
#[derive(Debug)]
pub(crate) struct Oracle {
    meeting: Option<Meeting>,
    truth: Truth,
    findings: Findings,
    last_at: u64,
    entries: u64,
    rejected: u64,
    compared: u64,
}

impl Oracle {
    /// Before the first entry.
    pub(crate) fn new(findings: Findings) -> Self {
        Self {
            meeting: None,
            truth: Truth::default(),
            findings,
            last_at: 0,
            entries: 0,
            rejected: 0,
            compared: 0,
        }
    }

    /// The last entry replayed.
    pub(crate) fn seq(&self) -> Seq {
        self.meeting.as_ref().map_or(Seq(0), Meeting::seq)
    }

    /// Who is there, by what was replayed.
    pub(crate) fn attendance(&self) -> BTreeMap<PersonId, Attendance> {
        let people = self.meeting.iter().flat_map(|meeting| meeting.roster().present_or_not());
        people.map(|(id, person)| (id, person.attendance)).collect()
    }

    /// What the log says, read without the domain's projection.
    pub(crate) const fn truth(&self) -> &Truth {
        &self.truth
    }

    /// Says that the boards of rooms show or hide authors, as their round was planned.
    pub(crate) fn boards_show(&mut self, boards: impl IntoIterator<Item = BoardId>, authors: AuthorDisplay) {
        for board in boards {
            self.truth.board_shows(board, authors);
        }
    }

    /// Entries replayed, those of them that the domain rejected, and screens compared.
    pub(crate) const fn counts(&self) -> (u64, u64, u64) {
        (self.entries, self.rejected, self.compared)
    }

    /// What a viewer must see now.
    pub(crate) fn view(&self, viewer: Viewer) -> Option<MeetingView> {
        self.meeting.as_ref().and_then(|meeting| project(meeting, viewer))
    }

    /// Replays entries and compares screens at the positions where they stood.
    pub(crate) fn advance(&mut self, entries: &[Entry], held: Vec<Held>) {
        let mut waiting: BTreeMap<Seq, Vec<Held>> = BTreeMap::new();
        for one in held {
            waiting.entry(one.sample.seq).or_default().push(one);
        }
        self.compare_at(self.seq(), &mut waiting);
        for entry in entries {
            self.replay(entry);
            self.compare_at(entry.seq, &mut waiting);
        }
        for (seq, held) in waiting {
            let who: Vec<&str> = held.iter().map(|one| one.who.as_str()).take(3).collect();
            let what = format!(
                "{} screens ({} …) stand at {seq}, where the log that was read does not lead (it ends at {})",
                held.len(),
                who.join(", "),
                self.seq()
            );
            self.findings.add(Promise::Screens, what);
        }
    }

    fn replay(&mut self, entry: &Entry) {
        if entry.seq != self.seq().next() {
            let what = format!("the log goes from entry {} to {}", self.seq(), entry.seq);
            self.findings.add(Promise::Durability, what);
        }
        if entry.at.0 < self.last_at {
            self.findings
                .add(Promise::Durability, format!("entry {} is older than the one before", entry.seq));
        }
        self.last_at = entry.at.0;
        let applied = apply(&mut self.meeting, entry);
        self.entries += 1;
        match &applied.outcome {
            // A command that was sent twice is answered with the entry of the first time, and does nothing.
            Outcome::Accepted { seq, .. } if *seq != entry.seq => {}
            Outcome::Accepted { created, .. } => {
                if let Some(meeting) = &self.meeting {
                    self.truth.learn(entry, *created, &applied.regrouped, meeting);
                }
            }
            Outcome::Rejected { .. } => self.rejected += 1,
        }
    }

    fn compare_at(&mut self, seq: Seq, waiting: &mut BTreeMap<Seq, Vec<Held>>) {
        for held in waiting.remove(&seq).unwrap_or_default() {
            self.compare(&held);
        }
    }

    /// Compares a screen with the state as it is now.
    pub(crate) fn compare(&mut self, held: &Held) {
        self.compared += 1;
        let Held { who, viewer, sample } = held;
        let should = self.view(*viewer);
        if should.as_ref() == Some(&*sample.view) {
            return;
        }
        let Some(should) = should else {
            self.findings
                .add(Promise::Screens, format!("{who} has a view at {} and should have none", sample.seq));
            return;
        };
        let json = |view: &MeetingView| serde_json::to_value(view).unwrap_or_default();
        let found = differences(&json(&sample.view), &json(&should));
        let what = format!("{who}'s screen at {} differs from the log: {}", sample.seq, found.join("; "));
        self.findings.add(Promise::Screens, what);
    }

    /// Says that everything acknowledged is in the log exactly once.
    pub(crate) fn check_acknowledged(&self, notes: impl IntoIterator<Item = Marker>) {
        for marker in notes {
            let times = self.truth.times_added(marker);
            if times != 1 {
                let what = format!("the acknowledged note {marker} was added {times} times");
                self.findings.add(Promise::Durability, what);
            }
        }
    }

    /// Whether the places of people, as followed entry by entry, are those of the state.
    pub(crate) fn check_places(&self) {
        let Some(meeting) = &self.meeting else { return };
        for wrong in self.truth.misplaced(meeting) {
            let PersonId(person) = wrong;
            let what = format!("person {person} was moved without being named as regrouped");
            self.findings.add(Promise::Screens, what);
        }
    }
}

#[cfg(test)]
mod tests;
