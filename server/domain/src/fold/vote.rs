//! Folding events about the vote.

use engawa_protocol::event::{
    BallotTaken, BallotWithdrawn, OwnStandingTold, RevealChanged, StandingsCounted, TallyChanged,
    TeamTurnoutChanged, TurnoutChanged, TurnoutSampled, VoteClosed, VoteOpened, VoteRecounted, VoteRulesSet,
};
use engawa_protocol::view::{MeetingView, VotePhase};
use engawa_protocol::{Role, Voters};

pub(super) fn vote_rules_set(view: &mut MeetingView, e: &VoteRulesSet) {
    view.vote.rules = e.rules;
    view.vote.may_vote = view.me.role == Role::Participant
        && match e.rules.voters {
            Voters::Persons => true,
            Voters::Teams => view.me.team.is_some(),
        };
}

pub(super) fn vote_opened(view: &mut MeetingView, e: &VoteOpened) {
    view.vote.phase = VotePhase::Open { opened_at: e.opened_at };
    view.vote.candidates.clone_from(&e.candidates);
}

pub(super) fn vote_closed(view: &mut MeetingView, e: &VoteClosed) {
    view.vote.phase = VotePhase::Closed {
        opened_at: e.opened_at,
        closed_at: e.closed_at,
        ledger_hash: e.ledger_hash.clone(),
    };
    view.vote.ballot = None;
}

pub(super) fn ballot_taken(view: &mut MeetingView, e: &BallotTaken) {
    view.vote.ballot = Some(e.ballot.clone());
    view.vote.voted = true;
}

pub(super) fn ballot_withdrawn(view: &mut MeetingView, _e: &BallotWithdrawn) {
    view.vote.ballot = None;
    view.vote.voted = false;
}

pub(super) fn turnout_changed(view: &mut MeetingView, e: &TurnoutChanged) {
    view.vote.turnout = e.turnout;
}

pub(super) fn team_turnout_changed(view: &mut MeetingView, e: &TeamTurnoutChanged) {
    let teams = view.vote.team_turnout.get_or_insert_default();
    if e.turnout.eligible == 0 {
        teams.remove(&e.team);
    } else {
        teams.insert(e.team, e.turnout);
    }
}

pub(super) fn turnout_sampled(view: &mut MeetingView, e: &TurnoutSampled) {
    view.vote.turnout_samples.get_or_insert_default().push(e.sample);
}

pub(super) fn tally_changed(view: &mut MeetingView, e: &TallyChanged) {
    view.vote.tally = Some(e.tally.clone());
}

pub(super) fn vote_recounted(view: &mut MeetingView, e: &VoteRecounted) {
    view.vote.recount = Some(e.recount.clone());
}

pub(super) fn standings_counted(view: &mut MeetingView, e: &StandingsCounted) {
    view.vote.standings = Some(e.standings.clone());
}

pub(super) fn own_standing_told(view: &mut MeetingView, e: &OwnStandingTold) {
    view.vote.own_standing = Some(e.own);
}

pub(super) fn reveal_changed(view: &mut MeetingView, e: &RevealChanged) {
    view.vote.reveal = Some(e.reveal.clone());
}
