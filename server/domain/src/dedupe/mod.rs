//! What became of each device's commands, so that a command that is sent again gets its old answer on every node.
//!
//! Owns the record and its bounds; must not know what commands mean. A device's last `COMMANDS_PENDING_MAX` outcomes
//! are kept, rejections included: it never has more commands under way than that, so whatever it may still send again
//! is known. Numbers may come in any order within that window.

mod outcomes;

use alloc::collections::BTreeMap;

use engawa_protocol::limits::{COMMANDS_PENDING_MAX, DEVICES_PER_PERSON_MAX};
use engawa_protocol::{ClientSeq, DeviceId, PersonId, Rejection, Seq};
use serde::{Deserialize, Serialize};

use self::outcomes::Outcomes;
use crate::apply::Outcome;
use crate::shared::Shared;

/// Stands for devices that join over a shared link and are nobody yet.
pub(crate) use crate::erasure::NOBODY;

/// Devices whose joining is remembered at a time. One that is forgotten and joins again under the same name becomes
/// the same person, because the name is theirs.
const JOINING_DEVICES_MAX: u64 = 1_000;

/// Devices of which at least the highest number is kept, as a multiple of those whose outcomes are.
const REMEMBERED_FACTOR: u64 = 8;

/// The record of all devices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Dedupe {
    /// Devices by person; person 0 stands for devices that are joining over a shared link.
    people: BTreeMap<PersonId, Shared<BTreeMap<DeviceId, Window>>>,
}

/// The last commands of one device.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Window {
    /// The entry that wrote here last: the device used least recently goes first.
    used: Seq,
    /// Numbers at or below this are no longer known, unless they are among the outcomes.
    floor: ClientSeq,
    outcomes: Outcomes,
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
        match window.outcomes.get(client_seq) {
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

impl Dedupe {
    /// Forgets somebody. Of the device with which they joined the number stays, so that the joining, sent again, is not taken
    /// as a new one. Refusals that quote a text quote nothing any more.
    pub(crate) fn erase(&mut self, person: PersonId) {
        self.people.remove(&person);
        for window in self.people.get_mut(&NOBODY).into_iter().flat_map(|devices| devices.values_mut()) {
            window.forget_joining(person);
        }
        for window in self.people.values_mut().flat_map(|devices| devices.values_mut()) {
            for outcome in window.outcomes.all_mut() {
                if let Outcome::Rejected { rejection } = outcome
                    && matches!(rejection, Rejection::NoteConflict { .. })
                {
                    *rejection = Rejection::OutcomeForgotten {};
                }
            }
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
            && let Some(oldest) = self.outcomes.forget_first()
        {
            self.floor = self.floor.max(oldest);
        }
    }

    fn forget_joining(&mut self, person: PersonId) {
        let floor = &mut self.floor;
        self.outcomes.retain(|client_seq, outcome| {
            let theirs = matches!(outcome, Outcome::Accepted { created: Some(id), .. } if *id == person.0);
            if theirs {
                *floor = (*floor).max(client_seq);
            }
            !theirs
        });
    }

    /// Keeps the highest number only: what the device sends again is refused as forgotten, never taken twice.
    fn forget_outcomes(&mut self) {
        if let Some(highest) = self.outcomes.highest() {
            self.floor = self.floor.max(highest);
        }
        self.outcomes = Outcomes::default();
    }
}

#[cfg(test)]
mod tests {
    use engawa_protocol::Entity;
    use engawa_protocol::codec::from_slice;

    use super::*;

    const PERSON: PersonId = PersonId(7);

    fn device(number: u64) -> DeviceId {
        from_slice(alloc::format!("\"00000000-0000-4000-8000-{number:012}\"").as_bytes()).unwrap()
    }

    fn taken(seq: u64) -> Outcome {
        Outcome::Accepted { seq: Seq(seq), created: None }
    }

    /// Commands with these numbers, from one device each, in entries one after the other.
    fn record(person: PersonId, commands: impl IntoIterator<Item = (u64, u64)>) -> Dedupe {
        let mut dedupe = Dedupe::default();
        for (index, (from, number)) in commands.into_iter().enumerate() {
            let at = index as u64 + 1;
            dedupe.remember(person, device(from), ClientSeq(number), taken(at), Seq(at));
        }
        dedupe
    }

    #[test]
    fn numbers_come_in_any_order_within_the_window() {
        let dedupe = record(PERSON, [(1, 5), (1, 3), (1, 4)]);
        for (number, at) in [(5, 1), (3, 2), (4, 3)] {
            assert_eq!(dedupe.recall(PERSON, device(1), ClientSeq(number)), Recall::Known(taken(at)));
        }
        assert_eq!(dedupe.recall(PERSON, device(1), ClientSeq(2)), Recall::New, "it may still be under way");
        assert_eq!(dedupe.recall(PERSON, device(1), ClientSeq(6)), Recall::New);
    }

    #[test]
    fn what_falls_out_of_the_window_is_never_taken_again() {
        let dedupe = record(PERSON, (1..=COMMANDS_PENDING_MAX + 2).map(|number| (1, number)));
        assert_eq!(dedupe.recall(PERSON, device(1), ClientSeq(2)), Recall::Forgotten);
        assert_eq!(dedupe.recall(PERSON, device(1), ClientSeq(3)), Recall::Known(taken(3)));
    }

    #[test]
    fn a_no_is_remembered_like_a_yes() {
        let no = Outcome::Rejected { rejection: Rejection::NotFound { entity: Entity::Note } };
        let mut dedupe = Dedupe::default();
        dedupe.remember(PERSON, device(1), ClientSeq(1), no.clone(), Seq(1));
        assert_eq!(dedupe.recall(PERSON, device(1), ClientSeq(1)), Recall::Known(no));
    }

    #[test]
    fn the_device_used_least_recently_is_forgotten_but_for_its_highest_number() {
        // Device 1 is used again before the last device comes: device 2 is the oldest then.
        let all = (1..=DEVICES_PER_PERSON_MAX).chain([1, DEVICES_PER_PERSON_MAX + 1]);
        let dedupe = record(PERSON, all.enumerate().map(|(index, from)| (from, index as u64 + 1)));
        assert_eq!(dedupe.recall(PERSON, device(1), ClientSeq(1)), Recall::Known(taken(1)));
        assert_eq!(dedupe.recall(PERSON, device(2), ClientSeq(2)), Recall::Forgotten);
        assert_eq!(dedupe.recall(PERSON, device(2), ClientSeq(3)), Recall::New, "it can go on");
        assert_eq!(dedupe.recall(PERSON, device(3), ClientSeq(3)), Recall::Known(taken(3)));
    }

    #[test]
    fn a_person_with_ever_new_devices_takes_bounded_room() {
        let dedupe = record(PERSON, (1..=500).map(|from| (from, 1)));
        let devices = &dedupe.people[&PERSON];
        assert_eq!(devices.len() as u64, DEVICES_PER_PERSON_MAX * REMEMBERED_FACTOR);
        let known = devices.values().filter(|window| !window.outcomes.is_empty()).count() as u64;
        assert_eq!(known, DEVICES_PER_PERSON_MAX);
    }

    #[test]
    fn one_person_takes_nothing_from_another() {
        let mut dedupe = record(PERSON, (1..=500).map(|from| (from, 1)));
        dedupe.remember(PersonId(8), device(1), ClientSeq(1), taken(501), Seq(501));
        dedupe.remember(PERSON, device(501), ClientSeq(1), taken(502), Seq(502));
        assert_eq!(dedupe.recall(PersonId(8), device(1), ClientSeq(1)), Recall::Known(taken(501)));
    }
}
