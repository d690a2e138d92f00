//! How long a node that has never had it takes to serve a meeting of 20,000 notes from Redis: reading the snapshot,
//! decoding it, checking its digest, reading and applying the 499 entries behind it. Starts a Redis of its own.
//!
//! `cargo bench -p engawa-server --bench redis_cold`

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement fails by panicking")]

#[path = "support/built.rs"]
mod built;

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use engawa_domain::{decode_snapshot, digest};
use engawa_protocol::MeetingId;
use engawa_server::clock::SystemClock;
use engawa_server::hub::{Hub, HubLimits};
use engawa_server::packed::unpack;
use engawa_server::store::redis::{RedisAddress, RedisOptions, RedisStore};
use engawa_server::store::{StateDigest, Store as _};
use uuid::Uuid;

use built::{NOTES_PER_ROOM, ROOMS, TAIL, build, keep};

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

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let redis = Redis::start();
    let store = redis.open().await;
    let id = MeetingId(Uuid::from_u128(1));
    let built = build(id);
    let size = keep(&*store, id, &built).await;

    let (mut all, mut read, mut decode, mut check) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let cold = redis.open().await;
        let began = Instant::now();
        let snapshot = cold.latest_snapshot(id).await.unwrap().unwrap();
        read.push(began.elapsed());
        let began = Instant::now();
        let decoded = decode_snapshot(&unpack(&snapshot.bytes).unwrap()).unwrap();
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
