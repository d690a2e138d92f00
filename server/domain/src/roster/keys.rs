//! By what teams and people are recognised, whoever names them: a file, or another meeting of the study group.
//!
//! Teams are the same when name and region are, people when their name is within their team, both after NFKC and
//! white-space folding.

use alloc::collections::BTreeMap;
use alloc::string::String;

use engawa_protocol::text::comparison_key;
use engawa_protocol::{PersonId, TeamId};

use super::Roster;

/// Teams and people by what they are recognised by.
pub(crate) struct Keys {
    /// Teams by folded name, then by folded region.
    pub(crate) teams: BTreeMap<String, BTreeMap<String, TeamId>>,
    /// People by team and folded name; those who are on the roster before those who were removed.
    pub(crate) people: BTreeMap<(Option<TeamId>, String), PersonId>,
}

impl Keys {
    pub(crate) fn of(roster: &Roster) -> Self {
        let mut teams: BTreeMap<String, BTreeMap<String, TeamId>> = BTreeMap::new();
        for (id, team) in roster.teams() {
            let region = Self::region(team.region.as_deref());
            teams.entry(comparison_key(&team.name)).or_default().entry(region).or_insert(id);
        }
        let mut people = BTreeMap::new();
        let removed = roster.people.iter().filter(|(_, person)| person.removed);
        let here = roster.people.iter().filter(|(_, person)| !person.removed);
        for (id, person) in here.chain(removed) {
            people.entry((person.team, comparison_key(&person.name))).or_insert(*id);
        }
        Self { teams, people }
    }

    /// A region as it is compared; empty where there is none.
    pub(crate) fn region(region: Option<&str>) -> String {
        region.map(comparison_key).unwrap_or_default()
    }

    /// The person of that name in that team, or among those without one.
    pub(crate) fn person(&self, team: Option<TeamId>, name: &str) -> Option<PersonId> {
        self.people.get(&(team, comparison_key(name))).copied()
    }
}
