//! Forgetting one person: announcements, pulses, answers.

use engawa_protocol::PersonId;
use engawa_protocol::command::ErasedTexts;

use super::announcements::Announcements;
use crate::erasure::{NOBODY, Taken, count};
use crate::meeting::Meeting;

/// Takes somebody out of what is said beside the boards.
pub(crate) fn erase_person(m: &mut Meeting, person: PersonId, texts: ErasedTexts, taken: &mut Taken) {
    let goes = texts == ErasedTexts::Removed;
    erase_announcements(&mut m.announcements, person, goes, taken);
    for pulse in m.pulses.rounds.values_mut() {
        if pulse.forget(person, goes) {
            count(taken, goes, |totals| &mut totals.pulses);
        }
    }
    for _ in 0..m.questionnaire.forget(person, goes) {
        count(taken, goes, |totals| &mut totals.answers);
    }
}

fn erase_announcements(announcements: &mut Announcements, person: PersonId, goes: bool, taken: &mut Taken) {
    announcements.announcements.retain(|_, announcement| {
        announcement.readers.remove(&person);
        if announcement.by != person {
            return true;
        }
        let goes = goes || announcement.withdrawn;
        count(taken, goes, |totals| &mut totals.announcements);
        announcement.by = NOBODY;
        !goes
    });
}
