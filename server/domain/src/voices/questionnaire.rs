//! State of the questionnaire: questions, answers, and the counts of them.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use engawa_protocol::view::{Answer, QuestionKind, QuestionView, QuestionnairePhase, QuestionnaireResults};
use engawa_protocol::{PersonId, QuestionId};
use serde::{Deserialize, Serialize};

/// The questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Questionnaire {
    pub(crate) questions: Vec<QuestionView>,
    pub(crate) phase: QuestionnairePhase,
    /// Free texts stand here and in their author's own view, in no other.
    pub(crate) answers: BTreeMap<PersonId, BTreeMap<QuestionId, Answer>>,
    /// Always what the answers come to, those that are nobody's any more included.
    pub(crate) results: QuestionnaireResults,
    pub(crate) last_question: u32,
    /// Free texts that are in the counts and nobody's any more, in the order of the texts.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) unnamed: BTreeMap<QuestionId, Vec<String>>,
}

impl Default for Questionnaire {
    fn default() -> Self {
        Self {
            questions: Vec::new(),
            phase: QuestionnairePhase::Drafted,
            answers: BTreeMap::new(),
            results: QuestionnaireResults { people: 0, counts: BTreeMap::new() },
            last_question: 0,
            unnamed: BTreeMap::new(),
        }
    }
}

impl Questionnaire {
    pub(crate) fn question(&self, id: QuestionId) -> Option<&QuestionView> {
        self.questions.iter().find(|question| question.id == id)
    }

    /// Replaces the questions; there are no answers yet.
    pub(crate) fn set(&mut self, questions: Vec<QuestionView>) {
        self.results.counts =
            questions.iter().map(|question| (question.id, vec![0; slots(&question.kind)])).collect();
        self.questions = questions;
    }

    /// Takes a person's answers in place of those they gave before. No answers at all take them back.
    pub(crate) fn replace(&mut self, person: PersonId, answers: BTreeMap<QuestionId, Answer>) {
        if let Some(former) = self.answers.remove(&person) {
            self.results.people -= 1;
            for (question, answer) in &former {
                if let Some(count) = self.slot(*question, answer) {
                    *count -= 1;
                }
            }
        }
        if answers.is_empty() {
            return;
        }
        self.results.people += 1;
        for (question, answer) in &answers {
            if let Some(count) = self.slot(*question, answer) {
                *count += 1;
            }
        }
        self.answers.insert(person, answers);
    }

    /// Forgets somebody: their answers leave the counts, or stay in them as nobody's. Answers how many they were.
    pub(super) fn forget(&mut self, person: PersonId, goes: bool) -> usize {
        let count = self.answers.get(&person).map_or(0, BTreeMap::len);
        if goes {
            self.replace(person, BTreeMap::new());
            return count;
        }
        for (question, answer) in self.answers.remove(&person).into_iter().flatten() {
            match answer {
                Answer::Text { text } => {
                    let texts = self.unnamed.entry(question).or_default();
                    texts.push(text);
                    // The order must not say whose was taken out when.
                    texts.sort_unstable();
                }
                Answer::Scale { .. } | Answer::Choice { .. } => {}
            }
        }
        count
    }

    fn slot(&mut self, question: QuestionId, answer: &Answer) -> Option<&mut u32> {
        let index = match answer {
            Answer::Scale { value } => usize::from(*value).checked_sub(1)?,
            Answer::Choice { option } => usize::from(*option),
            Answer::Text { .. } => 0,
        };
        self.results.counts.get_mut(&question)?.get_mut(index)
    }
}

/// How many numbers the answers to a question are counted in: one per step or option, one for texts given.
fn slots(kind: &QuestionKind) -> usize {
    match kind {
        QuestionKind::Scale { steps } => usize::from(*steps),
        QuestionKind::Choice { options } => options.len(),
        QuestionKind::Text {} => 1,
    }
}
