//! The other nodes that serve the same meeting, as far as they have let themselves be heard: who is connected to each
//! of them, and whose turn it is to speak for all. All of it is hearsay and expires; nothing here is ever stored, and
//! nothing that is decided by it can harm the log.

mod held;
mod known;
mod live;
mod telling;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use engawa_domain::{Audience, Meeting, Viewer, ViewerClass, class_of};
use engawa_protocol::{MeetingId, PersonId};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use uuid::Uuid;

pub(super) use self::held::HeldGestures;
pub use self::known::KnownNodes;
pub(super) use self::telling::Telling;
use super::class_index::ClassIndex;
use crate::limits::NODES_MAX;

/// A node of this installation, from its start to its end: a restarted one is another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeId(pub Uuid);

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

/// The other nodes of one meeting.
#[derive(Debug, Default)]
pub(super) struct Neighbours {
    nodes: BTreeMap<NodeId, Neighbour>,
    /// Everybody who is connected to one of them and whom the meeting knows.
    classes: HashMap<PersonId, ViewerClass>,
    index: ClassIndex<PersonId>,
}

#[derive(Debug)]
struct Neighbour {
    people: BTreeSet<PersonId>,
    until: Instant,
}

impl Neighbours {
    /// A node has said who is connected to it. Answers with those who are online elsewhere now and were not, or the
    /// other way round.
    pub(super) fn replace(
        &mut self,
        node: NodeId,
        people: BTreeSet<PersonId>,
        until: Instant,
        meeting: &Meeting,
    ) -> Vec<PersonId> {
        let Some(place) = self.place_for(node, until) else { return Vec::new() };
        place.until = until;
        let before = std::mem::replace(&mut place.people, people.clone());
        self.settle(before.into_iter().chain(people), meeting)
    }

    /// A node has said who came to it and who went. Answers as [`Neighbours::replace`].
    pub(super) fn change(
        &mut self,
        node: NodeId,
        came: Vec<PersonId>,
        went: Vec<PersonId>,
        until: Instant,
        meeting: &Meeting,
    ) -> Vec<PersonId> {
        let Some(place) = self.place_for(node, until) else { return Vec::new() };
        for person in &went {
            place.people.remove(person);
        }
        place.people.extend(&came);
        self.settle(came.into_iter().chain(went), meeting)
    }

    /// A node serves the meeting no more. Answers as [`Neighbours::replace`].
    pub(super) fn remove(&mut self, node: NodeId, meeting: &Meeting) -> Vec<PersonId> {
        match self.nodes.remove(&node) {
            Some(gone) => self.settle(gone.people.into_iter(), meeting),
            None => Vec::new(),
        }
    }

    /// Nodes that have not been heard of for too long.
    #[must_use]
    pub(super) fn silent(&self, now: Instant) -> Vec<NodeId> {
        self.nodes.iter().filter(|(_, known)| known.until <= now).map(|(node, _)| *node).collect()
    }

    /// When the next one will have been silent for too long.
    #[must_use]
    pub(super) fn due(&self) -> Option<Instant> {
        self.nodes.values().map(|known| known.until).min()
    }

    /// Whether there are any.
    #[must_use]
    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Whether a person is connected to one of them.
    #[must_use]
    pub(super) fn has(&self, person: PersonId) -> bool {
        self.nodes.values().any(|known| known.people.contains(&person))
    }

    /// Those in an audience who are connected to one of them.
    #[must_use]
    pub(super) fn resolve(&self, audience: &Audience) -> Vec<PersonId> {
        self.index.resolve(audience)
    }

    /// A person is somewhere or somebody else.
    pub(super) fn reclass(&mut self, person: PersonId, meeting: &Meeting) {
        if self.has(person) {
            self.list(person, class_of(meeting, Viewer::Person(person)));
        }
    }

