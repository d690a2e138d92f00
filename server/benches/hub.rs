//! What the hub and the embedded store cost: from a command to the last of those who see it, an append, a cold start, and
//! erasing from the file.
//!
//! `cargo bench -p engawa-server --bench hub`

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement fails by panicking")]

#[path = "support/built.rs"]
mod built;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use engawa_domain::Grant;
use engawa_protocol::command::{AddNote, EditNote, ImportRoster, RosterRow};
use engawa_protocol::http::CommandReply;
use engawa_protocol::{
    AreaId, BoardId, ClientSeq, Command, DeviceId, Language, MeetingId, NoteColor, NoteId, PersonId, Role,
};
use engawa_server::clock::SystemClock;
use engawa_server::hub::{Hub, HubLimits, Joined, Outgoing};
use engawa_server::store::embedded::EmbeddedStore;
use engawa_server::store::memory::MemoryStore;
use engawa_server::store::{Epoch, Store};
use tokio::runtime::Runtime;
use uuid::Uuid;

const COORDINATOR: Grant = Grant { role: Role::Coordinator, person: Some(PersonId(1)), generation: 0 };
const PROTOCOL: u16 = 1;
const TEXTS: [&str; 2] =
    ["評価の面談が形だけになっていて、次の年につながらない", "面談の目的を書いた一枚を先に配る"];

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn device(number: u32) -> DeviceId {
    DeviceId(Uuid::from_u128(u128::from(number) + 1))
}

/// A meeting whose plenary board everybody sees, in memory: what is left is the hub's own work.
struct Hall {
    hub: Hub,
    meeting: MeetingId,
    connected: Vec<Joined>,
    asked: u64,
    version: u32,
}

impl Hall {
    async fn of(people: u32) -> Self {
        let clock = Arc::new(SystemClock);
        let hub = Hub::new(Arc::new(MemoryStore::new(clock.clone())), clock, HubLimits::default());
        let meeting = hub.create("第5回研究会".into(), Language::Ja, "進行".into()).await.unwrap();
        let mut hall = Self { hub, meeting, connected: Vec::new(), asked: 0, version: 1 };
        let rows = (0..people).map(|number| RosterRow {
            team: format!("第{}市", number / 3 + 1),
            region: None,
            name: format!("担当{number}"),
            role: Role::Participant,
            email: None,
        });
        let rows: Vec<RosterRow> = rows.collect();
        for rows in rows.chunks(1_000) {
            hall.ask(ImportRoster { rows: rows.to_vec() }).await;
        }
        let (text, color) = (TEXTS[0].into(), NoteColor::Yellow);
        hall.ask(AddNote { board: BoardId::PLENARY, area: AreaId(0), text, color }).await;
        for number in 0..people {
            let person = Some(PersonId(number + 2));
            let grant = Grant { role: Role::Participant, person, generation: 0 };
            let joined = hall.hub.attach(meeting, grant, (device(number + 1), PROTOCOL, None)).await;
            hall.connected.push(joined.unwrap());
        }
        hall
    }

    async fn ask(&mut self, command: impl Into<Command>) {
        self.asked += 1;
        let asked = (device(0), ClientSeq(self.asked), command.into());
        let reply = self.hub.call_unpaced(self.meeting, COORDINATOR, asked).await.unwrap();
        assert!(matches!(reply, CommandReply::Accepted { .. }), "{reply:?}");
    }

    /// Edits the note; from the command to the moment at which the last has its frame.
    async fn edit(&mut self) -> Duration {
        let text = TEXTS[self.version as usize % TEXTS.len()].to_owned();
        let edit = EditNote {
            board: BoardId::PLENARY,
            note: NoteId(1),
            base_version: self.version,
            text,
            color: NoteColor::Yellow,
        };
        self.version += 1;
        let version = format!("\"version\":{}", self.version);
        let began = Instant::now();
        self.ask(edit).await;
        for joined in &mut self.connected {
            loop {
                let Outgoing::Frames(frames) = joined.outbox.next().await else { panic!("sent away") };
                if frames.iter().any(|frame| frame.contains(&version)) {
                    break;
                }
            }
        }
        began.elapsed()
    }
}

