//! Boards as a viewer may see them.

use alloc::collections::BTreeMap;

use engawa_protocol::view::{AuthorName, AuthorView, BoardView, ClusterView, NoteSource, NoteView};
use engawa_protocol::{
    AuthorDisplay, BoardId, BoardTemplate, ClusterId, NoteId, PersonId, RoomId, Timestamp,
};

use super::access::sees_board;
use super::{Board, Cluster, Note, Shared, Source};
use crate::audience::{Audience, Viewer, ViewerClass};
use crate::erasure::NOBODY;
use crate::meeting::Meeting;

/// A board; the plenary's always exists, a room's as long as the room. The caller has seen to it that the viewer may
/// see the board; what of it they may see is decided here.
pub(crate) fn board_view(m: &Meeting, board: BoardId, class: &ViewerClass) -> BoardView {
    let Some(found) = m.boards.board(board) else {
        return BoardView {
            id: board,
            template: BoardTemplate::Free,
            authors: AuthorDisplay::Shown,
            silent: false,
            notes: BTreeMap::new(),
            clusters: BTreeMap::new(),
        };
    };
    let visible = |note: &Note| note.deleted.is_none() && (!found.silent || is_own(class.person, note));
    BoardView {
        id: board,
        template: found.template,
        authors: found.authors,
        silent: found.silent,
        notes: found
            .notes
            .iter()
            .filter(|(_, note)| visible(note))
            .map(|(id, note)| (*id, note_view(m, found, *id, note, class.person)))
            .collect(),
        clusters: if found.silent { BTreeMap::new() } else { cluster_views(found) },
    }
}

/// Whether somebody looks at their own note. What has lost its author is nobody's, whoever makes a record included.
fn is_own(viewer: Option<PersonId>, note: &Note) -> bool {
    note.author != NOBODY && viewer == Some(note.author)
}

fn cluster_views(board: &Board) -> BTreeMap<ClusterId, ClusterView> {
    board.clusters.iter().map(|(id, cluster)| (*id, cluster_view(*id, cluster))).collect()
}

pub(super) fn cluster_view(id: ClusterId, cluster: &Cluster) -> ClusterView {
    ClusterView { id, name: cluster.name.clone() }
}

/// A note as a person sees it, or as all those see it who are neither its author nor have marked it.
pub(super) fn note_view(
    m: &Meeting,
    board: &Board,
    id: NoteId,
    note: &Note,
    viewer: Option<PersonId>,
) -> NoteView {
    NoteView {
        id,
        text: note.text.clone(),
        color: note.color,
        area: note.area,
        rank: note.rank,
        version: note.version,
        author: match note.authors {
            AuthorDisplay::Shown if note.author == NOBODY => AuthorView::Hidden {},
            AuthorDisplay::Shown => AuthorView::Shown { author: author_name(m, note.author) },
            AuthorDisplay::Hidden if is_own(viewer, note) => AuthorView::Me {},
            AuthorDisplay::Hidden => AuthorView::Hidden {},
        },
        added_at: note.added_at,
        edited_by: note.edited_by.map(|person| author_name(m, person)),
        marks: mark_count(note),
        marked: viewer.is_some_and(|person| note.marks.contains(&person)),
        cluster: if board.silent { None } else { note.cluster },
        harvested: note.harvested.is_some(),
        source: note.source.as_ref().map(|source| note_source(m, source)),
    }
}

pub(super) fn author_name(m: &Meeting, person: PersonId) -> AuthorName {
    AuthorName { person, name: m.roster.name_of(person) }
}

pub(super) fn mark_count(note: &Note) -> u32 {
    u32::try_from(note.marks.len()).unwrap_or(u32::MAX)
}

fn note_source(m: &Meeting, source: &Source) -> NoteSource {
    let room = m.rooms.room(source.room);
    NoteSource {
        room: source.room,
        number: room.map_or(0, |room| room.number),
        name: room.map(|room| room.name.clone()).unwrap_or_default(),
        note: source.note,
    }
}

/// What goes on on a room's board: notes on it, when the last was added, whether it writes in silence.
pub(crate) fn board_activity(m: &Meeting, room: RoomId) -> (u32, Option<Timestamp>, bool) {
    m.boards
        .board(BoardId::of_room(room))
        .map_or((0, None, false), |board| (board.live, board.last_note_at, board.silent))
}

/// Makes the board of a new room.
pub(crate) fn open_board(m: &mut Meeting, room: RoomId, template: BoardTemplate, authors: AuthorDisplay) {
    m.boards
        .boards
        .entry(BoardId::of_room(room))
        .or_insert_with(|| Shared::new(Board::new(template, authors)));
}

/// Whether a room's board carries notes, deleted ones included.
pub(crate) fn board_has_notes(m: &Meeting, room: RoomId) -> bool {
    m.boards.board(BoardId::of_room(room)).is_some_and(|board| !board.notes.is_empty())
}

/// Whether a note on the plenary board comes from this room, and carries its name.
pub(crate) fn is_harvested_from(m: &Meeting, room: RoomId) -> bool {
    m.boards.board(BoardId::PLENARY).is_some_and(|plenary| {
        let from_room = |note: &Note| note.source.is_some_and(|source| source.room == room);
        plenary.notes.values().any(|note| note.deleted.is_none() && from_room(note))
    })
}

/// Takes away the board of a room that is removed; rooms whose board carries notes are not.
pub(crate) fn remove_board(m: &mut Meeting, room: RoomId) {
    m.boards.boards.remove(&BoardId::of_room(room));
}

/// Who may be shown what a viewer is about to do on a board, and whether under their name: everyone else who sees the
/// board. None while it writes in silence, on a board the viewer does not see, and for a screen.
#[must_use]
pub fn gesture_audience(m: &Meeting, viewer: Viewer, board: BoardId) -> Option<(Audience, Option<PersonId>)> {
    let Viewer::Person(person) = viewer else { return None };
    let found = m.boards.board(board).filter(|found| !found.silent)?;
    if !sees_board(m, board, person) {
        return None;
    }
    let audience = board.room().map_or(Audience::EVERYONE, Audience::room).except(person);
    let shown = match found.authors {
        AuthorDisplay::Shown => Some(person),
        AuthorDisplay::Hidden => None,
    };
    Some((audience, shown))
}
