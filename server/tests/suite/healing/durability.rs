//! The table of what each level of durability can lose (`server/deploy/redis.md`), cell by cell: Redis is killed, killed
//! while its disk stalls, loses its power, and is replaced by a replica. Where the table says "nothing", nothing may be
//! lost; where it says that something can be lost, a loss is shown.
//!
//! A disk stalls by delaying the calls of `fdatasync`; power is lost by cutting off what no finished `fdatasync` covers.
//! Both use `strace` (Debian: apt-get install strace). Where a process may not be traced the tests fail and say so.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use engawa_server::store::redis::{RedisOptions, RedisStore};
use engawa_server::store::{Epoch, Store};

use crate::support::redis::{Redis, at, meeting, read_all, text, until};

const EVERY_SECOND: &[&str] = &["--appendonly", "yes", "--appendfsync", "everysec"];
const ALWAYS: &[&str] = &["--appendonly", "yes", "--appendfsync", "always"];
/// `make durability` sets more.
fn rounds() -> u32 {
    std::env::var("ENGAWA_TEST_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// Watches a process's calls, and delays some if told so.
struct Strace {
    child: Child,
    output: PathBuf,
}

impl Strace {
    fn attach(redis: &Redis, args: &[&str]) -> Self {
        let output = redis.folder().join(format!("strace-{}", redis.process()));
        let child = Command::new("strace")
            .args(["-f", "-q", "-y", "-s", "0", "-o"])
            .arg(&output)
            .args(args)
            .args(["-p", &redis.process().to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("these tests need the program strace (Debian: apt-get install strace)");
        let mut strace = Self { child, output };
        let began = Instant::now();
        let status = format!("/proc/{}/status", redis.process());
        while !traced(&status) {
            if let Some(code) = strace.child.try_wait().unwrap() {
                use std::io::Read as _;
                let mut said = String::new();
                let _ = strace.child.stderr.take().unwrap().read_to_string(&mut said);
                panic!(
                    "durability is NOT PROVED on this machine: strace cannot trace redis-server ({code}): {said}. \
                     Allow ptrace (in a container: --cap-add=SYS_PTRACE)"
                );
            }
            assert!(began.elapsed() < Duration::from_secs(20), "strace does not get hold of redis-server");
            std::thread::sleep(Duration::from_millis(5));
        }
        strace
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.output).unwrap()
    }

    /// Lets go of the process, with everything written down.
    fn end(mut self) -> String {
        let process = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &process]).status();
        let _ = self.child.wait();
        self.log()
    }
}

fn traced(status: &str) -> bool {
    let status = std::fs::read_to_string(status).unwrap_or_default();
    let tracer = status.lines().find_map(|line| line.strip_prefix("TracerPid:"));
    tracer.is_some_and(|tracer| tracer.trim() != "0")
}

async fn open(redis: &Redis, wait_replicas: u32) -> RedisStore {
    RedisStore::open(RedisOptions { wait_replicas, ..redis.options() }).await.unwrap()
}

/// Appends until it has been told `count` times that an entry is kept, or until the time is over.
async fn append(store: &RedisStore, name: &str, count: usize, time: Duration) -> Vec<Bytes> {
    let (began, mut kept) = (Instant::now(), Vec::new());
    for number in 0.. {
        if kept.len() == count {
            break;
        }
        let Some(left) = time.checked_sub(began.elapsed()) else { break };
        let payload = text(format!("{name} {number}"));
        let appending = store.append(meeting(1), Epoch(1), vec![payload.clone()]);
        match tokio::time::timeout(left, appending).await {
            Ok(Ok(_)) => kept.push(payload),
            Ok(Err(error)) => assert!(error.is_retryable(), "{error}"),
            Err(_) => break,
        }
    }
    kept
}

/// How many of these a Redis no longer has.
async fn missing(redis: &Redis, kept: &[Bytes]) -> usize {
    let store = open(redis, 0).await;
    let log = read_all(&store, meeting(1), at(1, 0)).await;
    let found = kept.iter().filter(|payload| log.iter().any(|entry| entry.payload == **payload)).count();
    kept.len() - found
}

const LONG: Duration = Duration::from_secs(20);

/// A primary and, where writes wait for one, a replica.
struct Pair {
    primary: Redis,
    replica: Option<Redis>,
    store: RedisStore,
}

async fn pair(level: &'static [&'static str], wait_replicas: u32) -> Pair {
    let port = crate::support::redis::free_port().to_string();
    let primary = Redis::with(&[&["--port", &port, "--bind", "127.0.0.1"], level].concat());
    let replica = if wait_replicas > 0 { Some(replica_of(&primary).await) } else { None };
    let store = open(&primary, wait_replicas).await;
    store.create(meeting(1), text("first")).await.unwrap();
    Pair { primary, replica, store }
}

