//! What became of each device's commands, so that a command that is sent again gets its old answer on every node.

use alloc::collections::BTreeMap;

use engawa_protocol::{ClientSeq, DeviceId, PersonId};
use serde::{Deserialize, Serialize};

use crate::apply::Outcome;

/// The record of all devices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Dedupe {
    /// Devices by person; person 0 stands for devices that are joining over a shared link.
    people: BTreeMap<PersonId, BTreeMap<DeviceId, Window>>,
}

/// The last commands of one device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Window {
    /// Numbers at or below this are no longer known.
    floor: ClientSeq,
    outcomes: BTreeMap<ClientSeq, Outcome>,
}

/// What is known of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Recall {
    /// Not seen yet.
    New,
    /// Seen; this became of it.
    Known(Outcome),
    /// So old that it may have been seen.
    Forgotten,
}

impl Dedupe {
    /// What is known of a device's number.
    pub(crate) fn recall(&self, person: PersonId, device: DeviceId, client_seq: ClientSeq) -> Recall {
        let Some(window) = self.people.get(&person).and_then(|devices| devices.get(&device)) else {
            return Recall::New;
        };
        match window.outcomes.get(&client_seq) {
            Some(outcome) => Recall::Known(outcome.clone()),
            None if client_seq <= window.floor => Recall::Forgotten,
            None => Recall::New,
        }
    }

    /// Remembers what became of a device's number.
    pub(crate) fn remember(
        &mut self,
        person: PersonId,
        device: DeviceId,
        client_seq: ClientSeq,
        outcome: Outcome,
    ) {
        let _ = (person, device, client_seq, outcome);
    }
}
