//! The vote as a viewer may see it.

use engawa_protocol::view::{VotePhase, VoteView};
use engawa_protocol::{Turnout, VoteRules};

use crate::audience::ViewerClass;
use crate::context::Effects;
use crate::meeting::Meeting;

/// The vote.
pub(crate) fn vote_view(_m: &Meeting, _class: &ViewerClass) -> VoteView {
    VoteView {
        rules: VoteRules::default(),
        phase: VotePhase::Drafted {},
        candidates: Default::default(),
        may_vote: false,
        ballot: None,
        voted: false,
        turnout: Turnout::default(),
        team_turnout: None,
        tally: None,
        recount: None,
        standings: None,
        own_standing: None,
        reveal: None,
    }
}

/// The roster has changed: who may vote may have changed with it. Adapts the state where it depends on the roster and
/// tells the new turnout. Ballots of people who may not vote any more are taken out while the vote is open.
pub(crate) fn roster_changed(_m: &mut Meeting, _fx: &mut Effects) {}
