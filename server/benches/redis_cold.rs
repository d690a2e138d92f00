//! How long a node that has never had it takes to serve a meeting of 20,000 notes from Redis: reading the snapshot,
//! decoding it, checking its digest, reading and applying the 499 entries behind it. Starts a Redis of its own.
//!
//! `cargo bench -p engawa-server --bench redis_cold`

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement fails by panicking")]

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use engawa_domain::{
    CreateMeeting, Entropy, Entry, Input, Meeting, Origin, Outcome, RULES_VERSION, SystemInput, apply,
    decode_snapshot, digest, encode_snapshot,
};
use engawa_protocol::command::{AddNote, AddRound, OpenRound, VisitRoom};
use engawa_protocol::{
    AreaId, AuthorDisplay, BoardId, BoardTemplate, ClientSeq, Command as Asked, DeviceId, GroupingRule,
    Language, MeetingId, NoteColor, PersonId, RoomId, RoundId, RoundKind, RoundPlan, Seq, Timestamp,
};
use engawa_server::clock::SystemClock;
use engawa_server::hub::{Hub, HubLimits};
use engawa_server::store::redis::{RedisAddress, RedisOptions, RedisStore};
use engawa_server::store::{Epoch, Position, Snapshot, StateDigest, Store};
use uuid::Uuid;

const ROOMS: u32 = 100;
const NOTES_PER_ROOM: u32 = 200;
/// What a node applies behind the newest snapshot at most: one less than makes the next one due.
const TAIL: usize = 499;
const RUNS: usize = 15;

struct Redis {
    child: Child,
    folder: tempfile::TempDir,
}

impl Redis {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let child = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--dir"])
            .arg(folder.path())
            .arg("--unixsocket")
            .arg(folder.path().join("redis.sock"))
            .stdout(Stdio::null())
            .spawn()
            .expect("needs the program redis-server");
        Self { child, folder }
    }

    async fn open(&self) -> Arc<RedisStore> {
        let url = format!("redis+unix://{}", self.folder.path().join("redis.sock").display());
        let options = RedisOptions::new(RedisAddress::parse(&url).unwrap());
        let began = Instant::now();
        loop {
            match RedisStore::open(options.clone()).await {
                Ok(store) => return Arc::new(store),
                Err(error) => assert!(began.elapsed() < Duration::from_secs(30), "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A meeting as its log makes it.
struct Builder {
    meeting: Option<Meeting>,
    payloads: Vec<Bytes>,
    number: u64,
}

impl Builder {
    fn take(&mut self, origin: Origin) {
        let input = Input { entropy: Entropy([7, self.payloads.len() as u64]), origin };
        self.payloads.push(engawa_protocol::codec::to_vec(&input).unwrap().into());
        let (seq, at) = (Seq(self.payloads.len() as u64), Timestamp(1_790_000_000_000));
        let applied = apply(&mut self.meeting, &Entry { seq, at, input });
        assert!(matches!(applied.outcome, Outcome::Accepted { .. }), "{:?}", applied.outcome);
    }

    fn ask(&mut self, command: impl Into<Asked>) {
        self.number += 1;
        let (device, client_seq) = (DeviceId(Uuid::from_u128(5)), ClientSeq(self.number));
        self.take(Origin::Person { person: PersonId(1), device, client_seq, command: command.into() });
    }
}

fn build(id: MeetingId) -> Builder {
    let mut builder = Builder { meeting: None, payloads: Vec::new(), number: 0 };
    let create = CreateMeeting {
        meeting: id,
        rules_version: RULES_VERSION,
        title: "第5回研究会".into(),
        language: Language::Ja,
        coordinator: "進行 1".into(),
        keep_until: None,
    };
    builder.take(Origin::System { input: SystemInput::CreateMeeting(create) });
    let plan = RoundPlan {
        kind: RoundKind::Dialogue,
        title: "対話 1".into(),
        question: String::new(),
        duration_ms: None,
        grouping: GroupingRule::Open { rooms: ROOMS },
        turn_ms: None,
        template: BoardTemplate::Free,
        authors: AuthorDisplay::Shown,
        countdown_ms: 0,
    };
    builder.ask(AddRound { plan, before: None });
    builder.ask(OpenRound { round: RoundId(1) });
    for room in 1..=ROOMS {
        builder.ask(VisitRoom { room: Some(RoomId(room)) });
        for note in 0..NOTES_PER_ROOM {
            let text = format!("{room}-{note} 評価の面談が形だけになっていて、次の年につながらない");
            builder.ask(AddNote { board: BoardId(room), area: AreaId(0), text, color: NoteColor::Yellow });
        }
    }
    builder
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let redis = Redis::start();
    let store = redis.open().await;
    let id = MeetingId(Uuid::from_u128(1));
    let built = build(id);
    store.create(id, built.payloads[0].clone()).await.unwrap();
    for batch in built.payloads[1..].chunks(1000) {
        store.append(id, Epoch(1), batch.to_vec()).await.unwrap();
    }
    // The snapshot as a node would have left it.
    let covered = built.payloads.len() - TAIL;
    let mut meeting = None;
    for (payload, seq) in built.payloads[..covered].iter().zip(1..) {
        let input = engawa_protocol::codec::from_slice(payload).unwrap();
        // Times do not matter for what is measured.
        apply(&mut meeting, &Entry { seq: Seq(seq), at: Timestamp(1_790_000_000_000), input });
    }
    let meeting = meeting.unwrap();
    let bytes: Bytes = encode_snapshot(&meeting).unwrap().into();
    let position = Position { epoch: Epoch(1), seq: Seq(covered as u64) };
    let state = StateDigest(digest(&meeting).unwrap());
    let size = bytes.len();
    store.put_snapshot(id, Snapshot { position, digest: state, bytes }).await.unwrap();

    let (mut all, mut read, mut decode, mut check) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let cold = redis.open().await;
        let began = Instant::now();
        let snapshot = cold.latest_snapshot(id).await.unwrap().unwrap();
        read.push(began.elapsed());
        let began = Instant::now();
        let decoded = decode_snapshot(&snapshot.bytes).unwrap();
        decode.push(began.elapsed());
        let began = Instant::now();
        assert_eq!(StateDigest(digest(&decoded).unwrap()), snapshot.digest);
        check.push(began.elapsed());

        let cold = redis.open().await;
        let hub = Hub::new(cold, Arc::new(SystemClock), HubLimits::default());
        let began = Instant::now();
        let seq = hub.read(id, |_, position| position.seq).await.unwrap();
        all.push(began.elapsed());
        assert_eq!(seq.0 as usize, built.payloads.len());
    }
    println!(
        "{} notes, snapshot of {} KiB, {TAIL} entries behind it; median (worst) of {RUNS}:",
        ROOMS * NOTES_PER_ROOM,
        size >> 10
    );
    for (what, mut times) in [
        ("snapshot read", read),
        ("decoded", decode),
        ("digest checked", check),
        ("all, to the first answer", all),
    ] {
        times.sort_unstable();
        println!("  {what}: {:?} ({:?})", times[times.len() / 2], times[times.len() - 1]);
    }
}
