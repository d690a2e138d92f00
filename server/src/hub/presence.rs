//! Who is connected at this moment, told to those who see them: the whole set at first, then changes, gathered.
//! Never stored, never part of a position.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use engawa_domain::{Audience, Meeting, RoleSet, Viewer, ViewerClass, class_of};
use engawa_protocol::{CloseCode, PersonId, Presence, ServerFrame};
use tokio::time::Instant;

use super::fanout::Doomed;
use super::frame::{FrameText, encode};
use super::members::{ConnectionId, Members, PresenceChange};
use super::neighbours::Neighbours;

/// What has not been told yet.
#[derive(Debug, Default)]
pub(super) struct PresenceNews {
    changed: BTreeSet<PersonId>,
    /// Connections that see other people than before.
    anew: BTreeSet<ConnectionId>,
    due: Option<Instant>,
    told_at: Option<Instant>,
}

/// Who sees a person of this class, and whom they see: staff see everybody and are seen by everybody; others see their
/// room and their team.
fn seeing(class: &ViewerClass) -> Audience {
    if class.role.is_staff() {
        return Audience::EVERYONE;
    }
    Audience { room: class.room, team: class.team, person: class.person, ..Audience::roles(RoleSet::STAFF) }
}

impl PresenceNews {
    /// A person came, went, or is somewhere else.
    pub(super) fn changed(&mut self, person: PersonId, window: Duration, now: Instant) {
        self.changed.insert(person);
        self.schedule(window, now);
    }

    /// A connection is to be told the whole set.
    pub(super) fn anew(&mut self, connection: ConnectionId, window: Duration, now: Instant) {
        self.anew.insert(connection);
        self.schedule(window, now);
    }

    fn schedule(&mut self, window: Duration, now: Instant) {
        if self.due.is_none() {
            self.due = Some(self.told_at.map_or(now, |told| (told + window).max(now)));
        }
    }

    /// When there is something to tell.
    #[must_use]
    pub(super) const fn due(&self) -> Option<Instant> {
        self.due
    }

    /// Tells it. Answers with the connections that are too slow.
    pub(super) fn tell(
        &mut self,
        meeting: &Meeting,
        (members, neighbours): (&mut Members, &Neighbours),
        window: Duration,
        now: Instant,
    ) -> Vec<Doomed> {
        if self.due.is_none_or(|due| due > now) {
            return Vec::new();
        }
        self.due = None;
        self.told_at = Some(now);
        let mut touched: BTreeSet<ConnectionId> = std::mem::take(&mut self.anew);
        for id in &touched {
            if let Some(connection) = members.get_mut(*id) {
                connection.presence = PresenceChange { full: true, ..PresenceChange::default() };
            }
        }
        for person in std::mem::take(&mut self.changed) {
            let Some(class) = class_of(meeting, Viewer::Person(person)) else { continue };
            let online = members.is_online(person) || neighbours.has(person);
            for id in members.resolve(&seeing(&class)) {
                let Some(connection) = members.get_mut(id) else { continue };
                touched.insert(id);
                connection.presence.note(person, online);
            }
        }
        let mut frames = HashMap::new();
        let mut doomed = Vec::new();
        for id in touched {
            if let Some(code) = self.send(id, (members, neighbours), &mut frames) {
                doomed.push((id, code));
            }
        }
        if !self.anew.is_empty() {
            self.schedule(window, now);
        }
        doomed
    }

    fn send(
        &mut self,
        id: ConnectionId,
        (members, neighbours): (&mut Members, &Neighbours),
        frames: &mut HashMap<PresenceChange, FrameText>,
    ) -> Option<CloseCode> {
        let connection = members.get_mut(id)?;
        let mut change = std::mem::take(&mut connection.presence);
        if connection.outbox.is_pressed() {
            // It can wait: the whole set comes when there is room.
            self.anew.insert(id);
            return None;
        }
        let class = connection.class;
        if change.full {
            change = PresenceChange {
                full: true,
                online: online_for(&class, members, neighbours),
                offline: Vec::new(),
            };
        }
        let frame = frames.entry(change).or_insert_with_key(|change| {
            encode(&ServerFrame::Presence(Presence {
                full: change.full,
                online: change.online.clone(),
                offline: change.offline.clone(),
            }))
        });
        members.get(id)?.outbox.push(frame.clone()).err().map(|_full| CloseCode::Slow)
    }
}

impl PresenceChange {
    fn note(&mut self, person: PersonId, online: bool) {
        let (to, from) = if online {
            (&mut self.online, &mut self.offline)
        } else {
            (&mut self.offline, &mut self.online)
        };
        from.retain(|other| *other != person);
        if !to.contains(&person) {
            to.push(person);
        }
    }
}

/// Everybody connected whom a viewer of this class sees, to whichever node.
fn online_for(class: &ViewerClass, members: &Members, neighbours: &Neighbours) -> Vec<PersonId> {
    let seeing = seeing(class);
    let here = members.resolve(&seeing).into_iter().filter_map(|id| members.get(id)?.class.person);
    let people: BTreeSet<PersonId> = here.chain(neighbours.resolve(&seeing)).collect();
    people.into_iter().collect()
}