fn fan_out(criterion: &mut Criterion) {
    let runtime = runtime();
    let mut group = criterion.benchmark_group("fan-out, in memory, without sockets");
    group.sample_size(10);
    for people in [9, 300, 3_000] {
        let mut hall = runtime.block_on(Hall::of(people));
        group.throughput(Throughput::Elements(u64::from(people)));
        group.bench_function(BenchmarkId::from_parameter(people), |bencher| {
            bencher.iter_custom(|iterations| {
                runtime.block_on(async {
                    let mut total = Duration::ZERO;
                    for _ in 0..iterations {
                        total += hall.edit().await;
                        // The pause after a frame that went to many is not what is measured.
                        tokio::time::sleep(hall.hub.limits().flush_window(people as usize)).await;
                    }
                    total
                })
            });
        });
    }
}

fn append(criterion: &mut Criterion) {
    let runtime = runtime();
    let folder = tempfile::tempdir().unwrap();
    let store = runtime.block_on(EmbeddedStore::open(folder.path(), Arc::new(SystemClock))).unwrap();
    let meeting = MeetingId(Uuid::from_u128(1));
    let payload = Bytes::from(vec![b'x'; 300]);
    runtime.block_on(store.create(meeting, payload.clone())).unwrap();
    let mut group = criterion.benchmark_group("append, embedded store, durable");
    group.sample_size(10);
    for inputs in [1, 16, 256] {
        group.throughput(Throughput::Elements(inputs));
        group.bench_function(BenchmarkId::from_parameter(inputs), |bencher| {
            let batch = vec![payload.clone(); inputs as usize];
            bencher.iter(|| runtime.block_on(store.append(meeting, Epoch(1), batch.clone())).unwrap());
        });
    }
}

fn load(criterion: &mut Criterion) {
    let runtime = runtime();
    let folder = tempfile::tempdir().unwrap();
    let store = runtime.block_on(EmbeddedStore::open(folder.path(), Arc::new(SystemClock))).unwrap();
    let store: Arc<dyn Store> = Arc::new(store);
    let meeting = MeetingId(Uuid::from_u128(1));
    let built = built::build(meeting);
    runtime.block_on(built::keep(&*store, meeting, &built));
    let mut group = criterion.benchmark_group("load, embedded store");
    group.sample_size(10);
    group.bench_function(format!("{} notes", built::ROOMS * built::NOTES_PER_ROOM), |bencher| {
        bencher.iter_custom(|iterations| {
            (0..iterations)
                .map(|_| {
                    let hub = Hub::new(Arc::clone(&store), Arc::new(SystemClock), HubLimits::default());
                    let began = Instant::now();
                    let seq = runtime.block_on(hub.read(meeting, |_, position| position.seq)).unwrap();
                    assert_eq!(seq.0 as usize, built.payloads.len());
                    began.elapsed()
                })
                .sum()
        });
    });
}

/// A file of so many bytes of other meetings, from which one is deleted: all the rest is copied.
fn erase(criterion: &mut Criterion) {
    let runtime = runtime();
    let mut group = criterion.benchmark_group("erase from the embedded store's file");
    group.sample_size(10);
    for megabytes in [1, 10, 100] {
        let folder = tempfile::tempdir().unwrap();
        let store = runtime.block_on(EmbeddedStore::open(folder.path(), Arc::new(SystemClock))).unwrap();
        let payload = Bytes::from(vec![b'x'; 1_000]);
        let (other, meeting) = (MeetingId(Uuid::from_u128(1)), MeetingId(Uuid::from_u128(2)));
        runtime.block_on(store.create(other, payload.clone())).unwrap();
        for _ in 0..megabytes {
            let batch = vec![payload.clone(); 1_000];
            runtime.block_on(store.append(other, Epoch(1), batch)).unwrap();
        }
        group.throughput(Throughput::Bytes(megabytes * 1_000_000));
        group.bench_function(format!("{megabytes} MB of other meetings"), |bencher| {
            bencher.iter_custom(|iterations| {
                (0..iterations)
                    .map(|_| {
                        runtime.block_on(store.create(meeting, payload.clone())).unwrap();
                        let began = Instant::now();
                        runtime.block_on(store.delete(meeting)).unwrap();
                        began.elapsed()
                    })
                    .sum()
            });
        });
    }
}

criterion_group!(benches, fan_out, append, load, erase);
criterion_main!(benches);
