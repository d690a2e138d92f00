//! From the meeting to the plain numbers of [`crate::grouping`] and back: who is to be placed, who sat with whom,
//! which round of a café it is, how good rooms are.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::num::NonZeroU32;

use engawa_protocol::view::{Attendance, GroupingQuality, GroupingRoom, GroupingView};
use engawa_protocol::{GroupingRule, PersonId, Rejection, Resource, Role, RoundId, RoundKind, limits, text};

use super::Opening;
use super::arrival::{Seats, seat_late};
use crate::agenda::Round;
use crate::chance::Chance;
use crate::context::Context;
use crate::grouping::{self, History, Member, Problem, Way};
use crate::meeting::Meeting;

/// What the streams of chance are drawn for. Far from the numbers that grouping itself uses.
mod purpose {
    pub(super) const SEED: u64 = 101;
    pub(super) const SPEAKING_ORDER: u64 = 102;
}

/// How a proposal is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) rule: GroupingRule,
    pub(super) seed: Option<u64>,
    pub(super) include_absent: bool,
}

/// A number of people, rooms or teams that is at least 1.
pub(super) fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}

/// All participants, present or not. Staff and observers are not grouped.
pub(super) fn participants(m: &Meeting) -> impl Iterator<Item = (Member, Attendance)> {
    m.roster.present_or_not().filter(|(_, person)| person.role == Role::Participant).map(|(id, person)| {
        (Member { person: id.0, team: person.team.map(|team| team.0) }, person.attendance)
    })
}

/// Who is to be placed: the participants present or, while nobody has come (or if asked for), all of them.
fn to_be_placed(m: &Meeting, include_absent: bool) -> Vec<Member> {
    let all = || participants(m).map(|(member, _)| member).collect();
    if include_absent {
        return all();
    }
    let present: Vec<Member> = participants(m)
        .filter(|(_, attendance)| *attendance == Attendance::Present)
        .map(|(member, _)| member)
        .collect();
    if present.is_empty() { all() } else { present }
}

/// Who sat with whom before the latest round: in the meetings that this one follows, and in its own rounds.
pub(super) fn history_before_latest(m: &Meeting) -> Cow<'_, History> {
    if !m.series.has_sittings() {
        return Cow::Borrowed(&m.rooms.history);
    }
    let mut history = m.series.history();
    history.go_on_with(&m.rooms.history);
    Cow::Owned(history)
}

/// Who sat with whom before a round that has not opened.
fn history(m: &Meeting) -> History {
    let mut history = history_before_latest(m).into_owned();
    if let Some(latest) = m.rooms.latest {
        history.add_round(&m.rooms.seating(latest));
    }
    history
}

/// The café that a round belongs to: which of its rounds it is, and seed and hosts so far. Plenaries and breaks
/// in between do not end it.
fn cafe(m: &Meeting, round: &Round, rule: GroupingRule) -> (u32, Option<u64>, Vec<PersonId>) {
    let rounds = &m.agenda.rounds;
    let place = rounds.iter().position(|other| other.id == round.id).unwrap_or(rounds.len());
    let before = rounds[..place].iter().rev().filter(|other| other.plan.kind == RoundKind::Dialogue);
    let before: Vec<&Round> = before.take_while(|other| other.plan.grouping == rule).collect();
    let known = before.iter().find_map(|other| {
        let opened = m.rooms.opened.get(&other.id).filter(|opened| opened.rule == rule);
        let proposed = m.rooms.groupings.get(&other.id).filter(|grouping| grouping.rule == rule);
        opened.map(|opened| (opened.seed, opened.hosts.clone())).or_else(|| {
            let hosts = m.rooms.proposed_hosts.get(&other.id).cloned().unwrap_or_default();
            proposed.map(|grouping| (grouping.seed, hosts))
        })
    });
    let (seed, hosts) = known.unwrap_or_default();
    (count(before.len()), seed, hosts)
}

