//! Commands about the poster vote.

use alloc::vec::Vec;

use crate::ids::PosterId;
use crate::vote::{RevealOrder, StandingsScope, VoteRules};

wire! {
    /// Sets the rules, before the vote opens.
    pub struct SetVoteRules {
        /// The rules.
        pub rules: VoteRules,
    }

    /// Opens the vote over all posters that are not withdrawn. Rules and posters are frozen from here on.
    pub struct OpenVote {}

    /// Closes the vote for good.
    pub struct CloseVote {}

    /// Casts or replaces one's ballot (or one's team's), as a whole.
    pub struct CastBallot {
        /// The posters chosen: at least one, at most as the rules say, none twice.
        pub choices: Vec<PosterId>,
    }

    /// Takes one's ballot back.
    pub struct WithdrawBallot {}

    /// Counts all ballots anew and compares.
    pub struct RecountVote {}

    /// Begins the reveal; nothing is shown yet (except, with `top_three_last`, nothing either). May begin anew.
    pub struct StartReveal {
        /// In which order.
        pub order: RevealOrder,
    }

    /// Reveals the next place, or places.
    pub struct RevealNext {
        /// The place that comes next as the asker sees it (`reveal.next_place`), so that two people who press at once
        /// reveal one place; none: whatever comes next.
        pub place: Option<u32>,
    }

    /// Tells teams their places, or everyone all places.
    pub struct PublishStandings {
        /// What is told.
        pub scope: StandingsScope,
    }
}
