//! The servers under test: one node with its embedded store, or several nodes on one real Redis. Owns their processes,
//! ports and folders, which go away with it; must not know what is played on them.

mod node;
mod process;
mod redis;

use std::path::{Path, PathBuf};

use base64::Engine as _;
use rand::Rng as _;
use tempfile::TempDir;

use self::node::{Node, Recipe};
use self::process::folder_bytes;
pub(crate) use self::process::{Process, ProcessUse, Signal};
pub(crate) use self::redis::Fsync;
use self::redis::Redis;
use crate::cores::Cores;
use crate::http::{Address, Api, Nodes};
use crate::trouble::Trouble;

/// Ports are drawn from below the range in which systems find ports for outgoing connections (from 32768 on with Linux), so
/// that a server that was killed finds its own free when it comes back.
const PORTS: std::ops::Range<u16> = 12_000..32_000;
/// Ports tried until one is free.
const PORT_ATTEMPTS: u32 = 100;
/// Times everything is started anew when a port has been taken in the meantime.
const START_ATTEMPTS: u32 = 3;

/// Where meetings are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// In the node's own folder.
    Embedded,
    /// In a Redis.
    Redis(Fsync),
}

impl std::fmt::Display for Keep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Embedded => f.write_str("embedded store"),
            Self::Redis(fsync) => write!(f, "Redis with appendfsync {}", fsync.name()),
        }
    }
}

/// What is to be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FleetPlan {
    /// How many nodes; more than one need Redis.
    pub(crate) nodes: usize,
    /// Where they keep meetings.
    pub(crate) keep: Keep,
}

impl FleetPlan {
    /// One node with its own store, or several on a Redis that loses nothing.
    pub(crate) const fn usual(nodes: usize) -> Self {
        let keep = if nodes > 1 { Keep::Redis(Fsync::Always) } else { Keep::Embedded };
        Self { nodes, keep }
    }
}

/// One process of a fleet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Member {
    /// A node, counted from 0.
    Node(usize),
    /// Redis.
    Redis,
}

/// Servers of our own.
#[derive(Debug)]
pub(crate) struct Fleet {
    nodes: Vec<Node>,
    redis: Option<Redis>,
    admin_key: String,
    _folder: TempDir,
}

impl Fleet {
    /// Starts everything and waits until it is ready.
    pub(crate) async fn start(binary: &Path, plan: FleetPlan, cores: Option<Cores>) -> Result<Self, Trouble> {
        let mut last = Trouble::Server("the server was not started".into());
        for _ in 0..START_ATTEMPTS {
            match Self::try_start(binary, plan, cores).await {
                Ok(fleet) => return Ok(fleet),
                Err(trouble) => last = trouble,
            }
        }
        Err(last)
    }

    async fn try_start(binary: &Path, plan: FleetPlan, cores: Option<Cores>) -> Result<Self, Trouble> {
        let folder = tempfile::Builder::new().prefix("engawa-load-").tempdir();
        let folder = folder.map_err(Trouble::io("making a data folder"))?;
        let admin_key = format!("{:032x}", rand::rng().random::<u128>());
        let key = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(rand::rng().random::<[u8; 32]>());
        let mut env = vec![("ENGAWA_ADMIN_KEY", admin_key.clone()), ("ENGAWA_TOKEN_KEY", key)];
        let redis = match plan.keep {
            Keep::Embedded => None,
            Keep::Redis(fsync) => {
                let redis = Redis::start(folder.path().join("redis"), free_port()?, fsync).await?;
                env.extend([("ENGAWA_STORE", "redis".into()), ("ENGAWA_REDIS_URL", redis.url())]);
                Some(redis)
            }
        };
        let mut nodes = Vec::new();
        for index in 0..plan.nodes {
            let recipe = Recipe {
                name: format!("node {}", index + 1),
                binary: binary.to_owned(),
                folder: folder.path().join(format!("node-{}", index + 1)),
                listen: format!("127.0.0.1:{}", free_port()?),
                internal: format!("127.0.0.1:{}", free_port()?),
                env: env.clone(),
                cores,
            };
            nodes.push(Node::start(recipe).await?);
        }
        Ok(Self { nodes, redis, admin_key, _folder: folder })
    }

