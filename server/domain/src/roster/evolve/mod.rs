//! Making decided changes: alters the state and says who learns what.

mod people;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use engawa_protocol::event::{MeetingEdited, TeamAdded, TeamEdited, TeamRemoved};
use engawa_protocol::view::MeetingInfo;
use engawa_protocol::{LinkTarget, PersonId, Role, TeamId};

use super::{Change, Person, Team};
use crate::audience::Audience;
use crate::chance::Chance;
use crate::context::{Context, Effects};
use crate::entry::Entropy;
use crate::meeting::Meeting;
use crate::{agenda, rooms, vote};

/// What chance is drawn for; see [`Chance::for_purpose`].
const FIRST_GENERATION: u64 = 0x6a6f_696e;

pub(crate) fn evolve(m: &mut Meeting, cx: &Context, change: Change, fx: &mut Effects) {
    match change {
        Change::ReplaceInfo(info) => replace_info(m, *info, fx),
        Change::End => end(m, cx, fx),
        Change::RevokeLinks { target, asker } => revoke_links(m, target, asker, fx),
        Change::Claim { person, device } => {
            if let Some(person) = m.roster.people.get_mut(&person) {
                person.claimed_by.insert(device);
            }
            fx.created = Some(person.0);
        }
        Change::JoinedAlready { person } => fx.created = Some(person.0),
        Change::Join { profile, device } => {
            let id = people::add(m, profile, fx);
            if let Some(person) = m.roster.people.get_mut(&id) {
                person.claimed_by.insert(device);
                person.generation = first_generation(cx.entropy);
            }
        }
        Change::Arrive { person } => people::arrive(m, cx, person, fx),
        Change::Leave { person } => people::leave(m, person, fx),
        Change::Import { teams, people } => import(m, cx, teams, people, fx),
        Change::AddTeam(team) => add_team(m, team, fx),
        Change::EditTeam { id, team } => edit_team(m, id, team, fx),
        Change::RemoveTeam { id } => remove_team(m, id, fx),
        Change::AddPerson(profile) => {
            people::add(m, profile, fx);
        }
        Change::EditPerson { id, profile } => people::edit(m, cx, id, profile, fx),
        Change::RemovePerson { id } => people::remove(m, cx, id, fx),
        Change::RestorePerson { id, team } => people::restore(m, id, team, fx),
        Change::ReleasePerson { id } => {
            new_generation(m, id);
            fx.links_changed = true;
        }
    }
}

fn replace_info(m: &mut Meeting, info: MeetingInfo, fx: &mut Effects) {
    m.info = info;
    fx.emit(Audience::EVERYONE, MeetingEdited { meeting: m.info.clone() });
}

/// The meeting ends, and with it whatever is going on in it.
fn end(m: &mut Meeting, cx: &Context, fx: &mut Effects) {
    agenda::end_running(m, cx, fx);
    vote::meeting_ended(m, cx, fx);
    m.info.ended_at = Some(cx.at);
    fx.emit(Audience::EVERYONE, MeetingEdited { meeting: m.info.clone() });
}

/// The generation of the first link of somebody who joins with a name: drawn, so that their link does not open the place of
/// somebody else who was given the same number in another history (see ARCHITECTURE, *Healing*). Half of all numbers are
/// left for raising it.
fn first_generation(entropy: Entropy) -> u32 {
    let [a, b] = entropy.0;
    let drawn = Chance::for_purpose(a ^ b.rotate_left(32), FIRST_GENERATION).below(u64::from(u32::MAX / 2));
    // Below the bound, which is one of these.
    u32::try_from(drawn).unwrap_or(0) + 1
}

/// A person's tokens of older generations open nothing any more, and the name can be picked again.
fn new_generation(m: &mut Meeting, id: PersonId) {
    if let Some(person) = m.roster.people.get_mut(&id) {
        person.generation = person.generation.saturating_add(1);
        person.claimed_by.clear();
    }
}

fn revoke_links(m: &mut Meeting, target: LinkTarget, asker: Option<PersonId>, fx: &mut Effects) {
    match target {
        LinkTarget::Person { person } => new_generation(m, person),
        LinkTarget::Shared { role } => new_shared_generation(m, role),
        LinkTarget::Everyone {} => {
            let others: Vec<PersonId> =
                m.roster.people.keys().copied().filter(|id| Some(*id) != asker).collect();
            for id in others {
                new_generation(m, id);
            }
            for role in Role::ALL {
                new_shared_generation(m, role);
            }
        }
    }
    fx.links_changed = true;
}

fn new_shared_generation(m: &mut Meeting, role: Role) {
    let generation = m.roster.shared_generation(role).saturating_add(1);
    m.roster.shared_generations.insert(role as u8, generation);
}

/// Takes a file's teams and people over. It touches whatever anyone sees, so everyone looks anew.
fn import(
    m: &mut Meeting,
    cx: &Context,
    teams: BTreeMap<TeamId, Team>,
    people: BTreeMap<PersonId, Person>,
    fx: &mut Effects,
) {
    if teams.is_empty() && people.is_empty() {
        return;
    }
    for (id, team) in teams {
        m.roster.last_team = m.roster.last_team.max(id.0);
        m.roster.teams.insert(id, team);
    }
    let mut role_changed = BTreeSet::new();
    for (id, person) in people {
        m.roster.last_person = m.roster.last_person.max(id.0);
        let role = person.role;
        let before = m.roster.people.insert(id, person);
        if before.is_some_and(|before| before.role != role) {
            role_changed.insert(id);
        }
    }
    for id in role_changed {
        rooms::role_changed(m, cx, id, fx);
        fx.regroup(id);
    }
    vote::roster_changed(m, fx);
    fx.refresh(Audience::EVERYONE);
}

fn add_team(m: &mut Meeting, team: Team, fx: &mut Effects) {
    m.roster.last_team += 1;
    let id = TeamId(m.roster.last_team);
    m.roster.teams.insert(id, team);
    fx.created = Some(id.0);
    if let Some(team) = m.roster.team_view(id) {
        fx.emit(Audience::EVERYONE, TeamAdded { team });
    }
    vote::roster_changed(m, fx);
}

fn edit_team(m: &mut Meeting, id: TeamId, team: Team, fx: &mut Effects) {
    m.roster.teams.insert(id, team);
    if let Some(team) = m.roster.team_view(id) {
        fx.emit(Audience::EVERYONE, TeamEdited { team });
    }
}

/// People who were removed and still name the team lose it with the team.
fn remove_team(m: &mut Meeting, id: TeamId, fx: &mut Effects) {
    m.roster.teams.remove(&id);
    fx.emit(Audience::EVERYONE, TeamRemoved { team: id });
    let former: Vec<PersonId> =
        m.roster.people.iter().filter(|(_, person)| person.team == Some(id)).map(|(id, _)| *id).collect();
    for id in former {
        if let Some(person) = m.roster.people.get_mut(&id) {
            person.team = None;
        }
        people::show_removed(m, id, fx);
    }
    vote::roster_changed(m, fx);
}
