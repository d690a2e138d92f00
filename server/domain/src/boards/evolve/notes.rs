//! Notes come, change, move, go and come back.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use engawa_protocol::event::{
    ClusterDissolved, NoteDeleted, NoteEdited, NoteMarkSet, NoteMarksChanged, NoteMoved, NotesRanked,
};
use engawa_protocol::view::NoteRank;
use engawa_protocol::{AreaId, AuthorDisplay, BoardId, NoteColor, NoteId, PersonId};

use super::super::access::sees_board;
use super::super::order::Spot;
use super::super::project::{author_name, mark_count};
use super::super::{Board, Deletion, Note, Source};
use super::{audience, harvest, tell, tell_activity, tell_added};
use crate::audience::Audience;
use crate::context::{Context, Effects};
use crate::meeting::Meeting;

/// A note that is to be made.
pub(super) struct NewNote {
    pub(super) area: AreaId,
    pub(super) spot: Spot,
    pub(super) text: String,
    pub(super) color: NoteColor,
    pub(super) author: PersonId,
    /// With the display of authors on the board it comes from.
    pub(super) source: Option<(Source, AuthorDisplay)>,
}

pub(super) fn add(m: &mut Meeting, cx: &Context, id: BoardId, new: NewNote, fx: &mut Effects) -> NoteId {
    let note_id = m.boards.next_note();
    let rank = claim_rank(m, id, (new.area, new.spot), fx);
    if let Some(board) = m.boards.board_mut(id) {
        let note = Note {
            text: new.text,
            color: new.color,
            area: new.area,
            rank,
            version: 1,
            author: new.author,
            authors: new.source.map_or(board.authors, |(_, authors)| authors),
            added_at: cx.at,
            edited_by: None,
            marks: BTreeSet::new(),
            cluster: None,
            deleted: None,
            harvested: None,
            source: new.source.map(|(source, _)| source),
        };
        board.insert(note_id, note);
    }
    fx.created = Some(note_id.0);
    tell_added(m, id, note_id, fx);
    tell_activity(m, id, fx);
    note_id
}

/// The rank of a spot; where there is no gap the area is numbered afresh. The note that goes there is not in the
/// area's order at this moment.
fn claim_rank(m: &mut Meeting, id: BoardId, (area, spot): (AreaId, Spot), fx: &mut Effects) -> i64 {
    let before = match spot {
        Spot::At(rank) => return rank,
        Spot::Afresh(before) => before,
        Spot::Same => None,
    };
    let Some(board) = m.boards.board_mut(id) else { return 0 };
    let (free, ranks) = board.order.renumber(area, before);
    for (rank, note) in &ranks {
        if let Some(note) = board.notes.get_mut(note) {
            note.rank = *rank;
        }
    }
    if let Some(board) = m.boards.board(id) {
        tell_ranked(m, id, board, &ranks, fx);
    }
    free
}

/// Each learns the new ranks of the notes they see, and of no others.
fn tell_ranked(m: &Meeting, id: BoardId, board: &Board, ranks: &[(i64, NoteId)], fx: &mut Effects) {
    let live = ranks.iter().filter_map(|(rank, note)| {
        board.live_note(*note).map(|found| (found.author, NoteRank { note: *note, rank: *rank }))
    });
    if !board.silent {
        let ranks: Vec<NoteRank> = live.map(|(_, rank)| rank).collect();
        if !ranks.is_empty() {
            fx.emit(audience(id), NotesRanked { board: id, ranks });
        }
        return;
    }
    let mut by_author: BTreeMap<PersonId, Vec<NoteRank>> = BTreeMap::new();
    for (author, rank) in live {
        by_author.entry(author).or_default().push(rank);
    }
    for (author, ranks) in by_author {
        if sees_board(m, id, author) {
            fx.emit(Audience::person(author), NotesRanked { board: id, ranks });
        }
    }
}

