//! The meeting, its teams and people, as seen.

use alloc::string::String;

use crate::ids::{MeetingId, PersonId, TeamId};
use crate::role::{JoinRule, Language, Role};
use crate::time::Timestamp;

wire! {
    /// The meeting as a whole.
    pub struct MeetingInfo {
        /// Which.
        pub id: MeetingId,
        /// Its title.
        pub title: String,
        /// Its language.
        pub language: Language,
        /// When it is to begin; left out: nobody has said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        pub starts_at: Option<Timestamp>,
        /// When it was made.
        pub created_at: Timestamp,
        /// When it ended; none: it goes on.
        pub ended_at: Option<Timestamp>,
        /// When it is deleted by itself.
        pub keep_until: Option<Timestamp>,
        /// How people come in without a personal link.
        pub join_rule: JoinRule,
        /// Whether teams can read the comments on their posters.
        pub feedback_shared: bool,
    }

    /// Who is looking.
    pub struct MeView {
        /// In what role.
        pub role: Role,
        /// As whom; none on a projector screen.
        pub person: Option<PersonId>,
        /// The team, if any.
        pub team: Option<TeamId>,
    }

    /// A team.
    pub struct TeamView {
        /// Which.
        pub id: TeamId,
        /// Its name.
        pub name: String,
        /// Its prefecture or region.
        pub region: Option<String>,
    }

    /// A person.
    pub struct PersonView {
        /// Which.
        pub id: PersonId,
        /// The name, as written in the roster.
        pub name: String,
        /// The team, if any.
        pub team: Option<TeamId>,
        /// The role.
        pub role: Role,
        /// Whether they have come.
        pub attendance: Attendance,
        /// Taken off the roster. Such people are seen by coordinators only.
        pub removed: bool,
    }

    /// What was done last, so that another coordinator can carry on.
    pub struct ActionView {
        /// Who did it.
        pub by: PersonId,
        /// The command's stable name.
        pub action: String,
        /// When.
        pub at: Timestamp,
    }
}

wire_value! {
    /// Whether a person has come. Kept in the log; who is connected at this second is presence, and is not.
    #[serde(rename_all = "snake_case")]
    pub enum Attendance {
        /// On the roster, not seen yet.
        Expected,
        /// Here.
        Present,
        /// Was here and left, or has been cut off for more than `DEPARTURE_MS`. The place is kept.
        Away,
    }
}
