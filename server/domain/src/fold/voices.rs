//! Folding events of this area.

use engawa_protocol::event::{
    AnnouncementMade, AnnouncementRead, AnnouncementReadersCounted, AnnouncementWithdrawn, AnswersCounted,
    AnswersGiven, PulseCounted, PulseGiven, PulseWordCounted, QuestionnaireChanged,
};
use engawa_protocol::view::MeetingView;

pub(super) fn announcement_made(_view: &mut MeetingView, _e: &AnnouncementMade) {}

pub(super) fn announcement_withdrawn(_view: &mut MeetingView, _e: &AnnouncementWithdrawn) {}

pub(super) fn announcement_read(_view: &mut MeetingView, _e: &AnnouncementRead) {}

pub(super) fn announcement_readers_counted(_view: &mut MeetingView, _e: &AnnouncementReadersCounted) {}

pub(super) fn pulse_given(_view: &mut MeetingView, _e: &PulseGiven) {}

pub(super) fn pulse_counted(_view: &mut MeetingView, _e: &PulseCounted) {}

pub(super) fn pulse_word_counted(_view: &mut MeetingView, _e: &PulseWordCounted) {}

pub(super) fn questionnaire_changed(_view: &mut MeetingView, _e: &QuestionnaireChanged) {}

pub(super) fn answers_given(_view: &mut MeetingView, _e: &AnswersGiven) {}

pub(super) fn answers_counted(_view: &mut MeetingView, _e: &AnswersCounted) {}
