//! Decisions of this area: reads the meeting, gives a change or a rejection.

use engawa_protocol::Rejection;
use engawa_protocol::command::{
    AddNote, CreateCluster, DeleteNote, DissolveCluster, EditNote, HarvestNote, MarkNote, MoveNote,
    RenameCluster, RestoreNote, RevealBoard, SetCluster, StartSilentWriting, UnmarkNote,
};

use super::Change;
use crate::context::Context;
use crate::meeting::Meeting;

pub(crate) fn add_note(_m: &Meeting, _cx: &Context, _c: &AddNote) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn edit_note(_m: &Meeting, _cx: &Context, _c: &EditNote) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn move_note(_m: &Meeting, _cx: &Context, _c: &MoveNote) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn delete_note(_m: &Meeting, _cx: &Context, _c: &DeleteNote) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn restore_note(_m: &Meeting, _cx: &Context, _c: &RestoreNote) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn mark_note(_m: &Meeting, _cx: &Context, _c: &MarkNote) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn unmark_note(_m: &Meeting, _cx: &Context, _c: &UnmarkNote) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn create_cluster(_m: &Meeting, _cx: &Context, _c: &CreateCluster) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn rename_cluster(_m: &Meeting, _cx: &Context, _c: &RenameCluster) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn dissolve_cluster(
    _m: &Meeting,
    _cx: &Context,
    _c: &DissolveCluster,
) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn set_cluster(_m: &Meeting, _cx: &Context, _c: &SetCluster) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn start_silent_writing(
    _m: &Meeting,
    _cx: &Context,
    _c: &StartSilentWriting,
) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn reveal_board(_m: &Meeting, _cx: &Context, _c: &RevealBoard) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn harvest_note(_m: &Meeting, _cx: &Context, _c: &HarvestNote) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}
