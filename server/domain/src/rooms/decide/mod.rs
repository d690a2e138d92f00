//! Decisions of this area: reads the meeting, gives a change or a rejection.

mod groupings;
mod places;
mod talk;

use engawa_protocol::{Entity, Rejection, RoomId};

pub(crate) use groupings::*;
pub(crate) use places::*;
pub(crate) use talk::*;

use super::{Change, Room};
use crate::agenda::Round;
use crate::meeting::Meeting;

const NO_ROOM: Rejection = Rejection::NotFound { entity: Entity::Room };

/// A room and its round.
fn room_of(m: &Meeting, id: RoomId) -> Result<(&Room, &Round), Rejection> {
    let room = m.rooms.room(id).ok_or(NO_ROOM)?;
    let round = m.agenda.round(room.round).ok_or(NO_ROOM)?;
    Ok((room, round))
}

/// A room of a round that is going on.
fn running_room(m: &Meeting, id: RoomId) -> Result<(&Room, &Round), Rejection> {
    let (room, round) = room_of(m, id)?;
    if round.phase.is_running() { Ok((room, round)) } else { Err(Rejection::RoundNotRunning {}) }
}
