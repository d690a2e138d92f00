//! Deciding on teams and people, one at a time.

use engawa_protocol::command::{
    AddPerson, AddTeam, EditPerson, EditTeam, ReleasePerson, RemovePerson, RemoveTeam, RestorePerson,
};
use engawa_protocol::limits::{PEOPLE_MAX, TEAMS_MAX};
use engawa_protocol::text::comparison_key;
use engawa_protocol::{Entity, Rejection, Resource, Role, TeamId};

use super::{may_stop_coordinating, name_is_free, on_roster, said, team_or_none};
use crate::context::Context;
use crate::meeting::Meeting;
use crate::roster::{Change, Profile, Roster, Team};

/// No other team has that name in that region.
fn team_name_is_free(roster: &Roster, team: &Team, but: Option<TeamId>) -> Result<(), Rejection> {
    let key = |team: &Team| {
        (comparison_key(&team.name), team.region.as_deref().map(comparison_key).unwrap_or_default())
    };
    let wanted = key(team);
    let taken = roster.teams().any(|(id, other)| Some(id) != but && key(other) == wanted);
    if taken { Err(Rejection::NameExists {}) } else { Ok(()) }
}

pub(crate) fn add_team(m: &Meeting, _cx: &Context, c: &AddTeam) -> Result<Change, Rejection> {
    let team = Team { name: c.name.clone(), region: said(c.region.as_ref()) };
    team_name_is_free(&m.roster, &team, None)?;
    if m.roster.teams.len() as u64 >= TEAMS_MAX {
        return Err(Rejection::TooMany { resource: Resource::Teams, max: TEAMS_MAX });
    }
    Ok(Change::AddTeam(team))
}

pub(crate) fn edit_team(m: &Meeting, _cx: &Context, c: &EditTeam) -> Result<Change, Rejection> {
    let now = m.roster.team(c.team).ok_or(Rejection::NotFound { entity: Entity::Team })?;
    let team = Team { name: c.name.clone(), region: said(c.region.as_ref()) };
    if *now == team {
        return Err(Rejection::AlreadySo {});
    }
    team_name_is_free(&m.roster, &team, Some(c.team))?;
    Ok(Change::EditTeam { id: c.team, team })
}

pub(crate) fn remove_team(m: &Meeting, _cx: &Context, c: &RemoveTeam) -> Result<Change, Rejection> {
    m.roster.team(c.team).ok_or(Rejection::NotFound { entity: Entity::Team })?;
    let has_people = m.roster.present_or_not().any(|(_, person)| person.team == Some(c.team));
    // A poster without a team would stand in the gallery with nobody behind it; withdrawn ones may come back.
    if has_people || m.posters.of_team(c.team).is_some() {
        return Err(Rejection::TeamNotEmpty {});
    }
    Ok(Change::RemoveTeam { id: c.team })
}

pub(crate) fn add_person(m: &Meeting, _cx: &Context, c: &AddPerson) -> Result<Change, Rejection> {
    let team = team_or_none(m, c.team)?;
    name_is_free(&m.roster, &c.name, team, None)?;
    if m.roster.people.len() as u64 >= PEOPLE_MAX {
        return Err(Rejection::TooMany { resource: Resource::People, max: PEOPLE_MAX });
    }
    let email = said(c.email.as_ref());
    Ok(Change::AddPerson(Profile { name: c.name.clone(), team, role: c.role, email }))
}

pub(crate) fn edit_person(m: &Meeting, _cx: &Context, c: &EditPerson) -> Result<Change, Rejection> {
    let person = on_roster(m, c.person)?;
    let team = team_or_none(m, c.team)?;
    let email = said(c.email.as_ref());
    if person.name == c.name && person.team == team && person.role == c.role && person.email == email {
        return Err(Rejection::AlreadySo {});
    }
    name_is_free(&m.roster, &c.name, team, Some(c.person))?;
    if c.role != Role::Coordinator {
        may_stop_coordinating(&m.roster, c.person)?;
    }
    let profile = Profile { name: c.name.clone(), team, role: c.role, email };
    Ok(Change::EditPerson { id: c.person, profile })
}

pub(crate) fn remove_person(m: &Meeting, _cx: &Context, c: &RemovePerson) -> Result<Change, Rejection> {
    on_roster(m, c.person)?;
    may_stop_coordinating(&m.roster, c.person)?;
    Ok(Change::RemovePerson { id: c.person })
}

pub(crate) fn restore_person(m: &Meeting, _cx: &Context, c: &RestorePerson) -> Result<Change, Rejection> {
    let person = m.roster.people.get(&c.person).ok_or(Rejection::NotFound { entity: Entity::Person })?;
    if !person.removed {
        return Err(Rejection::AlreadySo {});
    }
    let team = person.team.filter(|team| m.roster.team(*team).is_some());
    name_is_free(&m.roster, &person.name, team, Some(c.person))?;
    Ok(Change::RestorePerson { id: c.person, team })
}

/// Releasing takes the links of those who hold the name: a coordinator is released by coordinators only.
pub(crate) fn release_person(m: &Meeting, cx: &Context, c: &ReleasePerson) -> Result<Change, Rejection> {
    let person = on_roster(m, c.person)?;
    if person.role == Role::Coordinator && cx.actor.role() != Some(Role::Coordinator) {
        return Err(Rejection::NotPermitted {});
    }
    if person.claimed_by.is_empty() {
        Err(Rejection::AlreadySo {})
    } else {
        Ok(Change::ReleasePerson { id: c.person })
    }
}
