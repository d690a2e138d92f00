//! Who is where: people who go into rooms and out of them, and the rooms themselves.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use engawa_protocol::event::{
    FacilitatorSet, GroupingProposed, MemberAdded, MemberRemoved, RoomAdded, RoomChoiceChanged,
    RoomChoicesOffered, RoomRemoved, RoomRenamed, SeatLeft, SeatTaken, TurnsChanged, VisitorEntered,
    VisitorLeft,
};
use engawa_protocol::view::{HelpState, TurnState, TurnsView};
use engawa_protocol::{PersonId, Role, RoomId, RoundId};

use super::super::decide::{is_present, turn_clock};
use super::super::{Room, arrival, plan, project, turns};
use super::{GUIDES, emit_activity, room_and_guides, set_help};
use crate::audience::{Audience, Viewer, class_of};
use crate::boards;
use crate::context::{Context, Effects};
use crate::meeting::Meeting;

/// People on the move within one entry: what concerns whole rooms is told once, at the end, and then the seats.
#[derive(Debug, Default)]
pub(in crate::rooms) struct Moves {
    movers: BTreeSet<PersonId>,
    turns_changed: BTreeSet<RoomId>,
    speaker_changed: BTreeSet<RoomId>,
    members_changed: BTreeSet<RoomId>,
}

impl Moves {
    /// Somebody goes into a room or, out of theirs, into the plenary.
    pub(in crate::rooms) fn go(
        &mut self,
        m: &mut Meeting,
        cx: &Context,
        person: PersonId,
        to: Option<RoomId>,
        fx: &mut Effects,
    ) {
        if m.rooms.place_of(person) == to {
            return;
        }
        self.leave(m, cx, person, fx);
        if let Some(to) = to {
            self.enter(m, person, to, fx);
        }
    }

    /// Out of where they are. Members of a room whose round is over stay listed there: that is how it was.
    fn leave(&mut self, m: &mut Meeting, cx: &Context, person: PersonId, fx: &mut Effects) {
        let Some(id) = m.rooms.places.remove(&person) else { return };
        self.movers.insert(person);
        let Some(room) = m.rooms.rooms.get_mut(&id) else { return };
        let is_running = m.agenda.round(room.round).is_some_and(|round| round.phase.is_running());
        if room.visitors.contains(&person) {
            room.visitors.retain(|visitor| *visitor != person);
            fx.emit(room_and_guides(id), VisitorLeft { room: id, person });
        } else if is_running {
            self.take_out(m, cx, person, id, fx);
        }
    }

    /// Out of a room's members and turns. Who is speaking is booked for what they have spoken.
    fn take_out(&mut self, m: &mut Meeting, cx: &Context, person: PersonId, id: RoomId, fx: &mut Effects) {
        let Some(room) = m.rooms.rooms.get_mut(&id).filter(|room| room.members.contains(&person)) else {
            return;
        };
        let clock = m.agenda.round(room.round).and_then(|round| turn_clock(round, cx));
        let clock = clock.unwrap_or(turns::TurnClock { at: cx.at, turn_ms: 0, paused: false });
        room.members.retain(|member| *member != person);
        let speaker = turns::speaker(room.turns.state);
        turns::remove(&mut room.turns, person, clock, |other| is_present(&m.roster, other));
        if turns::speaker(room.turns.state) != speaker {
            self.speaker_changed.insert(id);
        }
        self.turns_changed.insert(id);
        self.members_changed.insert(id);
        fx.emit(room_and_guides(id), MemberRemoved { room: id, person });
    }

    /// Into a room: participants as members, last in the order of speaking, all others as visitors.
    fn enter(&mut self, m: &mut Meeting, person: PersonId, id: RoomId, fx: &mut Effects) {
        let Some(view) = m.roster.person_view(person) else { return };
        let Some(room) = m.rooms.rooms.get_mut(&id) else { return };
        if view.role == Role::Participant {
            room.members.push(person);
            room.turns.order.push(person);
            self.turns_changed.insert(id);
            self.members_changed.insert(id);
            fx.emit(room_and_guides(id), MemberAdded { room: id, person: view });
        } else {
            room.visitors.push(person);
            fx.emit(room_and_guides(id), VisitorEntered { room: id, person: view });
        }
        m.rooms.places.insert(person, id);
        m.rooms.kept_out.remove(&person);
        self.movers.insert(person);
    }

