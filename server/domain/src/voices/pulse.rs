//! State of the pulse: who gave what, and what it comes to.

use alloc::collections::BTreeMap;
use alloc::string::String;

use engawa_protocol::text::comparison_key;
use engawa_protocol::view::PulseAnswer;
use engawa_protocol::{PersonId, RoundId};
use serde::{Deserialize, Serialize};

/// Steps of the distribution: 0–4, 5–14, …, 95–100.
const STEPS: usize = 11;

/// Pulses by round.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pulses {
    pub(crate) rounds: BTreeMap<RoundId, Pulse>,
}

/// The pulse of a round: always what the answers come to, those that are nobody's any more included.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pulse {
    /// The latest of each person.
    pub(crate) answers: BTreeMap<PersonId, PulseAnswer>,
    pub(crate) distribution: [u32; STEPS],
    pub(crate) sum: u32,
    /// How often each word was given, by the key under which words are compared.
    pub(crate) words: BTreeMap<String, u32>,
    /// Answers that are in the counts and nobody's any more.
    #[serde(default, skip_serializing_if = "is_none")]
    pub(crate) unnamed: u32,
}

/// A count that was never raised is not encoded.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's form")]
const fn is_none(count: &u32) -> bool {
    *count == 0
}

impl Pulse {
    /// How many gave one.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.answers.len()).unwrap_or(u32::MAX).saturating_add(self.unnamed)
    }

    /// How often a word was given.
    pub(crate) fn word_count(&self, key: &str) -> u32 {
        self.words.get(key).copied().unwrap_or(0)
    }

    /// Takes a person's answer in place of the one they gave before, which is returned.
    pub(crate) fn replace(&mut self, person: PersonId, answer: PulseAnswer) -> Option<PulseAnswer> {
        let former = self.take_out(person);
        self.sum += u32::from(answer.value);
        if let Some(step) = self.distribution.get_mut(step_of(answer.value)) {
            *step += 1;
        }
        if let Some(key) = word_key(&answer) {
            *self.words.entry(key).or_default() += 1;
        }
        self.answers.insert(person, answer);
        former
    }

    /// Forgets somebody: what they gave leaves the counts, or stays in them as nobody's. False if they gave nothing.
    pub(super) fn forget(&mut self, person: PersonId, goes: bool) -> bool {
        if goes {
            return self.take_out(person).is_some();
        }
        let gave = self.answers.remove(&person).is_some();
        self.unnamed += u32::from(gave);
        gave
    }

    fn take_out(&mut self, person: PersonId) -> Option<PulseAnswer> {
        let former = self.answers.remove(&person)?;
        self.sum -= u32::from(former.value);
        if let Some(step) = self.distribution.get_mut(step_of(former.value)) {
            *step -= 1;
        }
        if let Some(key) = word_key(&former) {
            self.forget_word(&key);
        }
        Some(former)
    }

    fn forget_word(&mut self, key: &str) {
        if let Some(count) = self.words.get_mut(key) {
            *count -= 1;
            if *count == 0 {
                self.words.remove(key);
            }
        }
    }
}

/// The step of the distribution that a value from 0 to 100 falls into.
fn step_of(value: u8) -> usize {
    (usize::from(value) + 5) / 10
}

/// The key under which an answer's word is counted, if it has one.
pub(super) fn word_key(answer: &PulseAnswer) -> Option<String> {
    answer.word.as_deref().map(comparison_key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_rounded_to_tens() {
        for (value, step) in [(0, 0), (4, 0), (5, 1), (14, 1), (15, 2), (50, 5), (94, 9), (95, 10), (100, 10)]
        {
            assert_eq!(step_of(value), step, "{value}");
        }
    }
}
