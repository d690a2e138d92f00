//! Who is on the roster already, for telling what a row would do. It follows `import_roster`'s own words (SPEC): teams
//! are matched by name and region, people by name within their team.

use std::collections::BTreeMap;

use engawa_protocol::command::RosterRow;
use engawa_protocol::preparation::RowEffect;
use engawa_protocol::text::comparison_key;
use engawa_protocol::{Role, TeamId};

use crate::files::clean::look_alike_key;

/// Who is on a roster.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Teams by folded name, then by folded region.
    teams: BTreeMap<String, BTreeMap<String, TeamId>>,
    people: BTreeMap<(Option<TeamId>, String), KnownPerson>,
    look_alikes: BTreeMap<(Option<TeamId>, String), String>,
}

#[derive(Debug, Clone)]
struct KnownPerson {
    name: String,
    role: Role,
    email: Option<String>,
    removed: bool,
}

impl Known {
    /// Adds a team.
    pub fn add_team(&mut self, id: TeamId, name: &str, region: Option<&str>) {
        let region = region.map(comparison_key).unwrap_or_default();
        self.teams.entry(comparison_key(name)).or_default().entry(region).or_insert(id);
    }

    /// Adds a person. Those who were removed come after the others.
    pub fn add_person(
        &mut self,
        name: &str,
        team: Option<TeamId>,
        role: Role,
        email: Option<&str>,
        removed: bool,
    ) {
        let person =
            KnownPerson { name: name.to_owned(), role, email: email.map(ToOwned::to_owned), removed };
        self.people.entry((team, comparison_key(name))).or_insert(person);
        if !removed {
            self.look_alikes.entry((team, look_alike_key(name))).or_insert_with(|| name.to_owned());
        }
    }

    /// The one team that a name means; the region decides between several.
    #[must_use]
    pub fn team(&self, name: &str, region: &str) -> Option<TeamId> {
        let of_name = self.teams.get(&comparison_key(name))?;
        let key = comparison_key(region);
        let only = || (of_name.len() == 1).then(|| of_name.iter().next()).flatten();
        of_name.get(&key).copied().or_else(|| {
            // A row without a region means the one team; a team without one takes the row's.
            only().filter(|(region, _)| key.is_empty() || region.is_empty()).map(|(_, id)| *id)
        })
    }

    /// The regions in which there is a team of this name.
    pub(super) fn regions(&self, name: &str) -> impl Iterator<Item = &String> {
        self.teams.get(&comparison_key(name)).into_iter().flat_map(BTreeMap::keys)
    }

    fn person(&self, team_name: &str, region: &str, name: &str) -> Option<&KnownPerson> {
        let team = self.place(team_name, region)?;
        self.people.get(&(team, comparison_key(name)))
    }

    /// The role of somebody who is there.
    pub(super) fn role(&self, team_name: &str, region: &str, name: &str) -> Option<Role> {
        self.person(team_name, region, name).map(|person| person.role)
    }

    /// What a row would do.
    #[must_use]
    pub fn effect(&self, row: &RosterRow) -> RowEffect {
        let region = row.region.as_deref().unwrap_or_default();
        match self.person(&row.team, region, &row.name) {
            None => RowEffect::Adds,
            Some(person) if person.removed => RowEffect::Returns,
            Some(person) => {
                let same_email = row.email.is_none() || row.email == person.email;
                let same = same_email && row.role == person.role && row.name == person.name;
                if same { RowEffect::Nothing } else { RowEffect::Changes }
            }
        }
    }

    /// Somebody in the same team whose name differs in the form of a character only.
    #[must_use]
    pub fn look_alike(&self, row: &RosterRow) -> Option<&str> {
        let team = self.place(&row.team, row.region.as_deref().unwrap_or_default())?;
        let name = self.look_alikes.get(&(team, look_alike_key(&row.name)))?;
        (comparison_key(name) != comparison_key(&row.name)).then_some(name.as_str())
    }

    /// Where people of a row are: in a team, in none, or (outer none) in a team that is not there yet.
    fn place(&self, team_name: &str, region: &str) -> Option<Option<TeamId>> {
        if team_name.is_empty() { Some(None) } else { self.team(team_name, region).map(Some) }
    }
}