    /// Tells what became of the rooms concerned, then gives everybody who moved their seat.
    pub(in crate::rooms) fn finish(self, m: &Meeting, fx: &mut Effects) {
        for room in self.turns_changed {
            emit_turns(m, room, fx);
        }
        for room in self.speaker_changed {
            emit_activity(m, room, fx);
        }
        for room in self.members_changed {
            emit_choice(m, room, fx);
        }
        for person in self.movers {
            emit_seat(m, person, fx);
            fx.regroup(person);
        }
    }
}

/// Gives somebody the seat they have now, or takes it away.
pub(super) fn emit_seat(m: &Meeting, person: PersonId, fx: &mut Effects) {
    let Some(class) = class_of(m, Viewer::Person(person)) else { return };
    match class.room.and_then(|room| project::seat_view(m, room, &class)) {
        Some(seat) => fx.emit(Audience::person(person), SeatTaken { seat: seat.into() }),
        None => fx.emit(Audience::person(person), SeatLeft {}),
    }
}

fn emit_turns(m: &Meeting, id: RoomId, fx: &mut Effects) {
    if let Some(room) = m.rooms.room(id) {
        fx.emit(Audience::room(id), TurnsChanged { room: id, turns: room.turns.clone() });
    }
}

/// Tells everyone of a room that can be chosen.
fn emit_choice(m: &Meeting, id: RoomId, fx: &mut Effects) {
    if let Some(room) = m.rooms.room(id)
        && project::rooms_are_chosen(m)
        && m.rooms.latest == Some(room.round)
    {
        fx.emit(Audience::EVERYONE, RoomChoiceChanged { choice: project::room_choice(id, room) });
    }
}

/// Tells everyone which rooms can be chosen now.
pub(super) fn emit_choices(m: &Meeting, fx: &mut Effects) {
    fx.emit(Audience::EVERYONE, RoomChoicesOffered { choices: project::choices(m) });
}

pub(super) fn move_people(
    m: &mut Meeting,
    cx: &Context,
    people: &[PersonId],
    to: Option<RoomId>,
    fx: &mut Effects,
) {
    let mut moves = Moves::default();
    for &person in people {
        moves.go(m, cx, person, to, fx);
        let participant = m.roster.person(person).is_some_and(|person| person.role == Role::Participant);
        if to.is_none() && participant {
            m.rooms.kept_out.insert(person);
        }
    }
    moves.finish(m, fx);
}

/// A room without people, numbered and with its order of speaking still empty.
pub(super) fn empty_room(round: RoundId, number: u32, name: String) -> Room {
    Room {
        round,
        number,
        name,
        facilitator: None,
        members: Vec::new(),
        visitors: Vec::new(),
        help: HelpState::Quiet {},
        turns: TurnsView {
            order: Vec::new(),
            state: TurnState::Idle {},
            spoken_ms: alloc::collections::BTreeMap::new(),
            had_turn: Vec::new(),
        },
    }
}

/// Adds a room to a running round.
pub(in crate::rooms) fn add_room(m: &mut Meeting, round: RoundId, name: String, fx: &mut Effects) -> RoomId {
    let number = m.rooms.of_round(round).map(|(_, room)| room.number).max().unwrap_or(0) + 1;
    m.rooms.last_room += 1;
    let id = RoomId(m.rooms.last_room);
    m.rooms.rooms.insert(id, empty_room(round, number, name));
    if let Some((template, authors)) =
        m.agenda.round(round).map(|round| (round.plan.template, round.plan.authors))
    {
        boards::open_board(m, id, template, authors);
    }
    if let Some(room) = m.rooms.room(id) {
        fx.emit(GUIDES, RoomAdded { room: project::room_view(m, id, room, true) });
    }
    emit_choice(m, id, fx);
    id
}

pub(super) fn rename_room(m: &mut Meeting, id: RoomId, name: String, fx: &mut Effects) {
    let Some(room) = m.rooms.rooms.get_mut(&id) else { return };
    room.name.clone_from(&name);
    // Notes from the room that everybody reads on the plenary board carry its name.
    let audience = if boards::is_harvested_from(m, id) { Audience::EVERYONE } else { room_and_guides(id) };
    fx.emit(audience, RoomRenamed { room: id, name });
    emit_choice(m, id, fx);
}

pub(super) fn remove_room(m: &mut Meeting, id: RoomId, fx: &mut Effects) {
    let Some(room) = m.rooms.rooms.remove(&id) else { return };
    boards::remove_board(m, id);
    fx.emit(GUIDES, RoomRemoved { room: id });
    if project::rooms_are_chosen(m) && m.rooms.latest == Some(room.round) {
        emit_choices(m, fx);
    }
    for visitor in room.visitors {
        m.rooms.places.remove(&visitor);
        emit_seat(m, visitor, fx);
        fx.regroup(visitor);
    }
}

