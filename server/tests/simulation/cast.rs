//! The meeting that every run begins with: who is on the roster, what is planned, what has already happened.

use bytes::Bytes;
use engawa_domain::{CreateMeeting, Entropy, Grant, Input, Origin, RULES_VERSION, SystemInput, Viewer};
use engawa_protocol::command::{
    AddPerson, AddPoster, AddRound, AddTeam, OpenRound, OpenVote, SetVoteRules, VisitRoom,
};
use engawa_protocol::{
    AuthorDisplay, BoardTemplate, ClientSeq, Command, DeviceId, GroupingRule, Language, MeetingId, PersonId,
    Role, RoomId, RoundId, RoundKind, RoundPlan, TallyDisplay, TeamId, VoteRules, Voters,
};
use rand::Rng as _;
use uuid::Uuid;

use crate::dice::stream;
use crate::plan::{Focus, PEOPLE, Plan};

/// The meeting.
pub(crate) const MEETING: MeetingId = MeetingId(Uuid::from_u128(0x0e6a_3a00_0000_4000_8000_0000_0000_0001));

/// Somebody's role.
pub(crate) fn role(person: u32) -> Role {
    match person {
        0 => Role::Screen,
        1 => Role::Coordinator,
        2 => Role::Facilitator,
        3 => Role::Secretariat,
        4..=9 => Role::Participant,
        _ => Role::Observer,
    }
}

/// The team of a participant.
pub(crate) fn team(person: u32) -> Option<TeamId> {
    match person {
        4..=6 => Some(TeamId(1)),
        7..=8 => Some(TeamId(2)),
        9 => Some(TeamId(3)),
        _ => None,
    }
}

/// What somebody's link grants.
pub(crate) fn grant(person: u32) -> Grant {
    let known = (person > 0).then_some(PersonId(person));
    Grant { role: role(person), person: known, generation: 0 }
}

/// Who somebody is to the rules.
pub(crate) fn viewer(person: u32) -> Viewer {
    if person == 0 { Viewer::Screen } else { Viewer::Person(PersonId(person)) }
}

/// One of somebody's devices.
pub(crate) fn device(person: u32, number: u32) -> DeviceId {
    let number = u128::from(person) * 100 + u128::from(number);
    DeviceId(Uuid::from_u128(0x0000_0000_0000_4000_8000_0000_0000_0000 + number))
}

/// Whose ballots a meeting counts: teams in half of all plans.
pub(crate) fn voters(plan: &Plan) -> Voters {
    if plan.seed.is_multiple_of(2) { Voters::Teams } else { Voters::Persons }
}

fn plan_of(round: u32, focus: Focus) -> RoundPlan {
    let (kind, grouping, duration_ms) = match (focus, round) {
        (Focus::Contention, _) => (RoundKind::Dialogue, GroupingRule::Mixed { room_size: 12 }, None),
        (Focus::Everything, 0) => (RoundKind::Dialogue, GroupingRule::Mixed { room_size: 3 }, Some(4_000)),
        (Focus::Everything, 1) => (RoundKind::Plenary, GroupingRule::Manual {}, Some(1_200)),
        (Focus::Everything, 2) => (RoundKind::Dialogue, GroupingRule::Team {}, Some(2_000)),
        (Focus::Everything, 3) => (RoundKind::Posters, GroupingRule::Manual {}, None),
        (Focus::Everything, _) => (RoundKind::Dialogue, GroupingRule::Open { rooms: 2 }, Some(3_000)),
    };
    RoundPlan {
        kind,
        title: format!("対話 {}", round + 1),
        question: String::new(),
        duration_ms,
        grouping,
        turn_ms: (kind == RoundKind::Dialogue).then_some(900),
        template: BoardTemplate::Kpt,
        authors: if round == 2 { AuthorDisplay::Hidden } else { AuthorDisplay::Shown },
        countdown_ms: 300,
    }
}

/// What the log holds before anybody comes.
pub(crate) fn log(plan: &Plan) -> Vec<Bytes> {
    let create = CreateMeeting {
        meeting: MEETING,
        rules_version: RULES_VERSION,
        title: "第5回研究会".into(),
        language: Language::Ja,
        coordinator: "進行 1".into(),
        keep_until: None,
    };
    let mut origins = vec![Origin::System { input: SystemInput::CreateMeeting(create) }];
    let mut number = 0;
    let mut asks = |by: u32, command: Command| {
        number += 1;
        let (device, client_seq) = (device(by, 99), ClientSeq(number));
        origins.push(Origin::Person { person: PersonId(by), device, client_seq, command });
    };
    for (index, name) in ["弘前市", "むつ市", "松本市"].into_iter().enumerate() {
        asks(1, AddTeam { name: name.into(), region: None }.into());
        let (team, title) = (TeamId(index as u32 + 1), format!("ポスター {name}"));
        asks(1, AddPoster { team, title, summary: String::new(), file: None }.into());
    }
    for &person in &PEOPLE[1..] {
        let name = format!("担当 {person}");
        let (role, team) = (role(person), team(person));
        asks(1, AddPerson { name, role, team, email: Some(format!("tantou{person}@example.jp")) }.into());
    }
    let rounds = if plan.focus == Focus::Contention { 1 } else { 5 };
    for round in 0..rounds {
        asks(1, AddRound { plan: plan_of(round, plan.focus), before: None }.into());
    }
    let rules = VoteRules {
        voters: voters(plan),
        choices_max: 2,
        own_team_allowed: true,
        tally_display: TallyDisplay::Secretariat,
        opens_at: None,
        closes_at: None,
    };
    asks(3, SetVoteRules { rules }.into());
    let arrivals = PEOPLE.iter().map(|person| SystemInput::Arrive { person: PersonId(*person) });
    origins.extend(arrivals.map(|input| Origin::System { input }));
    let mut later = |by: u32, command: Command| {
        number += 1;
        let (device, client_seq) = (device(by, 99), ClientSeq(number));
        origins.push(Origin::Person { person: PersonId(by), device, client_seq, command });
    };
    later(1, OpenRound { round: RoundId(1) }.into());
    later(2, VisitRoom { room: Some(RoomId(1)) }.into());
    later(3, OpenVote {}.into());
    let mut dice = stream(plan.seed, "prepared", &[]);
    let payloads = origins.into_iter().map(|origin| Input { entropy: Entropy(dice.random()), origin });
    payloads.map(|input| serde_json::to_vec(&input).expect("an entry is JSON").into()).collect()
}
