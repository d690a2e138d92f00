//! Deciding on who comes in and who is here.

use alloc::string::String;

use engawa_protocol::command::{JoinAs, JoinMeeting, LeaveMeeting};
use engawa_protocol::limits::PEOPLE_MAX;
use engawa_protocol::text::comparison_key;
use engawa_protocol::view::Attendance;
use engawa_protocol::{DeviceId, Entity, PersonId, Rejection, Resource, Role, TeamId};

use super::{name_is_free, on_roster, team_or_none};
use crate::context::{Actor, Context};
use crate::meeting::Meeting;
use crate::roster::{Change, Profile};

pub(crate) fn join_meeting(m: &Meeting, cx: &Context, c: &JoinMeeting) -> Result<Change, Rejection> {
    let Actor::Link { role, device } = cx.actor else {
        return Err(Rejection::NotPermitted {});
    };
    match &c.join {
        JoinAs::Listed { person } => join_listed(m, *person, role, device),
        JoinAs::Named { name, team } => join_named(m, name, *team, role, device),
    }
}

/// A link opens names of its own role only: a participants' link must not make anyone a coordinator.
fn join_listed(m: &Meeting, id: PersonId, role: Role, device: DeviceId) -> Result<Change, Rejection> {
    if !m.info.join_rule.pick_name {
        return Err(Rejection::JoinNotAllowed {});
    }
    let person = on_roster(m, id)?;
    if person.role != role {
        return Err(Rejection::NotFound { entity: Entity::Person });
    }
    if person.claimed_by.contains(&device) {
        return Ok(Change::JoinedAlready { person: id });
    }
    if person.claimed_by.is_empty() {
        Ok(Change::Claim { person: id, device })
    } else {
        Err(Rejection::NameTaken {})
    }
}

fn join_named(
    m: &Meeting,
    name: &str,
    team: Option<TeamId>,
    role: Role,
    device: DeviceId,
) -> Result<Change, Rejection> {
    if !m.info.join_rule.join_with_name {
        return Err(Rejection::JoinNotAllowed {});
    }
    let team = team_or_none(m, team)?;
    let key = comparison_key(name);
    // The same device with the same name again: a reload, or an answer that was lost.
    let own = m.roster.present_or_not().find(|(_, person)| {
        person.claimed_by.contains(&device)
            && person.role == role
            && person.team == team
            && comparison_key(&person.name) == key
    });
    if let Some((person, _)) = own {
        return Ok(Change::JoinedAlready { person });
    }
    name_is_free(&m.roster, name, team, None)?;
    if m.roster.people.len() as u64 >= PEOPLE_MAX {
        return Err(Rejection::TooMany { resource: Resource::People, max: PEOPLE_MAX });
    }
    let profile = Profile { name: String::from(name), team, role, email: None };
    Ok(Change::Join { profile, device })
}

pub(crate) fn leave_meeting(m: &Meeting, cx: &Context, _c: &LeaveMeeting) -> Result<Change, Rejection> {
    let id = cx.actor.person().ok_or(Rejection::NotPermitted {})?;
    match on_roster(m, id)?.attendance {
        Attendance::Away => Err(Rejection::AlreadySo {}),
        Attendance::Present | Attendance::Expected => Ok(Change::Leave { person: id }),
    }
}

/// A person's first connection is there.
pub(crate) fn arrive(m: &Meeting, _cx: &Context, id: PersonId) -> Result<Change, Rejection> {
    match on_roster(m, id)?.attendance {
        Attendance::Present => Err(Rejection::AlreadySo {}),
        Attendance::Expected | Attendance::Away => Ok(Change::Arrive { person: id }),
    }
}

/// A person's last connection has been gone for a while.
pub(crate) fn depart(m: &Meeting, _cx: &Context, id: PersonId) -> Result<Change, Rejection> {
    match on_roster(m, id)?.attendance {
        Attendance::Present => Ok(Change::Leave { person: id }),
        Attendance::Expected | Attendance::Away => Err(Rejection::AlreadySo {}),
    }
}
