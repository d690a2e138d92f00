//! Deciding on the meeting as a whole and its links.

use alloc::boxed::Box;

use engawa_protocol::command::{EditMeeting, EndMeeting, RevokeLinks, SetJoinRule, SetKeepUntil};
use engawa_protocol::limits::SAFE_INTEGER_MAX;
use engawa_protocol::view::MeetingInfo;
use engawa_protocol::{Field, LinkTarget, Rejection};

use super::on_roster;
use crate::context::Context;
use crate::meeting::Meeting;
use crate::roster::Change;

/// The meeting with something changed; nothing changed is no change.
fn replaced(m: &Meeting, info: MeetingInfo) -> Result<Change, Rejection> {
    if info == m.info { Err(Rejection::AlreadySo {}) } else { Ok(Change::ReplaceInfo(Box::new(info))) }
}

pub(crate) fn edit_meeting(m: &Meeting, _cx: &Context, c: &EditMeeting) -> Result<Change, Rejection> {
    let mut info = m.info.clone();
    if let Some(title) = &c.title {
        info.title.clone_from(title);
    }
    info.language = c.language.unwrap_or(info.language);
    info.starts_at = c.starts_at.or(info.starts_at);
    replaced(m, info)
}

pub(crate) fn set_join_rule(m: &Meeting, _cx: &Context, c: &SetJoinRule) -> Result<Change, Rejection> {
    replaced(m, MeetingInfo { join_rule: c.rule, ..m.info.clone() })
}

/// A moment that has passed is refused: it would delete the meeting at once, and nobody means that.
pub(crate) fn set_keep_until(m: &Meeting, cx: &Context, c: &SetKeepUntil) -> Result<Change, Rejection> {
    if c.keep_until.is_some_and(|until| until <= cx.at) {
        return Err(Rejection::OutOfRange { field: Field::Time, min: cx.at.0 + 1, max: SAFE_INTEGER_MAX });
    }
    replaced(m, MeetingInfo { keep_until: c.keep_until, ..m.info.clone() })
}

pub(crate) fn end_meeting(m: &Meeting, _cx: &Context, _c: &EndMeeting) -> Result<Change, Rejection> {
    if m.info.ended_at.is_some() { Err(Rejection::MeetingEnded {}) } else { Ok(Change::End) }
}

pub(crate) fn revoke_links(m: &Meeting, cx: &Context, c: &RevokeLinks) -> Result<Change, Rejection> {
    match c.target {
        LinkTarget::Person { person } => on_roster(m, person).map(|_| ())?,
        LinkTarget::Shared { .. } | LinkTarget::Everyone {} => {}
    }
    Ok(Change::RevokeLinks { target: c.target, asker: cx.actor.person() })
}
