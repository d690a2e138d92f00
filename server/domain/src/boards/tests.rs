//! Laws of boards over generated histories: two rooms, the plenary, people who come and go between them.

extern crate std;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};

use engawa_protocol::command::*;
use engawa_protocol::view::{HelpState, MeetingView, TurnState, TurnsView};
use engawa_protocol::*;

use super::Note;
use crate::agenda::Round;
use crate::audience::{Emission, Viewer, all_viewers, class_of, sees};
use crate::entry::{CreateMeeting, Entropy, Entry, Input, Origin};
use crate::meeting::Meeting;
use crate::rooms::Room;
use crate::roster::Person;
use crate::{Outcome, apply, decode_snapshot, encode_snapshot, fold, project};

const SHOWN: BoardId = BoardId(1);
const HIDDEN: BoardId = BoardId(2);
const BOARDS: [BoardId; 3] = [BoardId::PLENARY, SHOWN, HIDDEN];

/// A small generator (SplitMix64, Sebastiano Vigna, public domain), so that a failure names its seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }

    fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[usize::try_from(self.below(items.len() as u64)).expect("an index")]
    }

    fn id(&mut self, max: u32) -> u32 {
        u32::try_from(self.below(u64::from(max) + 2)).expect("small")
    }
}

/// Person 1 coordinates, 2 is a facilitator, 3 an observer, 4 to 9 take part; rooms 1 and 2 belong to round 1.
fn meeting() -> Meeting {
    let create = CreateMeeting {
        meeting: MeetingId(Default::default()),
        rules_version: 1,
        title: "全体会".into(),
        language: Language::Ja,
        coordinator: "進行A".into(),
        keep_until: None,
    };
    let mut m = Meeting::new(Seq(1), Timestamp(1_000), &create);
    for id in 2..=9 {
        let role = match id {
            2 => Role::Facilitator,
            3 => Role::Observer,
            _ => Role::Participant,
        };
        let person = Person { role, name: format!("担当{id}"), ..m.roster.people[&PersonId(1)].clone() };
        m.roster.people.insert(PersonId(id), person);
        m.roster.last_person = id;
    }
    for (id, kind) in [(1, RoundKind::Dialogue), (2, RoundKind::Plenary)] {
        m.agenda.rounds.push(Round {
            id: RoundId(id),
            plan: plan(kind),
            phase: RoundPhase::Waiting {},
            course: Default::default(),
        });
    }
    for (id, authors) in [(1, AuthorDisplay::Shown), (2, AuthorDisplay::Hidden)] {
        let room = Room {
            round: RoundId(1),
            number: id,
            name: format!("部屋{id}"),
            facilitator: None,
            members: vec![],
            visitors: vec![],
            help: HelpState::Quiet {},
            turns: turns(),
        };
        m.rooms.rooms.insert(RoomId(id), room);
        super::open_board(&mut m, RoomId(id), BoardTemplate::Kpt, authors);
    }
    open(&mut m, 1);
    m
}

fn plan(kind: RoundKind) -> RoundPlan {
    RoundPlan {
        kind,
        title: String::new(),
        question: String::new(),
        duration_ms: None,
        grouping: GroupingRule::Manual {},
        turn_ms: None,
        template: BoardTemplate::Kpt,
        authors: AuthorDisplay::Shown,
        countdown_ms: 0,
    }
}

fn turns() -> TurnsView {
    TurnsView { order: vec![], state: TurnState::Idle {}, spoken_ms: BTreeMap::new(), had_turn: vec![] }
}

/// Ends the round that runs and opens another; 0: none.
fn open(m: &mut Meeting, id: u32) {
    let at = m.at;
    for round in &mut m.agenda.rounds {
        if round.id == RoundId(id) {
            round.phase = RoundPhase::Open { opened_at: at, ends_at: None };
        } else if round.phase.is_running() {
            round.phase = RoundPhase::Ended { opened_at: at, ended_at: at };
        }
    }
}

