//! Making decided changes: alters the boards and says who learns what.

mod clusters;
mod harvest;
mod notes;
mod silence;

use engawa_protocol::event::{NoteAdded, NoteMarkSet};
use engawa_protocol::{AuthorDisplay, BoardId, Event, NoteId};

use super::access::sees_board;
use super::project::note_view;
use super::{Board, Change, Note};
use crate::audience::Audience;
use crate::context::{Context, Effects};
use crate::meeting::Meeting;
use crate::rooms;

pub(crate) use silence::reveal_round;

pub(crate) fn evolve(m: &mut Meeting, cx: &Context, change: Change, fx: &mut Effects) {
    match change {
        Change::Nothing => {}
        Change::AddNote { board, area, spot, text, color, author } => {
            notes::add(m, cx, board, notes::NewNote { area, spot, text, color, author, source: None }, fx);
        }
        Change::EditNote { board, note, text, color, editor } => {
            notes::edit(m, (board, note), text, color, editor, fx);
        }
        Change::MoveNote { board, note, area, spot } => notes::move_to(m, (board, note), area, spot, fx),
        Change::DeleteNote { board, note, by } => notes::delete(m, cx, (board, note), by, fx),
        Change::RestoreNote { board, note } => notes::restore(m, (board, note), fx),
        Change::SetMark { board, note, person, marked } => {
            notes::set_mark(m, (board, note), person, marked, fx);
        }
        Change::CreateCluster { board, name, notes } => clusters::create(m, board, name, notes, fx),
        Change::RenameCluster { board, cluster, name } => clusters::rename(m, board, cluster, name, fx),
        Change::DissolveCluster { board, cluster } => clusters::dissolve(m, board, cluster, fx),
        Change::SetCluster { board, note, cluster } => clusters::set(m, board, note, cluster, fx),
        Change::StartSilence { boards } => silence::start(m, &boards, fx),
        Change::Reveal { boards } => silence::reveal(m, &boards, fx),
        Change::HarvestNote { board, note, area, spot, by } => {
            harvest::harvest(m, cx, (board, note), (area, spot), by, fx);
        }
    }
}

/// Everyone who sees a board.
const fn audience(board: BoardId) -> Audience {
    match board.room() {
        Some(room) => Audience::room(room),
        None => Audience::EVERYONE,
    }
}

/// Tells those who see a note of something about it: everyone who sees its board, or while that writes in silence
/// only the author, if they are there.
fn tell(m: &Meeting, id: BoardId, board: &Board, note: &Note, event: impl Into<Event>, fx: &mut Effects) {
    if !board.silent {
        fx.emit(audience(id), event);
    } else if sees_board(m, id, note.author) {
        fx.emit(Audience::person(note.author), event);
    }
}

/// Tells everyone who sees a note that it is there, each in their own way, but the same event for as many as
/// possible: those who have marked it learn so by themselves afterwards.
fn tell_added(m: &Meeting, id: BoardId, note_id: NoteId, fx: &mut Effects) {
    let Some(board) = m.boards.board(id) else { return };
    let Some(note) = board.notes.get(&note_id) else { return };
    let seen_by = |viewer| NoteAdded { board: id, note: note_view(m, board, note_id, note, viewer) };
    let author_sees = sees_board(m, id, note.author);
    if board.silent {
        if author_sees {
            fx.emit(Audience::person(note.author), seen_by(Some(note.author)));
        }
        return;
    }
    match note.authors {
        AuthorDisplay::Shown => fx.emit(audience(id), seen_by(None)),
        AuthorDisplay::Hidden => {
            fx.emit(audience(id).except(note.author), seen_by(None));
            if author_sees {
                fx.emit(Audience::person(note.author), seen_by(Some(note.author)));
            }
        }
    }
    tell_marked(m, id, note_id, note, note.authors == AuthorDisplay::Hidden, fx);
}

/// Tells those who have marked a note, and see it, that the mark is theirs.
fn tell_marked(m: &Meeting, id: BoardId, note_id: NoteId, note: &Note, author_knows: bool, fx: &mut Effects) {
    for person in &note.marks {
        if sees_board(m, id, *person) && !(author_knows && *person == note.author) {
            fx.emit(Audience::person(*person), NoteMarkSet { board: id, note: note_id, marked: true });
        }
    }
}

/// Those who watch over all rooms learn that a room's board has more or fewer notes, or writes in silence.
fn tell_activity(m: &Meeting, board: BoardId, fx: &mut Effects) {
    if let Some(room) = board.room() {
        rooms::emit_activity(m, room, fx);
    }
}
