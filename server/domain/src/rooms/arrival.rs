//! People who come late: a seat for each at once, where they fit best.

use alloc::vec::Vec;

use engawa_protocol::{GroupingRule, PersonId, Role, RoundKind, limits};

use super::decide::is_present;
use super::evolve::{Moves, add_room};
use super::plan::{at_least_one, history_before_latest, late_room_name, participants};
use crate::context::{Context, Effects};
use crate::grouping::{History, Problem, Seat, Way, place_late};
use crate::meeting::Meeting;

/// The rooms of a round, filling up with people who come late.
pub(super) struct Seats<'a> {
    problem: Problem<'a>,
    rooms: Vec<Vec<u32>>,
    rule: GroupingRule,
}

impl<'a> Seats<'a> {
    pub(super) fn new(m: &Meeting, history: &'a History, rule: GroupingRule, rooms: Vec<Vec<u32>>) -> Self {
        let problem = Problem::new(participants(m).map(|(member, _)| member), history, 0);
        Self { problem, rooms, rule }
    }
}

/// Seats somebody who has no room: the place of the room in the list, one past the last for a new room. None:
/// they stay in the plenary, because rooms are chosen, or none can take them.
///
/// A mixed room or a table may take one person more than planned before a new room is opened: to sit alone is
/// worse than to be one too many. Rooms made by hand take whom they are given, and no room is added to them.
pub(super) fn seat_late(seats: &mut Seats<'_>, person: u32) -> Option<usize> {
    let no_limit = at_least_one(u32::try_from(limits::ROOM_MEMBERS_MAX).unwrap_or(u32::MAX));
    let find = |way: &Way, size| place_late(&seats.problem, &seats.rooms, person, way, at_least_one(size));
    let sized = |way: Way, size: u32| match find(&way, size) {
        Seat::Room(place) => Seat::Room(place),
        Seat::NewRoom => find(&way, size.saturating_add(1)),
    };
    let seat = match seats.rule {
        GroupingRule::Team {} => find(&Way::ByTeam, no_limit.get()),
        GroupingRule::Partners { teams_per_room } => {
            find(&Way::Partners { teams_per_room: at_least_one(teams_per_room) }, no_limit.get())
        }
        GroupingRule::Mixed { room_size } => {
            sized(Way::Mixed { room_size: at_least_one(room_size) }, room_size)
        }
        // Where a late guest sits depends on the tables as they are, not on the plan of the café.
        GroupingRule::WorldCafe { table_size } => {
            sized(Way::Mixed { room_size: at_least_one(table_size) }, table_size)
        }
        GroupingRule::Manual {} if seats.rooms.is_empty() => return None,
        GroupingRule::Manual {} => find(&manual_way(seats, no_limit), no_limit.get()),
        GroupingRule::Open { .. } => return None,
    };
    let place = match seat {
        Seat::Room(place) => place,
        Seat::NewRoom if seats.rooms.len() as u64 >= limits::ROOMS_PER_ROUND_MAX => return None,
        Seat::NewRoom => {
            seats.rooms.push(Vec::new());
            seats.rooms.len() - 1
        }
    };
    let room = seats.rooms.get_mut(place)?;
    if room.len() as u64 >= limits::ROOM_MEMBERS_MAX {
        return None;
    }
    room.push(person);
    Some(place)
}

/// Rooms made by hand are filled in the way they look: team-mates together if they sit together, else apart.
fn manual_way(seats: &Seats<'_>, size: core::num::NonZeroU32) -> Way {
    let together = seats.rooms.iter().any(|room| {
        let mut teams: Vec<u32> = room.iter().filter_map(|person| seats.problem.team_of(*person)).collect();
        teams.sort_unstable();
        teams.windows(2).any(|pair| pair[0] == pair[1])
    });
    if together { Way::Partners { teams_per_room: size } } else { Way::Mixed { room_size: size } }
}

/// A person came: while a dialogue round is going on, somebody who has no place in it is put where they fit best.
/// Who has a place keeps it, and who was taken out by hand stays out.
pub(crate) fn place_arrival(m: &mut Meeting, cx: &Context, person: PersonId, fx: &mut Effects) {
    let Some(round) = m.agenda.running().filter(|round| round.plan.kind == RoundKind::Dialogue) else {
        return;
    };
    let (round, rule) = (round.id, round.plan.grouping);
    let participant = m.roster.person(person).is_some_and(|person| person.role == Role::Participant);
    let seated = m.rooms.place_of(person).is_some();
    if !participant || seated || m.rooms.kept_out.contains(&person) {
        return;
    }
    // Rooms are chosen: nothing to look for.
    if matches!(rule, GroupingRule::Open { .. }) {
        return;
    }
    let rooms: Vec<_> = m.rooms.of_round(round).map(|(id, _)| id).collect();
    let place = {
        let history = history_before_latest(m);
        seat_late(&mut Seats::new(m, &history, rule, m.rooms.seating(round)), person.0)
    };
    let Some(place) = place else { return };
    let room = match rooms.get(place) {
        Some(room) => *room,
        None => {
            let name = late_room_name(m, rule, person);
            add_room(m, round, name, fx)
        }
    };
    let mut moves = Moves::default();
    moves.go(m, cx, person, Some(room), fx);
    moves.finish(m, fx);
}

/// As [`place_arrival`], if the person is here.
pub(super) fn place_if_here(m: &mut Meeting, cx: &Context, person: PersonId, fx: &mut Effects) {
    if is_present(&m.roster, person) {
        place_arrival(m, cx, person, fx);
    }
}
