//! Events about announcements, pulse and questionnaire.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::{AnnouncementId, QuestionId, RoundId};
use crate::view::{
    AnnouncementView, Answer, PulseAnswer, QuestionView, QuestionnairePhase, QuestionnaireResults,
};

wire! {
    /// Somebody spoke to all rooms. Fold: into `announcements`.
    pub struct AnnouncementMade {
        /// The announcement.
        pub announcement: AnnouncementView,
    }

    /// An announcement was taken back. Fold: out of `announcements`.
    pub struct AnnouncementWithdrawn {
        /// The announcement.
        pub announcement: AnnouncementId,
    }

    /// The viewer has read it. Fold: `read`.
    pub struct AnnouncementRead {
        /// The announcement.
        pub announcement: AnnouncementId,
    }

    /// More people have read it. Coordinators and facilitators only. Fold: `readers`.
    pub struct AnnouncementReadersCounted {
        /// The announcement.
        pub announcement: AnnouncementId,
        /// How many.
        pub readers: u32,
    }

    /// The viewer gave a pulse. Fold: `own` of that round's pulse.
    pub struct PulseGiven {
        /// The round.
        pub round: RoundId,
        /// The pulse.
        pub own: PulseAnswer,
    }

    /// The pulse of a round changed. Fold: those fields; a round without a pulse gets one (for coordinators and
    /// facilitators with an empty map of words).
    pub struct PulseCounted {
        /// The round.
        pub round: RoundId,
        /// Eleven numbers.
        pub distribution: Vec<u32>,
        /// How many gave one.
        pub count: u32,
        /// The sum of their values.
        pub sum: u32,
    }

    /// How often a word was given. Coordinators and facilitators only. Fold: in `words`; 0 takes it out.
    pub struct PulseWordCounted {
        /// The round.
        pub round: RoundId,
        /// The word.
        pub word: String,
        /// How often.
        pub count: u32,
    }

    /// The questionnaire was set, opened or closed. Fold: those fields.
    pub struct QuestionnaireChanged {
        /// The questions.
        pub questions: Vec<QuestionView>,
        /// Where it stands.
        pub phase: QuestionnairePhase,
    }

    /// The viewer answered. Fold: `questionnaire.own` is replaced.
    pub struct AnswersGiven {
        /// The answers.
        pub answers: BTreeMap<QuestionId, Answer>,
    }

    /// Answers were counted. Coordinators and the secretariat only. Fold: `questionnaire.results`.
    pub struct AnswersCounted {
        /// The counts.
        pub results: QuestionnaireResults,
    }
}
