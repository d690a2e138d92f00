//! Decisions of this area: reads the meeting, gives a change or a rejection.

use engawa_protocol::Rejection;
use engawa_protocol::command::{
    AddComment, AddPoster, DeleteComment, EditPoster, RestorePoster, SetInterest, ShareFeedback,
    WithdrawPoster,
};

use super::Change;
use crate::context::Context;
use crate::meeting::Meeting;

pub(crate) fn add_poster(_m: &Meeting, _cx: &Context, _c: &AddPoster) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn edit_poster(_m: &Meeting, _cx: &Context, _c: &EditPoster) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn withdraw_poster(_m: &Meeting, _cx: &Context, _c: &WithdrawPoster) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn restore_poster(_m: &Meeting, _cx: &Context, _c: &RestorePoster) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn set_interest(_m: &Meeting, _cx: &Context, _c: &SetInterest) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn add_comment(_m: &Meeting, _cx: &Context, _c: &AddComment) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn delete_comment(_m: &Meeting, _cx: &Context, _c: &DeleteComment) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn share_feedback(_m: &Meeting, _cx: &Context, _c: &ShareFeedback) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}
