//! The record of a meeting: all that goes out as files, as data. Owns what is in it for whom; must not know files, words
//! or time zones.
//!
//! It is made of the views that its reader has anyway ([`project`](crate::project())), so it cannot tell what a screen of
//! that role would not: no author of a board that hides them, no ballot, no tally before its time, no pulse with a
//! name. Rooms and their boards are the coordinators'; the rest is the secretariat's as well. Answers to free questions
//! stand in it, which are on no screen: without names, and in an order that says nothing of who gave them.

mod rooms_of;
mod without_names;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use engawa_protocol::view::{
    AnnouncementView, Answer, BoardView, MeetingInfo, PersonView, PosterView, PulseView, QuestionnaireView,
    RoomView, RoundView, TeamView, VoteView,
};
use engawa_protocol::{
    AnnouncementId, BoardId, Ledger, PersonId, PosterId, QuestionId, Role, RoomId, RoundId, Seq, TeamId,
    Timestamp,
};
use serde::Serialize;

use crate::audience::{RoleSet, ViewerClass};
use crate::meeting::Meeting;
use crate::{boards, posters, rooms, roster, series, voices, vote};

pub use crate::agenda::Moment;
pub use rooms_of::{RoomOfRound, rooms_of_round};

/// Nobody: people are counted from 1. Whoever makes a record sees in it nothing of their own.
const READER: PersonId = PersonId(0);

/// Whether people's names stand in a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Edition {
    /// With names, where the board showed them.
    Named,
    /// Without any name from the roster. What people have written stays as they wrote it.
    Nameless,
}

/// Everything that goes out as files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// With names or without.
    pub edition: Edition,
    /// For whom it was made: the coordinator or the secretariat.
    pub role: Role,
    /// The meeting as a whole.
    pub meeting: MeetingInfo,
    /// The last entry in it.
    pub seq: Seq,
    /// The time of that entry: what is in the record is as it was then.
    pub at: Timestamp,
    /// Teams.
    pub teams: BTreeMap<TeamId, TeamView>,
    /// People, removed ones included; none without names.
    pub people: BTreeMap<PersonId, PersonView>,
    /// The rounds: those that have begun as they ran, then those that wait.
    pub rounds: Vec<RoundRecord>,
    /// Rooms by id; the coordinators' alone.
    pub rooms: BTreeMap<RoomId, RoomRecord>,
    /// Who was in which room when, by room and time; the coordinators' alone, and none without names.
    pub stays: Vec<StayRecord>,
    /// Boards: the plenary's, and for coordinators those of the rooms.
    pub boards: BTreeMap<BoardId, BoardView>,
    /// Announcements that were not withdrawn.
    pub announcements: BTreeMap<AnnouncementId, AnnouncementView>,
    /// Posters with what was left on them.
    pub posters: BTreeMap<PosterId, PosterView>,
    /// The vote; standings only for whom they are at this moment.
    pub vote: VoteView,
    /// Pulses by round.
    pub pulses: BTreeMap<RoundId, PulseView>,
    /// Earlier meetings of the study group with their pulses, oldest first, and this one last; empty if it follows none.
    pub series: Vec<MeetingPulses>,
    /// The questionnaire and its counts.
    pub questionnaire: QuestionnaireView,
    /// Answers to free questions, in the order of their texts.
    pub texts: BTreeMap<QuestionId, Vec<String>>,
}

/// A round as it ran.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoundRecord {
    /// What it was, and where it stands.
    pub round: RoundView,
    /// When it was to begin, counted from the opening of the first round by the planned times; none before anything has
    /// opened, and behind a round without a planned time.
    pub planned_at: Option<Timestamp>,
    /// For how long its clocks stood still.
    pub paused_ms: u64,
    /// What happened to it, oldest first.
    pub course: Vec<(Timestamp, Moment)>,
}

/// The pulses of one meeting of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeetingPulses {
    /// Its title.
    pub title: String,
    /// When it was held.
    pub held_at: Timestamp,
    /// The pulse of its rounds: title, distribution in steps of ten, sum.
    pub rounds: Vec<(String, Vec<u32>, u32)>,
}

/// A room as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoomRecord {
    /// The room.
    pub room: RoomView,
    /// How many members it had.
    pub members: u32,
    /// The teams they are of.
    pub teams: BTreeSet<TeamId>,
}

