//! Deciding on announcements.

use engawa_protocol::command::{Announce, ReadAnnouncement, WithdrawAnnouncement};
use engawa_protocol::limits::ANNOUNCEMENTS_MAX;
use engawa_protocol::{Entity, Rejection, Resource};

use super::super::Change;
use super::speaker;
use crate::context::Context;
use crate::meeting::Meeting;

const NO_ANNOUNCEMENT: Rejection = Rejection::NotFound { entity: Entity::Announcement };

pub(crate) fn announce(m: &Meeting, cx: &Context, c: &Announce) -> Result<Change, Rejection> {
    let by = speaker(cx)?;
    if u64::from(m.announcements.last_announcement) >= ANNOUNCEMENTS_MAX {
        return Err(Rejection::TooMany { resource: Resource::Announcements, max: ANNOUNCEMENTS_MAX });
    }
    Ok(Change::Announce { by, text: c.text.clone() })
}

pub(crate) fn withdraw_announcement(
    m: &Meeting,
    _cx: &Context,
    c: &WithdrawAnnouncement,
) -> Result<Change, Rejection> {
    m.announcements.standing(c.announcement).ok_or(NO_ANNOUNCEMENT)?;
    Ok(Change::WithdrawAnnouncement { announcement: c.announcement })
}

pub(crate) fn read_announcement(
    m: &Meeting,
    cx: &Context,
    c: &ReadAnnouncement,
) -> Result<Change, Rejection> {
    let person = speaker(cx)?;
    let announcement = m.announcements.standing(c.announcement).ok_or(NO_ANNOUNCEMENT)?;
    if announcement.readers.contains(&person) {
        return Ok(Change::Nothing);
    }
    Ok(Change::ReadAnnouncement { announcement: c.announcement, person })
}
