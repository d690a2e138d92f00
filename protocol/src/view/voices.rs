//! Announcements, pulse and questionnaire as seen.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::{AnnouncementId, PersonId, QuestionId};
use crate::time::Timestamp;

wire! {
    /// An announcement.
    pub struct AnnouncementView {
        /// Which.
        pub id: AnnouncementId,
        /// Who speaks.
        pub by: PersonId,
        /// The text.
        pub text: String,
        /// When.
        pub at: Timestamp,
        /// Whether the viewer has read it.
        pub read: bool,
        /// How many have read it. Coordinators and facilitators only.
        pub readers: Option<u32>,
    }

    /// The pulse of a round.
    pub struct PulseView {
        /// How many gave each value, in steps of ten: 0–4, 5–14, …, 95–100. Eleven numbers.
        pub distribution: Vec<u32>,
        /// How many gave one.
        pub count: u32,
        /// The sum of their values; the mean is `sum / count`.
        pub sum: u32,
        /// The viewer's own.
        pub own: Option<PulseAnswer>,
        /// The words given and how often, nobody named. Coordinators and facilitators only.
        pub words: Option<BTreeMap<String, u32>>,
    }

    /// One person's pulse.
    pub struct PulseAnswer {
        /// 0 to 100.
        pub value: u8,
        /// One word.
        pub word: Option<String>,
    }

    /// The questionnaire.
    pub struct QuestionnaireView {
        /// The questions, in order; for others than coordinators empty until it is opened.
        pub questions: Vec<QuestionView>,
        /// Where it stands.
        pub phase: QuestionnairePhase,
        /// The viewer's own answers.
        pub own: BTreeMap<QuestionId, Answer>,
        /// What has come in. Coordinators and the secretariat only.
        pub results: Option<QuestionnaireResults>,
    }

    /// A question.
    pub struct QuestionView {
        /// Which.
        pub id: QuestionId,
        /// What is asked.
        pub text: String,
        /// What kind of answer it takes.
        pub kind: QuestionKind,
    }

    /// What kind of answer a question takes.
    #[serde(tag = "kind", rename_all = "snake_case")]
    pub enum QuestionKind {
        /// 1 to `steps`.
        Scale {
            /// 2 to 10.
            steps: u8,
        },
        /// One of several.
        Choice {
            /// The options, 2 to `OPTIONS_MAX`.
            options: Vec<String>,
        },
        /// Free text.
        Text {},
    }

    /// An answer.
    #[serde(tag = "kind", rename_all = "snake_case")]
    pub enum Answer {
        /// To a scale.
        Scale {
            /// From 1.
            value: u8,
        },
        /// To a choice.
        Choice {
            /// The index of the option, from 0.
            option: u8,
        },
        /// To a free question.
        Text {
            /// Up to `ANSWER_GRAPHEMES_MAX` characters.
            text: String,
        },
    }

    /// Answers counted.
    pub struct QuestionnaireResults {
        /// How many people have answered.
        pub people: u32,
        /// Per question: how often each step or option was chosen; for free questions one number, the texts given.
        pub counts: BTreeMap<QuestionId, Vec<u32>>,
    }
}

wire_value! {
    /// Where the questionnaire stands.
    #[serde(rename_all = "snake_case")]
    pub enum QuestionnairePhase {
        /// Not opened yet.
        Drafted,
        /// Answers are taken.
        Open,
        /// Answers are taken no more; it may be opened again.
        Closed,
    }
}
