//! Decisions of this area: reads the meeting, gives a change or a rejection.

use engawa_protocol::command::{
    AddRound, AddTime, CloseRound, EditRound, EndRound, MoveRound, OpenRound, PauseRound, RemoveRound,
    ReopenRound, ResumeRound, SetAgenda,
};
use engawa_protocol::{Entity, Rejection, Resource, RoundId, RoundPhase, Timestamp, limits};

use super::{Change, Round, clock};
use crate::context::Context;
use crate::meeting::Meeting;
use crate::rooms;

fn round_of(m: &Meeting, id: RoundId) -> Result<&Round, Rejection> {
    m.agenda.round(id).ok_or(Rejection::NotFound { entity: Entity::Round })
}

/// A round that has not begun.
fn waiting(m: &Meeting, id: RoundId) -> Result<&Round, Rejection> {
    let round = round_of(m, id)?;
    if round.phase.is_waiting() { Ok(round) } else { Err(Rejection::RoundBegun {}) }
}

fn within_limit(rounds: usize) -> Result<(), Rejection> {
    if rounds as u64 > limits::ROUNDS_MAX {
        return Err(Rejection::TooMany { resource: Resource::Rounds, max: limits::ROUNDS_MAX });
    }
    Ok(())
}

pub(crate) fn set_agenda(m: &Meeting, _cx: &Context, c: &SetAgenda) -> Result<Change, Rejection> {
    let begun = m.agenda.rounds.iter().filter(|round| !round.phase.is_waiting()).count();
    within_limit(begun + c.rounds.len())?;
    Ok(Change::ReplaceWaiting { plans: c.rounds.clone() })
}

pub(crate) fn add_round(m: &Meeting, _cx: &Context, c: &AddRound) -> Result<Change, Rejection> {
    c.before.map(|before| waiting(m, before)).transpose()?;
    within_limit(m.agenda.rounds.len() + 1)?;
    Ok(Change::Add { plan: c.plan.clone(), before: c.before })
}

pub(crate) fn edit_round(m: &Meeting, _cx: &Context, c: &EditRound) -> Result<Change, Rejection> {
    waiting(m, c.round)?;
    Ok(Change::Edit { round: c.round, plan: c.plan.clone() })
}

pub(crate) fn remove_round(m: &Meeting, _cx: &Context, c: &RemoveRound) -> Result<Change, Rejection> {
    waiting(m, c.round)?;
    Ok(Change::Remove { round: c.round })
}

pub(crate) fn move_round(m: &Meeting, _cx: &Context, c: &MoveRound) -> Result<Change, Rejection> {
    waiting(m, c.round)?;
    c.before.map(|before| waiting(m, before)).transpose()?;
    let order = &m.agenda.rounds;
    let place = order.iter().position(|round| round.id == c.round);
    let behind = place.and_then(|place| order.get(place + 1)).map(|round| round.id);
    if c.before == Some(c.round) || c.before == behind {
        return Err(Rejection::AlreadySo {});
    }
    Ok(Change::Move { round: c.round, before: c.before })
}

pub(crate) fn open_round(m: &Meeting, cx: &Context, c: &OpenRound) -> Result<Change, Rejection> {
    let round = waiting(m, c.round)?;
    if m.agenda.running().is_some() {
        return Err(Rejection::AnotherRoundRunning {});
    }
    let opening = rooms::opening_of(m, cx, round)?;
    Ok(Change::Open { round: c.round, phase: clock::opened(&round.plan, cx.at), opening })
}

pub(crate) fn pause_round(m: &Meeting, cx: &Context, c: &PauseRound) -> Result<Change, Rejection> {
    let phase = clock::paused(round_of(m, c.round)?.phase, cx.at)?;
    Ok(Change::Enter { round: c.round, phase })
}

pub(crate) fn resume_round(m: &Meeting, cx: &Context, c: &ResumeRound) -> Result<Change, Rejection> {
    let phase = clock::resumed(round_of(m, c.round)?.phase, cx.at)?;
    Ok(Change::Enter { round: c.round, phase })
}

pub(crate) fn add_time(m: &Meeting, cx: &Context, c: &AddTime) -> Result<Change, Rejection> {
    let round = round_of(m, c.round)?;
    let phase = clock::added(round.phase, &round.plan, c.delta_ms, cx.at)?;
    if phase == round.phase {
        return Err(Rejection::AlreadySo {});
    }
    Ok(Change::Enter { round: c.round, phase })
}

pub(crate) fn close_round(m: &Meeting, cx: &Context, c: &CloseRound) -> Result<Change, Rejection> {
    let round = round_of(m, c.round)?;
    let phase = match round.phase {
        RoundPhase::Open { opened_at, .. } | RoundPhase::Paused { opened_at, .. } => {
            let countdown_ms = c.countdown_ms.unwrap_or(round.plan.countdown_ms);
            clock::closing(opened_at, cx.at, countdown_ms, cx.at)
        }
        RoundPhase::Closing { .. } => return Err(Rejection::RoundNotInPhase {}),
        RoundPhase::Waiting {} | RoundPhase::Ended { .. } => return Err(Rejection::RoundNotRunning {}),
    };
    Ok(Change::Enter { round: c.round, phase })
}

pub(crate) fn end_round(m: &Meeting, cx: &Context, c: &EndRound) -> Result<Change, Rejection> {
    let round = round_of(m, c.round)?;
    let opened_at = clock::opened_at(round.phase)
        .filter(|_| round.phase.is_running())
        .ok_or(Rejection::RoundNotRunning {})?;
    Ok(Change::Enter { round: c.round, phase: RoundPhase::Ended { opened_at, ended_at: cx.at } })
}

pub(crate) fn reopen_round(m: &Meeting, cx: &Context, c: &ReopenRound) -> Result<Change, Rejection> {
    let round = round_of(m, c.round)?;
    let (opened_at, ended_at) = match round.phase {
        RoundPhase::Ended { opened_at, ended_at } => (opened_at, ended_at),
        RoundPhase::Waiting {}
        | RoundPhase::Open { .. }
        | RoundPhase::Paused { .. }
        | RoundPhase::Closing { .. } => return Err(Rejection::RoundNotInPhase {}),
    };
    if m.agenda.running().is_some() {
        return Err(Rejection::AnotherRoundRunning {});
    }
    if m.agenda.last_opened != Some(c.round) || cx.at.since_ms(ended_at) > limits::UNDO_MS {
        return Err(Rejection::UndoTooLate {});
    }
    Ok(Change::Enter { round: c.round, phase: clock::reopened(&round.plan, opened_at, cx.at) })
}

/// A round's deadline has been reached. Whoever says so second, or of a deadline that has been moved since, is
/// told [`Rejection::AlreadySo`]; whoever says so before the log's clock, [`Rejection::RoundNotInPhase`].
pub(crate) fn expire(
    m: &Meeting,
    cx: &Context,
    round: RoundId,
    deadline: Timestamp,
) -> Result<Change, Rejection> {
    if m.info.ended_at.is_some() {
        return Err(Rejection::MeetingEnded {});
    }
    let round = round_of(m, round)?;
    if clock::deadline(round.phase) != Some(deadline) {
        return Err(Rejection::AlreadySo {});
    }
    let phase = clock::expired(round.phase, &round.plan, cx.at).ok_or(Rejection::RoundNotInPhase {})?;
    Ok(Change::Enter { round: round.id, phase })
}
