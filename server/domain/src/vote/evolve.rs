//! Making decided changes: alters the state and says who learns what.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use engawa_protocol::event::{
    BallotTaken, BallotWithdrawn, OwnStandingTold, RevealChanged, StandingsCounted, TallyChanged,
    TeamTurnoutChanged, TurnoutChanged, TurnoutSampled, VoteOpened, VoteRecounted, VoteRulesSet,
};
use engawa_protocol::view::OwnStanding;
use engawa_protocol::{PersonId, PosterId, RevealOrder, TeamId, Voters};

use super::project::{tally_audience, team_turnout};
use super::samples::Samples;
use super::turnout::Turnouts;
use super::{Change, Choices, Open, Phase, Published, Reveal, Secret, Vote, Voter, close};
use crate::audience::{Audience, RoleSet};
use crate::context::{Context, Effects};
use crate::meeting::Meeting;
use crate::roster::Roster;

const SECRETARIAT: Audience = Audience::roles(RoleSet::SECRETARIAT);

pub(crate) fn evolve(m: &mut Meeting, cx: &Context, change: Change, fx: &mut Effects) {
    match change {
        Change::SetRules { rules } => {
            m.vote.rules = rules;
            fx.emit(Audience::EVERYONE, VoteRulesSet { rules });
        }
        Change::Open { candidates } => open(m, cx, candidates, fx),
        Change::Close => close(m, cx, fx),
        Change::Cast { voter, person, choices } => cast(m, cx, (voter, person), choices, fx),
        Change::Withdraw { voter, person } => withdraw(m, cx, (voter, person), fx),
        Change::Recount { recount } => {
            match &mut m.vote.phase {
                Phase::Drafted => return,
                Phase::Open(open) => open.recount = Some(recount.clone()),
                Phase::Closed(closed) => closed.recount = Some(recount.clone()),
            }
            fx.emit(SECRETARIAT, VoteRecounted { recount });
        }
        Change::StartReveal { order } => set_reveal(m, |_| Reveal { order, done: 0 }, fx),
        Change::RevealNext => set_reveal(
            m,
            |reveal| {
                let order = reveal.map_or(RevealOrder::TopThreeLast {}, |reveal| reveal.order);
                Reveal { order, done: reveal.map_or(0, |reveal| reveal.done) + 1 }
            },
            fx,
        ),
        Change::Publish { published } => publish(m, published, fx),
    }
}

fn open(m: &mut Meeting, cx: &Context, candidates: BTreeMap<PosterId, TeamId>, fx: &mut Effects) {
    let ids: Vec<PosterId> = candidates.keys().copied().collect();
    let turnouts = Turnouts::count(&m.vote, &m.roster, |_| false);
    fx.emit(Audience::EVERYONE, VoteOpened { opened_at: cx.at, candidates: ids.clone() });
    fx.emit(Audience::EVERYONE, TurnoutChanged { turnout: turnouts.all });
    for (team, turnout) in &turnouts.teams {
        tell_team_turnout(*team, *turnout, fx);
    }
    let mut samples = Samples::default();
    tell_sample(samples.record(cx.at, turnouts.all), fx);
    let open = Open {
        opened_at: cx.at,
        secret: Secret::draw(cx.entropy),
        tally: ids.iter().map(|id| (*id, 0)).collect(),
        candidates,
        ballots: BTreeMap::new(),
        turnouts,
        samples,
        recount: None,
    };
    m.vote.phase = Phase::Open(open);
    tell_tally(&m.vote, fx);
}

fn cast(
    m: &mut Meeting,
    cx: &Context,
    (voter, person): (Voter, PersonId),
    choices: Choices,
    fx: &mut Effects,
) {
    let voters = m.vote.rules.voters;
    let Phase::Open(open) = &mut m.vote.phase else { return };
    let unchanged = open.ballots.get(&voter) == Some(&choices);
    let is_new = open.put(voter, choices).is_none();
    if let Some(ballot) = open.ballot_view(voters, voter) {
        for person in people_of(&m.roster, &m.vote, voter, person) {
            fx.emit(Audience::person(person), BallotTaken { ballot: ballot.clone() });
        }
    }
    if !unchanged {
        tell_tally(&m.vote, fx);
    }
    if is_new {
        follow_turnout(m, cx, person, true, fx);
    }
}