/// Somebody was in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct StayRecord {
    /// Which.
    pub room: RoomId,
    /// Who.
    pub person: PersonId,
    /// From when.
    pub from: Timestamp,
    /// Until when; none: still.
    pub until: Option<Timestamp>,
}

/// The record as it is now, for somebody of this role; none for those who get none.
#[must_use]
pub fn record(meeting: &Meeting, role: Role, edition: Edition) -> Option<Record> {
    if !RoleSet::OFFICE.contains(role) {
        return None;
    }
    let m = meeting;
    let class = &ViewerClass { role, team: None, room: None, person: Some(READER) };
    let rooms = if role.guides() { room_records(m, class) } else { BTreeMap::new() };
    let mut record = Record {
        edition,
        role,
        meeting: m.info.clone(),
        seq: m.seq,
        at: m.at,
        teams: roster::team_views(m),
        people: m.roster.people.keys().filter_map(|id| Some((*id, m.roster.person_view(*id)?))).collect(),
        rounds: round_records(m),
        stays: if role.guides() { stay_records(m, &rooms) } else { Vec::new() },
        boards: core::iter::once(BoardId::PLENARY)
            .chain(rooms.keys().map(|room| BoardId::of_room(*room)))
            .map(|id| (id, boards::board_view(m, id, class)))
            .collect(),
        rooms,
        announcements: voices::announcement_views(m, class),
        posters: posters::poster_views(m, class),
        vote: vote::vote_view(m, class),
        pulses: voices::pulse_views(m, class),
        series: series::pulses_of_all(m),
        questionnaire: voices::questionnaire_view(m, class),
        texts: texts(m),
    };
    if edition == Edition::Nameless {
        record.leave_out_names();
    }
    Some(record)
}

/// The ledger of a vote that has closed, for somebody of this role: whoever has it can count, so it is only for those
/// who may know the standings.
#[must_use]
pub fn ledger_for(meeting: &Meeting, role: Role) -> Option<&Ledger> {
    let class = ViewerClass { role, team: None, room: None, person: Some(READER) };
    let seen = vote::vote_view(meeting, &class);
    let counts = seen.standings.is_some() || seen.tally.is_some();
    meeting.ledger().filter(|_| counts && RoleSet::OFFICE.contains(role))
}

fn round_records(m: &Meeting) -> Vec<RoundRecord> {
    let opened_at = |round: &crate::agenda::Round| round.course.0.first().map(|(at, _)| *at);
    let mut planned_at = m.agenda.rounds.first().and_then(opened_at);
    let mut records = Vec::new();
    for round in &m.agenda.rounds {
        let begins = planned_at;
        planned_at = begins.zip(round.plan.duration_ms).map(|(at, ms)| Timestamp(at.0.saturating_add(ms)));
        records.push(RoundRecord {
            round: round.view(),
            planned_at: begins,
            paused_ms: round.course.paused_ms(m.at),
            course: round.course.0.clone(),
        });
    }
    records
}

fn room_records(m: &Meeting, class: &ViewerClass) -> BTreeMap<RoomId, RoomRecord> {
    let team_of = |person: &PersonId| m.roster.people.get(person).and_then(|person| person.team);
    rooms::room_views(m, class)
        .into_iter()
        .map(|(id, room)| {
            let members = u32::try_from(room.members.len()).unwrap_or(u32::MAX);
            let teams = room.members.iter().filter_map(team_of).collect();
            (id, RoomRecord { room, members, teams })
        })
        .collect()
}

fn stay_records(m: &Meeting, rooms: &BTreeMap<RoomId, RoomRecord>) -> Vec<StayRecord> {
    let stays = m.rooms.stays.all().filter(|(_, stay)| rooms.contains_key(&stay.0));
    let mut stays: Vec<StayRecord> = stays
        .map(|(person, stay)| StayRecord { room: stay.0, person, from: stay.1, until: stay.2 })
        .collect();
    stays.sort_by_key(|stay| (stay.room, stay.from, stay.person));
    stays
}

fn texts(m: &Meeting) -> BTreeMap<QuestionId, Vec<String>> {
    let mut texts: BTreeMap<QuestionId, Vec<String>> = m.questionnaire.unnamed.clone();
    for (question, answer) in m.questionnaire.answers.values().flatten() {
        match answer {
            Answer::Text { text } => texts.entry(*question).or_default().push(text.clone()),
            Answer::Scale { .. } | Answer::Choice { .. } => {}
        }
    }
    texts.values_mut().for_each(|texts| texts.sort_unstable());
    texts
}
