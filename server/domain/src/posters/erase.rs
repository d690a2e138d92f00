//! Forgetting one person: their marks, and their comments or their name on them. A poster is its team's and stays.

use engawa_protocol::PersonId;
use engawa_protocol::command::ErasedTexts;

use super::Posters;
use crate::erasure::{NOBODY, Taken, count};

/// Takes somebody off all posters, withdrawn ones included.
pub(crate) fn erase_person(posters: &mut Posters, person: PersonId, texts: ErasedTexts, taken: &mut Taken) {
    let goes = texts == ErasedTexts::Removed;
    for poster in posters.posters.values_mut() {
        taken.marks += u64::from(poster.interested.remove(&person));
        poster.comments.retain(|_, comment| {
            let theirs = comment.author == person;
            if theirs {
                count(taken, goes, |totals| &mut totals.comments);
                comment.author = NOBODY;
            }
            !(theirs && goes)
        });
    }
}
