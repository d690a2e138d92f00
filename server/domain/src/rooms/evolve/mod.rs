//! Making decided changes: alters the state and says who learns what.
//!
//! A room is told to those in it and to coordinators and facilitators in one emission, so that a facilitator who
//! visits it folds it once. Seats come last in an entry: what is told of a room before somebody's seat in it does
//! not concern their view yet, and the seat carries all of it.

mod opening;
mod places;
mod talk;

use engawa_protocol::event::{
    GroupingDiscarded, GroupingProposed, HelpChanged, RoomActivityChanged, TurnsChanged,
};
use engawa_protocol::view::{HelpState, TurnsView};
use engawa_protocol::{RoomId, RoundId};

pub(crate) use opening::open_rooms;
pub(in crate::rooms) use places::{Moves, add_room};
pub(crate) use places::{forget_person, role_changed};
pub(crate) use talk::{close_rooms, pause_turns, reopen_rooms, resume_turns};

use super::{Change, project, turns};
use crate::agenda;
use crate::audience::{Audience, RoleSet};
use crate::context::{Context, Effects};
use crate::meeting::Meeting;

const GUIDES: Audience = Audience::roles(RoleSet::GUIDES);

/// Those in a room, and those who see all rooms.
fn room_and_guides(room: RoomId) -> Audience {
    Audience::room(room).and_roles(RoleSet::GUIDES)
}

pub(crate) fn evolve(m: &mut Meeting, cx: &Context, change: Change, fx: &mut Effects) {
    match change {
        Change::Propose { grouping, hosts, round_rule } => {
            let round = grouping.round;
            let plan = m.agenda.round(round).map(|round| round.plan.clone());
            if let (Some(rule), Some(plan)) = (round_rule, plan) {
                agenda::edit_plan(m, round, engawa_protocol::RoundPlan { grouping: rule, ..plan }, fx);
            }
            m.rooms.proposed_hosts.remove(&round);
            if !hosts.is_empty() {
                m.rooms.proposed_hosts.insert(round, hosts);
            }
            m.rooms.groupings.insert(round, grouping.clone());
            fx.emit(GUIDES, GroupingProposed { grouping });
        }
        Change::Discard { round } => discard_proposal(m, round, fx),
        Change::Move { people, to } => places::move_people(m, cx, &people, to, fx),
        Change::AddRoom { round, name } => {
            let room = add_room(m, round, name, fx);
            fx.created = Some(room.0);
        }
        Change::RenameRoom { room, name } => places::rename_room(m, room, name, fx),
        Change::RemoveRoom { room } => places::remove_room(m, room, fx),
        Change::SetFacilitator { room, person } => places::set_facilitator(m, room, person, fx),
        Change::SetTurns { room, turns } => set_turns(m, room, turns, fx),
        Change::SetHelp { room, help } => set_help(m, room, help, fx),
    }
}

/// Drops the rooms proposed for a round, if there are any.
pub(crate) fn discard_proposal(m: &mut Meeting, round: RoundId, fx: &mut Effects) {
    m.rooms.proposed_hosts.remove(&round);
    if m.rooms.groupings.remove(&round).is_some() {
        fx.emit(GUIDES, GroupingDiscarded { round });
    }
}

/// Tells coordinators and facilitators what goes on in a room.
pub(crate) fn emit_activity(m: &Meeting, id: RoomId, fx: &mut Effects) {
    if let Some(room) = m.rooms.room(id) {
        fx.emit(GUIDES, RoomActivityChanged { room: id, activity: project::activity(m, id, room) });
    }
}

fn set_turns(m: &mut Meeting, id: RoomId, turns: TurnsView, fx: &mut Effects) {
    let Some(room) = m.rooms.rooms.get_mut(&id) else { return };
    let another_speaks = turns::speaker(room.turns.state) != turns::speaker(turns.state);
    room.turns = turns.clone();
    fx.emit(Audience::room(id), TurnsChanged { room: id, turns });
    if another_speaks {
        emit_activity(m, id, fx);
    }
}

fn set_help(m: &mut Meeting, id: RoomId, help: HelpState, fx: &mut Effects) {
    if let Some(room) = m.rooms.rooms.get_mut(&id) {
        room.help = help;
        fx.emit(room_and_guides(id), HelpChanged { room: id, help });
    }
}
