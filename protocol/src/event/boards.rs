//! Events about boards. Each names its board: `plenary`, or the board of `seat`. An event for a board that is not
//! in the view is passed over.

use alloc::string::String;
use alloc::vec::Vec;

use crate::board::NoteColor;
use crate::ids::{AreaId, BoardId, ClusterId, NoteId};
use crate::view::{AuthorName, ClusterView, NoteRank, NoteView, RevealedBoard};

wire! {
    /// A note was added, or a deleted one came back. Fold: into `notes`.
    pub struct NoteAdded {
        /// The board.
        pub board: BoardId,
        /// The note.
        pub note: NoteView,
    }

    /// A note's text or colour changed. Fold: those fields.
    pub struct NoteEdited {
        /// The board.
        pub board: BoardId,
        /// The note.
        pub note: NoteId,
        /// The text.
        pub text: String,
        /// The colour.
        pub color: NoteColor,
        /// Its version now.
        pub version: u32,
        /// Who edited it, if it was not the author and authors are shown.
        pub edited_by: Option<AuthorName>,
    }

    /// A note was moved. Fold: `area` and `rank`.
    pub struct NoteMoved {
        /// The board.
        pub board: BoardId,
        /// The note.
        pub note: NoteId,
        /// The area.
        pub area: AreaId,
        /// The rank.
        pub rank: i64,
    }

    /// An area was numbered afresh. Fold: `rank` of each note that is in the view.
    pub struct NotesRanked {
        /// The board.
        pub board: BoardId,
        /// The ranks.
        pub ranks: Vec<NoteRank>,
    }

    /// A note was deleted. Fold: out of `notes`.
    pub struct NoteDeleted {
        /// The board.
        pub board: BoardId,
        /// The note.
        pub note: NoteId,
    }

    /// A note has more or fewer marks. Fold: `marks`.
    pub struct NoteMarksChanged {
        /// The board.
        pub board: BoardId,
        /// The note.
        pub note: NoteId,
        /// Marks now.
        pub marks: u32,
    }

    /// The viewer marked a note or took the mark back, on whatever device. Fold: `marked`.
    pub struct NoteMarkSet {
        /// The board.
        pub board: BoardId,
        /// The note.
        pub note: NoteId,
        /// Whether it is marked.
        pub marked: bool,
    }

    /// A note was pinned to the plenary board, or its pin taken off. Fold: `harvested`.
    pub struct NoteHarvested {
        /// The board.
        pub board: BoardId,
        /// The note.
        pub note: NoteId,
        /// Whether it is pinned.
        pub harvested: bool,
    }

    /// A note went into a cluster or out of one. Fold: `cluster`.
    pub struct NoteClustered {
        /// The board.
        pub board: BoardId,
        /// The note.
        pub note: NoteId,
        /// Its cluster now.
        pub cluster: Option<ClusterId>,
    }

    /// A cluster was made. Fold: into `clusters`, and `cluster` of its notes.
    pub struct ClusterCreated {
        /// The board.
        pub board: BoardId,
        /// The cluster.
        pub cluster: ClusterView,
        /// Its notes.
        pub notes: Vec<NoteId>,
    }

    /// A cluster was named. Fold: its `name`.
    pub struct ClusterRenamed {
        /// The board.
        pub board: BoardId,
        /// The cluster.
        pub cluster: ClusterId,
        /// The name.
        pub name: String,
    }

    /// A cluster was dissolved. Fold: out of `clusters`; its notes are in no cluster.
    pub struct ClusterDissolved {
        /// The board.
        pub board: BoardId,
        /// The cluster.
        pub cluster: ClusterId,
    }

    /// Silent writing began. Fold: `silent`; all notes that are not the viewer's own and all clusters go out, and
    /// the viewer's own notes are in no cluster.
    pub struct SilentWritingStarted {
        /// The board.
        pub board: BoardId,
    }

    /// Silent writing ended. Fold: `silent` is off; notes that are not there yet and all clusters come in. Of the
    /// notes that are there (one's own), only `cluster` is taken over.
    pub struct BoardRevealed {
        /// The board.
        pub board: BoardId,
        /// What appears.
        pub revealed: RevealedBoard,
    }
}
