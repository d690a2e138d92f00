//! Real nodes, each a process of its own, on a real Redis that dies, forgets, is cut off or replaced.

use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use engawa_protocol::http::{CreateMeeting, MeetingCreated};
use engawa_protocol::{CloseCode, Language, Rejection};
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::sync::watch;

use super::named;
use crate::kill::ADMIN_KEY;
use crate::support::http::{free_address, request};
use crate::support::redis::{Redis, until};
use crate::support::{PATIENCE, Person, note};

/// A node.
pub(crate) struct Node {
    child: Child,
    listen: String,
    internal: String,
}

impl Node {
    /// Nodes that share a folder share their keys.
    async fn start(folder: &TempDir, redis_url: &str) -> Self {
        Self::start_in(folder.path(), redis_url, &[]).await
    }

    pub(crate) async fn start_in(folder: &Path, redis_url: &str, more: &[(&str, &str)]) -> Self {
        Self::start_saying(folder, redis_url, more, Stdio::inherit()).await
    }

    /// As [`Node::start_in`]; its log goes elsewhere.
    async fn start_saying(folder: &Path, redis_url: &str, more: &[(&str, &str)], log: Stdio) -> Self {
        let (listen, internal) = (free_address(), free_address());
        let child = Command::new(env!("CARGO_BIN_EXE_engawa"))
            .env("ENGAWA_LISTEN", &listen)
            .env("ENGAWA_INTERNAL_LISTEN", &internal)
            .env("ENGAWA_PUBLIC_URL", format!("http://{listen}"))
            .env("ENGAWA_DATA_DIR", folder)
            .env("ENGAWA_ADMIN_KEY", ADMIN_KEY)
            .env("ENGAWA_STORE", "redis")
            .env("ENGAWA_REDIS_URL", redis_url)
            .env("ENGAWA_LOG_FILTER", "error")
            .envs(more.iter().copied())
            .stdin(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let node = Self { child, listen, internal };
        until("the node is ready", async || {
            request(&node.internal, "GET", "/readyz", None, "")
                .await
                .ok()
                .filter(|(status, _)| *status == 200)
        })
        .await;
        node
    }

    pub(crate) fn url(&self) -> String {
        format!("ws://{}/ws", self.listen)
    }

    pub(crate) async fn create(&self) -> MeetingCreated {
        let create = CreateMeeting {
            title: "研究会".into(),
            language: Language::Ja,
            coordinator: "進行 1".into(),
            keep_until: None,
        };
        let body = serde_json::to_string(&create).unwrap();
        let answer = request(&self.listen, "POST", "/api/meetings", Some(ADMIN_KEY), &body).await.unwrap();
        serde_json::from_str(&answer.1).unwrap()
    }

    fn signal(&self, name: &str) {
        let process = self.child.id().unwrap().to_string();
        assert!(std::process::Command::new("kill").args([name, &process]).status().unwrap().success());
    }

    async fn metric(&self, name: &str) -> f64 {
        let (_, text) = request(&self.internal, "GET", "/metrics", None, "").await.unwrap();
        let values =
            text.lines().filter(|line| line.starts_with(name)).filter_map(|line| line.split(' ').nth(1));
        values.filter_map(|value| value.parse::<f64>().ok()).sum()
    }
}

/// Comes (back), as a client does: for a fresh view if the epoch has changed.
async fn come(person: &mut Person, url: &str) {
    if person.goodbye.as_ref().is_some_and(|goodbye| goodbye.code == CloseCode::EpochChanged) {
        person.position = None;
    }
    let began = Instant::now();
    while let Err(code) = person.come_to(url).await {
        assert!(code.is_retryable(), "{code:?}");
        assert!(began.elapsed() < PATIENCE, "not let in: {code:?}");
        if code == CloseCode::EpochChanged {
            person.position = None;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn write(person: &mut Person, name: &str, count: usize) {
    for text in named(name, count) {
        person.ask(note(&text)).await.unwrap();
    }
}

fn texts(person: &Person) -> Vec<String> {
    let mut texts: Vec<_> = person.view().plenary.notes.values().map(|note| note.text.clone()).collect();
    texts.sort();
    texts
}

async fn until_sees(person: &mut Person, mut all: Vec<String>) {
    all.sort();
    person.until("all notes", |me| texts(me) == all).await;
}

/// Two nodes, and somebody on each.
async fn party(folder: &TempDir, urls: [&str; 2]) -> (Node, Node, Person, Person, MeetingCreated) {
    let one = Node::start(folder, urls[0]).await;
    let other = Node::start(folder, urls[1]).await;
    let made = one.create().await;
    let mut here = Person::outside_of(&made.token, made.meeting);
    come(&mut here, &one.url()).await;
    let mut there = Person::outside_of(&made.token, made.meeting);
    come(&mut there, &other.url()).await;
    (one, other, here, there, made)
}

/// Both are told of a new epoch, come back, and see everything; then both write on.
async fn both_come_back(nodes: [&Node; 2], people: [&mut Person; 2], mut all: Vec<String>) {
    let [here, there] = people;
    for (person, node) in [(&mut *here, nodes[0]), (&mut *there, nodes[1])] {
        assert_eq!(person.until_closed().await, CloseCode::EpochChanged);
        come(person, &node.url()).await;
        assert!(person.position.unwrap().epoch.0 > 1);
    }
    write(here, "here", 2).await;
    write(there, "there", 2).await;
    all.extend([named("here", 2), named("there", 2)].concat());
    until_sees(here, all.clone()).await;
    until_sees(there, all).await;
    assert_eq!(here.position, there.position);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_comes_back_empty() {
    let (folder, mut redis) = (tempfile::tempdir().unwrap(), Redis::durable());
    let url = redis.url();
    let (one, other, mut here, mut there, made) = party(&folder, [&url, &url]).await;
    write(&mut here, "a", 10).await;
    until_sees(&mut there, named("a", 10)).await;
    redis.lose_everything();
    both_come_back([&one, &other], [&mut here, &mut there], named("a", 10)).await;
    let healed =
        one.metric("engawa_meetings_healed_total").await + other.metric("engawa_meetings_healed_total").await;
    assert!((healed - 1.0).abs() < f64::EPSILON, "one node does it: {healed}");
    // The meeting is on the list again: its code leads to it from a node that has just been started.
    let third = Node::start(&folder, &url).await;
    let mut late = Person::outside_of(&made.token, made.meeting);
    come(&mut late, &third.url()).await;
    assert_eq!(texts(&late), texts(&here));
    assert_eq!(redis.cli(&["zcard", "engawa:meetings"]), "1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_comes_back_without_its_last_second() {
    let (folder, mut redis) = (tempfile::tempdir().unwrap(), Redis::durable());
    let url = redis.url();
    let (one, other, mut here, mut there, _) = party(&folder, [&url, &url]).await;
    write(&mut here, "a", 5).await;
    redis.back_up();
    write(&mut here, "b", 5).await;
    until_sees(&mut there, [named("a", 5), named("b", 5)].concat()).await;
    redis.lose_since_backup();
    let all = [named("a", 5), named("b", 5)].concat();
    both_come_back([&one, &other], [&mut here, &mut there], all).await;
}

/// For how long a node sleeps: longer than any answer is waited for and any lease of the store but one. `make
/// healing-long` sets 30 s.
fn sleep_s() -> u64 {
    std::env::var("ENGAWA_TEST_SLEEP_S").ok().and_then(|text| text.parse().ok()).unwrap_or(8)
}

/// A node is stopped in the middle of everything, and Redis loses its last second meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_sleeps_and_wakes() {
    let (folder, mut redis) = (tempfile::tempdir().unwrap(), Redis::durable());
    let url = redis.url();
    let (one, other, mut here, mut there, _) = party(&folder, [&url, &url]).await;
    write(&mut here, "a", 5).await;
    until_sees(&mut there, named("a", 5)).await;
    redis.back_up();
    write(&mut here, "b", 2).await;
    until_sees(&mut there, [named("a", 5), named("b", 2)].concat()).await;
    one.signal("-STOP");
    let began = Instant::now();
    // Nobody says so, but it is not in the log: the answer must not come before the node wakes, and then only once.
    let asleep = here.submit(note("asleep")).await;
    write(&mut there, "c", 3).await;
    redis.lose_since_backup();
    assert_eq!(there.until_closed().await, CloseCode::EpochChanged);
    come(&mut there, &other.url()).await;
    write(&mut there, "d", 3).await;
    tokio::time::sleep(Duration::from_secs(sleep_s()).saturating_sub(began.elapsed())).await;
    assert!(!here.outcomes.contains_key(&asleep));
    one.signal("-CONT");
    assert_eq!(here.until_closed().await, CloseCode::EpochChanged);
    come(&mut here, &one.url()).await;
    here.outcome(asleep).await.unwrap();
    let mut all = [named("a", 5), named("b", 2), named("c", 3), named("d", 3)].concat();
    all.push("asleep".into());
    until_sees(&mut here, all.clone()).await;
    until_sees(&mut there, all).await;
    assert_eq!(here.position, there.position);
}

/// A way to Redis that can be cut and led elsewhere.
struct Way {
    port: u16,
    open: Arc<AtomicBool>,
    target: Arc<Mutex<u16>>,
    cuts: watch::Sender<u64>,
}

impl Way {
    async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let way = Self {
            port: listener.local_addr().unwrap().port(),
            open: Arc::new(AtomicBool::new(true)),
            target: Arc::new(Mutex::new(port)),
            cuts: watch::Sender::new(0),
        };
        let (open, target, cuts) = (Arc::clone(&way.open), Arc::clone(&way.target), way.cuts.clone());
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                if !open.load(Ordering::SeqCst) {
                    continue;
                }
                let (port, mut cut) = (*target.lock().unwrap(), cuts.subscribe());
                tokio::spawn(async move {
                    let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => {}
                        _ = cut.changed() => {}
                    }
                });
            }
        });
        way
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    fn cut(&self) {
        self.open.store(false, Ordering::SeqCst);
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    fn open(&self) {
        self.open.store(true, Ordering::SeqCst);
    }

    fn lead_to(&self, port: u16) {
        *self.target.lock().unwrap() = port;
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

/// People on a node that is cut off keep their view and are told that nothing can be saved; the others notice nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_is_cut_off_and_comes_back() {
    let (folder, redis) = (tempfile::tempdir().unwrap(), Redis::on_port(&[]));
    let way = Way::to(redis.port()).await;
    let (_one, _other, mut here, mut there, _) = party(&folder, [&way.url(), &redis.url()]).await;
    write(&mut here, "a", 3).await;
    until_sees(&mut there, named("a", 3)).await;
    way.cut();
    let refused = here.submit(note("later")).await;
    assert_eq!(here.outcome(refused).await, Err(Rejection::Unavailable {}));
    assert_eq!(texts(&here), named("a", 3), "the view stays");
    write(&mut there, "b", 3).await;
    way.open();
    here.until("what the others wrote", |me| named("b", 3).iter().all(|text| texts(me).contains(text))).await;
    // What was under way when it was refused may have been taken all the same (CM4): sent again, it is there once.
    here.send_refused_again().await;
    here.outcome(refused).await.unwrap();
    let mut all = [named("a", 3), named("b", 3), vec!["later".to_owned()]].concat();
    until_sees(&mut here, all.clone()).await;
    assert!(here.goodbye.is_none() && there.goodbye.is_none(), "nobody had to reload");
    write(&mut here, "c", 1).await;
    all.extend(named("c", 1));
    until_sees(&mut here, all.clone()).await;
    until_sees(&mut there, all).await;
    assert_eq!(here.position, there.position);
}

/// Whoever comes while Redis is away is told to come again, and the log says once what is the matter.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_while_redis_is_away_is_told_to_come_again() {
    let (folder, redis) = (tempfile::tempdir().unwrap(), Redis::on_port(&[]));
    let way = Way::to(redis.port()).await;
    let one = Node::start(&folder, &redis.url()).await;
    let log = folder.path().join("log");
    let file = std::fs::File::create(&log).unwrap();
    let other = Node::start_saying(folder.path(), &way.url(), &[], file.into()).await;
    let made = one.create().await;
    way.cut();
    let errors = || std::fs::read_to_string(&log).unwrap().matches("ERROR").count();
    until("the node has noticed", async || (errors() > 0).then_some(())).await;
    for _ in 0..5 {
        let mut early = Person::outside_of(&made.token, made.meeting);
        assert_eq!(early.come_to(&other.url()).await, Err(CloseCode::Unavailable));
        assert!((1000..=3000).contains(&early.goodbye.unwrap().retry_after_ms));
    }
    assert_eq!(errors(), 1, "{}", std::fs::read_to_string(&log).unwrap());
    way.open();
    let mut late = Person::outside_of(&made.token, made.meeting);
    come(&mut late, &other.url()).await;
    write(&mut late, "a", 1).await;
}

/// A replica is promoted that lacks what nodes have applied.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_without_the_last_entries_is_promoted() {
    let (folder, mut primary) = (tempfile::tempdir().unwrap(), Redis::on_port(&[]));
    let replica = Redis::on_port(&["--replicaof", &format!("127.0.0.1 {}", primary.port())]);
    until("the replica follows", async || {
        replica.cli(&["info", "replication"]).contains("master_link_status:up").then_some(())
    })
    .await;
    let way = Way::to(primary.port()).await;
    let (one, other, mut here, mut there, _) = party(&folder, [&way.url(), &way.url()]).await;
    write(&mut here, "a", 5).await;
    let offset = |redis: &Redis| {
        let info = redis.cli(&["info", "replication"]);
        info.lines()
            .find_map(|line| line.strip_prefix("master_repl_offset:"))
            .map(|text| text.trim().to_owned())
    };
    until("the replica has it", async || (offset(&primary) == offset(&replica)).then_some(())).await;
    replica.cli(&["replicaof", "no", "one"]);
    write(&mut here, "lost", 5).await;
    until_sees(&mut there, [named("a", 5), named("lost", 5)].concat()).await;
    let port = replica.port();
    primary.kill();
    way.lead_to(port);
    let all = [named("a", 5), named("lost", 5)].concat();
    both_come_back([&one, &other], [&mut here, &mut there], all).await;
    assert!(replica.cli(&["dbsize"]).parse::<u32>().unwrap() > 1);
}
