//! The rooms of a round open: everybody gets a new place in one entry. Costs as much as there are people: one seat
//! is told to a whole room, because all members of a fresh room see the same.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::mem;

use engawa_protocol::event::{RoomsOpened, SeatTaken, VisitorLeft};
use engawa_protocol::{GroupingRule, PersonId, Role, RoomId, RoundId};

use super::super::{Opened, Opening, project};
use super::places::{emit_choices, emit_seat, empty_room};
use super::{GUIDES, discard_proposal, room_and_guides};
use crate::audience::Audience;
use crate::boards;
use crate::context::{Context, Effects};
use crate::meeting::Meeting;

/// Opens the rooms of a round and puts people into them.
pub(crate) fn open_rooms(m: &mut Meeting, _cx: &Context, round: RoundId, opening: Opening, fx: &mut Effects) {
    discard_proposal(m, round, fx);
    remember_latest(m);
    let first_room = RoomId(m.rooms.last_room + 1);
    let Opening { rule, seed, hosts, rooms } = opening;
    m.rooms.opened.insert(round, Opened { rule, seed, hosts, first_room });
    m.rooms.latest = Some(round);
    m.rooms.kept_out.clear();
    let before = mem::take(&mut m.rooms.places);
    for (room, number) in rooms.into_iter().zip(1..) {
        make_room(m, round, number, room);
    }
    clear_former_places(m, &before, fx);
    tell(m, round, &before, fx);
}

/// The rooms that were open last are history now, as they are.
fn remember_latest(m: &mut Meeting) {
    if let Some(latest) = m.rooms.latest {
        let rooms = m.rooms.seating(latest);
        m.rooms.history.add_round(&rooms);
    }
}

/// Makes a room with its board and its people: participants as members, others as visitors. Its facilitator is
/// there too, unless another room has them already.
fn make_room(m: &mut Meeting, round: RoundId, number: u32, planned: engawa_protocol::view::GroupingRoom) {
    m.rooms.last_room += 1;
    let id = RoomId(m.rooms.last_room);
    let mut room = empty_room(round, number, planned.name);
    for person in planned.members {
        match m.roster.person(person).map(|person| person.role) {
            Some(Role::Participant) => room.members.push(person),
            Some(
                Role::Coordinator | Role::Facilitator | Role::Secretariat | Role::Observer | Role::Screen,
            ) => room.visitors.push(person),
            None => continue,
        }
        m.rooms.places.insert(person, id);
    }
    room.facilitator =
        planned.facilitator.filter(|id| m.roster.person(*id).is_some_and(|person| person.role.guides()));
    if let Some(facilitator) = room.facilitator
        && m.rooms.place_of(facilitator).is_none()
    {
        room.visitors.push(facilitator);
        m.rooms.places.insert(facilitator, id);
    }
    room.turns.order.clone_from(&room.members);
    m.rooms.rooms.insert(id, room);
    if let Some((template, authors)) =
        m.agenda.round(round).map(|round| (round.plan.template, round.plan.authors))
    {
        boards::open_board(m, id, template, authors);
    }
}

/// Coordinators and facilitators who have no new place go on reading where they are; everybody else leaves the
/// rooms of earlier rounds.
fn clear_former_places(m: &mut Meeting, before: &BTreeMap<PersonId, RoomId>, fx: &mut Effects) {
    for (&person, &id) in before {
        let guides = m.roster.person(person).is_some_and(|person| person.role.guides());
        if guides && m.rooms.place_of(person).is_none() {
            m.rooms.places.insert(person, id);
            continue;
        }
        if let Some(room) = m.rooms.rooms.get_mut(&id)
            && room.visitors.contains(&person)
        {
            room.visitors.retain(|visitor| *visitor != person);
            fx.emit(room_and_guides(id), VisitorLeft { room: id, person });
        }
    }
}

fn tell(m: &Meeting, round: RoundId, before: &BTreeMap<PersonId, RoomId>, fx: &mut Effects) {
    let views = m.rooms.of_round(round).map(|(id, room)| project::room_view(m, id, room, true)).collect();
    fx.emit(GUIDES, RoomsOpened { rooms: views });
    let chosen = m.agenda.round(round).map(|round| round.plan.grouping);
    if matches!(chosen, Some(GroupingRule::Open { .. })) {
        emit_choices(m, fx);
    }
    for (id, room) in m.rooms.of_round(round) {
        let shared = !room.members.is_empty() || !room.visitors.is_empty();
        if let Some(seat) = project::seat_view(m, id, &project::ANY_MEMBER).filter(|_| shared) {
            fx.emit(Audience::room(id), SeatTaken { seat: seat.into() });
        }
        // Coordinators and facilitators see more of a room than its members do.
        let guides = room
            .visitors
            .iter()
            .filter(|id| m.roster.person(**id).is_some_and(|person| person.role.guides()));
        for &guide in guides {
            emit_seat(m, guide, fx);
        }
    }
    let fell_out: Vec<PersonId> =
        before.keys().copied().filter(|person| m.rooms.place_of(*person).is_none()).collect();
    for person in fell_out {
        emit_seat(m, person, fx);
    }
    let moved =
        before.iter().filter(|(person, id)| m.rooms.place_of(**person) != Some(**id)).map(|(id, _)| *id);
    let new = m.rooms.places.keys().copied().filter(|person| !before.contains_key(person));
    moved.chain(new).for_each(|person| fx.regroup(person));
}
