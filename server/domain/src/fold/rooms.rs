//! Folding events of this area. What is told of a room changes its card in `rooms` (for those who see all rooms)
//! and the seat, when it is in that room; both in one event, because those who see all get it once.

use engawa_protocol::RoomId;
use engawa_protocol::event::{
    FacilitatorSet, HelpChanged, MemberAdded, MemberRemoved, RoomActivityChanged, RoomAdded,
    RoomChoiceChanged, RoomChoicesOffered, RoomRemoved, RoomRenamed, RoomsOpened, SeatLeft, SeatTaken,
    TurnsChanged, VisitorEntered, VisitorLeft,
};
use engawa_protocol::view::{MeetingView, RoomView, SeatView};

/// The room wherever it is seen: its card and the seat.
fn each_room(view: &mut MeetingView, id: RoomId, change: impl Fn(&mut RoomView)) {
    if let Some(room) = view.rooms.get_mut(&id) {
        change(room);
    }
    if let Some(seat) = seat_in(view, id) {
        change(&mut seat.room);
    }
}

fn seat_in(view: &mut MeetingView, id: RoomId) -> Option<&mut SeatView> {
    view.seat.as_mut().filter(|seat| seat.room.id == id)
}

/// Drops people of the seat who are neither members, nor visitors, nor its facilitator.
fn forget_strangers(view: &mut MeetingView, id: RoomId) {
    if let Some(seat) = seat_in(view, id) {
        let room = &seat.room;
        seat.people.retain(|person, _| {
            room.members.contains(person)
                || room.visitors.contains(person)
                || room.facilitator == Some(*person)
        });
    }
}

pub(super) fn rooms_opened(view: &mut MeetingView, e: &RoomsOpened) {
    view.rooms.extend(e.rooms.iter().map(|room| (room.id, room.clone())));
}

pub(super) fn room_added(view: &mut MeetingView, e: &RoomAdded) {
    view.rooms.insert(e.room.id, e.room.clone());
}

pub(super) fn room_renamed(view: &mut MeetingView, e: &RoomRenamed) {
    each_room(view, e.room, |room| room.name.clone_from(&e.name));
    for source in view.plenary.notes.values_mut().filter_map(|note| note.source.as_mut()) {
        if source.room == e.room {
            source.name.clone_from(&e.name);
        }
    }
}

pub(super) fn room_removed(view: &mut MeetingView, e: &RoomRemoved) {
    view.rooms.remove(&e.room);
}

pub(super) fn facilitator_set(view: &mut MeetingView, e: &FacilitatorSet) {
    each_room(view, e.room, |room| room.facilitator = e.person.as_ref().map(|person| person.id));
    if let (Some(seat), Some(person)) = (seat_in(view, e.room), &e.person) {
        seat.people.insert(person.id, person.clone());
    }
    forget_strangers(view, e.room);
}

pub(super) fn member_added(view: &mut MeetingView, e: &MemberAdded) {
    each_room(view, e.room, |room| room.members.push(e.person.id));
    if let Some(seat) = seat_in(view, e.room) {
        seat.people.insert(e.person.id, e.person.clone());
    }
}

pub(super) fn member_removed(view: &mut MeetingView, e: &MemberRemoved) {
    each_room(view, e.room, |room| room.members.retain(|member| *member != e.person));
    forget_strangers(view, e.room);
}

pub(super) fn visitor_entered(view: &mut MeetingView, e: &VisitorEntered) {
    each_room(view, e.room, |room| room.visitors.push(e.person.id));
    if let Some(seat) = seat_in(view, e.room) {
        seat.people.insert(e.person.id, e.person.clone());
    }
}

pub(super) fn visitor_left(view: &mut MeetingView, e: &VisitorLeft) {
    each_room(view, e.room, |room| room.visitors.retain(|visitor| *visitor != e.person));
    forget_strangers(view, e.room);
}

pub(super) fn seat_taken(view: &mut MeetingView, e: &SeatTaken) {
    view.seat = Some((*e.seat).clone());
}

pub(super) fn seat_left(view: &mut MeetingView, _e: &SeatLeft) {
    view.seat = None;
}

pub(super) fn room_choices_offered(view: &mut MeetingView, e: &RoomChoicesOffered) {
    view.room_choices = e.choices.iter().map(|choice| (choice.id, choice.clone())).collect();
}

pub(super) fn room_choice_changed(view: &mut MeetingView, e: &RoomChoiceChanged) {
    view.room_choices.insert(e.choice.id, e.choice.clone());
}

pub(super) fn room_activity_changed(view: &mut MeetingView, e: &RoomActivityChanged) {
    each_room(view, e.room, |room| room.activity = Some(e.activity));
}

pub(super) fn turns_changed(view: &mut MeetingView, e: &TurnsChanged) {
    if let Some(seat) = seat_in(view, e.room) {
        seat.turns = e.turns.clone();
    }
}

pub(super) fn help_changed(view: &mut MeetingView, e: &HelpChanged) {
    each_room(view, e.room, |room| room.help = e.help);
}
