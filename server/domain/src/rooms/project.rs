//! Rooms and seats as a viewer may see them.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use engawa_protocol::view::{RoomActivity, RoomChoice, RoomView, SeatView};
use engawa_protocol::{BoardId, GroupingRule, Role, RoomId};

use super::{Room, turns};
use crate::audience::ViewerClass;
use crate::boards;
use crate::meeting::Meeting;

/// Somebody who sits in a room and of whom nothing else is known: what all members of a fresh room see.
pub(super) const ANY_MEMBER: ViewerClass =
    ViewerClass { role: Role::Participant, team: None, room: None, person: None };

/// What goes on in a room.
pub(super) fn activity(m: &Meeting, id: RoomId, room: &Room) -> RoomActivity {
    let (notes, last_note_at, silent) = boards::board_activity(m, id);
    RoomActivity { notes, last_note_at, speaker: turns::speaker(room.turns.state), silent }
}

/// A room; what goes on in it is for coordinators and facilitators.
pub(super) fn room_view(m: &Meeting, id: RoomId, room: &Room, guides: bool) -> RoomView {
    RoomView {
        id,
        round: room.round,
        number: room.number,
        name: room.name.clone(),
        facilitator: room.facilitator,
        members: room.members.clone(),
        visitors: room.visitors.clone(),
        help: room.help,
        activity: guides.then(|| activity(m, id, room)),
    }
}

/// All rooms, for those who see all.
pub(crate) fn room_views(m: &Meeting, class: &ViewerClass) -> BTreeMap<RoomId, RoomView> {
    let guides = class.role.guides();
    m.rooms.rooms.iter().map(|(id, room)| (*id, room_view(m, *id, room, guides))).collect()
}

/// Whether rooms are chosen in the running round.
pub(super) fn rooms_are_chosen(m: &Meeting) -> bool {
    m.agenda.running().is_some_and(|round| {
        matches!(round.plan.grouping, GroupingRule::Open { .. }) && m.rooms.latest == Some(round.id)
    })
}

/// A room to choose.
pub(super) fn room_choice(id: RoomId, room: &Room) -> RoomChoice {
    RoomChoice {
        id,
        number: room.number,
        name: room.name.clone(),
        facilitator: room.facilitator,
        members: u32::try_from(room.members.len()).unwrap_or(u32::MAX),
    }
}

/// The rooms that can be chosen, in order.
pub(super) fn choices(m: &Meeting) -> Vec<RoomChoice> {
    let round = m.rooms.latest.filter(|_| rooms_are_chosen(m));
    round
        .into_iter()
        .flat_map(|round| m.rooms.of_round(round).map(|(id, room)| room_choice(id, room)))
        .collect()
}

/// The rooms that can be chosen in the running round.
pub(crate) fn room_choices(m: &Meeting) -> BTreeMap<RoomId, RoomChoice> {
    choices(m).into_iter().map(|choice| (choice.id, choice)).collect()
}

/// The seat of somebody who is in a room.
pub(crate) fn seat_view(m: &Meeting, id: RoomId, class: &ViewerClass) -> Option<SeatView> {
    let room = m.rooms.room(id)?;
    let people = room.members.iter().chain(&room.visitors).chain(&room.facilitator);
    Some(SeatView {
        room: room_view(m, id, room, class.role.guides()),
        people: people.filter_map(|person| Some((*person, m.roster.person_view(*person)?))).collect(),
        turns: room.turns.clone(),
        board: boards::board_view(m, BoardId::of_room(id), class),
    })
}
