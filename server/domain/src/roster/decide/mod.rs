//! Decisions of this area: reads the meeting, gives a change or a rejection.

mod import;
mod joining;
mod meeting;
mod people;

pub(crate) use import::import_roster;
pub(crate) use joining::{arrive, depart, join_meeting, leave_meeting};
pub(crate) use meeting::{edit_meeting, end_meeting, revoke_links, set_join_rule, set_keep_until};
pub(crate) use people::{
    add_person, add_team, edit_person, edit_team, release_person, remove_person, remove_team, restore_person,
};

use alloc::string::String;

use engawa_protocol::text::{comparison_key, is_blank};
use engawa_protocol::{Entity, PersonId, Rejection, Role, TeamId};

use super::{Person, Roster};
use crate::meeting::Meeting;

/// Somebody who is on the roster now.
fn on_roster(m: &Meeting, id: PersonId) -> Result<&Person, Rejection> {
    m.roster.person(id).ok_or(Rejection::NotFound { entity: Entity::Person })
}

/// A team that exists, or none.
fn team_or_none(m: &Meeting, id: Option<TeamId>) -> Result<Option<TeamId>, Rejection> {
    match id {
        Some(id) if m.roster.team(id).is_none() => Err(Rejection::NotFound { entity: Entity::Team }),
        Some(_) | None => Ok(id),
    }
}

/// What may be left out: a text that shows nothing is none.
fn said(text: Option<&String>) -> Option<String> {
    text.filter(|text| !is_blank(text)).cloned()
}

/// Nobody else of that name is in that team (or among those without one).
fn name_is_free(
    roster: &Roster,
    name: &str,
    team: Option<TeamId>,
    but: Option<PersonId>,
) -> Result<(), Rejection> {
    let key = comparison_key(name);
    let taken = roster
        .present_or_not()
        .any(|(id, person)| Some(id) != but && person.team == team && comparison_key(&person.name) == key);
    if taken { Err(Rejection::NameExists {}) } else { Ok(()) }
}

/// There is always a coordinator: whether somebody may stop being one.
pub(crate) fn may_stop_coordinating(roster: &Roster, id: PersonId) -> Result<(), Rejection> {
    let coordinates = |person: &Person| person.role == Role::Coordinator;
    let is_one = roster.person(id).is_some_and(coordinates);
    let another = roster.present_or_not().any(|(other, person)| other != id && coordinates(person));
    if is_one && !another { Err(Rejection::LastCoordinator {}) } else { Ok(()) }
}
