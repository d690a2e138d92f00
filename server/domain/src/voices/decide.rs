//! Decisions of this area: reads the meeting, gives a change or a rejection.

use engawa_protocol::Rejection;
use engawa_protocol::command::{
    Announce, AnswerQuestionnaire, CloseQuestionnaire, GivePulse, OpenQuestionnaire, ReadAnnouncement,
    SetQuestionnaire, WithdrawAnnouncement,
};

use super::Change;
use crate::context::Context;
use crate::meeting::Meeting;

pub(crate) fn give_pulse(_m: &Meeting, _cx: &Context, _c: &GivePulse) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn set_questionnaire(
    _m: &Meeting,
    _cx: &Context,
    _c: &SetQuestionnaire,
) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn open_questionnaire(
    _m: &Meeting,
    _cx: &Context,
    _c: &OpenQuestionnaire,
) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn close_questionnaire(
    _m: &Meeting,
    _cx: &Context,
    _c: &CloseQuestionnaire,
) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn answer_questionnaire(
    _m: &Meeting,
    _cx: &Context,
    _c: &AnswerQuestionnaire,
) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn announce(_m: &Meeting, _cx: &Context, _c: &Announce) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn withdraw_announcement(
    _m: &Meeting,
    _cx: &Context,
    _c: &WithdrawAnnouncement,
) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn read_announcement(
    _m: &Meeting,
    _cx: &Context,
    _c: &ReadAnnouncement,
) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}
