//! Deciding on the pulse.

use alloc::borrow::ToOwned;
use alloc::string::String;

use engawa_protocol::command::GivePulse;
use engawa_protocol::limits::PULSE_WORDS_MAX;
use engawa_protocol::text::is_blank;
use engawa_protocol::view::PulseAnswer;
use engawa_protocol::{Field, PersonId, Rejection, Resource};

use super::super::Change;
use super::super::pulse::{Pulse, word_key};
use super::speaker;
use crate::context::Context;
use crate::meeting::Meeting;

/// The highest value: wholly in the fog.
const VALUE_MAX: u8 = 100;

pub(crate) fn give_pulse(m: &Meeting, cx: &Context, c: &GivePulse) -> Result<Change, Rejection> {
    let person = speaker(cx)?;
    let round = m.agenda.current().ok_or(Rejection::NoRoundYet {})?.id;
    if c.value > VALUE_MAX {
        return Err(Rejection::OutOfRange { field: Field::Value, min: 0, max: u64::from(VALUE_MAX) });
    }
    let answer = PulseAnswer { value: c.value, word: c.word.as_deref().and_then(trimmed) };
    if let Some(pulse) = m.pulses.rounds.get(&round) {
        if pulse.answers.get(&person) == Some(&answer) {
            return Ok(Change::Nothing);
        }
        room_for_the_word(pulse, person, &answer)?;
    }
    Ok(Change::GivePulse { round, person, answer })
}

/// A word without the white space around it; none when nothing is left.
fn trimmed(word: &str) -> Option<String> {
    let word = word.trim();
    (!is_blank(word)).then(|| word.to_owned())
}

fn room_for_the_word(pulse: &Pulse, person: PersonId, answer: &PulseAnswer) -> Result<(), Rejection> {
    let Some(key) = word_key(answer) else { return Ok(()) };
    if pulse.words.contains_key(&key) {
        return Ok(());
    }
    let former = pulse.answers.get(&person).and_then(word_key);
    let makes_room = former.is_some_and(|former| pulse.word_count(&former) == 1);
    let others = pulse.words.len() - usize::from(makes_room);
    if u64::try_from(others).is_ok_and(|others| others >= PULSE_WORDS_MAX) {
        return Err(Rejection::TooMany { resource: Resource::Words, max: PULSE_WORDS_MAX });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    fn answer(word: &str) -> PulseAnswer {
        PulseAnswer { value: 50, word: trimmed(word) }
    }

    #[test]
    fn a_round_counts_so_many_different_words_and_no_more() {
        let mut pulse = Pulse::default();
        let max = u32::try_from(PULSE_WORDS_MAX).expect("small");
        for id in 1..=max {
            assert_eq!(room_for_the_word(&pulse, PersonId(id), &answer(&format!("霧{id}"))), Ok(()));
            pulse.replace(PersonId(id), answer(&format!("霧{id}")));
        }
        let newcomer = PersonId(max + 1);
        let full = Err(Rejection::TooMany { resource: Resource::Words, max: PULSE_WORDS_MAX });
        assert_eq!(room_for_the_word(&pulse, newcomer, &answer("晴れ")), full);
        assert_eq!(room_for_the_word(&pulse, newcomer, &answer("霧１")), Ok(()), "known, but for its width");
        assert_eq!(room_for_the_word(&pulse, newcomer, &answer(" \u{3000}")), Ok(()), "no word at all");
        // Whoever takes back the only one of a word makes room for another.
        assert_eq!(room_for_the_word(&pulse, PersonId(1), &answer("晴れ")), Ok(()));
        pulse.replace(newcomer, answer("霧1"));
        assert_eq!(room_for_the_word(&pulse, PersonId(1), &answer("晴れ")), full);
    }
}
