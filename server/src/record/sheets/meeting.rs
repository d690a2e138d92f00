//! Tables of the meeting as it ran: what it was, its rounds, its rooms, and who was in them.

use engawa_domain::record::{Edition, Moment};
use engawa_protocol::view::VotePhase;
use engawa_protocol::{BoardId, RoundKind, RoundPhase, Timestamp};

use super::super::times;
use super::super::told::Told;
use super::{Cell, count};

/// What the record is of.
pub(super) fn about<'a>(told: &Told<'a>) -> Vec<Vec<Cell<'a>>> {
    let (record, words) = (told.record, &told.words.about);
    let meeting = &record.meeting;
    let ended = meeting.ended_at.map_or(Cell::from(words.running), Cell::Time);
    let (edition, scope) = (
        match record.edition {
            Edition::Named => words.named,
            Edition::Nameless => words.nameless,
        },
        if record.role.guides() { words.scope_coordinator } else { words.scope_secretariat },
    );
    let mut rows = vec![
        vec![words.title.into(), meeting.title.as_str().into()],
        vec![words.meeting.into(), meeting.id.to_string().into()],
        vec![words.created.into(), Cell::Time(meeting.created_at)],
        vec![words.ended.into(), ended],
        vec![words.as_of.into(), Cell::Time(record.at)],
        vec![words.entry.into(), record.seq.0.to_string().into()],
        vec![words.edition.into(), edition.into()],
        vec![words.scope.into(), scope.into()],
        vec![words.time_zone.into(), words.japan.into()],
    ];
    let withheld = match record.vote.phase {
        VotePhase::Drafted {} => None,
        VotePhase::Open { .. } => Some(words.vote_open),
        VotePhase::Closed { .. } => told.standings().is_none().then_some(words.standings_withheld),
    };
    let nameless = (record.edition == Edition::Nameless).then_some(words.nameless_hint);
    rows.extend(nameless.into_iter().chain(withheld).map(|hint| vec![words.hint.into(), hint.into()]));
    rows
}

/// When a round opened and when it ended.
const fn real(phase: RoundPhase) -> (Option<Timestamp>, Option<Timestamp>) {
    match phase {
        RoundPhase::Waiting {} => (None, None),
        RoundPhase::Open { opened_at, .. }
        | RoundPhase::Paused { opened_at, .. }
        | RoundPhase::Closing { opened_at, .. } => (Some(opened_at), None),
        RoundPhase::Ended { opened_at, ended_at } => (Some(opened_at), Some(ended_at)),
    }
}

fn phase_name(told: &Told<'_>, phase: RoundPhase) -> &'static str {
    told.words.phases[match phase {
        RoundPhase::Waiting {} => 0,
        RoundPhase::Open { .. } => 1,
        RoundPhase::Paused { .. } => 2,
        RoundPhase::Closing { .. } => 3,
        RoundPhase::Ended { .. } => 4,
    }]
}

fn kind_name(told: &Told<'_>, kind: RoundKind) -> &'static str {
    told.words.kinds[match kind {
        RoundKind::Plenary => 0,
        RoundKind::Dialogue => 1,
        RoundKind::Posters => 2,
        RoundKind::Break => 3,
    }]
}

/// The agenda as it ran.
pub(super) fn agenda<'a>(told: &Told<'a>) -> Vec<Vec<Cell<'a>>> {
    let row = |(number, record): (usize, &'a engawa_domain::record::RoundRecord)| {
        let (plan, phase) = (&record.round.plan, record.round.phase);
        let (opened_at, ended_at) = real(phase);
        let planned_end = record.planned_at.zip(plan.duration_ms);
        let took = opened_at.zip(ended_at).map(|(from, until)| until.since_ms(from));
        let minutes = |ms: Option<u64>| ms.map_or(Cell::Empty, |ms| Cell::Number(times::minutes(ms)));
        vec![
            count(number),
            kind_name(told, plan.kind).into(),
            plan.title.as_str().into(),
            plan.question.as_str().into(),
            record.planned_at.into(),
            planned_end.map(|(at, ms)| Timestamp(at.0.saturating_add(ms))).into(),
            minutes(plan.duration_ms),
            opened_at.into(),
            ended_at.into(),
            minutes(took),
            minutes(opened_at.map(|_| record.paused_ms)),
            phase_name(told, phase).into(),
        ]
    };
    (1..).zip(&told.record.rounds).map(row).collect()
}

/// What happened to each round and when.
pub(super) fn course<'a>(told: &Told<'a>) -> Vec<Vec<Cell<'a>>> {
    let moment_name = |moment: Moment| {
        told.words.moments[match moment {
            Moment::Opened => 0,
            Moment::Paused => 1,
            Moment::Resumed => 2,
            Moment::TimeChanged => 3,
            Moment::ClosingBegun => 4,
            Moment::Ended => 5,
            Moment::Reopened => 6,
        }]
    };
    let rounds = told.record.rounds.iter();
    rounds
        .flat_map(|round| round.course.iter().map(move |moment| (round.round.id, moment)))
        .map(|(round, (at, moment))| {
            vec![told.round_name(round).into(), Cell::Time(*at), moment_name(*moment).into()]
        })
        .collect()
}

/// Rooms of all rounds; with the edition's columns.
pub(super) fn rooms<'a>(told: &Told<'a>) -> Vec<Vec<Cell<'a>>> {
    let row = |record: &'a engawa_domain::record::RoomRecord| {
        let room = &record.room;
        let teams: Vec<&str> = record.teams.iter().map(|team| told.team_names(Some(*team)).0).collect();
        let notes = told.record.boards.get(&BoardId::of_room(room.id)).map_or(0, |board| board.notes.len());
        let facilitator = room.facilitator.map_or("", |person| told.record.name_of(person));
        let mut row = vec![told.round_name(room.round).into(), room.number.into(), room.name.as_str().into()];
        row.extend(told.is_named().then_some(Cell::from(facilitator)));
        row.extend([record.members.into(), teams.join("、").into(), count(notes)]);
        row
    };
    told.record.rooms.values().map(row).collect()
}

/// Who was in which room when.
pub(super) fn stays<'a>(told: &Told<'a>) -> Vec<Vec<Cell<'a>>> {
    let row = |stay: &'a engawa_domain::record::StayRecord| {
        let room = &told.record.rooms.get(&stay.room)?.room;
        let person = told.record.people.get(&stay.person)?;
        let role = engawa_protocol::Role::ALL.iter().position(|role| *role == person.role)?;
        let until = stay.until.unwrap_or(told.record.at);
        Some(vec![
            told.round_name(room.round).into(),
            room.number.into(),
            room.name.as_str().into(),
            person.name.as_str().into(),
            told.team_of(stay.person).into(),
            (*told.words.roles.get(role)?).into(),
            Cell::Time(stay.from),
            stay.until.into(),
            Cell::Number(times::minutes(until.since_ms(stay.from))),
        ])
    };
    told.record.stays.iter().filter_map(row).collect()
}
