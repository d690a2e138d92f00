//! Decisions of this area: reads the meeting, gives a change or a rejection.

use engawa_protocol::Rejection;
use engawa_protocol::command::{
    AddRound, AddTime, CloseRound, EditRound, EndRound, MoveRound, OpenRound, PauseRound, RemoveRound,
    ReopenRound, ResumeRound, SetAgenda,
};

use super::Change;
use crate::context::Context;
use crate::meeting::Meeting;

pub(crate) fn set_agenda(_m: &Meeting, _cx: &Context, _c: &SetAgenda) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn add_round(_m: &Meeting, _cx: &Context, _c: &AddRound) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn edit_round(_m: &Meeting, _cx: &Context, _c: &EditRound) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn remove_round(_m: &Meeting, _cx: &Context, _c: &RemoveRound) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn move_round(_m: &Meeting, _cx: &Context, _c: &MoveRound) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn open_round(_m: &Meeting, _cx: &Context, _c: &OpenRound) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn pause_round(_m: &Meeting, _cx: &Context, _c: &PauseRound) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn resume_round(_m: &Meeting, _cx: &Context, _c: &ResumeRound) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn add_time(_m: &Meeting, _cx: &Context, _c: &AddTime) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn close_round(_m: &Meeting, _cx: &Context, _c: &CloseRound) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn end_round(_m: &Meeting, _cx: &Context, _c: &EndRound) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn reopen_round(_m: &Meeting, _cx: &Context, _c: &ReopenRound) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

/// A round's deadline has been reached.
pub(crate) fn expire(
    _m: &Meeting,
    _cx: &Context,
    _round: engawa_protocol::RoundId,
    _deadline: engawa_protocol::Timestamp,
) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}
