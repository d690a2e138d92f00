//! What takes ballots out of the state: the close, changes of the roster while the vote is open, and somebody whose data
//! are taken out.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use engawa_protocol::event::{BallotWithdrawn, StandingsCounted, TurnoutChanged, VoteClosed};
use engawa_protocol::{PersonId, TeamId, Voters};

use super::evolve::{tell_sample, tell_tally, tell_team_turnout};
use super::project::team_turnout;
use super::turnout::Turnouts;
use super::{Closed, Open, Phase, Published, Vote, Voter};
use crate::audience::{Audience, RoleSet};
use crate::context::{Context, Effects};
use crate::erasure::Taken;
use crate::ledger::{last_hash, write_ledger};
use crate::meeting::Meeting;
use crate::roster::Roster;

/// Closes the vote: ballots become the ledger, and everything that leads from a voter to choices is dropped. Whoever
/// keeps the log must drop what lies in front of this entry as well, or the log would still say it.
pub(super) fn close(m: &mut Meeting, cx: &Context, fx: &mut Effects) {
    let rules = m.vote.rules;
    let Phase::Open(open) = core::mem::take(&mut m.vote.phase) else { return };
    let ballots = open
        .ballots
        .iter()
        .map(|(voter, choices)| (open.receipt(rules.voters, *voter), choices.iter().copied().collect()))
        .collect();
    let ledger = write_ledger(rules, open.candidates.keys().copied().collect(), cx.at, ballots);
    let Open { opened_at, candidates, ballots, tally, turnouts, mut samples, recount, secret: _ } = open;
    let last_sample = samples.record(cx.at, turnouts.all);
    let closed = Closed {
        opened_at,
        candidates,
        voted: ballots.into_keys().collect(),
        ledger,
        tally,
        turnouts,
        samples,
        recount,
        reveal: None,
        published: Published::Nothing,
    };
    let ledger_hash = last_hash(&closed.ledger).into();
    fx.emit(Audience::EVERYONE, VoteClosed { opened_at, closed_at: cx.at, ledger_hash });
    tell_sample(last_sample, fx);
    fx.emit(Audience::roles(RoleSet::SECRETARIAT), StandingsCounted { standings: closed.standings() });
    fx.forget_log = true;
    m.vote.phase = Phase::Closed(closed);
}

/// The meeting has ended for good: a vote that is still open closes with it, so that no ballot stays readable for as
/// long as the meeting is kept.
pub(crate) fn meeting_ended(m: &mut Meeting, cx: &Context, fx: &mut Effects) {
    match m.vote.phase {
        Phase::Open(_) => close(m, cx, fx),
        Phase::Drafted | Phase::Closed(_) => {}
    }
}

/// The roster has changed: who may vote may have changed with it. Adapts the state where it depends on the roster and
/// tells the new turnout. Ballots of people who may not vote any more are taken out while the vote is open.
///
/// To be called once per entry, after the roster is as it will be. What a person's new role or team means for their
/// own view (`may_vote`, the team's ballot) is for the caller to refresh.
pub(crate) fn roster_changed(m: &mut Meeting, fx: &mut Effects) {
    let Phase::Open(open) = &m.vote.phase else { return };
    let voters: BTreeSet<Voter> = (m.roster.present_or_not())
        .filter_map(|(id, person)| m.vote.voter(id, person.role, person.team))
        .collect();
    let holds = |voter: &Voter| voters.contains(voter) && !own_team_chosen(&m.vote, open, &m.roster, *voter);
    let void: Vec<Voter> = open.ballots.keys().copied().filter(|voter| !holds(voter)).collect();
    let before = open.turnouts.clone();
    let voters = m.vote.rules.voters;
    let Phase::Open(open) = &mut m.vote.phase else { return };
    for voter in &void {
        open.take_out(*voter);
        // A team whose ballot goes has no participant left who could be told.
        if voters == Voters::Persons {
            fx.emit(Audience::person(PersonId(voter.0)), BallotWithdrawn {});
        }
    }
    if !void.is_empty() {
        tell_tally(&m.vote, fx);
    }
    let Phase::Open(open) = &m.vote.phase else { return };
    let after = Turnouts::count(&m.vote, &m.roster, |voter| open.ballots.contains_key(&voter));
    tell_turnouts(&before, &after, fx);
    if let Phase::Open(open) = &mut m.vote.phase {
        open.turnouts = after;
    }
}

/// Somebody's data are taken out; they are off the roster already. While the vote is open their ballot goes with them,
/// as that of anybody who may not vote any more; afterwards nothing leads to one, and only that they have voted goes.
/// A team's ballot is the team's.
pub(crate) fn erase_person(m: &mut Meeting, person: PersonId, taken: &mut Taken, fx: &mut Effects) {
    let persons_vote = m.vote.rules.voters == Voters::Persons;
    match &mut m.vote.phase {
        Phase::Drafted => {}
        Phase::Open(open) => {
            taken.ballots += u64::from(persons_vote && open.ballots.contains_key(&Voter(person.0)));
        }
        Phase::Closed(closed) => {
            if persons_vote {
                closed.voted.remove(&Voter(person.0));
            }
        }
    }
    roster_changed(m, fx);
}

/// Whether a ballot that is in breaks the rule about one's own team, with the roster as it is now.
fn own_team_chosen(vote: &Vote, open: &Open, roster: &Roster, voter: Voter) -> bool {
    match vote.rules.voters {
        // Only a person can come into another team than they chose from; a team is always itself.
        Voters::Teams => false,
        Voters::Persons if vote.rules.own_team_allowed => false,
        Voters::Persons => {
            let own_team = roster.person(PersonId(voter.0)).and_then(|person| person.team);
            open.chosen_teams(voter).any(|team| Some(team) == own_team)
        }
    }
}

impl Open {
    /// The teams whose posters a voter has chosen.
    fn chosen_teams(&self, voter: Voter) -> impl Iterator<Item = TeamId> {
        let choices = self.ballots.get(&voter).into_iter().flatten();
        choices.filter_map(|poster| self.candidates.get(poster).copied())
    }
}

fn tell_turnouts(before: &Turnouts, after: &Turnouts, fx: &mut Effects) {
    if before.all != after.all {
        fx.emit(Audience::EVERYONE, TurnoutChanged { turnout: after.all });
    }
    for team in before.teams.keys().chain(after.teams.keys().filter(|team| !before.teams.contains_key(team)))
    {
        if before.teams.get(team) != after.teams.get(team) {
            tell_team_turnout(*team, team_turnout(after, *team), fx);
        }
    }
}
