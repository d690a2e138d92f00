//! What a meeting's rules cost: taking a command, making a view, counting a vote, writing the state down. Sizes are varied
//! so that the growth can be read off: with the number of rooms nothing should grow, with the notes on a board little.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement fails by panicking")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use engawa_domain::{
    CreateMeeting, Entropy, Entry, Input, Meeting, Origin, Outcome, RULES_VERSION, SystemInput, Viewer,
    apply, decode_snapshot, digest, encode_snapshot, project,
};
use engawa_protocol::command::{
    AddNote, AddPerson, AddPoster, AddRound, CastBallot, CloseVote, ImportRoster, MarkNote, MoveNote,
    OpenRound, OpenVote, PlannedRoom, RosterRow, SetGrouping, SetVoteRules, UnmarkNote,
};
use engawa_protocol::{
    AreaId, AuthorDisplay, BoardId, BoardTemplate, ClientSeq, Command, DeviceId, GroupingRule, Language,
    MeetingId, NoteColor, NoteId, PersonId, PosterId, Role, RoundId, RoundKind, RoundPlan, Seq, TallyDisplay,
    TeamId, Timestamp, VoteRules, Voters,
};
use uuid::Uuid;

const COORDINATOR: PersonId = PersonId(1);
/// The first of those who take part; the coordinator comes before.
const FIRST: u32 = 2;
const ROOM_SIZE: u32 = 9;
const TEXT: &str = "評価の面談が形だけになっていて、次の年につながらない";

/// A meeting and the number of its next command.
#[derive(Clone)]
struct World {
    meeting: Option<Meeting>,
    seq: u64,
}

impl World {
    fn new() -> Self {
        let mut world = Self { meeting: None, seq: 0 };
        world.take(Origin::System {
            input: SystemInput::CreateMeeting(CreateMeeting {
                meeting: MeetingId(Uuid::from_u128(1)),
                rules_version: RULES_VERSION,
                title: "第5回研究会".into(),
                language: Language::Ja,
                coordinator: "進行".into(),
                keep_until: None,
            }),
        });
        world
    }

    fn entry(&mut self, origin: Origin) -> Entry {
        self.seq += 1;
        let input = Input { entropy: Entropy([7, self.seq]), origin };
        Entry { seq: Seq(self.seq), at: Timestamp(1_790_000_000_000 + self.seq), input }
    }

    fn asked(&mut self, person: PersonId, command: impl Into<Command>) -> Entry {
        let (device, client_seq) = (DeviceId(Uuid::from_u128(u128::from(person.0))), ClientSeq(self.seq + 1));
        self.entry(Origin::Person { person, device, client_seq, command: command.into() })
    }

    fn take(&mut self, origin: Origin) {
        let entry = self.entry(origin);
        self.apply(&entry);
    }

    fn apply(&mut self, entry: &Entry) {
        let applied = apply(&mut self.meeting, entry);
        assert!(matches!(applied.outcome, Outcome::Accepted { .. }), "{:?}", applied.outcome);
        black_box(applied.emissions);
    }

    fn ask(&mut self, person: PersonId, command: impl Into<Command>) {
        let entry = self.asked(person, command);
        self.apply(&entry);
    }

    fn state(&self) -> &Meeting {
        self.meeting.as_ref().unwrap()
    }

    /// People of three to a team.
    fn with_people(people: u32) -> Self {
        let mut world = Self::new();
        let rows: Vec<RosterRow> = (0..people)
            .map(|number| RosterRow {
                team: format!("第{}市", number / 3 + 1),
                region: None,
                name: format!("担当{}", number + 1),
                role: Role::Participant,
                email: None,
            })
            .collect();
        for rows in rows.chunks(1_000) {
            world.ask(COORDINATOR, ImportRoster { rows: rows.to_vec() });
        }
        world
    }

