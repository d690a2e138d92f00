//! Changes of boards: decided, complete, and such that making them cannot fail.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use engawa_protocol::{AreaId, BoardId, ClusterId, NoteColor, NoteId, PersonId};

use super::order::Spot;

/// A decided change.
#[derive(Debug)]
pub(crate) enum Change {
    /// What was asked for is so already; the asker is told that it is taken, nobody is told anything else.
    Nothing,
    AddNote {
        board: BoardId,
        area: AreaId,
        spot: Spot,
        text: String,
        color: NoteColor,
        author: PersonId,
    },
    EditNote {
        board: BoardId,
        note: NoteId,
        text: String,
        color: NoteColor,
        editor: PersonId,
    },
    MoveNote {
        board: BoardId,
        note: NoteId,
        area: AreaId,
        spot: Spot,
    },
    DeleteNote {
        board: BoardId,
        note: NoteId,
        by: PersonId,
    },
    RestoreNote {
        board: BoardId,
        note: NoteId,
    },
    SetMark {
        board: BoardId,
        note: NoteId,
        person: PersonId,
        marked: bool,
    },
    CreateCluster {
        board: BoardId,
        name: String,
        notes: BTreeSet<NoteId>,
    },
    RenameCluster {
        board: BoardId,
        cluster: ClusterId,
        name: String,
    },
    DissolveCluster {
        board: BoardId,
        cluster: ClusterId,
    },
    SetCluster {
        board: BoardId,
        note: NoteId,
        cluster: Option<ClusterId>,
    },
    StartSilence {
        boards: Vec<BoardId>,
    },
    Reveal {
        boards: Vec<BoardId>,
    },
    HarvestNote {
        board: BoardId,
        note: NoteId,
        area: AreaId,
        spot: Spot,
        by: PersonId,
    },
}
