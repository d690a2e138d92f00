//! Taking one person's data out of a meeting on request. Owns the order in which the areas forget somebody, and the
//! list of what was taken out; what each area holds of a person, it forgets itself (`erase.rs` in each).
//!
//! Choices that the task leaves open, decided here:
//! - The person goes from the roster altogether, unlike one who is removed: their number stays in the list below, so that
//!   their links are answered with the truth, and is given to nobody again.
//! - What they had taken back themselves (deleted notes, withdrawn announcements) goes whatever becomes of their texts.
//! - With their texts kept, pulses and answers stay as counts, and free answers among those of all: results that were
//!   shown do not change afterwards. Marks of empathy and interest go in either case: a mark is somebody's.
//! - Texts of others stay, also where they speak of the person: nobody can find those but a reader.
//! - It can be done after the meeting has ended, when most ask for it.

mod evolve;

use alloc::string::String;
use alloc::vec::Vec;

use engawa_protocol::command::{ErasePerson, ErasedTexts};
use engawa_protocol::keeping::WrittenTotals;
use engawa_protocol::{Entity, PersonId, Rejection, Seq, Timestamp};
use serde::{Deserialize, Serialize};

pub(crate) use evolve::evolve;

use crate::meeting::Meeting;
use crate::roster;

/// Stands for whoever wrote what has lost its author. People are counted from 1.
pub(crate) const NOBODY: PersonId = PersonId(0);

/// Whose data have been taken out, and up to where the log must be forgotten.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Erasures {
    done: Vec<Erasure>,
    /// The last entry that holds something of somebody in the list.
    forget: Option<Seq>,
}

/// One person's data taken out: counts and times, nothing of theirs but the number they had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// The number they had.
    pub person: PersonId,
    /// With which entry.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// The meeting's title at that time.
    pub title: String,
    /// What was asked for with regard to their texts.
    pub texts: ErasedTexts,
    /// What has been taken out, and what stays without an author.
    pub taken: Taken,
}

/// What areas have taken out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// What stays without an author.
    pub kept: WrittenTotals,
    /// What went.
    pub removed: WrittenTotals,
    /// Marks that went.
    pub marks: u64,
    /// Stays that went.
    pub stays: u64,
    /// Ballots that went.
    pub ballots: u64,
}

/// A decided change.
#[derive(Debug)]
pub(crate) struct Change {
    person: PersonId,
    texts: ErasedTexts,
}

/// What becomes of a number of texts.
pub(crate) fn count(taken: &mut Taken, goes: bool, field: impl FnOnce(&mut WrittenTotals) -> &mut u64) {
    *field(if goes { &mut taken.removed } else { &mut taken.kept }) += 1;
}

impl Erasures {
    /// None so far: such a state is encoded without the list.
    pub(crate) const fn is_empty(&self) -> bool {
        self.done.is_empty()
    }

    /// An entry holds something of somebody whose data have been taken out.
    pub(crate) fn forget(&mut self, seq: Seq) {
        self.forget = Some(seq);
    }
}

impl Meeting {
    /// The people whose data have been taken out, oldest first.
    #[must_use]
    pub fn erasures(&self) -> &[Erasure] {
        &self.erasures.done
    }

    /// How a person's data were taken out, if they were.
    #[must_use]
    pub fn erasure_of(&self, person: PersonId) -> Option<&Erasure> {
        self.erasures.done.iter().find(|erasure| erasure.person == person)
    }

    /// The last entry of the log that still holds something of somebody whose data have been taken out: a store that holds
    /// it or any before it must forget them behind a snapshot.
    #[must_use]
    pub const fn erased_up_to(&self) -> Option<Seq> {
        self.erasures.forget
    }

    /// Whether somebody's data have been taken out with an entry behind this one.
    #[must_use]
    pub fn has_erased_after(&self, seq: Seq) -> bool {
        self.erasures.done.iter().any(|erasure| erasure.seq > seq)
    }
}

/// Whether a person's data can be taken out now.
///
/// # Errors
/// `not_found` for whom there is not (any more), `last_coordinator` for the only one.
pub fn check_erasable(meeting: &Meeting, person: PersonId) -> Result<(), Rejection> {
    if !meeting.roster.people.contains_key(&person) {
        return Err(Rejection::NotFound { entity: Entity::Person });
    }
    roster::may_stop_coordinating(&meeting.roster, person)
}

pub(crate) fn erase_person(m: &Meeting, c: ErasePerson) -> Result<Change, Rejection> {
    check_erasable(m, c.person)?;
    Ok(Change { person: c.person, texts: c.texts })
}