pub(super) fn set_facilitator(m: &mut Meeting, id: RoomId, person: Option<PersonId>, fx: &mut Effects) {
    let Some(room) = m.rooms.rooms.get_mut(&id) else { return };
    room.facilitator = person;
    let person = person.and_then(|person| m.roster.person_view(person));
    fx.emit(room_and_guides(id), FacilitatorSet { room: id, person });
    emit_choice(m, id, fx);
}

/// Takes a person out of every room's members, visitors and turns, and out of proposals: they have been taken off
/// the roster.
pub(crate) fn forget_person(m: &mut Meeting, cx: &Context, person: PersonId, fx: &mut Effects) {
    let mut moves = Moves::default();
    moves.leave(m, cx, person, fx);
    let rooms: Vec<RoomId> = m
        .rooms
        .rooms
        .iter()
        .filter(|(_, room)| {
            room.members.contains(&person)
                || room.facilitator == Some(person)
                || room.turns.spoken_ms.contains_key(&person)
                || matches!(room.help, HelpState::Claimed { by, .. } if by == person)
        })
        .map(|(id, _)| *id)
        .collect();
    for id in rooms {
        moves.take_out(m, cx, person, id, fx);
        let Some(room) = m.rooms.rooms.get_mut(&id) else { continue };
        if room.turns.spoken_ms.remove(&person).is_some() {
            moves.turns_changed.insert(id);
        }
        let caller = room.members.first().copied();
        match (room.help, caller) {
            // Nobody is on the way any more: the room is calling again.
            (HelpState::Claimed { called_at, by, .. }, Some(caller)) if by == person => {
                set_help(m, id, HelpState::Called { by: caller, at: called_at }, fx);
            }
            (HelpState::Claimed { by, .. }, None) if by == person => {
                set_help(m, id, HelpState::Quiet {}, fx);
            }
            (HelpState::Quiet {} | HelpState::Called { .. } | HelpState::Claimed { .. }, _) => {}
        }
        if m.rooms.room(id).is_some_and(|room| room.facilitator == Some(person)) {
            set_facilitator(m, id, None, fx);
        }
    }
    forget_in_proposals(m, person, fx);
    m.rooms.kept_out.remove(&person);
    moves.finish(m, fx);
}

fn forget_in_proposals(m: &mut Meeting, person: PersonId, fx: &mut Effects) {
    let rounds: Vec<RoundId> = m.rooms.groupings.keys().copied().collect();
    for round in rounds {
        let Some(mut grouping) = m.rooms.groupings.get(&round).cloned() else { continue };
        for room in &mut grouping.rooms {
            room.members.retain(|member| *member != person);
            room.facilitator = room.facilitator.filter(|facilitator| *facilitator != person);
        }
        if m.rooms.groupings.get(&round) != Some(&grouping) {
            grouping.quality = plan::quality(m, &grouping.rooms);
            m.rooms.groupings.insert(round, grouping.clone());
            fx.emit(GUIDES, GroupingProposed { grouping });
        }
    }
}

/// A person has another role now: rooms they facilitate need one who may, members are participants, and who
/// becomes a participant is seated.
pub(crate) fn role_changed(m: &mut Meeting, cx: &Context, person: PersonId, fx: &mut Effects) {
    let Some(role) = m.roster.person(person).map(|person| person.role) else { return };
    if !role.guides() {
        let led: Vec<RoomId> = m
            .rooms
            .rooms
            .iter()
            .filter(|(_, room)| room.facilitator == Some(person))
            .map(|(id, _)| *id)
            .collect();
        for id in led {
            set_facilitator(m, id, None, fx);
        }
    }
    let place = m.rooms.place_of(person);
    let visits = place.and_then(|id| m.rooms.room(id)).is_some_and(|room| room.visitors.contains(&person));
    let mut moves = Moves::default();
    match (role.guides(), role == Role::Participant, visits) {
        // What a facilitator walked into is not for others to stay in.
        (false, _, true) => moves.go(m, cx, person, None, fx),
        // A member of a running round who is none any more stays with the room as a visitor.
        (_, false, false) => {
            let running = place.filter(|id| {
                let round = m.rooms.room(*id).and_then(|room| m.agenda.round(room.round));
                round.is_some_and(|round| round.phase.is_running())
            });
            if let Some(id) = running {
                moves.leave(m, cx, person, fx);
                moves.enter(m, person, id, fx);
            }
        }
        (true, _, true) | (false, true, false) | (true, true, false) => {}
    }
    moves.finish(m, fx);
    arrival::place_if_here(m, cx, person, fx);
}
