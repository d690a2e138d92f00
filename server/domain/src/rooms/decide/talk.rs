//! Decisions about what goes on in a room: turns and calls for help.

use alloc::collections::BTreeSet;

use engawa_protocol::command::{
    CallHelp, ClaimHelp, ClearHelp, PassTurn, SetTurnOrder, StartTurns, StopTurns,
};
use engawa_protocol::view::{Attendance, HelpState, TurnState};
use engawa_protocol::{Entity, PersonId, Rejection, Role, RoomId, RoundPhase};

use super::super::{Room, turns};
use super::{Change, NO_ROOM, running_room};
use crate::agenda::Round;
use crate::context::Context;
use crate::meeting::Meeting;
use crate::roster::Roster;

const NO_PERSON: Rejection = Rejection::NotFound { entity: Entity::Person };

/// Whether a person is here now.
pub(in crate::rooms) fn is_present(roster: &Roster, person: PersonId) -> bool {
    roster.person(person).is_some_and(|person| person.attendance == Attendance::Present)
}

/// The clock for turns of a round; none when it has no turn order.
pub(in crate::rooms) fn turn_clock(round: &Round, cx: &Context) -> Option<turns::TurnClock> {
    let paused = matches!(round.phase, RoundPhase::Paused { .. });
    round.plan.turn_ms.map(|turn_ms| turns::TurnClock { at: cx.at, turn_ms, paused })
}

/// Whether somebody takes part in a room: its members, and coordinators and facilitators while they visit it. To
/// others who may not see the room it does not exist.
fn takes_part(m: &Meeting, cx: &Context, id: RoomId, room: &Room) -> Result<PersonId, Rejection> {
    let guides = cx.actor.role().is_some_and(Role::guides);
    let me = cx.actor.person().ok_or(Rejection::NotPermitted {})?;
    if m.rooms.place_of(me) != Some(id) {
        return Err(if guides { Rejection::NotInRoom {} } else { NO_ROOM });
    }
    if guides || room.members.contains(&me) { Ok(me) } else { Err(Rejection::NotPermitted {}) }
}

/// A room of a running round, for somebody who takes part in it.
fn own_room<'a>(m: &'a Meeting, cx: &Context, id: RoomId) -> Result<(&'a Room, &'a Round), Rejection> {
    takes_part(m, cx, id, m.rooms.room(id).ok_or(NO_ROOM)?)?;
    running_room(m, id)
}

pub(crate) fn start_turns(m: &Meeting, cx: &Context, c: &StartTurns) -> Result<Change, Rejection> {
    let (room, round) = own_room(m, cx, c.room)?;
    let clock = turn_clock(round, cx).ok_or(Rejection::NoTurnOrder {})?;
    if turns::speaker(room.turns.state).is_some() {
        return Err(Rejection::AlreadySo {});
    }
    let mut turns = room.turns.clone();
    turns.had_turn.clear();
    let first = match c.first {
        Some(first) if turns.order.contains(&first) => first,
        Some(_) => return Err(NO_PERSON),
        None => {
            let present = turns.order.iter().copied().find(|person| is_present(&m.roster, *person));
            present.or(turns.order.first().copied()).ok_or(Rejection::NoTurnOrder {})?
        }
    };
    turns.state = turns::begin(first, clock);
    Ok(Change::SetTurns { room: c.room, turns })
}

pub(crate) fn pass_turn(m: &Meeting, cx: &Context, c: &PassTurn) -> Result<Change, Rejection> {
    let (room, round) = own_room(m, cx, c.room)?;
    let clock = turn_clock(round, cx).ok_or(Rejection::NoTurnOrder {})?;
    match turns::speaker(room.turns.state) {
        None => return Err(Rejection::NoTurnRunning {}),
        Some(speaker) if speaker != c.from => return Err(Rejection::TurnAlreadyPassed {}),
        Some(_) => {}
    }
    match c.to {
        Some(to) if to == c.from => return Err(Rejection::AlreadySo {}),
        Some(to) if !room.turns.order.contains(&to) => return Err(NO_PERSON),
        Some(_) | None => {}
    }
    let mut turns = room.turns.clone();
    turns::pass(&mut turns, c.to, clock, |person| is_present(&m.roster, person));
    Ok(Change::SetTurns { room: c.room, turns })
}

