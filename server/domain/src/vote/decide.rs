//! Decisions of this area: reads the meeting, gives a change or a rejection.

use engawa_protocol::Rejection;
use engawa_protocol::command::{
    CastBallot, CloseVote, OpenVote, PublishStandings, RecountVote, RevealNext, SetVoteRules, StartReveal,
    WithdrawBallot,
};

use super::Change;
use crate::context::Context;
use crate::meeting::Meeting;

pub(crate) fn set_vote_rules(_m: &Meeting, _cx: &Context, _c: &SetVoteRules) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn open_vote(_m: &Meeting, _cx: &Context, _c: &OpenVote) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn close_vote(_m: &Meeting, _cx: &Context, _c: &CloseVote) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn cast_ballot(_m: &Meeting, _cx: &Context, _c: &CastBallot) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn withdraw_ballot(_m: &Meeting, _cx: &Context, _c: &WithdrawBallot) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn recount_vote(_m: &Meeting, _cx: &Context, _c: &RecountVote) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn start_reveal(_m: &Meeting, _cx: &Context, _c: &StartReveal) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn reveal_next(_m: &Meeting, _cx: &Context, _c: &RevealNext) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

pub(crate) fn publish_standings(
    _m: &Meeting,
    _cx: &Context,
    _c: &PublishStandings,
) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

/// The time has come at which the vote opens by itself.
pub(crate) fn open_on_time(
    _m: &Meeting,
    _cx: &Context,
    _deadline: engawa_protocol::Timestamp,
) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}

/// The time has come at which the vote closes by itself.
pub(crate) fn close_on_time(
    _m: &Meeting,
    _cx: &Context,
    _deadline: engawa_protocol::Timestamp,
) -> Result<Change, Rejection> {
    Err(Rejection::NotPermitted {})
}
