//! The oracle notices what it is there to notice: a small meeting is held in memory, then screens and logs are tampered
//! with.

use std::time::Instant;

use engawa_domain::{CreateMeeting, Entropy, Input, Origin, SystemInput};
use engawa_protocol::command::{AddNote, ImportRoster, OpenRound, SetAgenda};
use engawa_protocol::{
    AreaId, AuthorDisplay, BoardTemplate, ClientSeq, Command, DeviceId, GroupingRule, Language, MeetingId,
    NoteColor, Role, RoomId, RoundId, RoundKind, RoundPlan, Timestamp,
};
use uuid::Uuid;

use super::*;
use crate::client::{Fact, Sight, Witness};
use crate::marker::MarkedText;
use crate::names::{Staff, roster};
use crate::trouble::Finding;

const HOST: PersonId = PersonId(1);
const NOTE: Marker = Marker { kind: MarkedText::Note, author: PersonId(0), number: 1 };

struct Log {
    entries: Vec<Entry>,
}

impl Log {
    fn add(&mut self, origin: Origin) {
        let seq = Seq(self.entries.len() as u64 + 1);
        let input = Input { entropy: Entropy([seq.0, 7]), origin };
        self.entries.push(Entry { seq, at: Timestamp(1_000 * seq.0), input });
    }

    fn ask(&mut self, person: PersonId, command: impl Into<Command>) {
        let device = DeviceId(Uuid::from_u128(u128::from(person.0)));
        let client_seq = ClientSeq(self.entries.len() as u64 + 1);
        self.add(Origin::Person { person, device, client_seq, command: command.into() });
    }
}

/// Two teams of two in their rooms; the first of the first team has written a note.
fn meeting() -> (Log, PersonId, PersonId) {
    let mut log = Log { entries: Vec::new() };
    let create = CreateMeeting {
        meeting: MeetingId(Uuid::from_u128(1)),
        rules_version: engawa_domain::RULES_VERSION,
        title: "研究会".into(),
        language: Language::Ja,
        coordinator: "事務局 A".into(),
        keep_until: None,
    };
    log.add(Origin::System { input: SystemInput::CreateMeeting(create) });
    let staff = Staff { coordinators: 1, facilitators: 0, secretariat: 0, observers: 0 };
    log.ask(HOST, ImportRoster { rows: roster(2, 2, staff) });
    let round = RoundPlan {
        kind: RoundKind::Dialogue,
        title: "対話".into(),
        question: String::new(),
        duration_ms: None,
        grouping: GroupingRule::Team {},
        turn_ms: None,
        template: BoardTemplate::Free,
        authors: AuthorDisplay::Shown,
        countdown_ms: 0,
    };
    log.ask(HOST, SetAgenda { rounds: vec![round] });
    for person in 1..=5 {
        log.add(Origin::System { input: SystemInput::Arrive { person: PersonId(person) } });
    }
    log.ask(HOST, OpenRound { round: RoundId(1) });
    let (writer, stranger) = (PersonId(2), PersonId(4));
    let text = format!("面談 {}", Marker { author: writer, ..NOTE });
    log.ask(
        writer,
        AddNote { board: BoardId::of_room(RoomId(1)), area: AreaId(0), text, color: NoteColor::Blue },
    );
    (log, writer, stranger)
}

fn screen(log: &Log, person: PersonId) -> Held {
    let mut oracle = Oracle::new(Findings::default());
    oracle.advance(&log.entries, Vec::new());
    let view = oracle.view(Viewer::Person(person)).expect("on the roster");
    let sample = Sample { seq: oracle.seq(), view: Box::new(view) };
    Held { who: format!("person {person}"), viewer: Viewer::Person(person), sample }
}

fn found(log: &Log, held: Vec<Held>) -> Vec<Finding> {
    let findings = Findings::default();
    let mut oracle = Oracle::new(findings.clone());
    oracle.advance(&log.entries, held);
    oracle.check_places();
    findings.list()
}

#[test]
fn the_meeting_is_as_described() {
    let (log, writer, stranger) = meeting();
    let findings = Findings::default();
    let mut oracle = Oracle::new(findings.clone());
    oracle.advance(&log.entries, vec![screen(&log, writer), screen(&log, stranger), screen(&log, HOST)]);
    assert_eq!(oracle.counts(), (log.entries.len() as u64, 0, 3), "everything is accepted and compared");
    let note = Marker { author: writer, ..NOTE };
    oracle.check_acknowledged([note]);
    oracle.check_places();
    assert!(findings.list().is_empty(), "{:?}", findings.list());
    assert!(oracle.truth().was_in(writer, RoomId(1), oracle.seq(), oracle.seq()));
    assert!(!oracle.truth().was_in(stranger, RoomId(1), Seq(1), oracle.seq()));
}

