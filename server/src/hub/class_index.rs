//! Finds those in an audience without looking at everybody: by role, room, team and person.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;

use engawa_domain::{Audience, ViewerClass};
use engawa_protocol::{PersonId, Role, RoomId, TeamId};

/// Whoever is in it, under the class that each was put in with.
#[derive(Debug)]
pub(super) struct ClassIndex<K> {
    by_role: Lists<Role, K>,
    by_room: Lists<RoomId, K>,
    by_team: Lists<TeamId, K>,
    by_person: Lists<PersonId, K>,
}

/// Hashes for tables that are looked into for each event and each connection, and whose keys this program gives out itself:
/// nobody outside can choose keys that fall into one place.
pub(super) type QuickHash = foldhash::fast::RandomState;

type Lists<P, K> = HashMap<P, BTreeSet<K>, QuickHash>;

impl<K> Default for ClassIndex<K> {
    fn default() -> Self {
        Self {
            by_role: Lists::default(),
            by_room: Lists::default(),
            by_team: Lists::default(),
            by_person: Lists::default(),
        }
    }
}

impl<K: Ord + Copy> ClassIndex<K> {
    /// Puts one in.
    pub(super) fn insert(&mut self, key: K, class: ViewerClass) {
        self.by_role.entry(class.role).or_default().insert(key);
        if let Some(room) = class.room {
            self.by_room.entry(room).or_default().insert(key);
        }
        if let Some(team) = class.team {
            self.by_team.entry(team).or_default().insert(key);
        }
        if let Some(person) = class.person {
            self.by_person.entry(person).or_default().insert(key);
        }
    }

    /// Takes one out that was put in with this class.
    pub(super) fn remove(&mut self, key: K, class: ViewerClass) {
        unlist(&mut self.by_role, Some(class.role), key);
        unlist(&mut self.by_room, class.room, key);
        unlist(&mut self.by_team, class.team, key);
        unlist(&mut self.by_person, class.person, key);
    }

    /// Those of a person, in their order.
    #[must_use]
    pub(super) fn of_person(&self, person: PersonId) -> Vec<K> {
        self.by_person.get(&person).map(|keys| keys.iter().copied().collect()).unwrap_or_default()
    }

    /// Whether there are any of a person.
    #[must_use]
    pub(super) fn has_person(&self, person: PersonId) -> bool {
        self.by_person.contains_key(&person)
    }

    /// Everybody of whom there are any, in the order of their numbers.
    #[must_use]
    pub(super) fn people(&self) -> Vec<PersonId> {
        let mut people: Vec<PersonId> = self.by_person.keys().copied().collect();
        people.sort_unstable();
        people
    }

    /// Those in an audience, each once, in their order.
    #[must_use]
    pub(super) fn resolve(&self, audience: &Audience) -> Vec<K> {
        let mut keys: Vec<K> = Vec::new();
        for (role, of_role) in &self.by_role {
            if audience.roles.contains(*role) {
                keys.extend(of_role);
            }
        }
        keys.extend(audience.room.and_then(|room| self.by_room.get(&room)).into_iter().flatten());
        keys.extend(audience.team.and_then(|team| self.by_team.get(&team)).into_iter().flatten());
        keys.extend(audience.person.and_then(|person| self.by_person.get(&person)).into_iter().flatten());
        keys.sort_unstable();
        keys.dedup();
        if let Some(except) = audience.except.and_then(|person| self.by_person.get(&person)) {
            keys.retain(|key| !except.contains(key));
        }
        keys
    }
}

fn unlist<P: Hash + Eq, K: Ord>(lists: &mut Lists<P, K>, place: Option<P>, key: K) {
    let Some(place) = place else { return };
    if let Some(keys) = lists.get_mut(&place) {
        keys.remove(&key);
        if keys.is_empty() {
            lists.remove(&place);
        }
    }
}
