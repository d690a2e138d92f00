//! Commands about the meeting as a whole.

use alloc::string::String;

use crate::role::{JoinRule, Language, LinkTarget};
use crate::time::Timestamp;

wire! {
    /// Changes the meeting's title, language or date; what is left out stays.
    pub struct EditMeeting {
        /// The new title.
        #[serde(default)]
        pub title: Option<String>,
        /// The new language.
        #[serde(default)]
        pub language: Option<Language>,
        /// When it is to begin.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        pub starts_at: Option<Timestamp>,
    }

    /// Says how people without a personal link may come in.
    pub struct SetJoinRule {
        /// The rule.
        pub rule: JoinRule,
    }

    /// Says when the meeting is to be deleted by itself.
    pub struct SetKeepUntil {
        /// The moment; none: kept until deleted by hand.
        pub keep_until: Option<Timestamp>,
    }

    /// Ends the meeting for good; it can still be read and taken out as files.
    pub struct EndMeeting {}

    /// Makes links invalid; new ones of the same kind can be made at once.
    pub struct RevokeLinks {
        /// Whose.
        pub target: LinkTarget,
    }
}
