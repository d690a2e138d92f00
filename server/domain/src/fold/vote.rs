//! Folding events of this area.

use engawa_protocol::event::{
    BallotTaken, BallotWithdrawn, OwnStandingTold, RevealChanged, StandingsCounted, TallyChanged,
    TeamTurnoutChanged, TurnoutChanged, VoteClosed, VoteOpened, VoteRecounted, VoteRulesSet,
};
use engawa_protocol::view::MeetingView;

pub(super) fn vote_rules_set(_view: &mut MeetingView, _e: &VoteRulesSet) {}

pub(super) fn vote_opened(_view: &mut MeetingView, _e: &VoteOpened) {}

pub(super) fn vote_closed(_view: &mut MeetingView, _e: &VoteClosed) {}

pub(super) fn ballot_taken(_view: &mut MeetingView, _e: &BallotTaken) {}

pub(super) fn ballot_withdrawn(_view: &mut MeetingView, _e: &BallotWithdrawn) {}

pub(super) fn turnout_changed(_view: &mut MeetingView, _e: &TurnoutChanged) {}

pub(super) fn team_turnout_changed(_view: &mut MeetingView, _e: &TeamTurnoutChanged) {}

pub(super) fn tally_changed(_view: &mut MeetingView, _e: &TallyChanged) {}

pub(super) fn vote_recounted(_view: &mut MeetingView, _e: &VoteRecounted) {}

pub(super) fn standings_counted(_view: &mut MeetingView, _e: &StandingsCounted) {}

pub(super) fn own_standing_told(_view: &mut MeetingView, _e: &OwnStandingTold) {}

pub(super) fn reveal_changed(_view: &mut MeetingView, _e: &RevealChanged) {}
