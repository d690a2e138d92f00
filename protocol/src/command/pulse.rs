//! Commands about the pulse and the questionnaire.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::QuestionId;
use crate::view::{Answer, QuestionKind};

wire! {
    /// モヤモヤ指数: how foggy one feels. Belongs to the running round, else to the one that began last.
    pub struct GivePulse {
        /// 0 to 100.
        pub value: u8,
        /// One word, if one likes.
        #[serde(default)]
        pub word: Option<String>,
    }

    /// A question as it is set.
    pub struct QuestionPlan {
        /// What is asked.
        pub text: String,
        /// What kind of answer it takes.
        pub kind: QuestionKind,
    }

    /// Sets the questions, before the questionnaire is opened for the first time.
    pub struct SetQuestionnaire {
        /// The questions, in order.
        pub questions: Vec<QuestionPlan>,
    }

    /// Lets people answer.
    pub struct OpenQuestionnaire {}

    /// Ends answering.
    pub struct CloseQuestionnaire {}

    /// Gives one's answers, all at once; replaces those given before.
    pub struct AnswerQuestionnaire {
        /// The answers; questions may be left out.
        pub answers: BTreeMap<QuestionId, Answer>,
    }
}
