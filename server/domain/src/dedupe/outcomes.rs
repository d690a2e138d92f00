//! The outcomes of one device, by the number of the command. Devices count upwards and their commands seldom overtake each
//! other, so a new one is put at the end and nearly every question is answered by a look at the last. Owns their order;
//! must not know how many are kept.

use alloc::collections::{BTreeMap, VecDeque};

use engawa_protocol::ClientSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::apply::Outcome;

/// Outcomes, lowest number first. Written as a map by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Outcomes(VecDeque<(ClientSeq, Outcome)>);

impl Outcomes {
    /// How many.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What became of a number, if it is among them.
    pub(super) fn get(&self, number: ClientSeq) -> Option<&Outcome> {
        self.place(number).ok().and_then(|place| self.0.get(place)).map(|(_, outcome)| outcome)
    }

    /// Adds one, or puts another in the place of what was there.
    pub(super) fn insert(&mut self, number: ClientSeq, outcome: Outcome) {
        match self.place(number) {
            Ok(place) => self.0[place].1 = outcome,
            Err(place) => self.0.insert(place, (number, outcome)),
        }
    }

    /// Drops the one with the lowest number; says which that was.
    pub(super) fn forget_first(&mut self) -> Option<ClientSeq> {
        self.0.pop_front().map(|(number, _)| number)
    }

    /// The highest number.
    pub(super) fn highest(&self) -> Option<ClientSeq> {
        self.0.back().map(|(number, _)| *number)
    }

    /// All of them, to be changed.
    pub(super) fn all_mut(&mut self) -> impl Iterator<Item = &mut Outcome> {
        self.0.iter_mut().map(|(_, outcome)| outcome)
    }

    /// Keeps those for which this says so.
    pub(super) fn retain(&mut self, mut keeps: impl FnMut(ClientSeq, &Outcome) -> bool) {
        self.0.retain(|(number, outcome)| keeps(*number, outcome));
    }

    /// Where a number is, or where it belongs.
    fn place(&self, number: ClientSeq) -> Result<usize, usize> {
        match self.highest() {
            Some(highest) if number <= highest => self.0.binary_search_by_key(&number, |(number, _)| *number),
            Some(_) | None => Err(self.0.len()),
        }
    }
}

impl Serialize for Outcomes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(number, outcome)| (number, outcome)))
    }
}

impl<'de> Deserialize<'de> for Outcomes {
    /// In whatever order they are written.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(deserializer).map(|by_number| Self(by_number.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use engawa_protocol::Seq;
    use engawa_protocol::codec::{from_slice, to_string};
    use proptest::prelude::*;

    use super::*;

    fn taken(seq: u64) -> Outcome {
        Outcome::Accepted { seq: Seq(seq), created: None }
    }

    proptest! {
        /// In any order, with repeats and drops, it holds what a map would, and is written as one.
        #[test]
        fn it_is_a_map(steps in prop::collection::vec((0..20_u64, any::<bool>()), 0..60)) {
            let (mut outcomes, mut map) = (Outcomes::default(), BTreeMap::new());
            for (index, (number, drops)) in steps.into_iter().enumerate() {
                if drops && index % 3 == 0 {
                    prop_assert_eq!(outcomes.forget_first(), map.pop_first().map(|(number, _)| number));
                } else {
                    outcomes.insert(ClientSeq(number), taken(index as u64));
                    map.insert(ClientSeq(number), taken(index as u64));
                }
                prop_assert_eq!(outcomes.highest(), map.last_key_value().map(|(number, _)| *number));
            }
            for number in (0..20).map(ClientSeq) {
                prop_assert_eq!(outcomes.get(number), map.get(&number));
            }
            let written = to_string(&outcomes).unwrap();
            prop_assert_eq!(&written, &to_string(&map).unwrap());
            prop_assert_eq!(from_slice::<Outcomes>(written.as_bytes()).unwrap(), outcomes);
        }
    }

    #[test]
    fn what_is_written_in_another_order_is_read_in_its_own() {
        let accepted = |seq| alloc::format!(r#"{{"outcome":"accepted","seq":{seq},"created":null}}"#);
        let text = alloc::format!(r#"{{"9":{},"2":{}}}"#, accepted(1), accepted(2));
        let outcomes: Outcomes = from_slice(text.as_bytes()).unwrap();
        let numbers: Vec<u64> = outcomes.0.iter().map(|(number, _)| number.0).collect();
        assert_eq!(numbers, [2, 9]);
    }
}
