//! What the rules may know of the entry in hand, and what they leave behind.

use alloc::vec::Vec;

use engawa_protocol::{DeviceId, Event, PersonId, Role, Seq, Timestamp};

use crate::audience::{Audience, Emission};
use crate::entry::Entropy;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Actor {
    /// A person of the roster.
    Person { id: PersonId, role: Role, device: DeviceId },
    /// Somebody with a shared link who is nobody yet.
    Link { role: Role, device: DeviceId },
    /// A node of the server.
    System,
}

impl Actor {
    /// The person who asks.
    pub(crate) const fn person(self) -> Option<PersonId> {
        match self {
            Self::Person { id, .. } => Some(id),
            Self::Link { .. } | Self::System => None,
        }
    }

    /// The role in which somebody asks; none for the system.
    pub(crate) const fn role(self) -> Option<Role> {
        match self {
            Self::Person { role, .. } | Self::Link { role, .. } => Some(role),
            Self::System => None,
        }
    }
}

/// What the rules may know of the entry in hand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    pub(crate) seq: Seq,
    pub(crate) at: Timestamp,
    pub(crate) entropy: Entropy,
    pub(crate) actor: Actor,
}

/// What evolving leaves behind.
#[derive(Debug, Default)]
pub(crate) struct Effects {
    pub(crate) emissions: Vec<Emission>,
    /// People whose [`ViewerClass`](crate::ViewerClass) may have changed.
    pub(crate) regrouped: Vec<PersonId>,
    /// The id of what was made.
    pub(crate) created: Option<u32>,
    /// Links may have been revoked.
    pub(crate) links_changed: bool,
    /// The vote has closed, or somebody's data have been taken out: whoever keeps the log must forget everything up to this
    /// entry (see ARCHITECTURE).
    pub(crate) forget_log: bool,
}

impl Effects {
    /// Tells an audience of an event.
    pub(crate) fn emit(&mut self, audience: Audience, event: impl Into<Event>) {
        self.emissions.push(Emission::Event { audience, event: event.into() });
    }

    /// Has the views of an audience made anew.
    pub(crate) fn refresh(&mut self, audience: Audience) {
        self.emissions.push(Emission::Refresh { audience });
    }

    /// Says that a person's class may have changed.
    pub(crate) fn regroup(&mut self, person: PersonId) {
        self.regrouped.push(person);
    }
}
