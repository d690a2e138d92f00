//! Folding events about announcements, pulse and questionnaire.

use alloc::collections::BTreeMap;
use alloc::vec;

use engawa_protocol::RoundId;
use engawa_protocol::event::{
    AnnouncementMade, AnnouncementRead, AnnouncementReadersCounted, AnnouncementWithdrawn, AnswersCounted,
    AnswersGiven, PulseCounted, PulseGiven, PulseWordCounted, QuestionnaireChanged,
};
use engawa_protocol::view::{MeetingView, PulseView};

pub(super) fn announcement_made(view: &mut MeetingView, e: &AnnouncementMade) {
    view.announcements.insert(e.announcement.id, e.announcement.clone());
}

pub(super) fn announcement_withdrawn(view: &mut MeetingView, e: &AnnouncementWithdrawn) {
    view.announcements.remove(&e.announcement);
}

pub(super) fn announcement_read(view: &mut MeetingView, e: &AnnouncementRead) {
    if let Some(announcement) = view.announcements.get_mut(&e.announcement) {
        announcement.read = true;
    }
}

pub(super) fn announcement_readers_counted(view: &mut MeetingView, e: &AnnouncementReadersCounted) {
    if let Some(announcement) = view.announcements.get_mut(&e.announcement) {
        announcement.readers = Some(e.readers);
    }
}

/// The pulse of a round; whichever of its events comes first makes it, because counts of one frame collapse into the
/// last of them.
fn pulse(view: &mut MeetingView, round: RoundId) -> &mut PulseView {
    let guides = view.me.role.guides();
    view.pulses.entry(round).or_insert_with(|| PulseView {
        distribution: vec![0; 11],
        count: 0,
        sum: 0,
        own: None,
        words: guides.then(BTreeMap::new),
    })
}

pub(super) fn pulse_given(view: &mut MeetingView, e: &PulseGiven) {
    pulse(view, e.round).own = Some(e.own.clone());
}

pub(super) fn pulse_counted(view: &mut MeetingView, e: &PulseCounted) {
    let pulse = pulse(view, e.round);
    pulse.distribution.clone_from(&e.distribution);
    pulse.count = e.count;
    pulse.sum = e.sum;
}

pub(super) fn pulse_word_counted(view: &mut MeetingView, e: &PulseWordCounted) {
    let Some(words) = &mut pulse(view, e.round).words else { return };
    if e.count == 0 {
        words.remove(&e.word);
    } else {
        words.insert(e.word.clone(), e.count);
    }
}

pub(super) fn questionnaire_changed(view: &mut MeetingView, e: &QuestionnaireChanged) {
    view.questionnaire.questions.clone_from(&e.questions);
    view.questionnaire.phase = e.phase;
}

pub(super) fn answers_given(view: &mut MeetingView, e: &AnswersGiven) {
    view.questionnaire.own.clone_from(&e.answers);
}

pub(super) fn answers_counted(view: &mut MeetingView, e: &AnswersCounted) {
    view.questionnaire.results = Some(e.results.clone());
}
