//! Events about rounds and groupings.

use crate::agenda::{RoundPhase, RoundPlan};
use crate::ids::RoundId;
use crate::view::{GroupingView, RoundView};

wire! {
    /// A round was added. Fold: into `rounds` before the one given, else at the end.
    pub struct RoundAdded {
        /// The round.
        pub round: RoundView,
        /// The round it comes before.
        pub before: Option<RoundId>,
    }

    /// A round was changed. Fold: its `plan`.
    pub struct RoundEdited {
        /// The round.
        pub round: RoundId,
        /// What it is now.
        pub plan: RoundPlan,
    }

    /// A round was removed. Fold: out of `rounds`.
    pub struct RoundRemoved {
        /// The round.
        pub round: RoundId,
    }

    /// A round was moved. Fold: in `rounds`, before the one given, else to the end.
    pub struct RoundMoved {
        /// The round.
        pub round: RoundId,
        /// The round it comes before.
        pub before: Option<RoundId>,
    }

    /// A round opened, was paused, went on, got time, is closing or ended. Fold: its `phase`.
    pub struct RoundPhaseChanged {
        /// The round.
        pub round: RoundId,
        /// Where it stands now.
        pub phase: RoundPhase,
    }

    /// Rooms were proposed or adjusted. Fold: into `groupings` under its round.
    pub struct GroupingProposed {
        /// The proposal.
        pub grouping: GroupingView,
    }

    /// A proposal was dropped or used. Fold: out of `groupings`.
    pub struct GroupingDiscarded {
        /// The round.
        pub round: RoundId,
    }
}
