//! What a round's life does to its rooms: clocks that stop and go on, and the end.

use alloc::vec::Vec;

use engawa_protocol::view::HelpState;
use engawa_protocol::{GroupingRule, PersonId, RoomId, RoundId};

use super::super::decide::is_present;
use super::super::{Room, turns};
use super::places::emit_choices;
use super::{set_help, set_turns};
use crate::boards;
use crate::context::{Context, Effects};
use crate::meeting::Meeting;
use crate::rooms::{arrival, plan, stays};

fn rooms_with(m: &Meeting, round: RoundId, wanted: impl Fn(&Room) -> bool) -> Vec<RoomId> {
    m.rooms.of_round(round).filter(|(_, room)| wanted(room)).map(|(id, _)| id).collect()
}

fn someone_speaks(room: &Room) -> bool {
    turns::speaker(room.turns.state).is_some()
}

/// The round is paused: every turn's clock stands still.
pub(crate) fn pause_turns(m: &mut Meeting, cx: &Context, round: RoundId, fx: &mut Effects) {
    for id in rooms_with(m, round, someone_speaks) {
        let Some(mut turns) = m.rooms.room(id).map(|room| room.turns.clone()) else { continue };
        turns.state = turns::pause(turns.state, cx.at);
        set_turns(m, id, turns, fx);
    }
}

/// The round goes on: every turn's clock too.
pub(crate) fn resume_turns(m: &mut Meeting, cx: &Context, round: RoundId, fx: &mut Effects) {
    for id in rooms_with(m, round, someone_speaks) {
        let Some(mut turns) = m.rooms.room(id).map(|room| room.turns.clone()) else { continue };
        turns.state = turns::resume(turns.state, cx.at);
        set_turns(m, id, turns, fx);
    }
}

/// The round is over: turns stop and count, calls for help are settled, no note stays hidden, rooms are not chosen
/// any more. Everybody stays where they are, to read, until another round opens rooms.
pub(crate) fn close_rooms(m: &mut Meeting, cx: &Context, round: RoundId, fx: &mut Effects) {
    for id in rooms_with(m, round, someone_speaks) {
        let Some(mut turns) = m.rooms.room(id).map(|room| room.turns.clone()) else { continue };
        turns::book(&mut turns, cx.at);
        set_turns(m, id, turns, fx);
    }
    for id in rooms_with(m, round, |room| room.help != (HelpState::Quiet {})) {
        set_help(m, id, HelpState::Quiet {}, fx);
    }
    boards::reveal_round(m, round, fx);
    stays::follow_round(m, cx.at, round);
    if chooses(m, round) {
        emit_choices(m, fx);
    }
}

/// The end of the round is undone: rooms can be chosen again, and who came in the meantime is seated.
pub(crate) fn reopen_rooms(m: &mut Meeting, cx: &Context, round: RoundId, fx: &mut Effects) {
    stays::follow_round(m, cx.at, round);
    if chooses(m, round) {
        emit_choices(m, fx);
    }
    let newcomers: Vec<PersonId> = plan::participants(m)
        .map(|(member, _)| PersonId(member.person))
        .filter(|person| m.rooms.place_of(*person).is_none() && is_present(&m.roster, *person))
        .collect();
    for person in newcomers {
        arrival::place_arrival(m, cx, person, fx);
    }
}

fn chooses(m: &Meeting, round: RoundId) -> bool {
    m.agenda.round(round).is_some_and(|round| matches!(round.plan.grouping, GroupingRule::Open { .. }))
}