    /// Everybody in rooms of nine, so many notes on each board.
    fn seated(rooms: u32, notes: u32) -> Self {
        let mut world = Self::with_people(rooms * ROOM_SIZE);
        let plan = RoundPlan {
            kind: RoundKind::Dialogue,
            title: "対話 1".into(),
            question: String::new(),
            duration_ms: None,
            grouping: GroupingRule::Team {},
            turn_ms: None,
            template: BoardTemplate::Free,
            authors: AuthorDisplay::Shown,
            countdown_ms: 0,
        };
        world.ask(COORDINATOR, AddRound { plan, before: None });
        let rooms_planned = (0..rooms).map(|room| PlannedRoom {
            name: String::new(),
            facilitator: None,
            members: (0..ROOM_SIZE).map(|seat| member(room + 1, seat)).collect(),
        });
        world.ask(COORDINATOR, SetGrouping { round: RoundId(1), rooms: rooms_planned.collect() });
        world.ask(COORDINATOR, OpenRound { round: RoundId(1) });
        for room in 1..=rooms {
            for note in 0..notes {
                let entry = world.note(room, note % ROOM_SIZE);
                world.apply(&entry);
            }
        }
        world
    }

    fn note(&mut self, room: u32, seat: u32) -> Entry {
        let note =
            AddNote { board: BoardId(room), area: AreaId(0), text: TEXT.into(), color: NoteColor::Yellow };
        self.asked(member(room, seat), note)
    }
}

fn member(room: u32, seat: u32) -> PersonId {
    PersonId(FIRST + (room - 1) * ROOM_SIZE + seat)
}

/// Times what is done to a world that begins anew every so often, so that it stays as large as it was said to be.
fn timed(seed: &World, iterations: u64, mut step: impl FnMut(&mut World, u64) -> Duration) -> Duration {
    const ANEW_AFTER: u64 = 90;
    let bytes = encode_snapshot(seed.state()).unwrap();
    let mut world = seed.clone();
    let mut total = Duration::ZERO;
    for iteration in 0..iterations {
        if iteration % ANEW_AFTER == 0 {
            // Not a copy, which would have its boards in common with the seed.
            world = World { meeting: Some(decode_snapshot(&bytes).unwrap()), seq: seed.seq };
        }
        total += step(&mut world, iteration);
    }
    total
}

fn time(world: &mut World, entry: &Entry) -> Duration {
    let began = Instant::now();
    world.apply(entry);
    began.elapsed()
}

fn commands(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("apply");
    group.sample_size(20);
    let sizes = [(10, 10), (100, 10), (1_000, 10), (10, 100), (10, 1_000)];
    for (rooms, notes) in sizes {
        let seed = World::seated(rooms, notes);
        let size = format!("{rooms} rooms, {notes} notes on each board");
        group.bench_function(BenchmarkId::new("add_note", &size), |bencher| {
            bencher.iter_custom(|iterations| {
                timed(&seed, iterations, |world, iteration| {
                    let entry = world.note(1 + (iteration % u64::from(rooms)) as u32, 3);
                    time(world, &entry)
                })
            });
        });
        group.bench_function(BenchmarkId::new("move_note", &size), |bencher| {
            bencher.iter_custom(|iterations| {
                timed(&seed, iterations, |world, iteration| {
                    // The notes of room 1 are the first ones: one goes to the top, in turn.
                    let note = NoteId(2 + (iteration % u64::from(notes - 1)) as u32);
                    let to_top =
                        MoveNote { board: BoardId(1), note, area: AreaId(0), before: Some(NoteId(1)) };
                    let entry = world.asked(member(1, 0), to_top);
                    time(world, &entry)
                })
            });
        });
        group.bench_function(BenchmarkId::new("mark_note and unmark_note", &size), |bencher| {
            bencher.iter_custom(|iterations| {
                timed(&seed, iterations, |world, _| {
                    let (board, note) = (BoardId(1), NoteId(1));
                    let mark = world.asked(member(1, 1), MarkNote { board, note });
                    let took = time(world, &mark);
                    let unmark = world.asked(member(1, 1), UnmarkNote { board, note });
                    took + time(world, &unmark)
                })
            });
        });
    }
}

