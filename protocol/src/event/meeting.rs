//! Events about the meeting, its teams and people.

use alloc::boxed::Box;
use alloc::string::String;

use crate::ids::{PersonId, TeamId};
use crate::view::{ActionView, Attendance, MeetingInfo, MeetingView, PersonView, TeamView};

wire! {
    /// Something changed that touches much of what the viewer sees (a roster import, another role or team): here
    /// is the whole view anew. Fold: it replaces the view.
    pub struct ViewReplaced {
        /// The view.
        pub view: Box<MeetingView>,
    }

    /// The meeting's title, language, joining rule, end or keeping changed. Fold: `meeting` is replaced.
    pub struct MeetingEdited {
        /// The meeting now.
        pub meeting: MeetingInfo,
    }

    /// A team was added. Fold: into `teams`.
    pub struct TeamAdded {
        /// The team.
        pub team: TeamView,
    }

    /// A team was changed. Fold: replaced in `teams`.
    pub struct TeamEdited {
        /// The team.
        pub team: TeamView,
    }

    /// A team was removed. Fold: out of `teams`.
    pub struct TeamRemoved {
        /// The team.
        pub team: TeamId,
    }

    /// A person was added to those one sees. Fold: into `people`.
    pub struct PersonAdded {
        /// The person.
        pub person: PersonView,
    }

    /// A person has another name. Fold: in `people` and `seat.people`, and with every note and comment that names
    /// them, wherever they are found.
    pub struct PersonRenamed {
        /// The person.
        pub person: PersonId,
        /// The name.
        pub name: String,
    }

    /// A person came, left or was cut off. Fold: in `people` and `seat.people`, where they are found.
    pub struct AttendanceChanged {
        /// The person.
        pub person: PersonId,
        /// Where they stand now.
        pub attendance: Attendance,
    }

    /// A coordinator or facilitator did something. Fold: `last_action`.
    pub struct ActionTaken {
        /// What.
        pub action: ActionView,
    }
}
