//! Changes of announcements, pulse and questionnaire: decided, complete, and such that making them cannot fail.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use engawa_protocol::command::QuestionPlan;
use engawa_protocol::view::{Answer, PulseAnswer};
use engawa_protocol::{AnnouncementId, PersonId, QuestionId, RoundId};

/// A decided change.
#[derive(Debug)]
pub(crate) enum Change {
    /// What was asked for is so already; the asker is told that it is taken, nobody is told anything else.
    Nothing,
    Announce {
        by: PersonId,
        text: String,
    },
    WithdrawAnnouncement {
        announcement: AnnouncementId,
    },
    ReadAnnouncement {
        announcement: AnnouncementId,
        person: PersonId,
    },
    GivePulse {
        round: RoundId,
        person: PersonId,
        answer: PulseAnswer,
    },
    SetQuestionnaire {
        questions: Vec<QuestionPlan>,
    },
    OpenQuestionnaire,
    CloseQuestionnaire,
    Answer {
        person: PersonId,
        answers: BTreeMap<QuestionId, Answer>,
    },
}
