//! The embedded store under `kill -9`: a child process appends and prints every acknowledgement, the parent
//! kills it at a moment drawn by chance, opens what it left, and compares. Many rounds on one folder.
//!
//! The child is this test binary itself, called again for one test with its work in the environment.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use engawa_server::clock::SystemClock;
use engawa_server::store::embedded::EmbeddedStore;
use engawa_server::store::{
    Epoch, LogEntry, MeetingId, Position, Seq, Snapshot, StateDigest, Store, StoreError,
};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use uuid::Uuid;

const FOLDER: &str = "ENGAWA_TEST_CRASH_FOLDER";
const ROUND: &str = "ENGAWA_TEST_CRASH_ROUND";
const MEETINGS: u128 = 3;
const APPENDERS: usize = 4;
/// A meeting that is made and deleted again and again, so that the file is exchanged under the others.
const DELETED: u128 = 99;
/// What is in it and nowhere else.
const DELETED_TEXT: &str = "text of the deleted meeting";
/// Batches of the first appender between two deletions.
const BATCHES_BETWEEN: usize = 8;
/// Rounds stop at whichever comes first; at least the minimum is always run.
const ROUNDS: std::ops::RangeInclusive<u32> = 10..=60;
const TIME: Duration = Duration::from_secs(15);
const SEED: u64 = 0x0e46_a3a0;

fn key(number: u128) -> MeetingId {
    MeetingId(Uuid::from_u128(number))
}

fn at(seq: u64) -> Position {
    Position { epoch: Epoch(1), seq: Seq(seq) }
}

/// What a child does until it is killed. Not a test of its own: without its work in the environment it has none.
#[test]
fn crash_child() {
    let (Ok(folder), Ok(round)) = (std::env::var(FOLDER), std::env::var(ROUND)) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Arc::new(EmbeddedStore::open(folder, Arc::new(SystemClock)).await.unwrap());
        for number in 1..=MEETINGS {
            match store.create(key(number), Bytes::from_static(b"first")).await {
                Ok(_) | Err(StoreError::AlreadyExists) => {}
                Err(error) => panic!("create: {error}"),
            }
        }
        let appenders: Vec<_> = (0..APPENDERS)
            .map(|appender| tokio::spawn(append_for_ever(Arc::clone(&store), round.clone(), appender)))
            .collect();
        for appender in appenders {
            appender.await.unwrap();
        }
    });
}

async fn append_for_ever(store: Arc<EmbeddedStore>, round: String, appender: usize) {
    let mut random = StdRng::seed_from_u64(SEED ^ appender as u64);
    for batch in 0.. {
        let number = random.random_range(1..=MEETINGS);
        let count = random.random_range(1..=6);
        let filler = "縁".repeat(random.random_range(0..400));
        let marker = format!("{round}-{appender}-{batch}");
        let payloads =
            (0..count).map(|index| Bytes::from(format!("{marker} {index} {count} {filler}"))).collect();
        let appended = store.append(key(number), Epoch(1), payloads).await.unwrap();
        say(&format!("ack {number} {marker} {}", appended.first.seq.0));
        if appender == 0 && batch % BATCHES_BETWEEN == 1 {
            match store.create(key(DELETED), Bytes::from_static(DELETED_TEXT.as_bytes())).await {
                Ok(_) | Err(StoreError::AlreadyExists) => {}
                Err(error) => panic!("create: {error}"),
            }
            store.delete(key(DELETED)).await.unwrap();
            say("deleted");
        }
        if batch % 16 == 15 {
            let position = appended.last();
            let bytes = Bytes::from(format!("state {}", position.seq.0));
            let snapshot = Snapshot { position, digest: StateDigest([3; 32]), bytes };
            store.put_snapshot(key(number), snapshot).await.unwrap();
            say(&format!("snapshot {number} {}", position.seq.0));
        }
    }
}

/// One whole line at once, past the test harness's own capture, written before the next append begins.
fn say(line: &str) {
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).unwrap();
}

#[derive(Default)]
struct Told {
    /// Where each acknowledged batch stands.
    acks: HashMap<(u128, String), u64>,
    /// The newest snapshot that was acknowledged.
    snapshots: HashMap<u128, u64>,
    /// How often a meeting was deleted.
    deletions: u32,
}

impl Told {
    /// The last line of a killed process may be half a line; its number would be wrong.
    fn hear(&mut self, line: &str) {
        let Some(line) = line.strip_suffix('\n') else { return };
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["ack", meeting, marker, seq] => {
                let told = self.acks.insert((meeting.parse().unwrap(), marker.into()), seq.parse().unwrap());
                assert_eq!(told, None, "acknowledged twice");
            }
            ["snapshot", meeting, seq] => {
                let newest = self.snapshots.entry(meeting.parse().unwrap()).or_default();
                *newest = (*newest).max(seq.parse().unwrap());
            }
            ["deleted"] => self.deletions += 1,
            // What the test harness itself says.
            _ => {}
        }
    }
}