    /// How many other nodes come before this one when one has to speak for all: the same order on all of them, another
    /// one for every meeting, so that the work is spread.
    #[must_use]
    pub(super) fn before(&self, me: NodeId, meeting: MeetingId) -> u32 {
        let order = |node: NodeId| node.0.as_u128() ^ meeting.0.as_u128();
        let before = self.nodes.keys().filter(|node| order(**node) < order(me)).count();
        u32::try_from(before).unwrap_or(u32::MAX)
    }

    fn place_for(&mut self, node: NodeId, until: Instant) -> Option<&mut Neighbour> {
        if self.nodes.len() >= NODES_MAX && !self.nodes.contains_key(&node) {
            return None;
        }
        Some(self.nodes.entry(node).or_insert_with(|| Neighbour { people: BTreeSet::new(), until }))
    }

    fn settle(&mut self, people: impl Iterator<Item = PersonId>, meeting: &Meeting) -> Vec<PersonId> {
        let people: BTreeSet<PersonId> = people.collect();
        people
            .into_iter()
            .filter(|person| {
                let class = self.has(*person).then(|| class_of(meeting, Viewer::Person(*person))).flatten();
                self.list(*person, class)
            })
            .collect()
    }

    /// Puts a person into the index, or takes them out. Says whether they were on the other side before.
    fn list(&mut self, person: PersonId, class: Option<ViewerClass>) -> bool {
        let before = self.classes.get(&person).copied();
        if before == class {
            return false;
        }
        if let Some(before) = before {
            self.classes.remove(&person);
            self.index.remove(person, before);
        }
        if let Some(class) = class {
            self.classes.insert(person, class);
            self.index.insert(person, class);
        }
        before.is_some() != class.is_some()
    }
}

/// Whether what is heard in some bytes, if anything, is heard again when it is said again.
#[cfg(any(test, feature = "test-support"))]
pub(crate) fn hears_the_same_again(bytes: &[u8]) -> bool {
    words::Words::decode(bytes)
        .is_none_or(|heard| words::Words::decode(&heard.encode()).as_ref() == Some(&heard))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn node(number: u128) -> NodeId {
        NodeId(Uuid::from_u128(number))
    }

    fn among(others: &[u128], now: Instant) -> Neighbours {
        let mut neighbours = Neighbours::default();
        for (index, other) in others.iter().enumerate() {
            let until = now + Duration::from_secs(1 + index as u64);
            neighbours.nodes.insert(node(*other), Neighbour { people: BTreeSet::new(), until });
        }
        neighbours
    }

    #[tokio::test(start_paused = true)]
    async fn nodes_that_know_each_other_have_each_another_place_and_meetings_another_first() {
        let (all, now) = ([0x51, 0x9e, 0xc3], Instant::now());
        let mut first: BTreeSet<NodeId> = BTreeSet::new();
        for meeting in 0..64 {
            let meeting = MeetingId(Uuid::from_u128(meeting << 3));
            let mut places = BTreeMap::new();
            for me in all {
                let others: Vec<_> = all.into_iter().filter(|other| *other != me).collect();
                places.insert(among(&others, now).before(node(me), meeting), me);
            }
            assert_eq!(places.keys().copied().collect::<Vec<_>>(), [0, 1, 2]);
            first.extend(places.get(&0).map(|me| node(*me)));
        }
        assert_eq!(first.len(), 3, "the work is spread");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_is_silent_for_too_long_is_named_and_there_are_not_too_many() {
        let now = Instant::now();
        let mut neighbours = among(&[1, 2], now);
        assert_eq!(neighbours.due(), Some(now + Duration::from_secs(1)));
        assert_eq!(neighbours.silent(now), []);
        assert_eq!(neighbours.silent(now + Duration::from_secs(1)), [node(1)]);
        for number in 0..2 * NODES_MAX as u128 {
            neighbours.place_for(node(number), now);
        }
        assert_eq!(neighbours.nodes.len(), NODES_MAX);
    }
}