fn views(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("project");
    group.sample_size(20);
    for (rooms, notes) in [(33, 40), (1_000, 40), (33, 400)] {
        let world = World::seated(rooms, notes);
        for (who, viewer) in [("participant", member(1, 0)), ("coordinator", COORDINATOR)] {
            let size = format!("{who}, {rooms} rooms, {notes} notes on each board");
            group.bench_function(size, |bencher| {
                bencher.iter(|| project(black_box(world.state()), Viewer::Person(viewer)));
            });
        }
    }
}

fn state(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("snapshot");
    group.sample_size(10);
    for (rooms, notes) in [(33, 40), (100, 200)] {
        let world = World::seated(rooms, notes);
        let bytes = encode_snapshot(world.state()).unwrap();
        let size = format!("{} notes, {} kB", rooms * notes, bytes.len() / 1000);
        group.bench_function(BenchmarkId::new("copy", &size), |bencher| {
            bencher.iter(|| black_box(world.state()).clone());
        });
        group.bench_function(BenchmarkId::new("encode", &size), |bencher| {
            bencher.iter(|| encode_snapshot(black_box(world.state())));
        });
        group.bench_function(BenchmarkId::new("decode", &size), |bencher| {
            bencher.iter(|| decode_snapshot(black_box(&bytes)));
        });
        group.bench_function(BenchmarkId::new("digest", &size), |bencher| {
            bencher.iter(|| digest(black_box(world.state())));
        });
    }
}

/// A vote of so many over 97 posters, open, and whoever tallies it.
fn voting(people: u32) -> (World, PersonId) {
    const POSTERS: u32 = 97;
    let everybody = people.max(POSTERS * 3);
    let mut world = World::with_people(everybody);
    let secretary = PersonId(FIRST + everybody);
    let (name, role) = ("集計".into(), Role::Secretariat);
    world.ask(COORDINATOR, AddPerson { name, team: None, role, email: None });
    for team in 1..=POSTERS {
        let (title, summary) = (format!("第{team}市の一年"), String::new());
        world.ask(COORDINATOR, AddPoster { team: TeamId(team), title, summary, file: None });
    }
    let rules = VoteRules {
        voters: Voters::Persons,
        choices_max: 3,
        own_team_allowed: true,
        tally_display: TallyDisplay::Everyone,
        opens_at: None,
        closes_at: None,
    };
    world.ask(secretary, SetVoteRules { rules });
    world.ask(secretary, OpenVote {});
    for person in 0..people {
        let ballot = ballot(&mut world, person, 0);
        world.apply(&ballot);
    }
    (world, secretary)
}

fn ballot(world: &mut World, person: u32, turn: u32) -> Entry {
    let choices = (0..3).map(|choice| PosterId(1 + (person + turn + choice * 31) % 97)).collect();
    world.asked(PersonId(FIRST + person), CastBallot { choices })
}

fn tally(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("tally");
    group.sample_size(20);
    for people in [300, 10_000] {
        let (seed, secretary) = voting(people);
        group.bench_function(BenchmarkId::new("cast_ballot, a change of mind", people), |bencher| {
            bencher.iter_custom(|iterations| {
                timed(&seed, iterations, |world, iteration| {
                    let entry = ballot(world, (iteration % u64::from(people)) as u32, 1 + iteration as u32);
                    time(world, &entry)
                })
            });
        });
        group.bench_function(
            BenchmarkId::new("close_vote, with its recount and ledger", people),
            |bencher| {
                bencher.iter_custom(|iterations| {
                    timed(&seed, iterations, |_, _| {
                        let mut world = seed.clone();
                        let entry = world.asked(secretary, CloseVote {});
                        time(&mut world, &entry)
                    })
                });
            },
        );
    }
}

criterion_group!(benches, commands, views, state, tally);
criterion_main!(benches);
