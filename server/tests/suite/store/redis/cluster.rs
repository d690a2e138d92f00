//! The contract on a Redis Cluster of three primaries, and what only a cluster does.

use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};

use engawa_server::clock::ManualClock;
use engawa_server::store::contract::{Bench, Delivery};
use engawa_server::store::redis::{RedisAddress, RedisOptions, RedisStore};
use engawa_server::store::{Epoch, Store};
use engawa_server::store_contract;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use crate::support::redis::{PATIENCE, Redis, at, free_port, insist, meeting, text};

/// Makes a cluster out of three empty nodes; `login` is what redis-cli needs to reach their ports.
pub(super) fn create_cluster(nodes: &[Redis], ports: &[u16], login: &[&str]) {
    let made = Command::new("redis-cli")
        .args(login)
        .args(["--cluster", "create"])
        .args(ports.iter().map(|port| format!("127.0.0.1:{port}")))
        .args(["--cluster-replicas", "0", "--cluster-yes"])
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stdout));
    let from = std::time::Instant::now();
    let ready = |node: &Redis| {
        node.cli(&["cluster", "info"]).contains("cluster_state:ok")
            && node.cli(&["cluster", "slots"]).matches("127.0.0.1").count() == nodes.len()
    };
    while !nodes.iter().all(ready) {
        assert!(from.elapsed() < PATIENCE, "the cluster does not come together");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

/// Three primaries with a third of the slots each.
struct Cluster {
    nodes: Vec<Redis>,
    ports: Vec<u16>,
}

impl Cluster {
    fn start() -> Self {
        let mut nodes = Vec::new();
        for _ in 0..3 {
            let bus = free_port().to_string();
            nodes.push(Redis::on_port(&["--cluster-enabled", "yes", "--cluster-port", &bus]));
        }
        let ports: Vec<_> = nodes.iter().map(Redis::port).collect();
        create_cluster(&nodes, &ports, &[]);
        Self { nodes, ports }
    }

    /// The one that the tests running now share; the last one to let go of it stops it.
    fn shared() -> Arc<Self> {
        static SHARED: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let cluster = Arc::new(Self::start());
            *shared = Arc::downgrade(&cluster);
            cluster
        })
    }

    fn options(&self, key_prefix: String) -> RedisOptions {
        let hosts: Vec<_> = self.ports.iter().map(|port| format!("127.0.0.1:{port}")).collect();
        let address = RedisAddress::parse(&format!("redis+cluster://{}", hosts.join(","))).unwrap();
        RedisOptions { key_prefix, ..RedisOptions::new(address) }
    }
}

/// A prefix of its own for each promise.
struct ClusterBench {
    cluster: Arc<Cluster>,
    prefix: String,
}

impl ClusterBench {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let prefix = format!("test{}", NEXT.fetch_add(1, Ordering::SeqCst));
        Self { cluster: Cluster::shared(), prefix }
    }
}

impl Bench for ClusterBench {
    fn open(&self) -> BoxFuture<'_, Arc<dyn Store>> {
        async {
            let options = self.cluster.options(self.prefix.clone());
            Arc::new(RedisStore::open(options).await.unwrap()) as Arc<dyn Store>
        }
        .boxed()
    }

    fn clock(&self) -> Option<&ManualClock> {
        None
    }

    fn delivery(&self) -> Delivery {
        Delivery::ExactlyOnce
    }
}

store_contract!(contract, ClusterBench::new());

/// Meetings are spread over the nodes, and one connection to each carries the news of all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn meetings_spread_over_the_nodes() {
    let bench = ClusterBench::new();
    let store = RedisStore::open(bench.cluster.options(bench.prefix.clone())).await.unwrap();
    let mut tails = Vec::new();
    for number in 1..=60 {
        store.create(meeting(number), text("first")).await.unwrap();
        tails.push(store.tail(meeting(number), at(1, 1)).await.unwrap());
    }
    for (tail, number) in tails.iter_mut().zip(1..) {
        store.append(meeting(number), Epoch(1), vec![text(number)]).await.unwrap();
        assert_eq!(tail.next().await.unwrap().payload, text(number));
    }
    let pattern = format!("{}:*", bench.prefix);
    for node in &bench.cluster.nodes {
        let keys = node.cli(&["--scan", "--pattern", &pattern]).lines().count();
        assert!(keys > 10, "{keys} keys on one of three nodes");
        let channels = node.cli(&["pubsub", "shardchannels", &pattern]).lines().count();
        assert!(channels > 5, "{channels} channels on one of three nodes");
    }
    // One node of it is not enough of an address for a single server.
    let url = format!("redis://127.0.0.1:{}", bench.cluster.ports[0]);
    let alone = RedisStore::open(RedisOptions::new(RedisAddress::parse(&url).unwrap())).await;
    assert!(alone.unwrap_err().to_string().contains("redis+cluster://"));
}

/// A node of the cluster is killed and comes back: its meetings pause and go on, the others do not notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_node_comes_back() {
    let mut cluster = Cluster::start();
    let store = RedisStore::open(cluster.options("engawa".to_owned())).await.unwrap();
    for number in 1..=30 {
        store.create(meeting(number), text("first")).await.unwrap();
    }
    cluster.nodes[1].kill();
    cluster.nodes[1].start();
    for number in 1..=30 {
        let mut tail = insist(|| store.tail(meeting(number), at(1, 0))).await.unwrap();
        insist(|| store.append(meeting(number), Epoch(1), vec![text(number)])).await.unwrap();
        assert_eq!(tail.next().await.unwrap().payload, "first");
        assert_eq!(tail.next().await.unwrap().payload, text(number));
    }
}
