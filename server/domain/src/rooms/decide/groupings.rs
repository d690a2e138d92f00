//! Decisions about rooms of rounds that have not begun.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use engawa_protocol::command::{AdjustGrouping, DiscardGrouping, ProposeGrouping, SetGrouping};
use engawa_protocol::view::{GroupingRoom, GroupingView};
use engawa_protocol::{Entity, GroupingRule, PersonId, Rejection, Resource, RoundId, RoundKind, limits};

use super::super::plan::{self, Wish};
use super::{Change, NO_ROOM};
use crate::agenda::Round;
use crate::context::Context;
use crate::meeting::Meeting;

const NO_GROUPING: Rejection = Rejection::NotFound { entity: Entity::Grouping };

/// A dialogue round that has not begun.
fn plannable(m: &Meeting, id: RoundId) -> Result<&Round, Rejection> {
    let round = m.agenda.round(id).ok_or(Rejection::NotFound { entity: Entity::Round })?;
    if round.plan.kind != RoundKind::Dialogue {
        return Err(Rejection::RoundHasNoRooms {});
    }
    if round.phase.is_waiting() { Ok(round) } else { Err(Rejection::RoundBegun {}) }
}

/// Somebody on the roster, named once only.
fn named_once(m: &Meeting, seen: &mut BTreeSet<PersonId>, person: PersonId) -> Result<(), Rejection> {
    m.roster.person(person).ok_or(Rejection::NotFound { entity: Entity::Person })?;
    if seen.insert(person) { Ok(()) } else { Err(Rejection::PersonTwice { person }) }
}

pub(crate) fn propose_grouping(m: &Meeting, cx: &Context, c: &ProposeGrouping) -> Result<Change, Rejection> {
    let round = plannable(m, c.round)?;
    let rule = c.rule.unwrap_or(round.plan.grouping);
    let wish = Wish { rule, seed: c.seed, include_absent: c.include_absent };
    let (grouping, hosts) = plan::make(m, cx, round, wish)?;
    let round_rule = (rule != round.plan.grouping).then_some(rule);
    Ok(Change::Propose { grouping, hosts, round_rule })
}

pub(crate) fn adjust_grouping(m: &Meeting, _cx: &Context, c: &AdjustGrouping) -> Result<Change, Rejection> {
    plannable(m, c.round)?;
    let proposed = m.rooms.groupings.get(&c.round).ok_or(NO_GROUPING)?;
    if c.placements.len() as u64 > limits::MOVE_PEOPLE_MAX {
        return Err(Rejection::TooMany { resource: Resource::MovedPeople, max: limits::MOVE_PEOPLE_MAX });
    }
    let mut moved = BTreeSet::new();
    for placement in &c.placements {
        named_once(m, &mut moved, placement.person)?;
    }
    let mut rooms = proposed.rooms.clone();
    // Who is put into the room they are in keeps their turn in its order.
    let targets: BTreeMap<PersonId, Option<usize>> =
        c.placements.iter().map(|to| (to.person, to.room_index.map(|index| index as usize))).collect();
    for (index, room) in rooms.iter_mut().enumerate() {
        room.members.retain(|person| targets.get(person).is_none_or(|target| *target == Some(index)));
    }
    for placement in &c.placements {
        let Some(index) = placement.room_index.map(|index| index as usize) else { continue };
        if index == rooms.len() {
            rooms.push(GroupingRoom { name: String::new(), facilitator: None, members: Vec::new() });
        }
        let room = rooms.get_mut(index).ok_or(NO_ROOM)?;
        if !room.members.contains(&placement.person) {
            room.members.push(placement.person);
        }
    }
    let mut grouping = plan::judged(m, c.round, proposed.rule, proposed.seed, rooms)?;
    grouping.adjusted = true;
    let hosts = m.rooms.proposed_hosts.get(&c.round).cloned().unwrap_or_default();
    Ok(Change::Propose { grouping, hosts, round_rule: None })
}

pub(crate) fn set_grouping(m: &Meeting, _cx: &Context, c: &SetGrouping) -> Result<Change, Rejection> {
    plannable(m, c.round)?;
    let mut seen = BTreeSet::new();
    let mut rooms = Vec::with_capacity(c.rooms.len());
    for room in &c.rooms {
        for member in &room.members {
            named_once(m, &mut seen, *member)?;
        }
        if let Some(facilitator) = room.facilitator {
            super::places::may_facilitate(m, facilitator)?;
        }
        rooms.push(GroupingRoom {
            name: room.name.clone(),
            facilitator: room.facilitator,
            members: room.members.clone(),
        });
    }
    // Who only names rooms or gives them facilitators leaves the way in which they were made, and a café's hosts, as they were.
    if let Some(proposed) = m.rooms.groupings.get(&c.round).filter(|proposed| same_people(proposed, &rooms)) {
        let mut grouping = plan::judged(m, c.round, proposed.rule, proposed.seed, rooms)?;
        grouping.adjusted = proposed.adjusted;
        let hosts = m.rooms.proposed_hosts.get(&c.round).cloned().unwrap_or_default();
        return Ok(Change::Propose { grouping, hosts, round_rule: None });
    }
    let grouping = plan::judged(m, c.round, GroupingRule::Manual {}, None, rooms)?;
    Ok(Change::Propose { grouping, hosts: Vec::new(), round_rule: None })
}

/// Whether the same people sit in the same rooms, in the same order.
fn same_people(proposed: &GroupingView, rooms: &[GroupingRoom]) -> bool {
    proposed.rooms.len() == rooms.len()
        && proposed.rooms.iter().zip(rooms).all(|(before, now)| before.members == now.members)
}

pub(crate) fn discard_grouping(m: &Meeting, _cx: &Context, c: &DiscardGrouping) -> Result<Change, Rejection> {
    plannable(m, c.round)?;
    m.rooms.groupings.get(&c.round).ok_or(NO_GROUPING)?;
    Ok(Change::Discard { round: c.round })
}
