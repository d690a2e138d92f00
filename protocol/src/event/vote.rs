//! Events about the vote.

use alloc::string::String;
use alloc::vec::Vec;

use crate::ids::{PosterId, TeamId};
use crate::time::Timestamp;
use crate::view::{BallotView, OwnStanding, RevealView, TeamTurnout, TurnoutSample};
use crate::vote::{Recount, Standing, Tally, Turnout, VoteRules};

wire! {
    /// The rules were set. Fold: `vote.rules`; `vote.may_vote` is true for a participant when `voters` is `persons`, or
    /// `teams` and the participant has a team.
    pub struct VoteRulesSet {
        /// The rules.
        pub rules: VoteRules,
    }

    /// The vote opened. Fold: `vote.phase`, `vote.candidates`.
    pub struct VoteOpened {
        /// When.
        pub opened_at: Timestamp,
        /// The posters that can be chosen.
        pub candidates: Vec<PosterId>,
    }

    /// The vote closed. Fold: `vote.phase`; `vote.ballot` goes, `vote.voted` stays.
    pub struct VoteClosed {
        /// When it opened.
        pub opened_at: Timestamp,
        /// When it closed.
        pub closed_at: Timestamp,
        /// The hash of the ledger's last line.
        pub ledger_hash: String,
    }

    /// The viewer's ballot (or their team's) is in. Fold: `vote.ballot`, `vote.voted`.
    pub struct BallotTaken {
        /// The ballot.
        pub ballot: BallotView,
    }

    /// The viewer's ballot (or their team's) was taken back. Fold: the reverse.
    pub struct BallotWithdrawn {}

    /// Turnout changed. Fold: `vote.turnout`.
    pub struct TurnoutChanged {
        /// Turnout.
        pub turnout: Turnout,
    }

    /// A team's turnout changed. Coordinators and the secretariat only. Fold: into `vote.team_turnout`; out of
    /// it when nobody of the team may vote (`eligible` is 0).
    pub struct TeamTurnoutChanged {
        /// The team.
        pub team: TeamId,
        /// Its turnout.
        pub turnout: TeamTurnout,
    }

    /// Turnout at a moment was recorded. Coordinators and the secretariat only. Fold: to the end of
    /// `vote.turnout_samples`.
    pub struct TurnoutSampled {
        /// The turnout and the moment.
        pub sample: TurnoutSample,
    }

    /// The tally changed. Only for those who may see it at this moment. Fold: `vote.tally`.
    pub struct TallyChanged {
        /// The tally.
        pub tally: Tally,
    }

    /// The ballots were counted anew. Secretariat only. Fold: `vote.recount`.
    pub struct VoteRecounted {
        /// What was found.
        pub recount: Recount,
    }

    /// The standings are known to the viewer. Fold: `vote.standings`.
    pub struct StandingsCounted {
        /// Best first.
        pub standings: Vec<Standing>,
    }

    /// The viewer's team's place. Fold: `vote.own_standing`.
    pub struct OwnStandingTold {
        /// The place.
        pub own: OwnStanding,
    }

    /// The reveal began or went on. Fold: `vote.reveal`.
    pub struct RevealChanged {
        /// What is revealed so far.
        pub reveal: RevealView,
    }
}
