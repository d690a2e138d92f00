//! Decisions of this area: reads the meeting, gives a change or a rejection.

use engawa_protocol::Rejection;
use engawa_protocol::command::{
    AddPerson, AddTeam, EditMeeting, EditPerson, EditTeam, EndMeeting, ImportRoster, JoinMeeting,
    LeaveMeeting, ReleasePerson, RemovePerson, RemoveTeam, RestorePerson, RevokeLinks, SetJoinRule,
    SetKeepUntil,
};

use super::Change;
use crate::context::Context;
use crate::meeting::Meeting;

pub(crate) fn edit_meeting(_m: &Meeting, _cx: &Context, _c: &EditMeeting) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn set_join_rule(_m: &Meeting, _cx: &Context, _c: &SetJoinRule) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn set_keep_until(_m: &Meeting, _cx: &Context, _c: &SetKeepUntil) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn end_meeting(_m: &Meeting, _cx: &Context, _c: &EndMeeting) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn revoke_links(_m: &Meeting, _cx: &Context, _c: &RevokeLinks) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn join_meeting(_m: &Meeting, _cx: &Context, _c: &JoinMeeting) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn leave_meeting(_m: &Meeting, _cx: &Context, _c: &LeaveMeeting) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn import_roster(_m: &Meeting, _cx: &Context, _c: &ImportRoster) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn add_team(_m: &Meeting, _cx: &Context, _c: &AddTeam) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn edit_team(_m: &Meeting, _cx: &Context, _c: &EditTeam) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn remove_team(_m: &Meeting, _cx: &Context, _c: &RemoveTeam) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn add_person(_m: &Meeting, _cx: &Context, _c: &AddPerson) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn edit_person(_m: &Meeting, _cx: &Context, _c: &EditPerson) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn remove_person(_m: &Meeting, _cx: &Context, _c: &RemovePerson) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn restore_person(_m: &Meeting, _cx: &Context, _c: &RestorePerson) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn release_person(_m: &Meeting, _cx: &Context, _c: &ReleasePerson) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

/// A person's first connection is there.
pub(crate) fn arrive(
    _m: &Meeting,
    _cx: &Context,
    _person: engawa_protocol::PersonId,
) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

/// A person's last connection has been gone for a while.
pub(crate) fn depart(
    _m: &Meeting,
    _cx: &Context,
    _person: engawa_protocol::PersonId,
) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}
