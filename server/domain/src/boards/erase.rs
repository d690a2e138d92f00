//! Forgetting one person: their notes or their name on them, and what they did to the notes of others.

use engawa_protocol::command::ErasedTexts;
use engawa_protocol::{NoteId, PersonId};

use super::{Board, Boards};
use crate::erasure::{NOBODY, Taken, count};

/// Takes somebody off all boards. A copy on the plenary board has the author of its note, so both go the same way.
pub(crate) fn erase_person(boards: &mut Boards, person: PersonId, texts: ErasedTexts, taken: &mut Taken) {
    for board in boards.boards.values_mut() {
        erase_notes(board, person, texts, taken);
        for note in board.notes.values_mut() {
            if note.author == person {
                note.author = NOBODY;
            }
            if note.edited_by == Some(person) {
                note.edited_by = None;
            }
            taken.marks += u64::from(note.marks.remove(&person));
            if let Some(deletion) = note.deleted.as_mut().filter(|deletion| deletion.by == person) {
                deletion.by = NOBODY;
            }
            if let Some(source) = note.source.as_mut().filter(|source| source.by == person) {
                source.by = NOBODY;
            }
        }
    }
}

/// Removes the notes that go, with their places and what groups they leave empty.
fn erase_notes(board: &mut Board, person: PersonId, texts: ErasedTexts, taken: &mut Taken) {
    let mut going: alloc::vec::Vec<NoteId> = alloc::vec::Vec::new();
    for (id, note) in board.notes.iter().filter(|(_, note)| note.author == person) {
        let goes = texts == ErasedTexts::Removed || note.deleted.is_some();
        count(taken, goes, |totals| &mut totals.notes);
        if goes {
            going.push(*id);
        }
    }
    for id in going {
        let Some(note) = board.notes.remove(&id) else { continue };
        board.order.remove(note.area, note.rank, id);
        if note.deleted.is_none() {
            board.live = board.live.saturating_sub(1);
            board.release(id, note.cluster);
        }
    }
}
