//! Decisions of this area: reads the meeting, gives a change or a rejection.

use engawa_protocol::Rejection;
use engawa_protocol::command::{
    AddRoom, AdjustGrouping, CallHelp, ChooseRoom, ClaimHelp, ClearHelp, DiscardGrouping, LeaveRoom,
    MovePeople, PassTurn, ProposeGrouping, RemoveRoom, RenameRoom, SetFacilitator, SetGrouping, SetTurnOrder,
    StartTurns, StopTurns, VisitRoom,
};

use super::Change;
use crate::context::Context;
use crate::meeting::Meeting;

pub(crate) fn propose_grouping(
    _m: &Meeting,
    _cx: &Context,
    _c: &ProposeGrouping,
) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn adjust_grouping(_m: &Meeting, _cx: &Context, _c: &AdjustGrouping) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn set_grouping(_m: &Meeting, _cx: &Context, _c: &SetGrouping) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn discard_grouping(
    _m: &Meeting,
    _cx: &Context,
    _c: &DiscardGrouping,
) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn move_people(_m: &Meeting, _cx: &Context, _c: &MovePeople) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn choose_room(_m: &Meeting, _cx: &Context, _c: &ChooseRoom) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn leave_room(_m: &Meeting, _cx: &Context, _c: &LeaveRoom) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn visit_room(_m: &Meeting, _cx: &Context, _c: &VisitRoom) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn add_room(_m: &Meeting, _cx: &Context, _c: &AddRoom) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn rename_room(_m: &Meeting, _cx: &Context, _c: &RenameRoom) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn remove_room(_m: &Meeting, _cx: &Context, _c: &RemoveRoom) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn set_facilitator(_m: &Meeting, _cx: &Context, _c: &SetFacilitator) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn start_turns(_m: &Meeting, _cx: &Context, _c: &StartTurns) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn pass_turn(_m: &Meeting, _cx: &Context, _c: &PassTurn) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn stop_turns(_m: &Meeting, _cx: &Context, _c: &StopTurns) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn set_turn_order(_m: &Meeting, _cx: &Context, _c: &SetTurnOrder) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn call_help(_m: &Meeting, _cx: &Context, _c: &CallHelp) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn claim_help(_m: &Meeting, _cx: &Context, _c: &ClaimHelp) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn clear_help(_m: &Meeting, _cx: &Context, _c: &ClearHelp) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}
