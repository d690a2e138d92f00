//! What one viewer may see of a meeting at a position: the projection that a connection starts from and that
//! events are folded into. What is not in it never reaches that viewer's browser.

mod boards;
mod meeting;
mod posters;
mod rooms;
mod rounds;
mod series;
mod voices;
mod vote;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

pub use boards::*;
pub use meeting::*;
pub use posters::*;
pub use rooms::*;
pub use rounds::*;
pub use series::*;
pub use voices::*;
pub use vote::*;

use crate::ids::{AnnouncementId, PersonId, PosterId, RoomId, RoundId, TeamId};

wire! {
    /// Everything one viewer may see.
    pub struct MeetingView {
        /// The meeting as a whole.
        pub meeting: MeetingInfo,
        /// Who is looking.
        pub me: MeView,
        /// All teams.
        pub teams: BTreeMap<TeamId, TeamView>,
        /// Staff see everybody; others see themselves, their team and the staff. Who is in one's room stands in `seat`.
        pub people: BTreeMap<PersonId, PersonView>,
        /// The agenda, in order.
        pub rounds: Vec<RoundView>,
        /// Groupings proposed for rounds that have not begun. Coordinators and facilitators only.
        pub groupings: BTreeMap<RoundId, GroupingView>,
        /// All rooms of all rounds. Coordinators and facilitators only.
        pub rooms: BTreeMap<RoomId, RoomView>,
        /// The rooms one may choose from in the running round, if rooms are chosen.
        pub room_choices: BTreeMap<RoomId, RoomChoice>,
        /// The room one is in (or visits), with its board; none in the plenary.
        pub seat: Option<SeatView>,
        /// The plenary's board.
        pub plenary: BoardView,
        /// Announcements that have not been withdrawn.
        pub announcements: BTreeMap<AnnouncementId, AnnouncementView>,
        /// Posters. Withdrawn ones are seen by coordinators and the secretariat only.
        pub posters: BTreeMap<PosterId, PosterView>,
        /// The vote.
        pub vote: VoteView,
        /// The pulse by round; a round without a pulse is not in it.
        pub pulses: BTreeMap<RoundId, PulseView>,
        /// Earlier meetings of the study group, oldest first; left out: the meeting follows none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        pub earlier: Option<Vec<EarlierMeetingView>>,
        /// The questionnaire.
        pub questionnaire: QuestionnaireView,
        /// What was done last and by whom. Coordinators and facilitators only.
        pub last_action: Option<ActionView>,
    }
}