async fn replica_of(primary: &Redis) -> Redis {
    let replica = Redis::on_port(&["--replicaof", &format!("127.0.0.1 {}", primary.port())]);
    until("the replica follows", async || {
        replica.cli(&["info", "replication"]).contains("master_link_status:up").then_some(())
    })
    .await;
    replica
}

/// Killed with a healthy disk: no level loses anything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_loses_nothing_at_any_level() {
    for _ in 0..rounds() {
        for (level, wait) in [(EVERY_SECOND, 0), (EVERY_SECOND, 1), (ALWAYS, 0), (ALWAYS, 1)] {
            let Pair { mut primary, replica: _replica, store } = pair(level, wait).await;
            let kept = append(&store, "a", 300, LONG).await;
            primary.kill();
            primary.start();
            assert_eq!(kept.len(), 300);
            assert_eq!(missing(&primary, &kept).await, 0, "{level:?} {wait}");
        }
    }
}

/// Killed while the disk stalls: `always` keeps what it has acknowledged; `everysec` loses what came since, also with
/// `WAIT 1` if it comes back itself; a promoted replica has it all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_while_the_disk_stalls() {
    for _ in 0..rounds() {
        for (level, wait, loses) in
            [(EVERY_SECOND, 0, true), (EVERY_SECOND, 1, true), (ALWAYS, 0, false), (ALWAYS, 1, false)]
        {
            let Pair { mut primary, replica, store } = pair(level, wait).await;
            let before = append(&store, "before", 20, LONG).await;
            let stall = Strace::attach(
                &primary,
                &["-e", "trace=fdatasync", "-e", "inject=fdatasync:delay_enter=1900000"],
            );
            let kept = if loses {
                // Once the sync hangs, Redis holds back its writes for up to two seconds and says yes all the same.
                let mut kept = append(&store, "x", 1, LONG).await;
                until("the sync hangs", async || {
                    kept.extend(append(&store, "y", 1, LONG).await);
                    primary.cli(&["info", "persistence"]).contains("aof_pending_bio_fsync:1").then_some(())
                })
                .await;
                append(&store, "stalled", 50, Duration::from_millis(800)).await
            } else {
                let mut kept = append(&store, "stalled", 2, LONG).await;
                // One more is on its way when the switch is thrown.
                kept.extend(append(&store, "late", 1, Duration::from_millis(300)).await);
                kept
            };
            primary.kill();
            drop(stall.end());
            assert_eq!(before.len(), 20);
            assert!(!kept.is_empty(), "{level:?} {wait}: nothing was acknowledged meanwhile");
            if let Some(replica) = &replica {
                replica.cli(&["replicaof", "no", "one"]);
                assert_eq!(
                    missing(replica, &[before.clone(), kept.clone()].concat()).await,
                    0,
                    "{level:?} {wait}"
                );
            }
            primary.start();
            assert_eq!(missing(&primary, &before).await, 0);
            let lost = missing(&primary, &kept).await;
            assert_eq!(lost > 0, loses, "{level:?} {wait}: lost {lost} of {}", kept.len());
        }
    }
}

