//! Decisions of this area: reads the meeting, gives a change or a rejection.

use engawa_protocol::command::{
    CastBallot, CloseVote, OpenVote, PublishStandings, RecountVote, RevealNext, SetVoteRules, StartReveal,
    WithdrawBallot,
};
use engawa_protocol::limits::{CHOICES_MAX, POSTERS_MAX, SAFE_INTEGER_MAX};
use engawa_protocol::{
    Entity, Field, PersonId, Recount, Rejection, RevealOrder, StandingsScope, Timestamp, VoteRules,
};

use super::{Change, Choices, Closed, Open, Phase, Published, Voter};
use crate::context::Context;
use crate::ledger::{count, last_hash, verify_ledger};
use crate::meeting::Meeting;

/// An opening time in the past is allowed: the vote opens at once. A closing time must be ahead.
pub(crate) fn set_vote_rules(m: &Meeting, cx: &Context, c: &SetVoteRules) -> Result<Change, Rejection> {
    if m.vote.has_opened() {
        return Err(Rejection::VoteFrozen {});
    }
    let rules = c.rules;
    if !(1..=CHOICES_MAX).contains(&u64::from(rules.choices_max)) {
        return Err(Rejection::OutOfRange { field: Field::Choices, min: 1, max: CHOICES_MAX });
    }
    if rules.opens_at.is_some_and(|at| at.0 > SAFE_INTEGER_MAX) {
        return Err(Rejection::OutOfRange { field: Field::Time, min: 0, max: SAFE_INTEGER_MAX });
    }
    check_closing(&rules, rules.opens_at.map_or(cx.at, |opens_at| opens_at.max(cx.at)))?;
    Ok(Change::SetRules { rules })
}

pub(crate) fn open_vote(m: &Meeting, cx: &Context, _c: &OpenVote) -> Result<Change, Rejection> {
    match m.vote.phase {
        Phase::Drafted => {}
        Phase::Open(_) => return Err(Rejection::AlreadySo {}),
        Phase::Closed(_) => return Err(Rejection::VoteFrozen {}),
    }
    check_closing(&m.vote.rules, cx.at)?;
    open(m).ok_or(Rejection::NoPosters {})
}

pub(crate) fn close_vote(m: &Meeting, _cx: &Context, _c: &CloseVote) -> Result<Change, Rejection> {
    match m.vote.phase {
        Phase::Drafted => Err(Rejection::VoteNotOpen {}),
        Phase::Open(_) => Ok(Change::Close),
        Phase::Closed(_) => Err(Rejection::AlreadySo {}),
    }
}

pub(crate) fn cast_ballot(m: &Meeting, cx: &Context, c: &CastBallot) -> Result<Change, Rejection> {
    let (open, voter, person) = ballot_box(m, cx)?;
    let rules = &m.vote.rules;
    if c.choices.is_empty() {
        let max = u64::from(rules.choices_max);
        return Err(Rejection::OutOfRange { field: Field::Choices, min: 1, max });
    }
    if c.choices.len() as u64 > u64::from(rules.choices_max) {
        return Err(Rejection::TooManyChoices { max: rules.choices_max });
    }
    let choices: Choices = c.choices.iter().copied().collect();
    if choices.len() < c.choices.len() {
        return Err(Rejection::ChoiceTwice {});
    }
    let own_team = m.roster.person(person).and_then(|person| person.team);
    for choice in &choices {
        let Some(team) = open.candidates.get(choice) else {
            return Err(Rejection::NotFound { entity: Entity::Poster });
        };
        if !rules.own_team_allowed && own_team == Some(*team) {
            return Err(Rejection::OwnTeamChosen {});
        }
    }
    Ok(Change::Cast { voter, person, choices })
}

pub(crate) fn withdraw_ballot(m: &Meeting, cx: &Context, _c: &WithdrawBallot) -> Result<Change, Rejection> {
    let (open, voter, person) = ballot_box(m, cx)?;
    if !open.ballots.contains_key(&voter) {
        return Err(Rejection::NoBallot {});
    }
    Ok(Change::Withdraw { voter, person })
}

/// While the vote is open from the ballots, afterwards from the ledger, whose chain is checked with it.
pub(crate) fn recount_vote(m: &Meeting, cx: &Context, _c: &RecountVote) -> Result<Change, Rejection> {
    let (found, tally) = match &m.vote.phase {
        Phase::Drafted => return Err(Rejection::VoteNotOpen {}),
        Phase::Open(open) => {
            let candidates: alloc::vec::Vec<_> = open.candidates.keys().copied().collect();
            let found = count(&candidates, open.ballots.values().map(|choices| choices.iter().copied()));
            (Some(found), &open.tally)
        }
        Phase::Closed(closed) => {
            (verify_ledger(&closed.ledger, Some(last_hash(&closed.ledger))).ok(), &closed.tally)
        }
    };
    let matches = found.as_ref().is_some_and(|found| found.tally == *tally);
    let (ballots, choices) = found.map_or((0, 0), |found| (found.ballots, found.choices));
    Ok(Change::Recount { recount: Recount { at: cx.at, ballots, choices, matches } })
}