    /// The HTTP API of all nodes.
    pub(crate) fn api(&self) -> Api {
        Api { nodes: Nodes::new(self.nodes.iter().map(Node::address)), admin_key: self.admin_key.clone() }
    }

    /// Where the nodes tell their metrics.
    pub(crate) fn internal_addresses(&self) -> Vec<Address> {
        self.nodes.iter().map(Node::internal_address).collect()
    }

    /// Where Redis is, if there is one.
    pub(crate) fn redis_url(&self) -> Option<String> {
        self.redis.as_ref().map(Redis::url)
    }

    /// How many nodes there are.
    pub(crate) fn size(&self) -> usize {
        self.nodes.len()
    }

    /// `kill -9`.
    pub(crate) async fn kill(&mut self, member: Member) -> Result<(), Trouble> {
        match member {
            Member::Node(index) => self.node(index)?.kill().await,
            Member::Redis => self.the_redis()?.kill().await,
        }
    }

    /// Starts again what has ended, and waits until it is ready.
    pub(crate) async fn start_again(&mut self, member: Member) -> Result<(), Trouble> {
        match member {
            Member::Node(index) => self.node(index)?.start_again().await,
            Member::Redis => self.the_redis()?.start_again().await,
        }
    }

    /// Asks a node to stop and waits for its orderly end.
    pub(crate) async fn stop_node(&mut self, index: usize) -> Result<(), Trouble> {
        self.node(index)?.stop().await
    }

    /// Sends a node a signal.
    pub(crate) async fn signal_node(&mut self, index: usize, signal: Signal) -> Result<(), Trouble> {
        self.node(index)?.signal(signal).await
    }

    fn node(&mut self, index: usize) -> Result<&mut Node, Trouble> {
        self.nodes.get_mut(index).ok_or_else(|| Trouble::Server(format!("there is no node {}", index + 1)))
    }

    fn the_redis(&mut self) -> Result<&mut Redis, Trouble> {
        self.redis.as_mut().ok_or_else(|| Trouble::Server("there is no Redis here".into()))
    }

    /// What the nodes use, together.
    pub(crate) fn usage(&self) -> Option<ProcessUse> {
        self.nodes.iter().map(Node::usage).sum::<Option<ProcessUse>>()
    }

    /// What Redis uses.
    pub(crate) fn redis_usage(&self) -> Option<ProcessUse> {
        self.redis.as_ref().and_then(Redis::usage)
    }

    /// Bytes of all data folders.
    pub(crate) fn data_bytes(&self) -> u64 {
        let nodes: u64 = self.nodes.iter().map(|node| folder_bytes(&node.folder().join("data"))).sum();
        nodes + self.redis.as_ref().map_or(0, |redis| folder_bytes(redis.folder()))
    }

    /// The end of what each node has printed.
    pub(crate) fn output(&self) -> String {
        let outputs = self.nodes.iter().map(Node::output).filter(|output| !output.trim().is_empty());
        outputs.collect::<Vec<_>>().join("\n")
    }

    /// Asks all nodes to stop, at once, and waits for their orderly ends. Redis is killed.
    pub(crate) async fn stop(mut self) -> Result<(), Trouble> {
        let stopped = futures_util::future::join_all(self.nodes.iter_mut().map(Node::stop)).await;
        stopped.into_iter().collect()
    }
}

/// The server binary that lies beside this program, as cargo puts it.
pub(crate) fn binary_beside() -> Result<PathBuf, Trouble> {
    let own = std::env::current_exe().map_err(Trouble::io("finding this program's folder"))?;
    let binary = own.with_file_name(format!("engawa{}", std::env::consts::EXE_SUFFIX));
    if binary.is_file() {
        Ok(binary)
    } else {
        Err(Trouble::Server(format!(
            "{} is not there; build it with `cargo build -p engawa-server`, or name it with --server",
            binary.display()
        )))
    }
}

/// A loopback port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16, Trouble> {
    let mut chance = rand::rng();
    for _ in 0..PORT_ATTEMPTS {
        let port = chance.random_range(PORTS);
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    Err(Trouble::Server(format!("none of {PORT_ATTEMPTS} ports in {PORTS:?} was free")))
}