pub(crate) fn stop_turns(m: &Meeting, cx: &Context, c: &StopTurns) -> Result<Change, Rejection> {
    let (room, _) = own_room(m, cx, c.room)?;
    if room.turns.state == (TurnState::Idle {}) {
        return Err(Rejection::NoTurnRunning {});
    }
    let mut turns = room.turns.clone();
    turns::book(&mut turns, cx.at);
    Ok(Change::SetTurns { room: c.room, turns })
}

pub(crate) fn set_turn_order(m: &Meeting, cx: &Context, c: &SetTurnOrder) -> Result<Change, Rejection> {
    let (room, _) = own_room(m, cx, c.room)?;
    let members: BTreeSet<PersonId> = room.turns.order.iter().copied().collect();
    let mut seen = BTreeSet::new();
    for &person in &c.order {
        if !members.contains(&person) {
            return Err(NO_PERSON);
        }
        if !seen.insert(person) {
            return Err(Rejection::PersonTwice { person });
        }
    }
    // Somebody is missing: they came in while the order was being made.
    if seen.len() != members.len() {
        return Err(NO_PERSON);
    }
    if c.order == room.turns.order {
        return Err(Rejection::AlreadySo {});
    }
    let mut turns = room.turns.clone();
    turns.order.clone_from(&c.order);
    Ok(Change::SetTurns { room: c.room, turns })
}

pub(crate) fn call_help(m: &Meeting, cx: &Context, c: &CallHelp) -> Result<Change, Rejection> {
    let by = takes_part(m, cx, c.room, m.rooms.room(c.room).ok_or(NO_ROOM)?)?;
    let (room, _) = running_room(m, c.room)?;
    match room.help {
        HelpState::Quiet {} => {
            Ok(Change::SetHelp { room: c.room, help: HelpState::Called { by, at: cx.at } })
        }
        HelpState::Called { .. } | HelpState::Claimed { .. } => Err(Rejection::HelpAlreadyCalled {}),
    }
}

pub(crate) fn claim_help(m: &Meeting, cx: &Context, c: &ClaimHelp) -> Result<Change, Rejection> {
    let guides = cx.actor.role().is_some_and(Role::guides);
    let me = cx.actor.person().filter(|_| guides).ok_or(Rejection::NotPermitted {})?;
    match m.rooms.room(c.room).ok_or(NO_ROOM)?.help {
        HelpState::Called { at, .. } => {
            let help = HelpState::Claimed { called_at: at, by: me, at: cx.at };
            Ok(Change::SetHelp { room: c.room, help })
        }
        HelpState::Claimed { by, .. } if by == me => Err(Rejection::AlreadySo {}),
        HelpState::Claimed { by, .. } => Err(Rejection::HelpAlreadyClaimed { by }),
        HelpState::Quiet {} => Err(Rejection::HelpNotCalled {}),
    }
}

pub(crate) fn clear_help(m: &Meeting, cx: &Context, c: &ClearHelp) -> Result<Change, Rejection> {
    let room = m.rooms.room(c.room).ok_or(NO_ROOM)?;
    let me = cx.actor.person().ok_or(Rejection::NotPermitted {})?;
    let claimed_by_me = matches!(room.help, HelpState::Claimed { by, .. } if by == me);
    if cx.actor.role() != Some(Role::Coordinator) && !claimed_by_me {
        // A facilitator sees every call: the answer is that they may not, not where they are.
        takes_part(m, cx, c.room, room).map_err(|rejection| match rejection {
            Rejection::NotInRoom {} => Rejection::NotPermitted {},
            other => other,
        })?;
    }
    match room.help {
        HelpState::Quiet {} => Err(Rejection::HelpNotCalled {}),
        HelpState::Called { .. } | HelpState::Claimed { .. } => {
            Ok(Change::SetHelp { room: c.room, help: HelpState::Quiet {} })
        }
    }
}