#[test]
fn a_tampered_screen_is_noticed() {
    let (log, writer, _) = meeting();
    let mut held = screen(&log, writer);
    let seat = held.sample.view.seat.as_mut().expect("seated");
    seat.board.notes.values_mut().next().expect("a note").text.push('!');
    let found = found(&log, vec![held]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].promise == Promise::Screens && found[0].what.contains("/seat/board/notes/1/text"),
        "{found:?}"
    );
}

#[test]
fn a_screen_that_stands_where_no_log_is_is_noticed() {
    let (log, writer, _) = meeting();
    let mut held = screen(&log, writer);
    held.sample.seq = held.sample.seq.next();
    assert_eq!(found(&log, vec![held]).len(), 1);
}

#[test]
fn a_tampered_log_is_noticed() {
    let (log, writer, _) = meeting();
    let held = || vec![screen(&log, writer)];
    let mut changed = Log { entries: log.entries.clone() };
    if let Some(Origin::Person { command: Command::AddNote(note), .. }) =
        changed.entries.last_mut().map(|entry| &mut entry.input.origin)
    {
        note.color = NoteColor::Pink;
    }
    assert!(found(&changed, held())[0].what.contains("/seat/board/notes/1/color"));

    let mut gap = Log { entries: log.entries.clone() };
    gap.entries.remove(4);
    assert!(found(&gap, held()).iter().any(|one| one.promise == Promise::Durability));

    let mut back_in_time = Log { entries: log.entries.clone() };
    back_in_time.entries[5].at = Timestamp(1);
    assert!(found(&back_in_time, Vec::new()).iter().any(|one| one.promise == Promise::Durability));
}

#[test]
fn a_note_that_was_lost_or_doubled_is_noticed() {
    let (mut log, writer, _) = meeting();
    let findings = Findings::default();
    let mut oracle = Oracle::new(findings.clone());
    let mut again = log.entries.last().expect("the note").input.origin.clone();
    if let Origin::Person { client_seq, .. } = &mut again {
        *client_seq = ClientSeq(1_000);
    }
    log.add(again);
    oracle.advance(&log.entries, Vec::new());
    oracle.check_acknowledged([
        Marker { author: writer, ..NOTE },
        Marker { author: writer, number: 2, ..NOTE },
    ]);
    let found: Vec<String> = findings.list().into_iter().map(|one| one.what).collect();
    assert!(found[0].ends_with("was added 2 times") && found[1].ends_with("was added 0 times"), "{found:?}");
}

fn judged(observer: &Observer, witness: &Witness) -> Vec<Finding> {
    let (log, ..) = meeting();
    let findings = Findings::default();
    let mut oracle = Oracle::new(findings.clone());
    oracle.advance(&log.entries, Vec::new());
    let receipts = ["AAAA-AAAA-AAAA".to_owned()].into();
    judge(oracle.truth(), observer, witness, &receipts, &findings);
    findings.list()
}

#[test]
fn what_somebody_may_not_see_is_noticed() {
    let (log, writer, stranger) = meeting();
    let observer = |person| Observer {
        who: format!("person {person}"),
        person: Some(person),
        role: Role::Participant,
        team: None,
        receipt: None,
    };
    let now = Instant::now();
    let end = log.entries.len() as u64;
    let sight =
        |seq| Sight { from: Seq(0), seq: Seq(seq), at: now, connected_since: now, as_it_was_added: true };
    let note = Marker { author: writer, ..NOTE };
    let saw = |seq| Witness { sights: [(note, sight(seq))].into(), ..Witness::default() };
    assert!(judged(&observer(PersonId(3)), &saw(end)).is_empty(), "of the same room");
    assert_eq!(judged(&observer(stranger), &saw(end)).len(), 1, "of another room");
    assert_eq!(judged(&observer(PersonId(3)), &saw(end - 1)).len(), 1, "before it was written");

    let mut nosy = Witness::default();
    nosy.receipts.insert("AAAA-AAAA-AAAA".into());
    nosy.facts.insert(Fact::Tally, Seq(end));
    nosy.email_seen = true;
    assert_eq!(judged(&observer(stranger), &nosy).len(), 3);
    let mut own = observer(stranger);
    own.receipt = Some("AAAA-AAAA-AAAA".into());
    assert_eq!(judged(&own, &nosy).len(), 2, "one's own receipt is no secret");
}
