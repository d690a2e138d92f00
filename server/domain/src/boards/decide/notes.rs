//! Deciding on notes and marks.

use engawa_protocol::command::{AddNote, DeleteNote, EditNote, MarkNote, MoveNote, RestoreNote, UnmarkNote};
use engawa_protocol::limits::NOTES_MAX;
use engawa_protocol::{BoardId, NoteId, Rejection, Resource};

use super::super::access::{NO_AREA, NO_NOTE, Work, may_delete, may_edit, not_silent, note_seen, workable};
use super::super::{Change, Note, capacity};
use crate::context::Context;
use crate::meeting::Meeting;

pub(crate) fn add_note(m: &Meeting, cx: &Context, c: &AddNote) -> Result<Change, Rejection> {
    let (asker, board) = workable(m, cx, c.board, Work::Write)?;
    if !board.has_area(c.area) {
        return Err(NO_AREA);
    }
    room_for_a_note(m, c.board)?;
    Ok(Change::AddNote {
        board: c.board,
        area: c.area,
        spot: board.order.end(c.area),
        text: c.text.clone(),
        color: c.color,
        author: asker.id,
    })
}

/// Whether a board, and the meeting, can take another note. Deleted ones count: they can come back.
pub(super) fn room_for_a_note(m: &Meeting, board: BoardId) -> Result<(), Rejection> {
    let too_many = |max| Err(Rejection::TooMany { resource: Resource::Notes, max });
    let on_board = m.boards.board(board).map_or(0, |board| board.notes.len());
    let max = capacity(board);
    if u64::try_from(on_board).is_ok_and(|count| count >= max) {
        return too_many(max);
    }
    if u64::from(m.boards.last_note) >= NOTES_MAX { too_many(NOTES_MAX) } else { Ok(()) }
}

pub(crate) fn edit_note(m: &Meeting, cx: &Context, c: &EditNote) -> Result<Change, Rejection> {
    let (asker, board) = workable(m, cx, c.board, Work::Tidy)?;
    let note = note_seen(board, c.note, asker)?;
    if !may_edit(note, asker) {
        return Err(Rejection::NotYourNote {});
    }
    if note.text == c.text && note.color == c.color {
        return Ok(Change::Nothing);
    }
    if note.version != c.base_version {
        return Err(Rejection::NoteConflict {
            current_text: note.text.clone(),
            current_version: note.version,
            your_text: c.text.clone(),
        });
    }
    Ok(Change::EditNote {
        board: c.board,
        note: c.note,
        text: c.text.clone(),
        color: c.color,
        editor: asker.id,
    })
}

pub(crate) fn move_note(m: &Meeting, cx: &Context, c: &MoveNote) -> Result<Change, Rejection> {
    let (asker, board) = workable(m, cx, c.board, Work::Tidy)?;
    let note = note_seen(board, c.note, asker)?;
    if !board.has_area(c.area) {
        return Err(NO_AREA);
    }
    let stays_in_area = note.area == c.area;
    if stays_in_area && c.before == Some(c.note) {
        return Ok(Change::Nothing);
    }
    // A note that the asker does not see is as one that is not there.
    let before = c.before.and_then(|id| {
        let next = note_seen(board, id, asker).ok().filter(|next| next.area == c.area)?;
        Some((next.rank, id))
    });
    let mover = stays_in_area.then_some((note.rank, c.note));
    Ok(match board.order.spot(c.area, mover, before) {
        super::super::order::Spot::Same => Change::Nothing,
        spot => Change::MoveNote { board: c.board, note: c.note, area: c.area, spot },
    })
}

pub(crate) fn delete_note(m: &Meeting, cx: &Context, c: &DeleteNote) -> Result<Change, Rejection> {
    let (asker, board) = workable(m, cx, c.board, Work::Tidy)?;
    let note = note_seen(board, c.note, asker)?;
    if !may_delete(note, asker) {
        return Err(Rejection::NotYourNote {});
    }
    Ok(Change::DeleteNote { board: c.board, note: c.note, by: asker.id })
}

pub(crate) fn restore_note(m: &Meeting, cx: &Context, c: &RestoreNote) -> Result<Change, Rejection> {
    let (asker, board) = workable(m, cx, c.board, Work::Tidy)?;
    let note = board.notes.get(&c.note);
    if board.silent && note.is_none_or(|note| note.author != asker.id) {
        return Err(Rejection::SilentWriting {});
    }
    let note = note.ok_or(NO_NOTE)?;
    let Some(deletion) = note.deleted else {
        return Err(Rejection::NoteNotDeleted {});
    };
    // Whoever could neither have deleted it nor did does not see it any more.
    if deletion.by != asker.id && !may_delete(note, asker) {
        return Err(NO_NOTE);
    }
    if harvested_anew(m, note, c.note) {
        return Err(Rejection::AlreadyHarvested {});
    }
    Ok(Change::RestoreNote { board: c.board, note: c.note })
}

/// Whether the note that this deleted one is a copy of has been pinned again since.
fn harvested_anew(m: &Meeting, note: &Note, id: NoteId) -> bool {
    note.source
        .and_then(|source| m.boards.note(BoardId::of_room(source.room), source.note))
        .and_then(|original| original.harvested)
        .is_some_and(|copy| copy != id)
}

pub(crate) fn mark_note(m: &Meeting, cx: &Context, c: &MarkNote) -> Result<Change, Rejection> {
    set_mark(m, cx, c.board, c.note, true)
}

pub(crate) fn unmark_note(m: &Meeting, cx: &Context, c: &UnmarkNote) -> Result<Change, Rejection> {
    set_mark(m, cx, c.board, c.note, false)
}

fn set_mark(
    m: &Meeting,
    cx: &Context,
    board: BoardId,
    note: NoteId,
    marked: bool,
) -> Result<Change, Rejection> {
    let (asker, found) = workable(m, cx, board, Work::Mark)?;
    not_silent(found)?;
    let marks = &note_seen(found, note, asker)?.marks;
    if marks.contains(&asker.id) == marked {
        return Ok(Change::Nothing);
    }
    Ok(Change::SetMark { board, note, person: asker.id, marked })
}
