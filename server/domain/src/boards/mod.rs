//! Boards: notes laid out on areas, clusters, marks, silent writing, harvest. Owns every note of the meeting; must
//! not know how rooms are made or people placed, only who is in which room and whether its round is running.

mod access;
mod change;
mod decide;
mod erase;
mod evolve;
mod order;
mod project;
#[cfg(test)]
mod tests;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use engawa_protocol::limits::{NOTES_PER_BOARD_MAX, PLENARY_NOTES_MAX};
use engawa_protocol::{
    AreaId, AuthorDisplay, BoardId, BoardTemplate, ClusterId, NoteColor, NoteId, PersonId, RoomId, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::shared::{Shared, SharedMap};
pub(crate) use change::Change;
pub(crate) use decide::*;
pub(crate) use erase::erase_person;
pub(crate) use evolve::{evolve, reveal_round};
use order::Order;
pub use project::gesture_audience;
pub(crate) use project::*;

/// All boards of the meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Boards {
    /// The plenary's board is always there; a room's as long as the room.
    pub(crate) boards: BTreeMap<BoardId, Shared<Board>>,
    /// The last id given to a note, which is also how many notes were ever made; those of somebody who was erased are no more.
    pub(crate) last_note: u32,
    pub(crate) last_cluster: u32,
}

/// A board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Board {
    pub(crate) template: BoardTemplate,
    pub(crate) authors: AuthorDisplay,
    /// While on, each sees only their own notes.
    pub(crate) silent: bool,
    /// Notes, deleted ones included.
    pub(crate) notes: SharedMap<NoteId, Note>,
    /// Where the notes lie, deleted ones included: their place is kept.
    order: Order,
    pub(crate) clusters: BTreeMap<ClusterId, Cluster>,
    /// Notes that are not deleted.
    live: u32,
    last_note_at: Option<Timestamp>,
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Note {
    pub(crate) text: String,
    pub(crate) color: NoteColor,
    pub(crate) area: AreaId,
    pub(crate) rank: i64,
    /// From 1; rises with every edit of text or colour.
    pub(crate) version: u32,
    /// Who wrote it; [`NOBODY`](crate::erasure::NOBODY) once their data have been taken out.
    pub(crate) author: PersonId,
    /// As on the board it was written on: a harvested note keeps its author hidden.
    pub(crate) authors: AuthorDisplay,
    pub(crate) added_at: Timestamp,
    /// Who edited it last, if it was not the author; never set where authors are hidden.
    pub(crate) edited_by: Option<PersonId>,
    pub(crate) marks: BTreeSet<PersonId>,
    /// Its cluster. A deleted note remembers the one it was in, which may be gone.
    pub(crate) cluster: Option<ClusterId>,
    pub(crate) deleted: Option<Deletion>,
    /// Its copy on the plenary board.
    pub(crate) harvested: Option<NoteId>,
    /// On the plenary board: the note it is a copy of.
    pub(crate) source: Option<Source>,
}

/// By whom and when a note was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Deletion {
    pub(crate) by: PersonId,
    pub(crate) at: Timestamp,
}

/// What a note on the plenary board is a copy of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Source {
    pub(crate) room: RoomId,
    pub(crate) note: NoteId,
    /// Who pinned it; they can take it off again.
    pub(crate) by: PersonId,
}

/// A cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cluster {
    pub(crate) name: String,
    /// Its notes, deleted ones left out; never empty.
    pub(crate) notes: BTreeSet<NoteId>,
}

impl Default for Boards {
    fn default() -> Self {
        let plenary = Board::new(BoardTemplate::Free, AuthorDisplay::Shown);
        Self {
            boards: BTreeMap::from([(BoardId::PLENARY, Shared::new(plenary))]),
            last_note: 0,
            last_cluster: 0,
        }
    }
}

impl Boards {
    /// A board.
    pub(crate) fn board(&self, id: BoardId) -> Option<&Board> {
        self.boards.get(&id).map(|board| &**board)
    }

    /// A note, deleted or not.
    pub(crate) fn note(&self, board: BoardId, note: NoteId) -> Option<&Note> {
        self.boards.get(&board)?.notes.get(&note)
    }

    fn board_mut(&mut self, id: BoardId) -> Option<&mut Board> {
        self.boards.get_mut(&id).map(|board| &mut **board)
    }

    fn note_mut(&mut self, board: BoardId, note: NoteId) -> Option<&mut Note> {
        self.board_mut(board)?.notes.get_mut(&note)
    }

    fn next_note(&mut self) -> NoteId {
        self.last_note += 1;
        NoteId(self.last_note)
    }

    fn next_cluster(&mut self) -> ClusterId {
        self.last_cluster += 1;
        ClusterId(self.last_cluster)
    }
}

impl Board {
    fn new(template: BoardTemplate, authors: AuthorDisplay) -> Self {
        Self {
            template,
            authors,
            silent: false,
            notes: SharedMap::new(),
            order: Order::default(),
            clusters: BTreeMap::new(),
            live: 0,
            last_note_at: None,
        }
    }

    /// Whether the board's template has this area.
    fn has_area(&self, area: AreaId) -> bool {
        area.0 < self.template.area_count()
    }

    /// A note that is not deleted.
    pub(crate) fn live_note(&self, id: NoteId) -> Option<&Note> {
        self.notes.get(&id).filter(|note| note.deleted.is_none())
    }

    /// Puts a new note on the board; it knows its area and rank.
    fn insert(&mut self, id: NoteId, note: Note) {
        self.order.insert(note.area, note.rank, id);
        self.live += 1;
        self.last_note_at = Some(note.added_at);
        self.notes.insert(id, note);
    }

    /// Takes a note out of the members of a cluster. The cluster that has lost its last note goes, and is returned.
    fn release(&mut self, note: NoteId, cluster: Option<ClusterId>) -> Option<ClusterId> {
        let id = cluster?;
        let members = &mut self.clusters.get_mut(&id)?.notes;
        members.remove(&note);
        if !members.is_empty() {
            return None;
        }
        self.clusters.remove(&id);
        Some(id)
    }
}

/// How many notes a board may carry, deleted ones included.
const fn capacity(board: BoardId) -> u64 {
    if board.0 == BoardId::PLENARY.0 { PLENARY_NOTES_MAX } else { NOTES_PER_BOARD_MAX }
}
