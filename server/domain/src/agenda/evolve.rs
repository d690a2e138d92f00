//! Making decided changes: alters the state and says who learns what. Everybody sees the whole agenda.

use alloc::vec::Vec;

use engawa_protocol::event::{RoundAdded, RoundEdited, RoundMoved, RoundPhaseChanged, RoundRemoved};
use engawa_protocol::{RoundId, RoundKind, RoundPhase, RoundPlan};

use super::{Change, Course, Round};
use crate::audience::Audience;
use crate::context::{Context, Effects};
use crate::meeting::Meeting;
use crate::rooms::Opening;
use crate::{boards, posters, rooms};

pub(crate) fn evolve(m: &mut Meeting, cx: &Context, change: Change, fx: &mut Effects) {
    match change {
        Change::ReplaceWaiting { plans } => replace_waiting(m, plans, fx),
        Change::Add { plan, before } => {
            let id = add(m, plan, before, fx);
            fx.created = Some(id.0);
        }
        Change::Edit { round, plan } => edit_plan(m, round, plan, fx),
        Change::Remove { round } => remove(m, round, fx),
        Change::Move { round, before } => move_before(m, round, before, fx),
        Change::Open { round, phase, opening } => open(m, cx, round, phase, opening, fx),
        Change::Enter { round, phase } => enter(m, cx, round, phase, fx),
    }
}

fn replace_waiting(m: &mut Meeting, plans: Vec<RoundPlan>, fx: &mut Effects) {
    let waiting: Vec<RoundId> =
        m.agenda.rounds.iter().filter(|round| round.phase.is_waiting()).map(|round| round.id).collect();
    for round in waiting {
        remove(m, round, fx);
    }
    for plan in plans {
        add(m, plan, None, fx);
    }
}

fn add(m: &mut Meeting, plan: RoundPlan, before: Option<RoundId>, fx: &mut Effects) -> RoundId {
    m.agenda.last_round += 1;
    let id = RoundId(m.agenda.last_round);
    let round = Round { id, plan, phase: RoundPhase::Waiting {}, course: Course::default() };
    let view = round.view();
    m.agenda.insert(round, before);
    fx.emit(Audience::EVERYONE, RoundAdded { round: view, before });
    id
}

/// Plans a waiting round anew. Rooms that were proposed by another rule are dropped.
pub(crate) fn edit_plan(m: &mut Meeting, id: RoundId, plan: RoundPlan, fx: &mut Effects) {
    let Some(round) = m.agenda.round_mut(id) else { return };
    let keeps_rooms = round.plan.grouping == plan.grouping && plan.kind == RoundKind::Dialogue;
    round.plan = plan.clone();
    fx.emit(Audience::EVERYONE, RoundEdited { round: id, plan });
    if !keeps_rooms {
        rooms::discard_proposal(m, id, fx);
    }
}

fn remove(m: &mut Meeting, id: RoundId, fx: &mut Effects) {
    rooms::discard_proposal(m, id, fx);
    m.agenda.rounds.retain(|round| round.id != id);
    fx.emit(Audience::EVERYONE, RoundRemoved { round: id });
}

fn move_before(m: &mut Meeting, id: RoundId, before: Option<RoundId>, fx: &mut Effects) {
    if let Some(place) = m.agenda.rounds.iter().position(|round| round.id == id) {
        let round = m.agenda.rounds.remove(place);
        m.agenda.insert(round, before);
        fx.emit(Audience::EVERYONE, RoundMoved { round: id, before });
    }
}

fn open(
    m: &mut Meeting,
    cx: &Context,
    id: RoundId,
    phase: RoundPhase,
    opening: Option<Opening>,
    fx: &mut Effects,
) {
    // A round opened out of turn goes in front of those that still wait: what has begun stands first, as it ran.
    let first_waiting = m.agenda.rounds.iter().find(|round| round.phase.is_waiting()).map(|round| round.id);
    if first_waiting != Some(id) {
        move_before(m, id, first_waiting, fx);
    }
    m.agenda.last_opened = Some(id);
    set_phase(m, cx, id, phase, fx);
    if let Some(opening) = opening {
        rooms::open_rooms(m, cx, id, opening, fx);
    }
}

fn set_phase(m: &mut Meeting, cx: &Context, id: RoundId, phase: RoundPhase, fx: &mut Effects) {
    if let Some(round) = m.agenda.round_mut(id) {
        round.course.follow(round.phase, phase, cx.at);
        round.phase = phase;
        fx.emit(Audience::EVERYONE, RoundPhaseChanged { round: id, phase });
    }
}

/// A round that has begun goes into another phase: its rooms' clocks follow.
fn enter(m: &mut Meeting, cx: &Context, id: RoundId, phase: RoundPhase, fx: &mut Effects) {
    let Some((before, kind)) = m.agenda.round(id).map(|round| (round.phase, round.plan.kind)) else { return };
    set_phase(m, cx, id, phase, fx);
    let has_rooms = kind == RoundKind::Dialogue;
    match (before, phase) {
        (RoundPhase::Open { .. }, RoundPhase::Paused { .. }) if has_rooms => {
            rooms::pause_turns(m, cx, id, fx);
        }
        (RoundPhase::Paused { .. }, RoundPhase::Open { .. } | RoundPhase::Closing { .. }) if has_rooms => {
            rooms::resume_turns(m, cx, id, fx);
        }
        (RoundPhase::Ended { .. }, _) if has_rooms => rooms::reopen_rooms(m, cx, id, fx),
        (_, RoundPhase::Ended { .. }) => match kind {
            RoundKind::Dialogue => rooms::close_rooms(m, cx, id, fx),
            RoundKind::Posters => posters::share(m, cx, fx),
            RoundKind::Plenary => boards::reveal_round(m, id, fx),
            RoundKind::Break => {}
        },
        (
            RoundPhase::Waiting {}
            | RoundPhase::Open { .. }
            | RoundPhase::Paused { .. }
            | RoundPhase::Closing { .. }
            | RoundPhase::Ended { .. },
            RoundPhase::Waiting {}
            | RoundPhase::Open { .. }
            | RoundPhase::Paused { .. }
            | RoundPhase::Closing { .. },
        ) => {}
    }
}

/// Ends the round that is going on, if there is one: the meeting ends.
pub(crate) fn end_running(m: &mut Meeting, cx: &Context, fx: &mut Effects) {
    let running =
        m.agenda.running().and_then(|round| Some((round.id, super::clock::opened_at(round.phase)?)));
    if let Some((id, opened_at)) = running {
        enter(m, cx, id, RoundPhase::Ended { opened_at, ended_at: cx.at }, fx);
    }
}