/// Power lost: what no finished sync covers is gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_loss_of_power() {
    for _ in 0..rounds() {
        for (level, wait, loses) in
            [(EVERY_SECOND, 0, true), (EVERY_SECOND, 1, true), (ALWAYS, 0, false), (ALWAYS, 1, false)]
        {
            let Pair { mut primary, replica, store } = pair(level, wait).await;
            let watch = Strace::attach(&primary, &["-e", "trace=write,fdatasync"]);
            let file = incremental(&primary);
            let before = std::fs::metadata(&file).unwrap().len();
            let mut kept = append(&store, "a", 100, LONG).await;
            if loses {
                // Right behind a sync, so that the next one is most of a second away.
                let syncs = watch.log().matches("fdatasync(").count();
                until("a sync", async || {
                    kept.extend(append(&store, "b", 1, LONG).await);
                    (watch.log().matches("fdatasync(").count() > syncs).then_some(())
                })
                .await;
            }
            kept.extend(append(&store, "c", 50, Duration::from_millis(400)).await);
            primary.kill();
            let synced = before + synced_bytes(&watch.end(), &file);
            let size = std::fs::metadata(&file).unwrap().len();
            assert!(synced <= size, "{synced} of {size}");
            std::fs::File::options().write(true).open(&file).unwrap().set_len(synced).unwrap();
            if let Some(replica) = &replica {
                replica.cli(&["replicaof", "no", "one"]);
                assert_eq!(missing(replica, &kept).await, 0, "{level:?} {wait}: the replica has it all");
            }
            primary.start();
            let lost = missing(&primary, &kept).await;
            assert_eq!(lost > 0, loses, "{level:?} {wait}: lost {lost} of {}", kept.len());
        }
    }
}

/// The file that Redis appends to.
fn incremental(redis: &Redis) -> PathBuf {
    let files = std::fs::read_dir(redis.appended()).unwrap();
    let mut files = files.map(|file| file.unwrap().path());
    files.find(|path| path.to_string_lossy().ends_with(".incr.aof")).expect("an append-only file")
}

/// How many of the bytes written to a file since tracing began were written before the last finished sync began.
fn synced_bytes(log: &str, file: &Path) -> u64 {
    let named = format!("<{}>", file.display());
    let (mut written, mut synced) = (0, 0);
    let mut begun: HashMap<&str, (&str, u64)> = HashMap::new();
    for line in log.lines() {
        let Some((process, call)) = line.split_once(' ') else { continue };
        let call = call.trim_start();
        let result = call.rsplit_once("= ").and_then(|(_, result)| result.trim().parse::<u64>().ok());
        let kind = ["write", "fdatasync"].into_iter().find(|kind| call.starts_with(&format!("{kind}(")));
        let (kind, from) = match (kind, call.starts_with("<... ")) {
            (Some(kind), _) if !call.contains(&named) => {
                begun.remove(process);
                let _ = kind;
                continue;
            }
            (Some(kind), _) if call.contains("<unfinished") => {
                begun.insert(process, (kind, written));
                continue;
            }
            (Some(kind), _) => (kind, written),
            (None, true) => match begun.remove(process) {
                Some(begun) => begun,
                None => continue,
            },
            (None, false) => continue,
        };
        match (kind, result) {
            ("write", Some(bytes)) => written += bytes,
            ("fdatasync", Some(0)) => synced = from,
            _ => {}
        }
    }
    synced
}

/// A replica is promoted that did not receive the last writes: without `WAIT` what it lacks was acknowledged; with
/// `WAIT 1` it was not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failover_to_a_replica_that_lags() {
    for (level, wait, loses) in
        [(EVERY_SECOND, 0, true), (EVERY_SECOND, 1, false), (ALWAYS, 0, true), (ALWAYS, 1, false)]
    {
        let Pair { mut primary, replica, store } = pair(level, wait).await;
        let replica = match replica {
            Some(replica) => replica,
            None => replica_of(&primary).await,
        };
        let mut kept = append(&store, "a", 50, LONG).await;
        until("the replica has it", async || (missing_in(&replica, kept.len()).await == 0).then_some(()))
            .await;
        // The replica no longer receives anything, and is the one that is promoted.
        assert_eq!(replica.cli(&["replicaof", "no", "one"]), "OK");
        kept.extend(append(&store, "b", 10, Duration::from_secs(3)).await);
        primary.kill();
        let lost = missing(&replica, &kept).await;
        assert_eq!(lost > 0, loses, "{level:?} {wait}: lost {lost} of {}", kept.len());
    }
}

async fn missing_in(replica: &Redis, count: usize) -> usize {
    let log = format!("engawa:{{{}}}:log", meeting(1).0.simple());
    let has: usize = replica.cli(&["xlen", &log]).parse().unwrap_or(0);
    (count + 1).saturating_sub(has)
}