/// Runs one child and kills it after a number of lines.
fn run_and_kill(folder: &Path, round: u32, lines: usize, told: &mut Told) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store::crash::crash_child", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env(ROUND, round.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    for _ in 0..lines {
        line.clear();
        assert_ne!(output.read_line(&mut line).unwrap(), 0, "the child ended by itself");
        told.hear(&line);
    }
    child.kill().unwrap();
    // What it said before it died, it had been told by the store.
    loop {
        line.clear();
        if output.read_line(&mut line).unwrap() == 0 {
            break;
        }
        told.hear(&line);
    }
    assert!(!child.wait().unwrap().success());
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_by_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut random = StdRng::seed_from_u64(SEED);
    let mut told = Told::default();
    let (begun, mut rounds, mut unheard) = (Instant::now(), 0, 0);
    while rounds < *ROUNDS.start() || (rounds < *ROUNDS.end() && begun.elapsed() < TIME) {
        // Often in the first moments, when the store is being made or recovered; line 2 or so is the first ack.
        let lines =
            if random.random_bool(0.3) { random.random_range(0..4) } else { random.random_range(4..120) };
        run_and_kill(folder.path(), rounds, lines, &mut told);
        unheard = runtime.block_on(check(folder.path(), &told));
        rounds += 1;
    }
    assert!(told.deletions > 3, "hardly anything was deleted");
    println!(
        "{rounds} kills, {} deletions, {} acknowledged batches, {unheard} unheard ones, all whole",
        told.deletions,
        told.acks.len()
    );
    assert!(told.acks.len() > 100, "the children did next to nothing");
}

/// Opens what is left and compares it with what was acknowledged. Answers how many whole batches are there of
/// which no acknowledgement was heard.
async fn check(folder: &Path, told: &Told) -> usize {
    let store = EmbeddedStore::open(folder, Arc::new(SystemClock)).await.unwrap();
    let mut unheard = 0;
    for number in 1..=MEETINGS {
        let entries = match read_all(&store, key(number)).await {
            Ok(entries) => entries,
            Err(StoreError::NotFound) => {
                assert!(!told.acks.keys().any(|(meeting, _)| *meeting == number), "a meeting is lost");
                continue;
            }
            Err(error) => panic!("meeting {number}: {error}"),
        };
        let batches = batches_of(&entries);
        let acks = told.acks.iter().filter(|((meeting, _), _)| *meeting == number);
        let mut heard = 0;
        for ((_, marker), seq) in acks {
            assert_eq!(batches.get(marker), Some(seq), "batch {marker} is lost or has moved");
            heard += 1;
        }
        unheard += batches.len() - heard;
        if let Some(&newest) = told.snapshots.get(&number) {
            let snapshot = store.latest_snapshot(key(number)).await.unwrap().unwrap();
            assert!(snapshot.position >= at(newest), "an acknowledged snapshot is lost");
            assert_eq!(snapshot.bytes, format!("state {}", snapshot.position.seq.0));
        }
    }
    let is_deleted = store.head(key(DELETED)).await.is_err();
    store.close().await.unwrap();
    if is_deleted {
        for file in std::fs::read_dir(folder).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let found = bytes.windows(DELETED_TEXT.len()).any(|window| window == DELETED_TEXT.as_bytes());
            assert!(!found, "a deleted meeting is still in the file");
        }
    }
    unheard
}

async fn read_all(store: &EmbeddedStore, meeting: MeetingId) -> Result<Vec<LogEntry>, StoreError> {
    let mut entries: Vec<LogEntry> = Vec::new();
    loop {
        let after = at(entries.last().map_or(0, |last| last.seq.0));
        let page = store.read(meeting, after, 1024).await?;
        if page.is_empty() {
            assert_eq!(store.head(meeting).await?.last, after);
            return Ok(entries);
        }
        entries.extend(page);
    }
}

/// Where each batch begins, having checked that numbers are dense, and every batch is whole and there once.
fn batches_of(entries: &[LogEntry]) -> BTreeMap<String, u64> {
    let mut batches = BTreeMap::new();
    let mut rest = entries.iter().zip(1..).map(|(entry, seq)| {
        assert_eq!(entry.seq, Seq(seq), "numbers are not dense");
        let text = String::from_utf8(entry.payload.to_vec()).unwrap();
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        (seq, words)
    });
    let first = rest.next().expect("the first entry is missing");
    assert_eq!(first.1, ["first"]);
    while let Some((seq, words)) = rest.next() {
        let count: usize = words[2].parse().unwrap();
        assert_eq!(words[1], "0", "the beginning of a batch is missing");
        for index in 1..count {
            let (_, next) = rest.next().expect("the end of a batch is missing");
            assert_eq!((&next[0], &next[1]), (&words[0], &index.to_string()), "a batch is torn");
        }
        assert_eq!(batches.insert(words[0].clone(), seq), None, "a batch is there twice");
    }
    batches
}
