//! Teams, people, links and attendance. Owns who is who; must not know rooms, boards or votes.

mod change;
mod decide;
mod evolve;
mod keys;
mod project;

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

use engawa_protocol::view::{Attendance, PersonView, TeamView};
use engawa_protocol::{DeviceId, PersonId, Role, TeamId};
use serde::{Deserialize, Serialize};

pub(crate) use change::{Change, Profile};
pub(crate) use decide::*;
pub(crate) use evolve::evolve;
pub(crate) use keys::Keys;
pub(crate) use project::*;

/// Teams, people and the generations of links.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    pub(crate) teams: BTreeMap<TeamId, Team>,
    pub(crate) people: BTreeMap<PersonId, Person>,
    /// Generations of shared links, by role number; a role that is not in it is at 0.
    pub(crate) shared_generations: BTreeMap<u8, u32>,
    pub(crate) last_team: u32,
    pub(crate) last_person: u32,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Its name, as written.
    pub name: String,
    /// Its prefecture or region.
    pub region: Option<String>,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The name, as written.
    pub name: String,
    /// The team, if any.
    pub team: Option<TeamId>,
    /// The role.
    pub role: Role,
    /// The e-mail address, for Zoom's file only; in no view.
    pub email: Option<String>,
    /// Whether they have come.
    pub attendance: Attendance,
    /// Taken off the roster.
    pub removed: bool,
    /// The generation of the personal link; a token of another does not open the meeting.
    pub generation: u32,
    /// The devices that picked this name over a shared link; empty when it is free.
    pub claimed_by: BTreeSet<DeviceId>,
}

impl Roster {
    /// The roster of a new meeting: its first coordinator, person 1.
    pub(crate) fn with_coordinator(name: &str) -> Self {
        let mut roster = Self { last_person: 1, ..Self::default() };
        roster.people.insert(
            PersonId(1),
            Person {
                name: name.to_owned(),
                team: None,
                role: Role::Coordinator,
                email: None,
                attendance: Attendance::Expected,
                removed: false,
                generation: 0,
                claimed_by: BTreeSet::new(),
            },
        );
        roster
    }

    /// A person who has not been removed.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.get(&id).filter(|person| !person.removed)
    }

    /// Everyone who has not been removed, whether they have come or not.
    pub fn present_or_not(&self) -> impl Iterator<Item = (PersonId, &Person)> {
        self.people.iter().filter(|(_, person)| !person.removed).map(|(id, person)| (*id, person))
    }

    /// Those who have been removed; a file that names them brings them back.
    pub fn removed(&self) -> impl Iterator<Item = (PersonId, &Person)> {
        self.people.iter().filter(|(_, person)| person.removed).map(|(id, person)| (*id, person))
    }

    /// A team.
    #[must_use]
    pub fn team(&self, id: TeamId) -> Option<&Team> {
        self.teams.get(&id)
    }

    /// All teams.
    pub fn teams(&self) -> impl Iterator<Item = (TeamId, &Team)> {
        self.teams.iter().map(|(id, team)| (*id, team))
    }

    /// The generation of a role's shared link.
    #[must_use]
    pub fn shared_generation(&self, role: Role) -> u32 {
        self.shared_generations.get(&(role as u8)).copied().unwrap_or(0)
    }

    /// A person as shown; also one who has been removed.
    pub(crate) fn person_view(&self, id: PersonId) -> Option<PersonView> {
        let person = self.people.get(&id)?;
        Some(PersonView {
            id,
            name: person.name.clone(),
            team: person.team,
            role: person.role,
            attendance: person.attendance,
            removed: person.removed,
        })
    }

    /// A team as shown.
    pub(crate) fn team_view(&self, id: TeamId) -> Option<TeamView> {
        let team = self.teams.get(&id)?;
        Some(TeamView { id, name: team.name.clone(), region: team.region.clone() })
    }

    /// The name of a person, also of one who has been removed; empty for nobody.
    pub(crate) fn name_of(&self, id: PersonId) -> String {
        self.people.get(&id).map(|person| person.name.clone()).unwrap_or_default()
    }
}
