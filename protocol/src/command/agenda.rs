//! Commands about rounds and their groupings.

use alloc::string::String;
use alloc::vec::Vec;

use crate::agenda::{GroupingRule, RoundPlan};
use crate::ids::{PersonId, RoundId};

wire! {
    /// Replaces all rounds that have not begun.
    pub struct SetAgenda {
        /// The new rounds, in order, behind those that have begun.
        pub rounds: Vec<RoundPlan>,
    }

    /// Adds a round.
    pub struct AddRound {
        /// What it is to be.
        pub plan: RoundPlan,
        /// The round it comes before; none: at the end.
        pub before: Option<RoundId>,
    }

    /// Changes a round that has not begun. A grouping proposed for it is dropped when its rule changes.
    pub struct EditRound {
        /// The round.
        pub round: RoundId,
        /// What it is to be.
        pub plan: RoundPlan,
    }

    /// Removes a round that has not begun.
    pub struct RemoveRound {
        /// The round.
        pub round: RoundId,
    }

    /// Moves a round that has not begun to another place behind those that have.
    pub struct MoveRound {
        /// The round.
        pub round: RoundId,
        /// The round it comes before; none: at the end.
        pub before: Option<RoundId>,
    }

    /// Opens a round; a dialogue round's rooms open with it, by the grouping that is proposed, or by one made
    /// from its rule now.
    pub struct OpenRound {
        /// The round.
        pub round: RoundId,
    }

    /// Stops every clock of the round.
    pub struct PauseRound {
        /// The round.
        pub round: RoundId,
    }

    /// Lets the clocks go on.
    pub struct ResumeRound {
        /// The round.
        pub round: RoundId,
    }

    /// Adds time, or takes it away when negative. A round in its closing countdown opens again when time is added.
    pub struct AddTime {
        /// The round.
        pub round: RoundId,
        /// Milliseconds to add.
        pub delta_ms: i64,
    }

    /// Begins the closing countdown now.
    pub struct CloseRound {
        /// The round.
        pub round: RoundId,
        /// The countdown; none: the round's own.
        #[serde(default)]
        pub countdown_ms: Option<u64>,
    }

    /// Ends the round at once, without a countdown.
    pub struct EndRound {
        /// The round.
        pub round: RoundId,
    }

    /// Undoes the end of the last round within `UNDO_MS`: it is open again, with one minute on its clock if it has one.
    pub struct ReopenRound {
        /// The round.
        pub round: RoundId,
    }

    /// Has rooms proposed for a dialogue round that has not begun, for the people present (or, before anybody
    /// has come, for everybody expected).
    pub struct ProposeGrouping {
        /// The round.
        pub round: RoundId,
        /// The rule to use; none: the round's own. A rule given becomes the round's.
        #[serde(default)]
        pub rule: Option<GroupingRule>,
        /// The seed, up to 2^53 - 1; none: chance. The same seed and people give the same rooms.
        #[serde(default)]
        pub seed: Option<u64>,
        /// Whether people who are expected but not here are placed too.
        #[serde(default)]
        pub include_absent: bool,
    }

    /// Where one person goes in a proposal.
    pub struct Placement {
        /// The person.
        pub person: PersonId,
        /// The index of the room in the proposal, from 0; one past the last makes a new room; none: no room.
        pub room_index: Option<u32>,
    }

    /// Changes a proposal by hand.
    pub struct AdjustGrouping {
        /// The round.
        pub round: RoundId,
        /// Who goes where.
        pub placements: Vec<Placement>,
    }

    /// A room as planned by hand or by file.
    pub struct PlannedRoom {
        /// Its name; empty: none but its number.
        #[serde(default)]
        pub name: String,
        /// Its facilitator, if it has one of its own.
        #[serde(default)]
        pub facilitator: Option<PersonId>,
        /// Who is in it.
        pub members: Vec<PersonId>,
    }

    /// Gives the rooms of a round that has not begun, by hand or by file. It becomes the round's proposal.
    pub struct SetGrouping {
        /// The round.
        pub round: RoundId,
        /// The rooms.
        pub rooms: Vec<PlannedRoom>,
    }

    /// Drops a proposal.
    pub struct DiscardGrouping {
        /// The round.
        pub round: RoundId,
    }
}
