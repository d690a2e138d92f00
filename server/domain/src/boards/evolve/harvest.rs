//! Harvest: a copy on the plenary board, and the link between it and the note it comes from. The copy stands for what
//! was read out: later edits of the note do not change it, and its author stays as hidden as on the room's board.

use engawa_protocol::event::NoteHarvested;
use engawa_protocol::{AreaId, BoardId, NoteId, PersonId};

use super::super::Source;
use super::super::order::Spot;
use super::notes::{self, NewNote};
use super::tell;
use crate::context::{Context, Effects};
use crate::meeting::Meeting;

pub(super) fn harvest(
    m: &mut Meeting,
    cx: &Context,
    (id, note_id): (BoardId, NoteId),
    (area, spot): (AreaId, Spot),
    by: PersonId,
    fx: &mut Effects,
) {
    let Some(room) = id.room() else { return };
    let Some(note) = m.boards.note(id, note_id) else { return };
    let source = Source { room, note: note_id, by };
    let copy = NewNote {
        area,
        spot,
        text: note.text.clone(),
        color: note.color,
        author: note.author,
        source: Some((source, note.authors)),
    };
    let copy = notes::add(m, cx, BoardId::PLENARY, copy, fx);
    set_harvested(m, source, Some(copy), fx);
}

/// Ties a note to its copy on the plenary board, or takes the tie off.
pub(super) fn set_harvested(m: &mut Meeting, source: Source, copy: Option<NoteId>, fx: &mut Effects) {
    let id = BoardId::of_room(source.room);
    let Some(note) = m.boards.note_mut(id, source.note) else { return };
    note.harvested = copy;
    let Some(board) = m.boards.board(id) else { return };
    let Some(note) = board.live_note(source.note) else { return };
    let event = NoteHarvested { board: id, note: source.note, harvested: copy.is_some() };
    tell(m, id, board, note, event, fx);
}
