//! What became of each device's commands, so that a command that is sent again gets its old answer on every node.
//!
//! Owns the record and its bounds; must not know what commands mean. A device's last `COMMANDS_PENDING_MAX` outcomes
//! are kept, rejections included: it never has more commands under way than that, so whatever it may still send again
//! is known. Numbers may come in any order within that window.

use alloc::collections::BTreeMap;

use engawa_protocol::limits::{COMMANDS_PENDING_MAX, DEVICES_PER_PERSON_MAX};
use engawa_protocol::{ClientSeq, DeviceId, PersonId, Seq};
use serde::{Deserialize, Serialize};

use crate::apply::Outcome;

/// Stands for devices that join over a shared link and are nobody yet.
pub(crate) const NOBODY: PersonId = PersonId(0);

/// Devices whose joining is remembered at a time. One that is forgotten and joins again under the same name becomes
/// the same person, because the name is theirs.
const JOINING_DEVICES_MAX: u64 = 1_000;

/// Devices of which at least the highest number is kept, as a multiple of those whose outcomes are.
const REMEMBERED_FACTOR: u64 = 8;

/// The record of all devices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Dedupe {
    /// Devices by person; person 0 stands for devices that are joining over a shared link.
    people: BTreeMap<PersonId, BTreeMap<DeviceId, Window>>,
}

/// The last commands of one device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Window {
    /// The entry that wrote here last: the device used least recently goes first.
    used: Seq,
    /// Numbers at or below this are no longer known, unless they are among the outcomes.
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

    /// Remembers what became of a device's number, in the entry `at`.
    pub(crate) fn remember(
        &mut self,
        person: PersonId,
        device: DeviceId,
        client_seq: ClientSeq,
        outcome: Outcome,
        at: Seq,
    ) {
        let devices = self.people.entry(person).or_default();
        devices.entry(device).or_default().remember(client_seq, outcome, at);
        let known_max = if person == NOBODY { JOINING_DEVICES_MAX } else { DEVICES_PER_PERSON_MAX };
        let known = devices.values().filter(|window| !window.outcomes.is_empty()).count() as u64;
        if known > known_max
            && let Some(oldest) = least_recent(devices, |window| !window.outcomes.is_empty())
            && let Some(window) = devices.get_mut(&oldest)
        {
            window.forget_outcomes();
        }
        if devices.len() as u64 > known_max * REMEMBERED_FACTOR
            && let Some(oldest) = least_recent(devices, |_| true)
        {
            devices.remove(&oldest);
        }
    }
}

/// The device used least recently of those that qualify. Entries write to one device each, so there is one such.
fn least_recent(
    devices: &BTreeMap<DeviceId, Window>,
    qualifies: impl Fn(&Window) -> bool,
) -> Option<DeviceId> {
    devices
        .iter()
        .filter(|(_, window)| qualifies(window))
        .min_by_key(|(_, window)| window.used)
        .map(|(id, _)| *id)
}

impl Window {
    fn remember(&mut self, client_seq: ClientSeq, outcome: Outcome, at: Seq) {
        self.used = at;
        self.outcomes.insert(client_seq, outcome);
        if self.outcomes.len() as u64 > COMMANDS_PENDING_MAX
            && let Some((oldest, _)) = self.outcomes.pop_first()
        {
            self.floor = self.floor.max(oldest);
        }
    }

    /// Keeps the highest number only: what the device sends again is refused as forgotten, never taken twice.
    fn forget_outcomes(&mut self) {
        if let Some((highest, _)) = self.outcomes.pop_last() {
            self.floor = self.floor.max(highest);
        }
        self.outcomes.clear();
    }
}
