//! Deciding on what is handed on of earlier meetings: reads the meeting, gives a change or a rejection.
//!
//! What comes is laid over what is kept, meeting by meeting and round by round, so that pieces may come in any number
//! and the same may come again.

use alloc::collections::BTreeMap;
use alloc::string::ToString;
use alloc::vec::Vec;

use engawa_protocol::command::{EarlierMeeting, EarlierPulse, EarlierSitting, FollowMeeting};
use engawa_protocol::limits::ROUNDS_MAX;
use engawa_protocol::{Entity, Rejection, Resource};

use super::{Change, Earlier, Pulse, Series, Sitting};
use crate::context::Context;
use crate::meeting::Meeting;

pub(crate) fn follow_meeting(m: &Meeting, _cx: &Context, c: &FollowMeeting) -> Result<Change, Rejection> {
    let people =
        || c.meetings.iter().flat_map(|earlier| &earlier.sittings).flat_map(|sitting| &sitting.rooms);
    for person in people().flat_map(|room| &room.people) {
        if !m.roster.people.contains_key(person) {
            return Err(Rejection::NotFound { entity: Entity::Person });
        }
    }
    let mut series = m.series.clone();
    for earlier in &c.meetings {
        if earlier.meeting == m.info.id {
            return Err(Rejection::Malformed { detail: "a meeting cannot follow itself".to_string() });
        }
        lay_over(&mut series, earlier)?;
    }
    series.keep_only(|person| m.roster.people.contains_key(&person));
    series.bound();
    Ok(Change::Keep(series))
}

fn lay_over(series: &mut Series, c: &EarlierMeeting) -> Result<(), Rejection> {
    let place = series.meetings.iter().position(|kept| kept.meeting == c.meeting).unwrap_or_else(|| {
        series.meetings.push(Earlier {
            meeting: c.meeting,
            title: c.title.clone(),
            held_at: c.held_at,
            pulses: Vec::new(),
            sittings: Vec::new(),
        });
        series.meetings.len() - 1
    });
    let Some(kept) = series.meetings.get_mut(place) else { return Ok(()) };
    kept.title.clone_from(&c.title);
    kept.held_at = c.held_at;
    c.pulses.iter().for_each(|pulse| lay_pulse(&mut kept.pulses, pulse));
    c.sittings.iter().for_each(|sitting| lay_sitting(&mut kept.sittings, sitting));
    if kept.pulses.len() as u64 > ROUNDS_MAX {
        return Err(Rejection::TooMany { resource: Resource::Rounds, max: ROUNDS_MAX });
    }
    Ok(())
}

fn lay_pulse(kept: &mut Vec<Pulse>, c: &EarlierPulse) {
    let pulse =
        Pulse { round: c.round, title: c.title.clone(), distribution: c.distribution.clone(), sum: c.sum };
    match kept.iter_mut().find(|kept| kept.round == c.round) {
        Some(kept) => *kept = pulse,
        None => kept.push(pulse),
    }
}

fn lay_sitting(kept: &mut Vec<Sitting>, c: &EarlierSitting) {
    let seats = || c.rooms.iter().flat_map(|room| room.people.iter().map(|person| (*person, room.number)));
    match kept.iter_mut().find(|kept| kept.round == c.round) {
        Some(kept) => kept.seats.extend(seats()),
        None => kept.push(Sitting { round: c.round, seats: BTreeMap::from_iter(seats()) }),
    }
}