pub(crate) fn start_reveal(m: &Meeting, _cx: &Context, c: &StartReveal) -> Result<Change, Rejection> {
    closed(m)?;
    match c.order {
        RevealOrder::BottomUp { from_place: 0 } => {
            Err(Rejection::OutOfRange { field: Field::Place, min: 1, max: POSTERS_MAX })
        }
        RevealOrder::BottomUp { .. } | RevealOrder::TopThreeLast {} => {
            Ok(Change::StartReveal { order: c.order })
        }
    }
}

/// Where the asker names the place that comes next, nothing else is shown.
pub(crate) fn reveal_next(m: &Meeting, _cx: &Context, c: &RevealNext) -> Result<Change, Rejection> {
    let closed = closed(m)?;
    let reveal = closed.reveal.as_ref().ok_or(Rejection::RevealNotStarted {})?;
    match (reveal.next_place(&closed.standings()), c.place) {
        (None, None) => Err(Rejection::RevealFinished {}),
        (next, Some(place)) if next != Some(place) => Err(Rejection::AlreadyRevealed {}),
        (_, _) => Ok(Change::RevealNext),
    }
}

/// What has been told cannot be taken back: publishing the same again, or less, is refused.
pub(crate) fn publish_standings(
    m: &Meeting,
    _cx: &Context,
    c: &PublishStandings,
) -> Result<Change, Rejection> {
    let closed = closed(m)?;
    let published = match c.scope {
        StandingsScope::OwnPlace => Published::OwnPlaces,
        StandingsScope::Everyone => Published::Everyone,
    };
    if published <= closed.published {
        return Err(Rejection::AlreadySo {});
    }
    Ok(Change::Publish { published })
}

/// The time has come at which the vote opens by itself. Where it cannot (no poster is there, or its closing time has
/// passed unseen), the times are dropped, so that they do not stand for ever as a deadline that nothing can meet;
/// the office sees it in the rules and can set others.
pub(crate) fn open_on_time(m: &Meeting, cx: &Context, deadline: Timestamp) -> Result<Change, Rejection> {
    let rules = &m.vote.rules;
    let due = rules.opens_at == Some(deadline) && cx.at >= deadline && m.info.ended_at.is_none();
    if m.vote.has_opened() || !due {
        return Err(Rejection::AlreadySo {});
    }
    let closing_past = rules.closes_at.is_some_and(|closes_at| closes_at <= cx.at);
    match open(m) {
        Some(opened) if !closing_past => Ok(opened),
        Some(_) | None => {
            let closes_at = rules.closes_at.filter(|_| !closing_past);
            Ok(Change::SetRules { rules: VoteRules { opens_at: None, closes_at, ..*rules } })
        }
    }
}

/// The time has come at which the vote closes by itself.
pub(crate) fn close_on_time(m: &Meeting, cx: &Context, deadline: Timestamp) -> Result<Change, Rejection> {
    let due = m.vote.rules.closes_at == Some(deadline) && cx.at >= deadline;
    match m.vote.phase {
        Phase::Open(_) if due => Ok(Change::Close),
        Phase::Drafted | Phase::Open(_) | Phase::Closed(_) => Err(Rejection::AlreadySo {}),
    }
}

/// The closing time, if there is one, lies behind the moment given.
fn check_closing(rules: &VoteRules, after: Timestamp) -> Result<(), Rejection> {
    let min = after.0.saturating_add(1);
    match rules.closes_at {
        Some(at) if !(min..=SAFE_INTEGER_MAX).contains(&at.0) => {
            Err(Rejection::OutOfRange { field: Field::Time, min, max: SAFE_INTEGER_MAX })
        }
        Some(_) | None => Ok(()),
    }
}

/// Opening over the posters that stand in the gallery; none when there is none.
fn open(m: &Meeting) -> Option<Change> {
    let candidates: alloc::collections::BTreeMap<_, _> = m.posters.shown().collect();
    (!candidates.is_empty()).then_some(Change::Open { candidates })
}

fn closed(m: &Meeting) -> Result<&Closed, Rejection> {
    match &m.vote.phase {
        Phase::Closed(closed) => Ok(closed),
        Phase::Drafted | Phase::Open(_) => Err(Rejection::VoteNotClosed {}),
    }
}

/// The open vote and the asker's place in it.
fn ballot_box<'a>(m: &'a Meeting, cx: &Context) -> Result<(&'a Open, Voter, PersonId), Rejection> {
    let Phase::Open(open) = &m.vote.phase else {
        return Err(Rejection::VoteNotOpen {});
    };
    if m.vote.rules.closes_at.is_some_and(|closes_at| closes_at <= cx.at) {
        return Err(Rejection::VoteNotOpen {});
    }
    let person = cx.actor.person().ok_or(Rejection::NotAVoter {})?;
    let voter = m.vote.voter_of(&m.roster, person).ok_or(Rejection::NotAVoter {})?;
    Ok((open, voter, person))
}
