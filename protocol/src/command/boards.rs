//! Commands about boards, notes and clusters.

use alloc::string::String;
use alloc::vec::Vec;

use crate::board::NoteColor;
use crate::ids::{AreaId, BoardId, ClusterId, NoteId};

wire! {
    /// Adds a note at the end of an area.
    pub struct AddNote {
        /// The board.
        pub board: BoardId,
        /// The area.
        pub area: AreaId,
        /// The text, 1 to `NOTE_GRAPHEMES_MAX`, line breaks allowed.
        pub text: String,
        /// The colour.
        pub color: NoteColor,
    }

    /// Changes a note's text and colour.
    pub struct EditNote {
        /// The board.
        pub board: BoardId,
        /// The note.
        pub note: NoteId,
        /// The version the edit began with. When the note has another by now, both texts come back.
        pub base_version: u32,
        /// The new text.
        pub text: String,
        /// The new colour.
        pub color: NoteColor,
    }

    /// Moves a note within its board.
    pub struct MoveNote {
        /// The board.
        pub board: BoardId,
        /// The note.
        pub note: NoteId,
        /// The area it goes to.
        pub area: AreaId,
        /// The note it comes before; none, or one that is not in that area (any more): at the end.
        #[serde(default)]
        pub before: Option<NoteId>,
    }

    /// Deletes a note; [`RestoreNote`] brings it back.
    pub struct DeleteNote {
        /// The board.
        pub board: BoardId,
        /// The note.
        pub note: NoteId,
    }

    /// Brings a deleted note back to where it was, with its marks.
    pub struct RestoreNote {
        /// The board.
        pub board: BoardId,
        /// The note.
        pub note: NoteId,
    }

    /// 共感: marks a note, one mark a person. Marking twice is the same as once.
    pub struct MarkNote {
        /// The board.
        pub board: BoardId,
        /// The note.
        pub note: NoteId,
    }

    /// Takes the mark back.
    pub struct UnmarkNote {
        /// The board.
        pub board: BoardId,
        /// The note.
        pub note: NoteId,
    }

    /// Puts notes together.
    pub struct CreateCluster {
        /// The board.
        pub board: BoardId,
        /// The name; may be empty at first.
        pub name: String,
        /// The notes, at least one; they leave the clusters they were in.
        pub notes: Vec<NoteId>,
    }

    /// Names a cluster.
    pub struct RenameCluster {
        /// The board.
        pub board: BoardId,
        /// The cluster.
        pub cluster: ClusterId,
        /// The name.
        pub name: String,
    }

    /// Dissolves a cluster; its notes stay. A cluster that loses its last note dissolves by itself.
    pub struct DissolveCluster {
        /// The board.
        pub board: BoardId,
        /// The cluster.
        pub cluster: ClusterId,
    }

    /// Puts a note into a cluster or takes it out.
    pub struct SetCluster {
        /// The board.
        pub board: BoardId,
        /// The note.
        pub note: NoteId,
        /// The cluster; none: out of any.
        pub cluster: Option<ClusterId>,
    }

    /// From now on each sees only their own notes.
    pub struct StartSilentWriting {
        /// The boards; empty: those of all rooms of the running round.
        pub boards: Vec<BoardId>,
    }

    /// Ends silent writing: all notes appear at once.
    pub struct RevealBoard {
        /// The boards; empty: those of all rooms of the running round that write in silence.
        pub boards: Vec<BoardId>,
    }

    /// Pins a note to the plenary board, with its room as its source.
    pub struct HarvestNote {
        /// The room's board.
        pub board: BoardId,
        /// The note.
        pub note: NoteId,
        /// The area of the plenary board; none: the first.
        #[serde(default)]
        pub area: Option<AreaId>,
    }
}
