//! The vote as seen.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::{PosterId, TeamId};
use crate::time::Timestamp;
use crate::vote::{Recount, RevealOrder, Standing, Tally, Turnout, VoteRules};

wire! {
    /// The vote.
    pub struct VoteView {
        /// Its rules.
        pub rules: VoteRules,
        /// Where it stands.
        pub phase: VotePhase,
        /// The posters that can be chosen, ascending; empty until it opens.
        pub candidates: Vec<PosterId>,
        /// Whether the viewer has a ballot in this vote.
        pub may_vote: bool,
        /// The viewer's ballot (or their team's), while the vote is open. After it has closed nobody, the server
        /// included, knows any more whose ballot was which.
        pub ballot: Option<BallotView>,
        /// Whether the viewer's ballot (or their team's) is in; stays after the vote has closed.
        pub voted: bool,
        /// Turnout.
        pub turnout: Turnout,
        /// Who has voted, by team: people whose ballot is in, and people who may vote. Coordinators and the
        /// secretariat only.
        pub team_turnout: Option<BTreeMap<TeamId, TeamTurnout>>,
        /// Turnout over time, oldest first, from the opening (none voted) to the close (SPEC VT10). Coordinators and
        /// the secretariat only.
        pub turnout_samples: Option<Vec<TurnoutSample>>,
        /// The tally, for those who may see it at this moment.
        pub tally: Option<Tally>,
        /// The last recount. Secretariat only.
        pub recount: Option<Recount>,
        /// The standings, best first: the secretariat's from the close on, everyone's once published to everyone.
        pub standings: Option<Vec<Standing>>,
        /// The viewer's own team's place, once places are published.
        pub own_standing: Option<OwnStanding>,
        /// The reveal.
        pub reveal: Option<RevealView>,
    }

    /// Where the vote stands.
    #[serde(tag = "phase", rename_all = "snake_case")]
    pub enum VotePhase {
        /// Rules and posters can still change.
        Drafted {},
        /// Ballots are taken.
        Open {
            /// Since when.
            opened_at: Timestamp,
        },
        /// Nothing changes it any more.
        Closed {
            /// When it opened.
            opened_at: Timestamp,
            /// When it closed.
            closed_at: Timestamp,
            /// The hash of the ledger's last line, by which a published file can be checked.
            ledger_hash: String,
        },
    }

    /// One's own ballot.
    pub struct BallotView {
        /// The posters chosen, ascending.
        pub choices: Vec<PosterId>,
        /// The receipt under which the ballot stands in the ledger. It stays the same when the ballot is changed.
        pub receipt: String,
    }

    /// The reveal so far.
    pub struct RevealView {
        /// Its order.
        pub order: RevealOrder,
        /// What has been revealed, in the order of revealing.
        pub revealed: Vec<Standing>,
        /// The place that comes next; none: all is revealed. With `top_three_last` the first step shows every place
        /// below the third and this is the best of them.
        pub next_place: Option<u32>,
        /// How many of the posters revealed came with the last step.
        pub last_step: u32,
    }
}

wire_value! {
    /// Turnout at a moment.
    pub struct TurnoutSample {
        /// When.
        pub at: Timestamp,
        /// People whose ballot was in (or whose team's ballot was in).
        pub persons_voted: u32,
        /// Teams with at least one ballot in.
        pub teams_voted: u32,
    }

    /// Turnout of a team.
    #[derive(Default)]
    pub struct TeamTurnout {
        /// People whose ballot is in.
        pub voted: u32,
        /// People who may vote.
        pub eligible: u32,
    }

    /// A team's own place.
    pub struct OwnStanding {
        /// The place and the votes.
        pub standing: Standing,
        /// Of how many posters.
        pub of: u32,
    }
}
