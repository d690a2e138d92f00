//! Boards, notes and clusters as seen.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::board::{AuthorDisplay, BoardTemplate, NoteColor};
use crate::ids::{AreaId, BoardId, ClusterId, NoteId, PersonId, RoomId};
use crate::time::Timestamp;

wire! {
    /// A board.
    pub struct BoardView {
        /// Which.
        pub id: BoardId,
        /// Its template, which says how many areas it has.
        pub template: BoardTemplate,
        /// Whether it shows authors.
        pub authors: AuthorDisplay,
        /// Silent writing: while on, only one's own notes are here.
        pub silent: bool,
        /// Its notes. Within an area they stand by rank, then by id.
        pub notes: BTreeMap<NoteId, NoteView>,
        /// Its clusters; none while writing in silence.
        pub clusters: BTreeMap<ClusterId, ClusterView>,
    }

    /// A note.
    pub struct NoteView {
        /// Which.
        pub id: NoteId,
        /// The text.
        pub text: String,
        /// The colour.
        pub color: NoteColor,
        /// The area it lies in.
        pub area: AreaId,
        /// Where in the area: ascending; only the order counts.
        pub rank: i64,
        /// Rises with every edit of text or colour; the base of the next edit.
        pub version: u32,
        /// Who wrote it, as far as the viewer may know.
        pub author: AuthorView,
        /// When it was added.
        pub added_at: Timestamp,
        /// Who edited it last, if it was not the author and authors are shown.
        pub edited_by: Option<AuthorName>,
        /// Marks (共感).
        pub marks: u32,
        /// Whether the viewer's mark is among them.
        pub marked: bool,
        /// Its cluster.
        pub cluster: Option<ClusterId>,
        /// Pinned to the plenary board.
        pub harvested: bool,
        /// On the plenary board: the room it comes from.
        pub source: Option<NoteSource>,
    }

    /// A name beside a note or comment. It is carried along because the author may not be among the people seen.
    pub struct AuthorName {
        /// Who.
        pub person: PersonId,
        /// Their name.
        pub name: String,
    }

    /// Who wrote something, as far as the viewer may know.
    #[serde(tag = "is", rename_all = "snake_case")]
    pub enum AuthorView {
        /// The viewer, on a board that hides authors from everyone else.
        Me {},
        /// Somebody; the board hides who.
        Hidden {},
        /// Shown to everyone, the viewer included.
        Shown {
            /// Who.
            author: AuthorName,
        },
    }

    /// Where a harvested note comes from.
    pub struct NoteSource {
        /// The room.
        pub room: RoomId,
        /// Its number.
        pub number: u32,
        /// Its name.
        pub name: String,
        /// The note there.
        pub note: NoteId,
    }

    /// A cluster of notes.
    pub struct ClusterView {
        /// Which.
        pub id: ClusterId,
        /// Its name; may be empty.
        pub name: String,
    }

    /// A note's new rank, when an area had to be numbered afresh.
    pub struct NoteRank {
        /// The note.
        pub note: NoteId,
        /// Its rank.
        pub rank: i64,
    }

    /// Notes and clusters that appear at once when silent writing ends.
    pub struct RevealedBoard {
        /// All notes. One's own, which one has already, stay as they are.
        pub notes: Vec<NoteView>,
        /// All clusters.
        pub clusters: Vec<ClusterView>,
    }
}
