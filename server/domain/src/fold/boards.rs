//! Folding events about boards. An event for a board that is not in the view is passed over.

use engawa_protocol::event::{
    BoardRevealed, ClusterCreated, ClusterDissolved, ClusterRenamed, NoteAdded, NoteClustered, NoteDeleted,
    NoteEdited, NoteHarvested, NoteMarkSet, NoteMarksChanged, NoteMoved, NotesRanked, SilentWritingStarted,
};
use engawa_protocol::view::{AuthorView, BoardView, MeetingView, NoteView};
use engawa_protocol::{BoardId, NoteId, PersonId};

/// The plenary's board, or that of the room one is in.
fn board(view: &mut MeetingView, id: BoardId) -> Option<&mut BoardView> {
    if id == BoardId::PLENARY {
        return Some(&mut view.plenary);
    }
    view.seat.as_mut().map(|seat| &mut seat.board).filter(|board| board.id == id)
}

fn note(view: &mut MeetingView, id: BoardId, note: NoteId) -> Option<&mut NoteView> {
    board(view, id)?.notes.get_mut(&note)
}

fn is_own(note: &NoteView, me: Option<PersonId>) -> bool {
    match &note.author {
        AuthorView::Me {} => true,
        AuthorView::Hidden {} => false,
        AuthorView::Shown { author } => me == Some(author.person),
    }
}

pub(super) fn note_added(view: &mut MeetingView, e: &NoteAdded) {
    if let Some(board) = board(view, e.board) {
        board.notes.insert(e.note.id, e.note.clone());
    }
}

pub(super) fn note_edited(view: &mut MeetingView, e: &NoteEdited) {
    if let Some(note) = note(view, e.board, e.note) {
        note.text.clone_from(&e.text);
        note.color = e.color;
        note.version = e.version;
        note.edited_by.clone_from(&e.edited_by);
    }
}

pub(super) fn note_moved(view: &mut MeetingView, e: &NoteMoved) {
    if let Some(note) = note(view, e.board, e.note) {
        note.area = e.area;
        note.rank = e.rank;
    }
}

pub(super) fn notes_ranked(view: &mut MeetingView, e: &NotesRanked) {
    let Some(board) = board(view, e.board) else { return };
    for ranked in &e.ranks {
        if let Some(note) = board.notes.get_mut(&ranked.note) {
            note.rank = ranked.rank;
        }
    }
}

pub(super) fn note_deleted(view: &mut MeetingView, e: &NoteDeleted) {
    if let Some(board) = board(view, e.board) {
        board.notes.remove(&e.note);
    }
}

pub(super) fn note_marks_changed(view: &mut MeetingView, e: &NoteMarksChanged) {
    if let Some(note) = note(view, e.board, e.note) {
        note.marks = e.marks;
    }
}

pub(super) fn note_mark_set(view: &mut MeetingView, e: &NoteMarkSet) {
    if let Some(note) = note(view, e.board, e.note) {
        note.marked = e.marked;
    }
}

pub(super) fn note_harvested(view: &mut MeetingView, e: &NoteHarvested) {
    if let Some(note) = note(view, e.board, e.note) {
        note.harvested = e.harvested;
    }
}

pub(super) fn note_clustered(view: &mut MeetingView, e: &NoteClustered) {
    if let Some(note) = note(view, e.board, e.note) {
        note.cluster = e.cluster;
    }
}

pub(super) fn cluster_created(view: &mut MeetingView, e: &ClusterCreated) {
    let Some(board) = board(view, e.board) else { return };
    board.clusters.insert(e.cluster.id, e.cluster.clone());
    for id in &e.notes {
        if let Some(note) = board.notes.get_mut(id) {
            note.cluster = Some(e.cluster.id);
        }
    }
}

pub(super) fn cluster_renamed(view: &mut MeetingView, e: &ClusterRenamed) {
    let cluster = board(view, e.board).and_then(|board| board.clusters.get_mut(&e.cluster));
    if let Some(cluster) = cluster {
        cluster.name.clone_from(&e.name);
    }
}

pub(super) fn cluster_dissolved(view: &mut MeetingView, e: &ClusterDissolved) {
    let Some(board) = board(view, e.board) else { return };
    board.clusters.remove(&e.cluster);
    for note in board.notes.values_mut().filter(|note| note.cluster == Some(e.cluster)) {
        note.cluster = None;
    }
}

pub(super) fn silent_writing_started(view: &mut MeetingView, e: &SilentWritingStarted) {
    let me = view.me.person;
    let Some(board) = board(view, e.board) else { return };
    board.silent = true;
    board.clusters.clear();
    board.notes.retain(|_, note| is_own(note, me));
    for note in board.notes.values_mut() {
        note.cluster = None;
    }
}

pub(super) fn board_revealed(view: &mut MeetingView, e: &BoardRevealed) {
    let Some(board) = board(view, e.board) else { return };
    board.silent = false;
    for note in &e.revealed.notes {
        board
            .notes
            .entry(note.id)
            .and_modify(|own| own.cluster = note.cluster)
            .or_insert_with(|| note.clone());
    }
    for cluster in &e.revealed.clusters {
        board.clusters.insert(cluster.id, cluster.clone());
    }
}
