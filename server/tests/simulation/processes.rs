//! Linearizability over histories of real processes: three nodes on a real Redis, killed one after the other and started
//! again while people contend for the same notes, turn, call and ballots, each coming back to another node every time.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use engawa_server::auth::{KeyRing, LinkGrant, TokenKey};
use engawa_server::store::redis::RedisStore;
use engawa_server::store::{Epoch, Store};
use rand::Rng as _;
use tokio::process::{Child, Command};

use crate::cast;
use crate::dice::stream;
use crate::sockets::{contenders, contention, have_an_order};
use crate::support::http::{free_address, request};
use crate::support::redis::{Redis, until};

/// What all nodes sign links with: bytes 0 to 31.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
/// Nodes over the one Redis.
const NODES: usize = 3;
/// What each contender does, and with what pause: long enough for many kills.
const DEEDS: (u64, Duration) = (40, Duration::from_millis(120));
/// Nodes that have to be killed meanwhile.
const KILLS_MIN: u32 = 4;

/// A node, and where it listens in all its lives.
struct Node {
    listen: String,
    internal: String,
    child: Option<Child>,
}

impl Node {
    fn new() -> Self {
        Self { listen: free_address(), internal: free_address(), child: None }
    }

    async fn start(&mut self, folder: &Path, redis: &Redis) {
        let child = Command::new(env!("CARGO_BIN_EXE_engawa"))
            .env("ENGAWA_LISTEN", &self.listen)
            .env("ENGAWA_INTERNAL_LISTEN", &self.internal)
            .env("ENGAWA_DATA_DIR", folder)
            .env("ENGAWA_STORE", "redis")
            .env("ENGAWA_REDIS_URL", redis.url())
            .env("ENGAWA_TOKEN_KEY", KEY)
            .env("ENGAWA_LOG_FILTER", "error")
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        self.child = Some(child);
        until("the node is ready", async || {
            let answer = request(&self.internal, "GET", "/readyz", None, "").await.ok();
            answer.filter(|(status, _)| *status == 200)
        })
        .await;
    }

    /// As a power switch would.
    async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.expect("it is there");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn histories_of_nodes_that_are_killed_have_an_order() {
    let (folder, redis) = (tempfile::tempdir().expect("a folder"), Redis::durable());
    let store = RedisStore::open(redis.options()).await.expect("a durable Redis");
    let mut payloads = cast::log(&contention());
    store.create(cast::MEETING, payloads.remove(0)).await.expect("it takes it");
    store.append(cast::MEETING, Epoch(1), payloads).await.expect("it takes it");
    let mut nodes: Vec<Node> = (0..NODES).map(|_| Node::new()).collect();
    for node in &mut nodes {
        node.start(folder.path(), &redis).await;
    }
    let urls: Arc<[String]> = nodes.iter().map(|node| format!("ws://{}/ws", node.listen)).collect();
    let keys = KeyRing::new(TokenKey::parse(KEY).expect("a key"), None);
    let sign = |grant: &LinkGrant| keys.sign(grant).expose().to_owned();
    let contending: Vec<_> = contenders(sign, &urls, DEEDS)
        .into_iter()
        .map(|(seed, contender)| tokio::spawn(contender.contend(seed)))
        .collect();
    let (mut kills, mut dice) = (0, stream(1, "kills", &[]));
    while contending.iter().any(|one| !one.is_finished()) {
        tokio::time::sleep(Duration::from_millis(dice.random_range(100..700))).await;
        let node = &mut nodes[dice.random_range(0..NODES)];
        node.kill().await;
        kills += 1;
        node.start(folder.path(), &redis).await;
    }
    let mut operations = Vec::new();
    for one in contending {
        operations.extend(one.await.expect("nobody stumbles"));
    }
    println!("{kills} kills");
    assert!(kills >= KILLS_MIN, "{kills} kills");
    have_an_order(&operations);
}
