//! Deciding on a roster from a file: what is new, what differs, whom it means.
//!
//! Teams are the same when name and region are, people when their name is within their team, both after NFKC and
//! white-space folding. A row without a region means the one team of that name; a team without a region takes the
//! one its first row gives. Someone who was removed and stands in the file again comes back with their id.

use alloc::collections::BTreeMap;

use engawa_protocol::command::{ImportRoster, RosterRow};
use engawa_protocol::limits::{PEOPLE_MAX, TEAMS_MAX};
use engawa_protocol::text::{comparison_key, is_blank};
use engawa_protocol::{PersonId, Rejection, Resource, Role, TeamId};

use super::said;
use crate::context::Context;
use crate::meeting::Meeting;
use crate::roster::{Change, Keys, Person, Profile, Roster, Team};

pub(crate) fn import_roster(m: &Meeting, _cx: &Context, c: &ImportRoster) -> Result<Change, Rejection> {
    let mut file = File::onto(&m.roster);
    for row in &c.rows {
        let team = file.team_of(row);
        file.put_person(row, team);
    }
    let File { teams, people, .. } = file;
    if teams.keys().filter(|id| !m.roster.teams.contains_key(id)).count() + m.roster.teams.len()
        > TEAMS_MAX as usize
    {
        return Err(Rejection::TooMany { resource: Resource::Teams, max: TEAMS_MAX });
    }
    if people.keys().filter(|id| !m.roster.people.contains_key(id)).count() + m.roster.people.len()
        > PEOPLE_MAX as usize
    {
        return Err(Rejection::TooMany { resource: Resource::People, max: PEOPLE_MAX });
    }
    let coordinated = m
        .roster
        .present_or_not()
        .map(|(id, person)| people.get(&id).unwrap_or(person))
        .chain(people.values())
        .any(|person| !person.removed && person.role == Role::Coordinator);
    if !coordinated {
        return Err(Rejection::LastCoordinator {});
    }
    Ok(Change::Import { teams, people })
}

/// The roster with a file laid over it: what is new or differs.
struct File<'a> {
    roster: &'a Roster,
    teams: BTreeMap<TeamId, Team>,
    people: BTreeMap<PersonId, Person>,
    keys: Keys,
    last_team: u32,
    last_person: u32,
}

impl<'a> File<'a> {
    fn onto(roster: &'a Roster) -> Self {
        Self {
            roster,
            teams: BTreeMap::new(),
            people: BTreeMap::new(),
            keys: Keys::of(roster),
            last_team: roster.last_team,
            last_person: roster.last_person,
        }
    }

    /// The team a row means; made if there is none.
    fn team_of(&mut self, row: &RosterRow) -> Option<TeamId> {
        if is_blank(&row.team) {
            return None;
        }
        let region = said(row.region.as_ref());
        let key = Keys::region(region.as_deref());
        let of_name = self.keys.teams.entry(comparison_key(&row.team)).or_default();
        if let Some(id) = of_name.get(&key) {
            return Some(*id);
        }
        if key.is_empty()
            && of_name.len() == 1
            && let Some(id) = of_name.values().next()
        {
            return Some(*id);
        }
        if of_name.len() == 1
            && let Some(id) = of_name.remove("")
        {
            of_name.insert(key, id);
            let name = self
                .teams
                .get(&id)
                .or_else(|| self.roster.team(id))
                .map_or_else(|| row.team.clone(), |team| team.name.clone());
            self.teams.insert(id, Team { name, region });
            return Some(id);
        }
        self.last_team += 1;
        let id = TeamId(self.last_team);
        of_name.insert(key, id);
        self.teams.insert(id, Team { name: row.team.clone(), region });
        Some(id)
    }

    /// Lays a row over the person it means; makes them if there is nobody.
    fn put_person(&mut self, row: &RosterRow, team: Option<TeamId>) {
        let key = (team, comparison_key(&row.name));
        let email = said(row.email.as_ref());
        let Some(id) = self.keys.people.get(&key).copied() else {
            self.last_person += 1;
            let id = PersonId(self.last_person);
            self.keys.people.insert(key, id);
            let profile = Profile { name: row.name.clone(), team, role: row.role, email };
            self.people.insert(id, Person::new(profile));
            return;
        };
        let Some(now) = self.people.get(&id).or_else(|| self.roster.people.get(&id)) else { return };
        let laid_over = Person {
            name: row.name.clone(),
            role: row.role,
            email: email.or_else(|| now.email.clone()),
            removed: false,
            ..now.clone()
        };
        if laid_over != *now {
            self.people.insert(id, laid_over);
        }
    }
}