fn sit(m: &mut Meeting, person: u32, room: u32) {
    if room == 0 {
        m.rooms.places.remove(&PersonId(person));
    } else {
        m.rooms.places.insert(PersonId(person), RoomId(room));
    }
}

fn view(m: &Meeting, viewer: Viewer) -> MeetingView {
    project(m, viewer).expect("everyone on the roster sees something")
}

struct World {
    meeting: Option<Meeting>,
    numbers: BTreeMap<PersonId, u64>,
}

impl World {
    fn m(&mut self) -> &mut Meeting {
        self.meeting.as_mut().expect("there is a meeting")
    }

    /// A person asks for something; all laws are checked.
    fn ask(&mut self, person: u32, command: impl Into<Command>) -> Result<Option<u32>, Rejection> {
        let command = command.into();
        let words = format!("person {person}: {command:?}");
        let before = self.m().clone();
        let number = self.numbers.entry(PersonId(person)).or_default();
        *number += 1;
        let origin = Origin::Person {
            person: PersonId(person),
            device: DeviceId(Default::default()),
            client_seq: ClientSeq(*number),
            command,
        };
        let entry = Entry {
            seq: before.seq.next(),
            at: Timestamp(before.at.0 + 7),
            input: Input { entropy: Entropy([0, 0]), origin },
        };
        let applied = apply(&mut self.meeting, &entry);
        let after = self.m().clone();
        for viewer in all_viewers(&after) {
            let mut folded = view(&before, viewer);
            for emission in &applied.emissions {
                let Emission::Event { audience, event } = emission else { panic!("no refresh: {words}") };
                if sees(&after, viewer, audience) {
                    keeps_secrets(&after, viewer, event, &words);
                    fold(&mut folded, event);
                }
            }
            assert_eq!(folded, view(&after, viewer), "{words} for {viewer:?}");
        }
        holds_together(&after, &words);
        if after.seq.0.is_multiple_of(16) {
            let bytes = encode_snapshot(&after).expect("a snapshot");
            assert_eq!(decode_snapshot(&bytes).expect("reads back"), after, "{words}");
        }
        match applied.outcome {
            Outcome::Accepted { created, .. } => Ok(created),
            Outcome::Rejected { rejection } => {
                assert_eq!(before.boards, after.boards, "{words}");
                assert!(applied.emissions.is_empty());
                Err(rejection)
            }
        }
    }

    fn note(&mut self, board: BoardId, note: u32) -> Note {
        self.m().boards.note(board, NoteId(note)).expect("the note was made").clone()
    }

    fn add(&mut self, person: u32, board: BoardId) -> u32 {
        self.ask(person, added(board, 0, "付箋")).expect("taken").expect("an id")
    }
}

fn world() -> World {
    let mut m = meeting();
    for person in 4..=6 {
        sit(&mut m, person, 1);
    }
    for person in 7..=9 {
        sit(&mut m, person, 2);
    }
    World { meeting: Some(m), numbers: BTreeMap::new() }
}

/// What is written in silence reaches its author only; what is written under hidden authors names nobody.
fn keeps_secrets(m: &Meeting, viewer: Viewer, event: &Event, words: &str) {
    let me = class_of(m, viewer).and_then(|class| class.person);
    let value: serde_json::Value = serde_json::to_value(event).expect("JSON");
    let Some(board) = value.get("board").and_then(|id| id.as_u64()) else { return };
    let id = BoardId(u32::try_from(board).expect("an id"));
    let board = m.boards.board(id).expect("known");
    let named = |note: &serde_json::Value| note.as_u64().and_then(|id| u32::try_from(id).ok()).map(NoteId);
    let mut told: Vec<NoteId> =
        ["/note", "/note/id"].iter().filter_map(|path| named(value.pointer(path)?)).collect();
    for rank in value.get("ranks").and_then(|ranks| ranks.as_array()).into_iter().flatten() {
        told.extend(named(&rank["note"]));
    }
    let text = value.to_string();
    for (note_id, note) in board.notes.iter() {
        let own = me == Some(note.author);
        if board.silent && !own {
            assert!(!told.contains(note_id), "{words}: {viewer:?} hears of {note_id}: {text}");
        }
    }
    if id == HIDDEN {
        assert!(!text.contains("担当"), "{words}: {text}");
    }
}

