//! How nodes follow their meetings on Redis: tailing connections (`XREAD BLOCK` over up to 100 streams each) against
//! sharded channels that carry the entries. Starts a Redis of its own; prints what an appended entry costs Redis
//! in processor time, and how long after its append a node has it.
//!
//! `cargo bench -p engawa-server --bench redis_follow`

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement fails by panicking")]

use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use redis::aio::MultiplexedConnection;
use redis::streams::StreamReadReply;
use redis::{AsyncConnectionConfig, Client, PushInfo, PushKind, Script, Value};

/// Nodes that follow every meeting.
const NODES: usize = 3;
/// Streams of one tailing connection.
const STREAMS: usize = 100;
const APPENDS_PER_S: u64 = 1_000;
const SECONDS: u64 = 5;
const PAYLOAD_BYTES: usize = 150;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Nobody,
    Tailing,
    Channels,
}

struct Server {
    child: Child,
    folder: tempfile::TempDir,
}

impl Server {
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

    fn client(&self) -> Client {
        let socket = self.folder.path().join("redis.sock");
        Client::open(format!("redis+unix://{}?protocol=resp3", socket.display())).unwrap()
    }

    async fn connect(&self, config: &AsyncConnectionConfig) -> MultiplexedConnection {
        let from = Instant::now();
        loop {
            match self.client().get_multiplexed_async_connection_with_config(config).await {
                Ok(connection) => return connection,
                Err(error) => assert!(from.elapsed() < Duration::from_secs(10), "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Latencies in microseconds, gathered by all followers.
#[derive(Default)]
struct Seen {
    count: AtomicU64,
    latencies_us: Mutex<Vec<u64>>,
}

impl Seen {
    /// The payload begins with the microsecond in which it was sent.
    fn note(&self, start: Instant, payload: &[u8]) {
        let sent: u64 = std::str::from_utf8(&payload[..16]).unwrap().parse().unwrap();
        let now = start.elapsed().as_micros() as u64;
        self.latencies_us.lock().unwrap().push(now.saturating_sub(sent));
        self.count.fetch_add(1, Ordering::SeqCst);
    }
}

fn log(meeting: usize) -> String {
    format!("{{{meeting}}}:log")
}

fn news(meeting: usize) -> String {
    format!("{{{meeting}}}:news")
}

async fn tail(mut connection: MultiplexedConnection, meetings: Vec<usize>, start: Instant, seen: Arc<Seen>) {
    let keys: Vec<_> = meetings.iter().map(|meeting| log(*meeting)).collect();
    let mut ids = vec!["0-0".to_owned(); keys.len()];
    loop {
        let mut command = redis::cmd("XREAD");
        command.arg("BLOCK").arg(0).arg("STREAMS").arg(&keys).arg(&ids);
        let Ok(reply) = command.query_async::<StreamReadReply>(&mut connection).await else { return };
        for stream in reply.keys {
            let place = keys.iter().position(|key| *key == stream.key).unwrap();
            for entry in stream.ids {
                if let Some(Value::BulkString(payload)) = entry.map.get("p") {
                    seen.note(start, payload);
                }
                ids[place] = entry.id;
            }
        }
    }
}

async fn cpu_us(connection: &mut MultiplexedConnection) -> f64 {
    let info: String = redis::cmd("INFO").arg("cpu").query_async(connection).await.unwrap();
    let field = |name: &str| -> f64 {
        info.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().parse().unwrap()
    };
    (field("used_cpu_user:") + field("used_cpu_sys:")) * 1e6
}

async fn measure(way: Way, meetings: usize) {
    let server = Server::start();
    let patient = AsyncConnectionConfig::new().set_response_timeout(None);
    let mut control = server.connect(&patient).await;
    let (start, seen) = (Instant::now(), Arc::new(Seen::default()));
    let mut tasks = Vec::new();
    let mut listeners = Vec::new();
    for _ in 0..NODES {
        match way {
            Way::Nobody => {}
            Way::Tailing => {
                for part in (0..meetings).collect::<Vec<_>>().chunks(STREAMS) {
                    let connection = server.connect(&patient).await;
                    tasks.push(tokio::spawn(tail(connection, part.to_vec(), start, seen.clone())));
                }
            }
            Way::Channels => {
                let seen = seen.clone();
                let push = move |push: PushInfo| -> Result<(), ()> {
                    if let (PushKind::SMessage, Some(Value::BulkString(payload))) =
                        (push.kind, push.data.get(1))
                    {
                        seen.note(start, payload);
                    }
                    Ok(())
                };
                let mut connection = server.connect(&patient.clone().set_push_sender(push)).await;
                for meeting in 0..meetings {
                    let mut command = redis::cmd("SSUBSCRIBE");
                    command.arg(news(meeting)).query_async::<Value>(&mut connection).await.unwrap();
                }
                listeners.push(connection);
            }
        }
    }
    // Lives as long as the program: the calls below are tasks of their own.
    let append: &Script = Box::leak(Box::new(Script::new(match way {
        Way::Nobody | Way::Tailing => "return redis.call('XADD', KEYS[1], '*', 'p', ARGV[1])",
        Way::Channels => {
            "local id = redis.call('XADD', KEYS[1], '*', 'p', ARGV[1]) \
             redis.call('SPUBLISH', ARGV[2], ARGV[1]) return id"
        }
    })));
    let mut dice = StdRng::seed_from_u64(1);
    let before = cpu_us(&mut control).await;
    let mut pace = tokio::time::interval(Duration::from_micros(1_000_000 / APPENDS_PER_S));
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
    for _ in 0..APPENDS_PER_S * SECONDS {
        pace.tick().await;
        let meeting = dice.random_range(0..meetings);
        let sent = start.elapsed().as_micros();
        let payload = format!("{sent:016}{}", "x".repeat(PAYLOAD_BYTES - 16));
        let mut call = append.prepare_invoke();
        call.key(log(meeting)).arg(payload).arg(news(meeting));
        let mut connection = control.clone();
        tasks.push(tokio::spawn(async move {
            call.invoke_async::<Value>(&mut connection).await.unwrap();
        }));
    }
    let sent = APPENDS_PER_S * SECONDS;
    let expected = if way == Way::Nobody { 0 } else { sent * NODES as u64 };
    let limit = Instant::now();
    while seen.count.load(Ordering::SeqCst) < expected {
        assert!(limit.elapsed() < Duration::from_secs(30), "entries are missing");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let cpu = cpu_us(&mut control).await - before;
    let connected: String = redis::cmd("INFO").arg("clients").query_async(&mut control).await.unwrap();
    let clients = connected.lines().find_map(|line| line.strip_prefix("connected_clients:")).unwrap();
    let mut latencies = std::mem::take(&mut *seen.latencies_us.lock().unwrap());
    latencies.sort_unstable();
    let at = |share: usize| latencies.get(latencies.len() * share / 1000).copied().unwrap_or(0);
    println!(
        "| {way:?} | {meetings} | {} | {:.0} | {} | {} |",
        clients.trim(),
        cpu / sent as f64,
        at(500),
        at(990),
    );
    tasks.iter().for_each(tokio::task::JoinHandle::abort);
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    println!(
        "{NODES} nodes, {APPENDS_PER_S} appends/s of {PAYLOAD_BYTES} bytes for {SECONDS} s, appendfsync always"
    );
    println!("| way | meetings | connections | Redis processor us/entry | p50 us | p99 us |");
    println!("| --- | --- | --- | --- | --- | --- |");
    runtime.block_on(async {
        for meetings in [10, 100, 1_000] {
            for way in [Way::Nobody, Way::Tailing, Way::Channels] {
                measure(way, meetings).await;
            }
        }
    });
}
