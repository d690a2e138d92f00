//! The connections of one meeting on this node, and who of them is in an audience. Owns who is connected; must not know
//! what is sent to them.

use std::collections::HashMap;

use engawa_domain::{Audience, Grant, Viewer, ViewerClass};
use engawa_protocol::{Ack, DeviceId, Gesture, PersonId, Rejected, Seq};

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::bucket::Bucket;
use super::class_index::{ClassIndex, QuickHash};
use super::frame::Pieces;
use super::latest::Making;
use super::outbox::Outbox;
use super::turns::Turn;

/// One connection, on this node, for as long as it lives. Later ones have higher numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ConnectionId(pub u64);

/// A connection as the meeting's actor knows it.
#[derive(Debug)]
pub(super) struct Connection {
    /// Who looks.
    pub viewer: Viewer,
    /// What decides which events they get.
    pub class: ViewerClass,
    /// What their link grants; looked at again when links change.
    pub grant: Grant,
    /// Their device.
    pub device: DeviceId,
    /// The way to them.
    pub outbox: Outbox,
    /// The position their view is at once everything in the outbox has arrived.
    pub sent_to: Seq,
    /// Not before this turn they are sent another frame of what has been gathered.
    pub not_before: Turn,
    /// What has been gathered for them since the last flush.
    pub gathered: Gathered,
    /// Commands that have not been answered.
    pub unanswered: usize,
    /// How many gestures they may still make.
    pub gestures: Bucket,
    /// Their last gesture, to be taken back when they go.
    pub gesture: Option<Gesture>,
    /// Changes of presence that they have not been told.
    pub presence: PresenceChange,
}

/// What has been gathered for a connection since the last flush.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// What happened, in order.
    pub pieces: Pieces,
    /// Their view is to be sent anew, instead of pieces.
    pub refresh: bool,
    /// Commands of theirs that were taken.
    pub acks: Vec<Ack>,
    /// Commands of theirs that were not.
    pub rejections: Vec<Rejected>,
    /// Up to this they have been given what only the last value counts of.
    pub values_to: Making,
    /// They are on the list of those for whom there is something.
    pub listed: bool,
    /// Among the pieces is something of which only the last counts, a tally say, and of which they are not sent every value.
    pub paced: bool,
    /// Since when it has been held back because they have not taken what came before.
    pub held_since: Option<Instant>,
}

/// People who came and went, as one connection may know it.
#[derive(Debug, Default, PartialEq, Eq, Hash, Clone)]
pub(super) struct PresenceChange {
    /// The whole set is to be told.
    pub full: bool,
    /// Came.
    pub online: Vec<PersonId>,
    /// Went.
    pub offline: Vec<PersonId>,
}

/// All connections of a meeting on this node.
#[derive(Debug, Default)]
pub(super) struct Members {
    connections: HashMap<ConnectionId, Connection, QuickHash>,
    index: ClassIndex<ConnectionId>,
}

impl Members {
    /// How many connections there are.
    #[must_use]
    pub(super) fn len(&self) -> usize {
        self.connections.len()
    }

    /// Whether nobody is connected.
    #[must_use]
    pub(super) fn is_empty(&self) -> bool {
        self.connections.is_empty()
    }

    /// A connection.
    #[must_use]
    pub(super) fn get(&self, id: ConnectionId) -> Option<&Connection> {
        self.connections.get(&id)
    }

    /// A connection, to be changed in anything but its class and viewer.
    pub(super) fn get_mut(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        self.connections.get_mut(&id)
    }

    /// All connections, in the order in which they came.
    #[must_use]
    pub(super) fn ids(&self) -> Vec<ConnectionId> {
        let mut ids: Vec<_> = self.connections.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    /// All connections in no order.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = (ConnectionId, &mut Connection)> {
        self.connections.iter_mut().map(|(id, connection)| (*id, connection))
    }

    /// The connections of a person, oldest first.
    #[must_use]
    pub(super) fn of_person(&self, person: PersonId) -> Vec<ConnectionId> {
        self.index.of_person(person)
    }

    /// The connections of a person's device, newest first.
    pub(super) fn of_device(
        &self,
        person: PersonId,
        device: DeviceId,
    ) -> impl Iterator<Item = (ConnectionId, &Connection)> {
        let ids = self.index.of_person(person).into_iter().rev();
        ids.filter_map(|id| Some((id, self.connections.get(&id)?))).filter(move |(_, c)| c.device == device)
    }

