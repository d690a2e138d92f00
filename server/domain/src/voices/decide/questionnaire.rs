//! Deciding on the questionnaire.

use alloc::collections::BTreeMap;

use engawa_protocol::command::{
    AnswerQuestionnaire, CloseQuestionnaire, OpenQuestionnaire, SetQuestionnaire,
};
use engawa_protocol::text::is_blank;
use engawa_protocol::view::{Answer, QuestionKind, QuestionnairePhase};
use engawa_protocol::{Entity, QuestionId, Rejection};

use super::super::Change;
use super::speaker;
use crate::context::Context;
use crate::meeting::Meeting;

const NO_QUESTION: Rejection = Rejection::NotFound { entity: Entity::Question };

pub(crate) fn set_questionnaire(
    m: &Meeting,
    _cx: &Context,
    c: &SetQuestionnaire,
) -> Result<Change, Rejection> {
    match m.questionnaire.phase {
        QuestionnairePhase::Drafted => Ok(Change::SetQuestionnaire { questions: c.questions.clone() }),
        QuestionnairePhase::Open | QuestionnairePhase::Closed => Err(Rejection::QuestionnaireOpened {}),
    }
}

pub(crate) fn open_questionnaire(
    m: &Meeting,
    _cx: &Context,
    _c: &OpenQuestionnaire,
) -> Result<Change, Rejection> {
    match m.questionnaire.phase {
        QuestionnairePhase::Open => Err(Rejection::AlreadySo {}),
        QuestionnairePhase::Drafted | QuestionnairePhase::Closed if m.questionnaire.questions.is_empty() => {
            Err(NO_QUESTION)
        }
        QuestionnairePhase::Drafted | QuestionnairePhase::Closed => Ok(Change::OpenQuestionnaire),
    }
}

pub(crate) fn close_questionnaire(
    m: &Meeting,
    _cx: &Context,
    _c: &CloseQuestionnaire,
) -> Result<Change, Rejection> {
    must_be_open(m)?;
    Ok(Change::CloseQuestionnaire)
}

pub(crate) fn answer_questionnaire(
    m: &Meeting,
    cx: &Context,
    c: &AnswerQuestionnaire,
) -> Result<Change, Rejection> {
    let person = speaker(cx)?;
    must_be_open(m)?;
    let mut answers = BTreeMap::new();
    for (id, answer) in &c.answers {
        let question = m.questionnaire.question(*id).ok_or(NO_QUESTION)?;
        if !fits(&question.kind, answer) {
            return Err(Rejection::AnswerDoesNotFit {});
        }
        if !is_left_out(answer) {
            answers.insert(*id, answer.clone());
        }
    }
    let former: Option<&BTreeMap<QuestionId, Answer>> = m.questionnaire.answers.get(&person);
    if former.map_or(answers.is_empty(), |former| *former == answers) {
        return Ok(Change::Nothing);
    }
    Ok(Change::Answer { person, answers })
}

fn must_be_open(m: &Meeting) -> Result<(), Rejection> {
    match m.questionnaire.phase {
        QuestionnairePhase::Open => Ok(()),
        QuestionnairePhase::Drafted | QuestionnairePhase::Closed => Err(Rejection::QuestionnaireNotOpen {}),
    }
}

fn fits(kind: &QuestionKind, answer: &Answer) -> bool {
    match (kind, answer) {
        (QuestionKind::Scale { steps }, Answer::Scale { value }) => (1..=*steps).contains(value),
        (QuestionKind::Choice { options }, Answer::Choice { option }) => usize::from(*option) < options.len(),
        (QuestionKind::Text {}, Answer::Text { .. }) => true,
        (QuestionKind::Scale { .. }, Answer::Choice { .. } | Answer::Text { .. })
        | (QuestionKind::Choice { .. }, Answer::Scale { .. } | Answer::Text { .. })
        | (QuestionKind::Text {}, Answer::Scale { .. } | Answer::Choice { .. }) => false,
    }
}

/// An empty text is no answer.
fn is_left_out(answer: &Answer) -> bool {
    match answer {
        Answer::Text { text } => is_blank(text),
        Answer::Scale { .. } | Answer::Choice { .. } => false,
    }
}