/// Makes rooms by a rule, with the hosts if it is a café's.
pub(super) fn make(
    m: &Meeting,
    cx: &Context,
    round: &Round,
    wish: Wish,
) -> Result<(GroupingView, Vec<PersonId>), Rejection> {
    let people = to_be_placed(m, wish.include_absent);
    let history = history(m);
    let mut seed = wish.seed;
    let way = match wish.rule {
        GroupingRule::Team {} => Some(Way::ByTeam),
        GroupingRule::Partners { teams_per_room } => {
            Some(Way::Partners { teams_per_room: at_least_one(teams_per_room) })
        }
        GroupingRule::Mixed { room_size } => Some(Way::Mixed { room_size: at_least_one(room_size) }),
        GroupingRule::WorldCafe { table_size } => {
            let (round_index, cafe_seed, hosts) = cafe(m, round, wish.rule);
            seed = seed.or(cafe_seed);
            let hosts = hosts.iter().map(|host| host.0).collect();
            Some(Way::WorldCafe { table_size: at_least_one(table_size), round_index, hosts })
        }
        GroupingRule::Open { .. } | GroupingRule::Manual {} => None,
    };
    let Some(way) = way else {
        let empty = if let GroupingRule::Open { rooms } = wish.rule { rooms } else { 0 };
        let room = || GroupingRoom { name: String::new(), facilitator: None, members: Vec::new() };
        let rooms: Vec<GroupingRoom> = (0..empty).map(|_| room()).collect();
        return Ok((judged(m, round.id, wish.rule, None, rooms)?, Vec::new()));
    };
    let seed = seed.unwrap_or_else(|| {
        let [a, b] = cx.entropy.0;
        Chance::for_purpose(a ^ b.rotate_left(32), purpose::SEED).next_u64() & limits::SAFE_INTEGER_MAX
    });
    let problem = Problem::new(people, &history, seed);
    let proposal = grouping::propose(&problem, &way);
    let rooms = named_rooms(m, wish.rule, seed, &proposal);
    let hosts = proposal.hosts.into_iter().map(PersonId).collect();
    Ok((judged(m, round.id, wish.rule, Some(seed), rooms)?, hosts))
}

/// Rooms with their names and an order of speaking: by chance, so that it is not always the same who begins; at a
/// café's table the host begins.
fn named_rooms(
    m: &Meeting,
    rule: GroupingRule,
    seed: u64,
    proposal: &grouping::Proposal,
) -> Vec<GroupingRoom> {
    let mut chance = Chance::for_purpose(seed, purpose::SPEAKING_ORDER);
    let room = |(place, people): (usize, &Vec<u32>)| {
        let mut members: Vec<PersonId> = people.iter().copied().map(PersonId).collect();
        chance.shuffle(&mut members);
        if let Some(host) = proposal.hosts.get(place).copied().map(PersonId) {
            members.sort_by_key(|member| *member != host);
        }
        GroupingRoom { name: room_name(m, rule, people), facilitator: None, members }
    };
    proposal.rooms.iter().enumerate().map(room).collect()
}

/// Rooms of whole teams carry their teams' names, as far as there is room for them.
fn room_name(m: &Meeting, rule: GroupingRule, people: &[u32]) -> String {
    match rule {
        GroupingRule::Team {} | GroupingRule::Partners { .. } => {}
        GroupingRule::Mixed { .. }
        | GroupingRule::WorldCafe { .. }
        | GroupingRule::Open { .. }
        | GroupingRule::Manual {} => return String::new(),
    }
    let person = |id: &u32| m.roster.person(PersonId(*id));
    let mut teams: Vec<_> = people.iter().filter_map(|id| person(id)?.team).collect();
    teams.sort_unstable();
    teams.dedup();
    let names: Vec<&str> =
        teams.iter().filter_map(|team| m.roster.team(*team)).map(|team| team.name.as_str()).collect();
    let name = names.join("・");
    if text::graphemes(&name) as u64 > limits::TITLE_GRAPHEMES_MAX { String::new() } else { name }
}

/// A proposal with its quality.
pub(super) fn judged(
    m: &Meeting,
    round: RoundId,
    rule: GroupingRule,
    seed: Option<u64>,
    rooms: Vec<GroupingRoom>,
) -> Result<GroupingView, Rejection> {
    if rooms.len() as u64 > limits::ROOMS_PER_ROUND_MAX {
        return Err(Rejection::TooMany { resource: Resource::Rooms, max: limits::ROOMS_PER_ROUND_MAX });
    }
    if rooms.iter().any(|room| room.members.len() as u64 > limits::ROOM_MEMBERS_MAX) {
        return Err(Rejection::TooMany { resource: Resource::RoomMembers, max: limits::ROOM_MEMBERS_MAX });
    }
    let quality = quality(m, &rooms);
    Ok(GroupingView { round, rule, seed, adjusted: false, rooms, quality })
}

