//! The closing: everybody's pulse, the questionnaire, and the end of the meeting.

use std::collections::BTreeMap;

use engawa_protocol::command::{
    AnswerQuestionnaire, CloseQuestionnaire, EndMeeting, GivePulse, OpenQuestionnaire, QuestionPlan,
    SetQuestionnaire,
};
use engawa_protocol::view::{Answer, MeetingView, QuestionKind, QuestionnairePhase};
use rand::Rng as _;
use rand::seq::IndexedRandom as _;

use super::hall::Hall;
use super::{PATIENCE, cheats};
use crate::crowd;
use crate::marker::MarkedText;
use crate::trouble::Trouble;

const WORDS: [&str; 4] = ["霧の中", "晴れ間", "前向き", "もやもや"];

pub(super) async fn run(hall: &mut Hall) -> Result<(), Trouble> {
    pulse(hall).await?;
    questionnaire(hall).await?;
    hall.host().must(EndMeeting {}).await?;
    let ended = |view: &MeetingView| view.meeting.ended_at.is_some();
    hall.screen.until("the meeting's end", PATIENCE, ended).await?;
    for person in hall.here() {
        person.until("the meeting's end", PATIENCE, ended).await?;
    }
    hall.cheats += cheats::after_the_end(hall).await?;
    Ok(())
}

/// モヤモヤ指数: everyone gives one, many think again; the latest counts.
async fn pulse(hall: &Hall) -> Result<(), Trouble> {
    crowd::each(&hall.participants, &hall.stage.findings, |person| async move {
        let mut chance = person.chance("pulse");
        for _ in 0..chance.random_range(1..=2) {
            let word = chance.random_ratio(1, 3).then(|| WORDS.choose(&mut chance).copied()).flatten();
            let value = chance.random_range(0..=100);
            person.must(GivePulse { value, word: word.map(ToOwned::to_owned) }).await?;
        }
        Ok(())
    })
    .await?;
    let round = hall.rounds.posters;
    let count = u32::try_from(hall.participants.len()).unwrap_or(u32::MAX);
    let right = move |view: &MeetingView| view.pulses.get(&round).is_some_and(|pulse| pulse.count == count);
    hall.screen.until("everybody's pulse", PATIENCE, right).await?;
    hall.host().until("everybody's pulse", PATIENCE, right).await
}

async fn questionnaire(hall: &Hall) -> Result<(), Trouble> {
    let plan = |text: &str, kind| QuestionPlan { text: text.into(), kind };
    let options = ["対面", "オンライン", "どちらでも"].map(ToOwned::to_owned).to_vec();
    let questions = vec![
        plan("今日の満足度", QuestionKind::Scale { steps: 5 }),
        plan("次回の形式", QuestionKind::Choice { options }),
        plan("持ち帰ること", QuestionKind::Text {}),
    ];
    hall.host().must(SetQuestionnaire { questions }).await?;
    hall.host().must(OpenQuestionnaire {}).await?;
    crowd::each(&hall.participants, &hall.stage.findings, |person| async move {
        person
            .until("the questionnaire", PATIENCE, |view| {
                view.questionnaire.phase == QuestionnairePhase::Open
                    && !view.questionnaire.questions.is_empty()
            })
            .await?;
        let mut chance = person.chance("questionnaire");
        let (_, text) = person.text(MarkedText::Answer, &mut chance);
        let questions = person.look(|view| view.questionnaire.questions.clone()).unwrap_or_default();
        let answers: BTreeMap<_, _> = questions
            .iter()
            .map(|question| {
                let answer = match question.kind {
                    QuestionKind::Scale { steps } => Answer::Scale { value: chance.random_range(1..=steps) },
                    QuestionKind::Choice { .. } => Answer::Choice { option: chance.random_range(0..3) },
                    QuestionKind::Text {} => Answer::Text { text: text.clone() },
                };
                (question.id, answer)
            })
            .collect();
        person.must(AnswerQuestionnaire { answers }).await.map(drop)
    })
    .await?;
    let count = u32::try_from(hall.participants.len()).unwrap_or(u32::MAX);
    hall.host()
        .until("everybody's answers", PATIENCE, |view| {
            view.questionnaire.results.as_ref().is_some_and(|results| results.people == count)
        })
        .await?;
    hall.host().must(CloseQuestionnaire {}).await.map(drop)
}