/// What the state keeps twice agrees.
fn holds_together(m: &Meeting, words: &str) {
    let mut ids = BTreeSet::new();
    for (id, board) in &m.boards.boards {
        let live = board.notes.values().filter(|note| note.deleted.is_none()).count();
        assert_eq!(u32::try_from(live), Ok(board.live), "{words}");
        let mut ranks = BTreeSet::new();
        for (note_id, note) in board.notes.iter() {
            assert!(ids.insert(*note_id), "ids are used once");
            assert!(ranks.insert((note.area, note.rank)), "{words}: two notes of one rank");
            if note.deleted.is_none() {
                let member = note.cluster.is_none_or(|id| board.clusters[&id].notes.contains(note_id));
                assert!(member, "{words}: {note_id} is not in its cluster");
            }
            if let Some(copy) = note.harvested {
                let copy = m.boards.note(BoardId::PLENARY, copy).expect("the copy");
                assert!(copy.deleted.is_none(), "{words}: pinned by a deleted copy");
            }
        }
        for cluster in board.clusters.values() {
            assert!(!cluster.notes.is_empty(), "{words}: an empty cluster");
            assert!(cluster.notes.iter().all(|note| board.live_note(*note).is_some()), "{words}");
        }
        let known = serde_json::to_value(&board.order).expect("JSON")["areas"].clone();
        let kept: usize = known
            .as_object()
            .expect("areas")
            .values()
            .map(|ranks| ranks.as_array().map_or(0, Vec::len))
            .sum();
        assert_eq!(kept, board.notes.len(), "{words}: {id}");
    }
}

fn added(board: BoardId, area: u32, text: &str) -> AddNote {
    AddNote { board, area: AreaId(area), text: text.to_string(), color: NoteColor::Yellow }
}

fn some_command(chance: &mut Chance, m: &Meeting, person: u32) -> Command {
    let seat = m.rooms.place_of(PersonId(person)).map(BoardId::of_room);
    let board = seat.filter(|_| chance.below(4) > 0).unwrap_or_else(|| chance.of(&BOARDS));
    let found = m.boards.board(board).expect("known");
    let ids = |deleted: bool| -> Vec<NoteId> {
        found.notes.iter().filter(|(_, note)| note.deleted.is_some() == deleted).map(|(id, _)| *id).collect()
    };
    let mut one_of = |ids: &[NoteId]| {
        if ids.is_empty() || chance.below(20) == 0 {
            NoteId(chance.id(m.boards.last_note))
        } else {
            chance.of(ids)
        }
    };
    let (note, other, deleted) = (one_of(&ids(false)), one_of(&ids(false)), one_of(&ids(true)));
    let clusters: Vec<ClusterId> = found.clusters.keys().copied().collect();
    let cluster =
        if clusters.is_empty() { ClusterId(chance.id(m.boards.last_cluster)) } else { chance.of(&clusters) };
    let area = AreaId(chance.id(2));
    let text = format!("付箋{}", chance.below(1_000));
    match chance.below(24) {
        0..=3 => added(board, area.0 % 3, &text).into(),
        4 | 23 => {
            EditNote { board, note, base_version: 1 + chance.id(0), text, color: NoteColor::Blue }.into()
        }
        5 | 6 => MoveNote { board, note, area, before: Some(other) }.into(),
        7 => MoveNote { board, note, area, before: None }.into(),
        8 | 20 => DeleteNote { board, note }.into(),
        9 | 21 | 22 => RestoreNote { board, note: deleted }.into(),
        10 | 11 => MarkNote { board, note }.into(),
        12 => UnmarkNote { board, note }.into(),
        13 => CreateCluster { board, name: text, notes: vec![note, other] }.into(),
        14 => CreateCluster { board, name: text, notes: vec![note] }.into(),
        15 => SetCluster { board, note, cluster: (chance.below(3) > 0).then_some(cluster) }.into(),
        16 if chance.below(2) == 0 => DissolveCluster { board, cluster }.into(),
        16 => RenameCluster { board, cluster, name: text }.into(),
        17 | 18 => HarvestNote { board, note, area: None }.into(),
        _ if chance.below(2) == 0 && !found.silent => StartSilentWriting { boards: vec![board] }.into(),
        _ => RevealBoard { boards: vec![board] }.into(),
    }
}

