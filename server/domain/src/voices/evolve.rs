//! Making decided changes: alters announcements, pulse and questionnaire, and says who learns what.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use engawa_protocol::command::QuestionPlan;
use engawa_protocol::event::{
    AnnouncementMade, AnnouncementRead, AnnouncementReadersCounted, AnnouncementWithdrawn, AnswersCounted,
    AnswersGiven, PulseCounted, PulseGiven, PulseWordCounted, QuestionnaireChanged,
};
use engawa_protocol::view::{Answer, PulseAnswer, QuestionView, QuestionnairePhase};
use engawa_protocol::{AnnouncementId, PersonId, QuestionId, RoundId};

use super::Change;
use super::announcements::Announcement;
use super::project::announcement_view;
use super::pulse::word_key;
use crate::audience::{Audience, RoleSet};
use crate::context::{Context, Effects};
use crate::meeting::Meeting;

pub(crate) fn evolve(m: &mut Meeting, cx: &Context, change: Change, fx: &mut Effects) {
    match change {
        Change::Nothing => {}
        Change::Announce { by, text } => announce(m, cx, by, text, fx),
        Change::WithdrawAnnouncement { announcement } => withdraw(m, announcement, fx),
        Change::ReadAnnouncement { announcement, person } => read(m, announcement, person, fx),
        Change::GivePulse { round, person, answer } => give_pulse(m, round, person, answer, fx),
        Change::SetQuestionnaire { questions } => set_questions(m, questions, fx),
        Change::OpenQuestionnaire => set_phase(m, QuestionnairePhase::Open, fx),
        Change::CloseQuestionnaire => set_phase(m, QuestionnairePhase::Closed, fx),
        Change::Answer { person, answers } => answer(m, person, answers, fx),
    }
}

fn announce(m: &mut Meeting, cx: &Context, by: PersonId, text: String, fx: &mut Effects) {
    m.announcements.last_announcement += 1;
    let id = AnnouncementId(m.announcements.last_announcement);
    let announcement = Announcement { by, text, at: cx.at, readers: BTreeSet::new(), withdrawn: false };
    for (roles, guides) in [(RoleSet::GUIDES, true), (RoleSet::GUIDES.others(), false)] {
        let view = announcement_view(id, &announcement, None, guides);
        fx.emit(Audience::roles(roles), AnnouncementMade { announcement: view });
    }
    m.announcements.announcements.insert(id, announcement);
    fx.created = Some(id.0);
}

fn withdraw(m: &mut Meeting, id: AnnouncementId, fx: &mut Effects) {
    if let Some(announcement) = m.announcements.announcements.get_mut(&id) {
        announcement.withdrawn = true;
        fx.emit(Audience::EVERYONE, AnnouncementWithdrawn { announcement: id });
    }
}

fn read(m: &mut Meeting, id: AnnouncementId, person: PersonId, fx: &mut Effects) {
    if let Some(announcement) = m.announcements.announcements.get_mut(&id) {
        announcement.readers.insert(person);
        let readers = announcement.reader_count();
        fx.emit(Audience::person(person), AnnouncementRead { announcement: id });
        let counted = AnnouncementReadersCounted { announcement: id, readers };
        fx.emit(Audience::roles(RoleSet::GUIDES), counted);
    }
}

fn give_pulse(m: &mut Meeting, round: RoundId, person: PersonId, answer: PulseAnswer, fx: &mut Effects) {
    let pulse = m.pulses.rounds.entry(round).or_default();
    let former = pulse.replace(person, answer.clone());
    let words: BTreeSet<String> =
        [former.as_ref(), Some(&answer)].into_iter().flatten().filter_map(word_key).collect();
    let counted = PulseCounted {
        round,
        distribution: pulse.distribution.to_vec(),
        count: pulse.count(),
        sum: pulse.sum,
    };
    fx.emit(Audience::EVERYONE, counted);
    for word in words {
        let count = pulse.word_count(&word);
        fx.emit(Audience::roles(RoleSet::GUIDES), PulseWordCounted { round, word, count });
    }
    fx.emit(Audience::person(person), PulseGiven { round, own: answer });
}

fn set_questions(m: &mut Meeting, plans: Vec<QuestionPlan>, fx: &mut Effects) {
    let questionnaire = &mut m.questionnaire;
    let mut questions = Vec::with_capacity(plans.len());
    for plan in plans {
        questionnaire.last_question += 1;
        let id = QuestionId(questionnaire.last_question);
        questions.push(QuestionView { id, text: plan.text, kind: plan.kind });
    }
    questionnaire.set(questions);
    let changed = questionnaire_changed(m);
    fx.emit(Audience::roles(RoleSet::COORDINATORS), changed);
    tell_results(m, fx);
}

fn set_phase(m: &mut Meeting, phase: QuestionnairePhase, fx: &mut Effects) {
    m.questionnaire.phase = phase;
    let changed = questionnaire_changed(m);
    fx.emit(Audience::EVERYONE, changed);
}

fn questionnaire_changed(m: &Meeting) -> QuestionnaireChanged {
    QuestionnaireChanged { questions: m.questionnaire.questions.clone(), phase: m.questionnaire.phase }
}

fn answer(m: &mut Meeting, person: PersonId, answers: BTreeMap<QuestionId, Answer>, fx: &mut Effects) {
    m.questionnaire.replace(person, answers.clone());
    fx.emit(Audience::person(person), AnswersGiven { answers });
    tell_results(m, fx);
}

fn tell_results(m: &Meeting, fx: &mut Effects) {
    let results = m.questionnaire.results.clone();
    fx.emit(Audience::roles(RoleSet::OFFICE), AnswersCounted { results });
}