fn withdraw(m: &mut Meeting, cx: &Context, (voter, person): (Voter, PersonId), fx: &mut Effects) {
    let Phase::Open(open) = &mut m.vote.phase else { return };
    if open.take_out(voter).is_none() {
        return;
    }
    for person in people_of(&m.roster, &m.vote, voter, person) {
        fx.emit(Audience::person(person), BallotWithdrawn {});
    }
    tell_tally(&m.vote, fx);
    follow_turnout(m, cx, person, false, fx);
}

/// Those whose ballot it is: the person, or the participants of their team (and nobody else of the team).
fn people_of(roster: &Roster, vote: &Vote, voter: Voter, person: PersonId) -> Vec<PersonId> {
    match vote.rules.voters {
        Voters::Persons => [person].into(),
        Voters::Teams => roster
            .present_or_not()
            .filter(|(id, person)| vote.voter(*id, person.role, person.team) == Some(voter))
            .map(|(id, _)| id)
            .collect(),
    }
}

fn follow_turnout(m: &mut Meeting, cx: &Context, person: PersonId, came: bool, fx: &mut Effects) {
    let Phase::Open(open) = &mut m.vote.phase else { return };
    let team = open.turnouts.follow(m.vote.rules.voters, &m.roster, person, came);
    fx.emit(Audience::EVERYONE, TurnoutChanged { turnout: open.turnouts.all });
    if let Some(team) = team {
        tell_team_turnout(team, team_turnout(&open.turnouts, team), fx);
    }
    if let Some(sample) = open.samples.follow(cx.at, open.turnouts.all) {
        tell_sample(sample, fx);
    }
}

fn set_reveal(m: &mut Meeting, next: impl FnOnce(Option<&Reveal>) -> Reveal, fx: &mut Effects) {
    let Phase::Closed(closed) = &mut m.vote.phase else { return };
    let reveal = next(closed.reveal.as_ref());
    let view = reveal.view(&closed.standings());
    closed.reveal = Some(reveal);
    fx.emit(Audience::EVERYONE, RevealChanged { reveal: view });
}

fn publish(m: &mut Meeting, published: Published, fx: &mut Effects) {
    let Phase::Closed(closed) = &mut m.vote.phase else { return };
    let standings = closed.standings();
    if closed.published == Published::Nothing {
        let of = u32::try_from(standings.len()).unwrap_or(u32::MAX);
        for standing in &standings {
            let own = OwnStanding { standing: *standing, of };
            fx.emit(Audience::team(standing.team), OwnStandingTold { own });
        }
    }
    closed.published = published;
    if published == Published::Everyone {
        fx.emit(Audience::EVERYONE, StandingsCounted { standings });
    }
}

/// Tells those who may see it the tally.
pub(super) fn tell_tally(vote: &Vote, fx: &mut Effects) {
    if let Phase::Open(open) = &vote.phase {
        let audience = Audience::roles(tally_audience(&vote.rules));
        fx.emit(audience, TallyChanged { tally: open.tally.clone() });
    }
}

/// Tells the office a team's turnout.
pub(super) fn tell_team_turnout(team: TeamId, turnout: engawa_protocol::view::TeamTurnout, fx: &mut Effects) {
    fx.emit(Audience::roles(RoleSet::OFFICE), TeamTurnoutChanged { team, turnout });
}

/// Tells the office the turnout at a moment.
pub(super) fn tell_sample(sample: engawa_protocol::view::TurnoutSample, fx: &mut Effects) {
    fx.emit(Audience::roles(RoleSet::OFFICE), TurnoutSampled { sample });
}
