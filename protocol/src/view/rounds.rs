//! Rounds and proposed groupings as seen.

use alloc::string::String;
use alloc::vec::Vec;

use crate::agenda::{GroupingRule, RoundPhase, RoundPlan};
use crate::ids::{PersonId, RoundId};

wire! {
    /// A round.
    pub struct RoundView {
        /// Which.
        pub id: RoundId,
        /// What it is.
        pub plan: RoundPlan,
        /// Where it stands.
        pub phase: RoundPhase,
    }

    /// Rooms proposed for a round, with their quality.
    pub struct GroupingView {
        /// The round.
        pub round: RoundId,
        /// The rule they were made by.
        pub rule: GroupingRule,
        /// The seed they were made from; none when given by hand or file.
        pub seed: Option<u64>,
        /// Whether they have been changed by hand since.
        pub adjusted: bool,
        /// The rooms.
        pub rooms: Vec<GroupingRoom>,
        /// How good they are.
        pub quality: GroupingQuality,
    }

    /// A proposed room.
    pub struct GroupingRoom {
        /// Its name; empty: none but its number.
        pub name: String,
        /// Its facilitator, if it has one of its own.
        pub facilitator: Option<PersonId>,
        /// Who is to be in it, in the order of speaking.
        pub members: Vec<PersonId>,
    }
}

wire_value! {
    /// How good a grouping is.
    #[derive(Default)]
    pub struct GroupingQuality {
        /// Pairs of people who have been in a room together before, in this meeting or in those that it follows; teammates
        /// left out.
        pub repeated_pairs: u32,
        /// Those of them who have been in the meetings that it follows; left out: it follows none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "typescript", ts(optional))]
        pub earlier_pairs: Option<u32>,
        /// Pairs of teammates in one room.
        pub teammate_pairs: u32,
        /// Teams whose people are in more than one room.
        pub split_teams: u32,
        /// Pairs of teams that have met in a room before, in this meeting or in those that it follows, and meet again.
        pub repeated_team_pairs: u32,
        /// Number of rooms.
        pub rooms: u32,
        /// People in the smallest room.
        pub smallest: u32,
        /// People in the largest room.
        pub largest: u32,
        /// People who were to be placed and are in no room.
        pub unplaced: u32,
    }
}
