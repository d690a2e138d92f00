//! Decisions about rooms and who is in them.

use alloc::collections::BTreeSet;
use alloc::vec;

use engawa_protocol::command::{
    AddRoom, ChooseRoom, LeaveRoom, MovePeople, RemoveRoom, RenameRoom, SetFacilitator, VisitRoom,
};
use engawa_protocol::{Entity, GroupingRule, PersonId, Rejection, Resource, Role, RoundKind, limits};

use super::super::Room;
use super::{Change, NO_ROOM, room_of, running_room};
use crate::agenda::Round;
use crate::boards;
use crate::context::Context;
use crate::meeting::Meeting;

/// The dialogue round that is going on.
fn running_dialogue(m: &Meeting) -> Result<&Round, Rejection> {
    let round = m.agenda.running().ok_or(Rejection::RoundNotRunning {})?;
    if round.plan.kind == RoundKind::Dialogue { Ok(round) } else { Err(Rejection::RoundHasNoRooms {}) }
}

fn room_for(room: &Room, more: usize) -> Result<(), Rejection> {
    if (room.members.len() + more) as u64 > limits::ROOM_MEMBERS_MAX {
        return Err(Rejection::TooMany { resource: Resource::RoomMembers, max: limits::ROOM_MEMBERS_MAX });
    }
    Ok(())
}

pub(crate) fn move_people(m: &Meeting, _cx: &Context, c: &MovePeople) -> Result<Change, Rejection> {
    let round = running_dialogue(m)?;
    if c.people.len() as u64 > limits::MOVE_PEOPLE_MAX {
        return Err(Rejection::TooMany { resource: Resource::MovedPeople, max: limits::MOVE_PEOPLE_MAX });
    }
    let mut seen = BTreeSet::new();
    let mut new_members = 0;
    let mut movers = 0;
    for &id in &c.people {
        let person = m.roster.person(id).ok_or(Rejection::NotFound { entity: Entity::Person })?;
        if !seen.insert(id) {
            return Err(Rejection::PersonTwice { person: id });
        }
        if m.rooms.place_of(id) != c.to {
            movers += 1;
            new_members += usize::from(person.role == Role::Participant);
        }
    }
    if let Some(to) = c.to {
        let room = m.rooms.room(to).filter(|room| room.round == round.id).ok_or(NO_ROOM)?;
        room_for(room, new_members)?;
    }
    if movers == 0 {
        return Err(Rejection::AlreadySo {});
    }
    Ok(Change::Move { people: c.people.clone(), to: c.to })
}

/// The running round, if its rooms are chosen.
fn choosing(m: &Meeting) -> Result<&Round, Rejection> {
    let round = running_dialogue(m)?;
    match round.plan.grouping {
        GroupingRule::Open { .. } => Ok(round),
        GroupingRule::Team {}
        | GroupingRule::Partners { .. }
        | GroupingRule::Mixed { .. }
        | GroupingRule::WorldCafe { .. }
        | GroupingRule::Manual {} => Err(Rejection::RoomsNotOpen {}),
    }
}

/// The participant who asks; others go into rooms by visiting or are put there.
fn asking_participant(cx: &Context) -> Result<PersonId, Rejection> {
    let participant = cx.actor.role() == Some(Role::Participant);
    cx.actor.person().filter(|_| participant).ok_or(Rejection::NotPermitted {})
}

pub(crate) fn choose_room(m: &Meeting, cx: &Context, c: &ChooseRoom) -> Result<Change, Rejection> {
    let me = asking_participant(cx)?;
    let round = choosing(m)?;
    let room = m.rooms.room(c.room).filter(|room| room.round == round.id).ok_or(NO_ROOM)?;
    if m.rooms.place_of(me) == Some(c.room) {
        return Err(Rejection::AlreadySo {});
    }
    room_for(room, 1)?;
    Ok(Change::Move { people: vec![me], to: Some(c.room) })
}

pub(crate) fn leave_room(m: &Meeting, cx: &Context, _c: &LeaveRoom) -> Result<Change, Rejection> {
    let me = asking_participant(cx)?;
    choosing(m)?;
    m.rooms.place_of(me).ok_or(Rejection::NotInRoom {})?;
    Ok(Change::Move { people: vec![me], to: None })
}

pub(crate) fn visit_room(m: &Meeting, cx: &Context, c: &VisitRoom) -> Result<Change, Rejection> {
    let guides = cx.actor.role().is_some_and(Role::guides);
    let me = cx.actor.person().filter(|_| guides).ok_or(Rejection::NotPermitted {})?;
    let place = m.rooms.place_of(me);
    match c.room {
        Some(room) => {
            m.rooms.room(room).ok_or(NO_ROOM)?;
            if place == Some(room) {
                return Err(Rejection::AlreadySo {});
            }
        }
        None => {
            place.ok_or(Rejection::NotInRoom {})?;
        }
    }
    Ok(Change::Move { people: vec![me], to: c.room })
}

pub(crate) fn add_room(m: &Meeting, _cx: &Context, c: &AddRoom) -> Result<Change, Rejection> {
    let round = m.agenda.round(c.round).ok_or(Rejection::NotFound { entity: Entity::Round })?;
    if round.plan.kind != RoundKind::Dialogue {
        return Err(Rejection::RoundHasNoRooms {});
    }
    if !round.phase.is_running() {
        return Err(Rejection::RoundNotRunning {});
    }
    if m.rooms.of_round(c.round).count() as u64 >= limits::ROOMS_PER_ROUND_MAX {
        return Err(Rejection::TooMany { resource: Resource::Rooms, max: limits::ROOMS_PER_ROUND_MAX });
    }
    Ok(Change::AddRoom { round: c.round, name: c.name.clone() })
}

/// Rooms of rounds that are over can be named too: their notes are read on.
pub(crate) fn rename_room(m: &Meeting, _cx: &Context, c: &RenameRoom) -> Result<Change, Rejection> {
    let room = m.rooms.room(c.room).ok_or(NO_ROOM)?;
    if room.name == c.name {
        return Err(Rejection::AlreadySo {});
    }
    Ok(Change::RenameRoom { room: c.room, name: c.name.clone() })
}

pub(crate) fn remove_room(m: &Meeting, _cx: &Context, c: &RemoveRoom) -> Result<Change, Rejection> {
    let (room, _) = room_of(m, c.room)?;
    if !room.members.is_empty() || boards::board_has_notes(m, c.room) {
        return Err(Rejection::RoomNotEmpty {});
    }
    Ok(Change::RemoveRoom { room: c.room })
}

/// Rooms are facilitated by facilitators and coordinators.
pub(super) fn may_facilitate(m: &Meeting, person: PersonId) -> Result<(), Rejection> {
    let person = m.roster.person(person).ok_or(Rejection::NotFound { entity: Entity::Person })?;
    if person.role.guides() { Ok(()) } else { Err(Rejection::NotPermitted {}) }
}

pub(crate) fn set_facilitator(m: &Meeting, _cx: &Context, c: &SetFacilitator) -> Result<Change, Rejection> {
    let (room, _) = running_room(m, c.room)?;
    if room.facilitator == c.person {
        return Err(Rejection::AlreadySo {});
    }
    c.person.map(|person| may_facilitate(m, person)).transpose()?;
    Ok(Change::SetFacilitator { room: c.room, person: c.person })
}
