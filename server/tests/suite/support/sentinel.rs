//! Redis behind a sentinel: a primary and a replica that can be cut off, and the failover from one to the other.

use std::process::{Child, Command, Stdio};

use engawa_server::store::redis::{RedisAddress, RedisOptions};
use tempfile::TempDir;

use super::redis::{Redis, free_port, until};

/// A running sentinel.
pub(crate) struct Sentinel {
    _folder: TempDir,
    port: u16,
    child: Child,
}

impl Sentinel {
    /// Starts one on a free port.
    pub(crate) fn start(primary: u16) -> Self {
        let port = free_port();
        Self::with(primary, port, &[format!("port {port}")])
    }

    /// Starts one with these settings beside what it watches.
    pub(crate) fn with(primary: u16, port: u16, settings: &[String]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sentinel.conf");
        let lines = [
            settings.join("\n"),
            "bind 127.0.0.1".to_owned(),
            format!("dir {}", folder.path().display()),
            format!("sentinel monitor main 127.0.0.1 {primary} 1"),
            "sentinel down-after-milliseconds main 500".to_owned(),
            "sentinel failover-timeout main 5000".to_owned(),
        ];
        std::fs::write(&file, lines.join("\n")).unwrap();
        let child = Command::new("redis-server")
            .arg(&file)
            .arg("--sentinel")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        Self { _folder: folder, port, child }
    }

    /// Asks it something.
    pub(crate) fn cli(&self, args: &[&str]) -> String {
        let output =
            Command::new("redis-cli").args(["-p", &self.port.to_string()]).args(args).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// The port of the primary, as it knows.
    pub(crate) fn primary(&self) -> Option<u16> {
        self.cli(&["sentinel", "get-master-addr-by-name", "main"]).lines().last()?.parse().ok()
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A durable primary, its replica, and the sentinel that watches both.
pub(crate) struct Watched {
    pub(crate) primary: Redis,
    pub(crate) replica: Redis,
    sentinel: Sentinel,
}

impl Watched {
    /// Starts all three; ready when the sentinel could make a failover.
    pub(crate) async fn start() -> Self {
        let login = ["--masteruser", "replicant", "--masterauth", "x"];
        let primary = Redis::on_port(&login);
        let user = ["acl", "setuser", "replicant", "on", ">x", "+@all", "~*", "&*"];
        primary.cli(&user);
        let of = format!("127.0.0.1 {}", primary.port());
        let replica = Redis::on_port(&[&login[..], &["--replicaof", &of]].concat());
        replica.cli(&user);
        let sentinel = Sentinel::start(primary.port());
        until("the sentinel knows primary and replica", async || {
            let known = sentinel.cli(&["sentinel", "replicas", "main"]);
            (known.contains("127.0.0.1") && known.contains("master-link-status\nok")).then_some(())
        })
        .await;
        Self { primary, replica, sentinel }
    }

    /// How a store finds the primary.
    pub(crate) fn options(&self) -> RedisOptions {
        let url = format!("redis+sentinel://127.0.0.1:{}/main", self.sentinel.port);
        RedisOptions::new(RedisAddress::parse(&url).unwrap())
    }

    /// Waits until the replica has received all that the primary has of a key.
    pub(crate) async fn until_replicated(&self, log: &str) {
        until("the replica has it", async || {
            (self.replica.cli(&["xlen", log]) == self.primary.cli(&["xlen", log])).then_some(())
        })
        .await;
    }

    /// From now on the replica receives nothing.
    pub(crate) fn cut_off_replica(&self) {
        self.primary.cli(&["acl", "setuser", "replicant", "off"]);
        self.primary.cli(&["client", "kill", "user", "replicant"]);
    }

    /// Kills the primary; the sentinel will notice.
    pub(crate) fn kill_primary(&mut self) {
        self.primary.kill();
    }

    /// Waits until the sentinel has promoted the replica.
    pub(crate) async fn until_promoted(&self) {
        let new = self.replica.port();
        until("the sentinel promotes the replica", async || {
            self.sentinel.primary().filter(|port| *port == new)
        })
        .await;
    }
}