/// How good rooms are for the people who are to be placed now.
pub(super) fn quality(m: &Meeting, rooms: &[GroupingRoom]) -> GroupingQuality {
    let mut people = to_be_placed(m, false);
    let seats: Vec<Vec<u32>> =
        rooms.iter().map(|room| room.members.iter().map(|person| person.0).collect()).collect();
    // Everybody who has been given a room counts, present or not.
    people.extend(seats.iter().flatten().map(|&id| {
        let team = m.roster.person(PersonId(id)).and_then(|person| person.team);
        Member { person: id, team: team.map(|team| team.0) }
    }));
    let history = history(m);
    let earlier_pairs = (!m.series.is_empty()).then(|| {
        let earlier = m.series.history();
        grouping::quality(&Problem::new(people.iter().copied(), &earlier, 0), &seats).repeated_pairs
    });
    let found = grouping::quality(&Problem::new(people, &history, 0), &seats);
    GroupingQuality {
        repeated_pairs: found.repeated_pairs,
        earlier_pairs,
        teammate_pairs: found.same_team_pairs,
        split_teams: found.split_teams,
        repeated_team_pairs: found.repeated_team_pairs,
        rooms: count(rooms.len()),
        smallest: if found.room_sizes.empty > 0 { 0 } else { found.room_sizes.smallest },
        largest: found.room_sizes.largest,
        unplaced: found.unplaced,
    }
}

/// The rooms that open with a round: those proposed, or made by its rule now; none for a round without rooms.
/// Participants who have come since the proposal are added where they fit best.
pub(crate) fn opening_of(m: &Meeting, cx: &Context, round: &Round) -> Result<Option<Opening>, Rejection> {
    match round.plan.kind {
        RoundKind::Dialogue => {}
        RoundKind::Plenary | RoundKind::Posters | RoundKind::Break => return Ok(None),
    }
    let (grouping, hosts) = match m.rooms.groupings.get(&round.id) {
        Some(proposed) => {
            let hosts = m.rooms.proposed_hosts.get(&round.id).cloned().unwrap_or_default();
            (proposed.clone(), hosts)
        }
        None => {
            let wish = Wish { rule: round.plan.grouping, seed: None, include_absent: false };
            make(m, cx, round, wish)?
        }
    };
    let GroupingView { rule, seed, mut rooms, .. } = grouping;
    // Rooms that a rule made and that have been emptied by hand would only stand about.
    rooms.retain(|room| {
        seed.is_none() || !room.members.is_empty() || room.facilitator.is_some() || !room.name.is_empty()
    });
    seat_newcomers(m, round, &mut rooms);
    Ok(Some(Opening { rule, seed, hosts, rooms }))
}

/// Seats participants who are present and in no proposed room.
fn seat_newcomers(m: &Meeting, round: &Round, rooms: &mut Vec<GroupingRoom>) {
    let mut placed: Vec<PersonId> = rooms.iter().flat_map(|room| room.members.iter().copied()).collect();
    placed.sort_unstable();
    let newcomers: Vec<u32> = participants(m)
        .filter(|(member, attendance)| {
            *attendance == Attendance::Present && placed.binary_search(&PersonId(member.person)).is_err()
        })
        .map(|(member, _)| member.person)
        .collect();
    if newcomers.is_empty() {
        return;
    }
    let history = history(m);
    let mut seats = Seats::new(
        m,
        &history,
        round.plan.grouping,
        rooms.iter().map(|room| room.members.iter().map(|person| person.0).collect()).collect(),
    );
    for person in newcomers {
        let Some(place) = seat_late(&mut seats, person) else { continue };
        if place == rooms.len() {
            let name = room_name(m, round.plan.grouping, &[person]);
            rooms.push(GroupingRoom { name, facilitator: None, members: Vec::new() });
        }
        rooms[place].members.push(PersonId(person));
    }
}

/// The name of a room that is opened for one person who came late.
pub(super) fn late_room_name(m: &Meeting, rule: GroupingRule, person: PersonId) -> String {
    room_name(m, rule, &[person.0])
}