pub(super) fn edit(
    m: &mut Meeting,
    (id, note_id): (BoardId, NoteId),
    text: String,
    color: NoteColor,
    editor: PersonId,
    fx: &mut Effects,
) {
    let Some(note) = m.boards.note_mut(id, note_id) else { return };
    note.text = text;
    note.color = color;
    note.version += 1;
    note.edited_by = match note.authors {
        AuthorDisplay::Shown => (editor != note.author).then_some(editor),
        AuthorDisplay::Hidden => None,
    };
    let Some((board, note)) = found(m, id, note_id) else { return };
    let event = NoteEdited {
        board: id,
        note: note_id,
        text: note.text.clone(),
        color: note.color,
        version: note.version,
        edited_by: note.edited_by.map(|person| author_name(m, person)),
    };
    tell(m, id, board, note, event, fx);
}

pub(super) fn move_to(
    m: &mut Meeting,
    (id, note_id): (BoardId, NoteId),
    area: AreaId,
    spot: Spot,
    fx: &mut Effects,
) {
    let Some(board) = m.boards.board_mut(id) else { return };
    let Some(note) = board.notes.get(&note_id) else { return };
    board.order.remove(note.area, note.rank, note_id);
    let rank = claim_rank(m, id, (area, spot), fx);
    let Some(board) = m.boards.board_mut(id) else { return };
    let Some(note) = board.notes.get_mut(&note_id) else { return };
    note.area = area;
    note.rank = rank;
    board.order.insert(area, rank, note_id);
    if let Some((board, note)) = found(m, id, note_id) {
        tell(m, id, board, note, NoteMoved { board: id, note: note_id, area, rank }, fx);
    }
}

pub(super) fn delete(
    m: &mut Meeting,
    cx: &Context,
    (id, note_id): (BoardId, NoteId),
    by: PersonId,
    fx: &mut Effects,
) {
    let Some(board) = m.boards.board_mut(id) else { return };
    let Some(note) = board.notes.get_mut(&note_id) else { return };
    note.deleted = Some(Deletion { by, at: cx.at });
    let (cluster, source) = (note.cluster, note.source);
    board.live = board.live.saturating_sub(1);
    let dissolved = board.release(note_id, cluster);
    if let Some((board, note)) = found(m, id, note_id) {
        tell(m, id, board, note, NoteDeleted { board: id, note: note_id }, fx);
        if let (Some(cluster), false) = (dissolved, board.silent) {
            fx.emit(audience(id), ClusterDissolved { board: id, cluster });
        }
    }
    if let Some(source) = source {
        harvest::set_harvested(m, source, None, fx);
    }
    tell_activity(m, id, fx);
}

pub(super) fn restore(m: &mut Meeting, (id, note_id): (BoardId, NoteId), fx: &mut Effects) {
    let Some(board) = m.boards.board_mut(id) else { return };
    let Some(note) = board.notes.get_mut(&note_id) else { return };
    note.deleted = None;
    let source = note.source;
    let cluster = note.cluster.and_then(|cluster| board.clusters.get_mut(&cluster));
    match cluster {
        Some(cluster) => {
            cluster.notes.insert(note_id);
        }
        None => note.cluster = None,
    }
    board.live += 1;
    tell_added(m, id, note_id, fx);
    if let Some(source) = source {
        harvest::set_harvested(m, source, Some(note_id), fx);
    }
    tell_activity(m, id, fx);
}

pub(super) fn set_mark(
    m: &mut Meeting,
    (id, note_id): (BoardId, NoteId),
    person: PersonId,
    marked: bool,
    fx: &mut Effects,
) {
    let Some(note) = m.boards.note_mut(id, note_id) else { return };
    if marked {
        note.marks.insert(person);
    } else {
        note.marks.remove(&person);
    }
    let marks = mark_count(note);
    fx.emit(audience(id), NoteMarksChanged { board: id, note: note_id, marks });
    fx.emit(Audience::person(person), NoteMarkSet { board: id, note: note_id, marked });
}

fn found(m: &Meeting, id: BoardId, note: NoteId) -> Option<(&Board, &Note)> {
    let board = m.boards.board(id)?;
    Some((board, board.notes.get(&note)?))
}
