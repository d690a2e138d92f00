//! Rooms and seats as a viewer may see them.

use alloc::collections::BTreeMap;

use engawa_protocol::RoomId;
use engawa_protocol::view::{RoomChoice, RoomView, SeatView};

use crate::audience::ViewerClass;
use crate::meeting::Meeting;

/// All rooms, for those who see all.
pub(crate) fn room_views(_m: &Meeting, _class: &ViewerClass) -> BTreeMap<RoomId, RoomView> {
    BTreeMap::new()
}

/// The rooms that can be chosen in the running round.
pub(crate) fn room_choices(_m: &Meeting) -> BTreeMap<RoomId, RoomChoice> {
    BTreeMap::new()
}

/// The seat of somebody who is in a room.
pub(crate) fn seat_view(_m: &Meeting, _room: RoomId, _class: &ViewerClass) -> Option<SeatView> {
    None
}

/// A person came: while a dialogue round is going on, somebody who has no place in it is put where they fit best.
pub(crate) fn place_arrival(
    _m: &mut Meeting,
    _cx: &crate::context::Context,
    _person: engawa_protocol::PersonId,
    _fx: &mut crate::context::Effects,
) {
}

/// Takes a person out of every room's members, visitors and turns: they have been taken off the roster.
pub(crate) fn forget_person(
    _m: &mut Meeting,
    _cx: &crate::context::Context,
    _person: engawa_protocol::PersonId,
    _fx: &mut crate::context::Effects,
) {
}

/// Tells those who watch over all rooms what goes on in one.
pub(crate) fn emit_activity(_m: &Meeting, _room: RoomId, _fx: &mut crate::context::Effects) {}