    /// Everybody who is connected, in the order of their numbers.
    #[must_use]
    pub(super) fn people(&self) -> Vec<PersonId> {
        self.index.people()
    }

    /// Whether a person is connected to this node.
    #[must_use]
    pub(super) fn is_online(&self, person: PersonId) -> bool {
        self.index.has_person(person)
    }

    /// Adds a connection.
    pub(super) fn insert(&mut self, id: ConnectionId, connection: Connection) {
        self.index.insert(id, connection.class);
        self.connections.insert(id, connection);
    }

    /// Takes a connection out.
    pub(super) fn remove(&mut self, id: ConnectionId) -> Option<Connection> {
        let connection = self.connections.remove(&id)?;
        self.index.remove(id, connection.class);
        Some(connection)
    }

    /// Gives all connections of a person another class.
    pub(super) fn reclass(&mut self, person: PersonId, class: ViewerClass) {
        for id in self.of_person(person) {
            let Some(connection) = self.connections.get_mut(&id) else { continue };
            let before = std::mem::replace(&mut connection.class, class);
            if before != class {
                self.index.remove(id, before);
                self.index.insert(id, class);
            }
        }
    }

    /// The connections in an audience, each once, in the order in which they came.
    #[must_use]
    pub(super) fn resolve(&self, audience: &Audience) -> Vec<ConnectionId> {
        self.index.resolve(audience)
    }
}

#[cfg(test)]
mod tests {
    use engawa_domain::RoleSet;
    use engawa_protocol::{Role, RoomId, TeamId};
    use proptest::prelude::*;

    use super::super::outbox::outbox;
    use super::*;

    fn connection(class: ViewerClass) -> Connection {
        Connection {
            viewer: class.person.map_or(Viewer::Screen, Viewer::Person),
            class,
            grant: Grant { role: class.role, person: class.person, generation: 0 },
            device: DeviceId(uuid::Uuid::nil()),
            outbox: outbox(1, 1).0,
            sent_to: Seq(0),
            not_before: Turn::default(),
            gathered: Gathered::default(),
            unanswered: 0,
            gestures: Bucket::new(1, 1),
            gesture: None,
            presence: PresenceChange::default(),
        }
    }

    fn any_class() -> impl Strategy<Value = ViewerClass> {
        (0..6_usize, prop::option::of(0..3_u32), prop::option::of(0..3_u32), prop::option::of(1..5_u32))
            .prop_map(|(role, team, room, person)| ViewerClass {
                role: Role::ALL[role],
                team: team.map(TeamId),
                room: room.map(RoomId),
                person: person.map(PersonId),
            })
    }

    fn any_audience() -> impl Strategy<Value = Audience> {
        let role = prop::collection::vec(0..6_usize, 0..3);
        let id = || prop::option::of(0..5_u32);
        (role, id(), id(), id(), id()).prop_map(|(roles, room, team, person, except)| Audience {
            roles: RoleSet::of(&roles.iter().map(|role| Role::ALL[*role]).collect::<Vec<_>>()),
            room: room.map(RoomId),
            team: team.map(TeamId),
            person: person.map(PersonId),
            except: except.map(PersonId),
        })
    }

    proptest! {
        /// The index answers as asking everybody would, whatever happened before.
        #[test]
        fn resolving_is_the_same_as_asking_everybody(
            classes in prop::collection::vec(any_class(), 1..12),
            changes in prop::collection::vec((1..5_u32, any_class()), 0..6),
            gone in prop::collection::vec(0..12_u64, 0..4),
            audience in any_audience(),
        ) {
            let mut members = Members::default();
            for (id, class) in classes.into_iter().enumerate() {
                members.insert(ConnectionId(id as u64), connection(class));
            }
            for (person, class) in changes {
                members.reclass(PersonId(person), ViewerClass { person: Some(PersonId(person)), ..class });
            }
            for id in gone {
                members.remove(ConnectionId(id));
            }
            let mut expected = members.ids();
            expected.retain(|id| audience.includes(&members.get(*id).unwrap().class));
            prop_assert_eq!(members.resolve(&audience), expected);
        }
    }
}
