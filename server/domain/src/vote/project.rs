//! The vote as a viewer may see it.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use engawa_protocol::view::{BallotView, OwnStanding, TeamTurnout, VotePhase, VoteView};
use engawa_protocol::{PosterId, Recount, Standing, Tally, TallyDisplay, TeamId, Turnout, VoteRules};

use super::samples::Samples;
use super::turnout::Turnouts;
use super::{Closed, Open, Phase, Published, Voter};
use crate::audience::{RoleSet, ViewerClass};
use crate::ledger::last_hash;
use crate::meeting::Meeting;

/// Who sees the tally while the vote runs, and as it was at the close from then on.
pub(super) const fn tally_audience(rules: &VoteRules) -> RoleSet {
    match rules.tally_display {
        TallyDisplay::Secretariat => RoleSet::SECRETARIAT,
        TallyDisplay::Staff => RoleSet::STAFF,
        TallyDisplay::Everyone => RoleSet::EVERYONE,
    }
}

/// A team's turnout; nothing of nobody when it has nobody who may vote.
pub(super) fn team_turnout(turnouts: &Turnouts, team: TeamId) -> TeamTurnout {
    turnouts.teams.get(&team).copied().unwrap_or_default()
}

/// The vote.
pub(crate) fn vote_view(m: &Meeting, class: &ViewerClass) -> VoteView {
    let vote = &m.vote;
    let voter = class.person.and_then(|person| vote.voter(person, class.role, class.team));
    let mut view = VoteView {
        rules: vote.rules,
        phase: VotePhase::Drafted {},
        candidates: Vec::new(),
        may_vote: voter.is_some(),
        ballot: None,
        voted: false,
        turnout: Turnout::default(),
        team_turnout: RoleSet::OFFICE.contains(class.role).then(BTreeMap::new),
        turnout_samples: RoleSet::OFFICE.contains(class.role).then(Vec::new),
        tally: None,
        recount: None,
        standings: None,
        own_standing: None,
        reveal: None,
    };
    match &vote.phase {
        Phase::Drafted => {}
        Phase::Open(open) => {
            view.phase = VotePhase::Open { opened_at: open.opened_at };
            view.ballot = own_ballot(&vote.rules, open, voter);
            view.voted = view.ballot.is_some();
            let shown = Shown {
                candidates: &open.candidates,
                tally: &open.tally,
                turnouts: &open.turnouts,
                samples: &open.samples,
                recount: open.recount.as_ref(),
            };
            shown.put(&mut view, class);
        }
        Phase::Closed(closed) => {
            view.phase = VotePhase::Closed {
                opened_at: closed.opened_at,
                closed_at: closed.ledger.closed_at,
                ledger_hash: last_hash(&closed.ledger).into(),
            };
            view.voted = voter.is_some_and(|voter| closed.voted.contains(&voter));
            let shown = Shown {
                candidates: &closed.candidates,
                tally: &closed.tally,
                turnouts: &closed.turnouts,
                samples: &closed.samples,
                recount: closed.recount.as_ref(),
            };
            shown.put(&mut view, class);
            put_standings(closed, &mut view, class);
        }
    }
    view
}

fn own_ballot(rules: &VoteRules, open: &Open, voter: Option<Voter>) -> Option<BallotView> {
    open.ballot_view(rules.voters, voter?)
}

/// What is shown of a vote that has opened, whether it has closed or not.
struct Shown<'a> {
    candidates: &'a BTreeMap<PosterId, TeamId>,
    tally: &'a Tally,
    turnouts: &'a Turnouts,
    samples: &'a Samples,
    recount: Option<&'a Recount>,
}

impl Shown<'_> {
    fn put(&self, view: &mut VoteView, class: &ViewerClass) {
        view.candidates = self.candidates.keys().copied().collect();
        view.turnout = self.turnouts.all;
        if RoleSet::OFFICE.contains(class.role) {
            view.team_turnout = Some(self.turnouts.teams.clone());
            view.turnout_samples = Some(self.samples.all());
        }
        if tally_audience(&view.rules).contains(class.role) {
            view.tally = Some(self.tally.clone());
        }
        if RoleSet::SECRETARIAT.contains(class.role) {
            view.recount = self.recount.cloned();
        }
    }
}

fn put_standings(closed: &Closed, view: &mut VoteView, class: &ViewerClass) {
    let standings: Vec<Standing> = closed.standings();
    view.reveal = closed.reveal.as_ref().map(|reveal| reveal.view(&standings));
    if closed.published >= Published::OwnPlaces {
        let own = standings.iter().find(|standing| Some(standing.team) == class.team);
        let of = u32::try_from(standings.len()).unwrap_or(u32::MAX);
        view.own_standing = own.map(|standing| OwnStanding { standing: *standing, of });
    }
    if closed.published == Published::Everyone || RoleSet::SECRETARIAT.contains(class.role) {
        view.standings = Some(standings);
    }
}