#[test]
fn laws_hold_over_generated_histories() {
    let mut taken: BTreeMap<&'static str, u32> = BTreeMap::new();
    for seed in 0..40 {
        let mut chance = Chance(seed);
        let mut world = world();
        for _ in 0..150 {
            match chance.below(20) {
                0 => open(world.m(), chance.of(&[0, 1, 1, 1, 1, 2])),
                1 | 2 => {
                    let person = chance.of(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
                    sit(world.m(), person, chance.of(&[0, 1, 2]));
                }
                _ => {}
            }
            let person = chance.of(&[1, 2, 3, 4, 4, 5, 5, 6, 7, 8, 9]);
            let command = some_command(&mut chance, world.m(), person);
            let name = command.name();
            if world.ask(person, command).is_ok() {
                *taken.entry(name).or_default() += 1;
            }
        }
    }
    for name in [
        "add_note",
        "edit_note",
        "move_note",
        "delete_note",
        "restore_note",
        "mark_note",
        "unmark_note",
        "create_cluster",
        "rename_cluster",
        "dissolve_cluster",
        "set_cluster",
        "start_silent_writing",
        "reveal_board",
        "harvest_note",
    ] {
        assert!(taken.get(name).is_some_and(|count| *count >= 10), "{name} was hardly taken: {taken:?}");
    }
}

#[test]
fn hundreds_of_moves_into_the_same_gap_keep_the_order() {
    let mut world = world();
    let notes: Vec<u32> = (0..4).map(|_| world.add(4, SHOWN)).collect();
    for step in 0..200 {
        let mover = NoteId(notes[step % 2 + 1]);
        let before = NoteId(notes[(step + 1) % 2 + 1]);
        let moved = MoveNote { board: SHOWN, note: mover, area: AreaId(0), before: Some(before) };
        world.ask(5, moved).expect("anyone in the room moves any note");
        let (mover, before) = (world.note(SHOWN, mover.0), world.note(SHOWN, before.0));
        assert!(mover.rank < before.rank);
        assert!(world.note(SHOWN, notes[0]).rank < mover.rank);
        assert!(before.rank < world.note(SHOWN, notes[3]).rank);
    }
}

#[test]
fn boards_take_so_many_notes_and_no_more() {
    let mut m = meeting();
    sit(&mut m, 4, 1);
    let full = usize::try_from(limits::NOTES_PER_BOARD_MAX).expect("small");
    let mut world = World { meeting: Some(m), numbers: BTreeMap::new() };
    let first = world.add(4, SHOWN);
    let note = world.note(SHOWN, first);
    let board = world.m().boards.boards.get_mut(&SHOWN).expect("the room's");
    for id in 0..full - 1 {
        let rank = i64::try_from(id).expect("small") + 10_000_000;
        board.insert(NoteId(1_000_000 + u32::try_from(id).expect("small")), Note { rank, ..note.clone() });
    }
    let refused = world.ask(4, added(SHOWN, 0, "あふれ"));
    assert_eq!(
        refused,
        Err(Rejection::TooMany { resource: Resource::Notes, max: limits::NOTES_PER_BOARD_MAX })
    );
    world.ask(4, DeleteNote { board: SHOWN, note: NoteId(first) }).expect("their own");
    assert!(world.ask(4, added(SHOWN, 0, "削除したものも数える")).is_err());
}

#[test]
fn a_note_without_its_text_is_small() {
    assert!(size_of::<Note>() <= 192, "{} bytes", size_of::<Note>());
}
