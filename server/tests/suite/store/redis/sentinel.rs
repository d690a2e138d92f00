//! A failover that a sentinel makes, with entries lost on the way.

use std::process::{Child, Command, Stdio};

use engawa_server::store::redis::{RedisAddress, RedisOptions, RedisStore};
use engawa_server::store::{Epoch, Store, StoreError, Survey, TailEnd};
use tempfile::TempDir;

use crate::support::redis::{Redis, at, free_port, insist, meeting, read_all, text, until};

pub(super) struct Sentinel {
    _folder: TempDir,
    port: u16,
    child: Child,
}

impl Sentinel {
    fn start(primary: u16) -> Self {
        let port = free_port();
        Self::with(primary, port, &[format!("port {port}")])
    }

    /// Starts one with these settings beside what it watches.
    pub(super) fn with(primary: u16, port: u16, settings: &[String]) -> Self {
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

    fn cli(&self, args: &[&str]) -> String {
        let output =
            Command::new("redis-cli").args(["-p", &self.port.to_string()]).args(args).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn primary(&self) -> Option<u16> {
        self.cli(&["sentinel", "get-master-addr-by-name", "main"]).lines().last()?.parse().ok()
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The replica stops receiving, the primary takes three more entries and dies, the replica is promoted, another
/// node goes on with it beyond where the log was. The node that had applied the three finds that the chain of
/// hashes differs and from where on; what it makes of that is the hub's business (see the tests of healing).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failover_that_loses_entries_is_noticed() {
    let login = ["--masteruser", "replicant", "--masterauth", "x"];
    let mut primary = Redis::on_port(&login);
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
    let url = format!("redis+sentinel://127.0.0.1:{}/main", sentinel.port);
    let options = RedisOptions::new(RedisAddress::parse(&url).unwrap());
    let here = RedisStore::open(options.clone()).await.unwrap();
    let there = RedisStore::open(options).await.unwrap();
    here.create(meeting(1), text("first")).await.unwrap();
    here.append(meeting(1), Epoch(1), vec![text("kept")]).await.unwrap();
    let log = format!("engawa:{{{}}}:log", meeting(1).0.simple());
    until("the replica has it", async || (replica.cli(&["xlen", &log]) == "2").then_some(())).await;

    primary.cli(&["acl", "setuser", "replicant", "off"]);
    primary.cli(&["client", "kill", "user", "replicant"]);
    let mut tail = here.tail(meeting(1), at(1, 0)).await.unwrap();
    let mut elsewhere = there.tail(meeting(1), at(1, 2)).await.unwrap();
    for _ in 0..3 {
        there.append(meeting(1), Epoch(1), vec![text("lost")]).await.unwrap();
    }
    for _ in 0..5 {
        tail.next().await.unwrap();
    }
    let _ = elsewhere.next().await.unwrap();
    assert_eq!(replica.cli(&["xlen", &log]), "2", "the replica does not receive any more");

    let old = primary.port();
    primary.kill();
    let end = tail.next().await;
    assert!(matches!(&end, Err(TailEnd::Failed(error)) if error.is_retryable()), "{end:?}");
    until("the sentinel promotes the replica", async || sentinel.primary().filter(|port| *port != old)).await;
    for _ in 0..6 {
        insist(|| there.append(meeting(1), Epoch(1), vec![text("other")])).await.unwrap();
    }

    let noticed = insist(|| here.tail(meeting(1), at(1, 5))).await.map(drop);
    assert_eq!(noticed, Err(StoreError::Diverged));
    let Survey::Present(found) = insist(|| here.survey(meeting(1), at(1, 5))).await.unwrap() else {
        panic!("the meeting is there");
    };
    assert_eq!(found.fork, Some(at(1, 2).seq));
    assert_eq!(insist(|| here.leave_history(meeting(1), Epoch(1))).await, Ok(Epoch(2)));
    let noticed = insist(|| there.append(meeting(1), Epoch(1), vec![text("stale")])).await;
    assert_eq!(noticed.unwrap_err(), StoreError::EpochChanged { current: Epoch(2) });
    let entries = read_all(&here, meeting(1), at(2, 0)).await;
    assert!(entries.iter().all(|entry| entry.payload != "lost"));
    assert!(entries.len() >= 8);
    let mut tail = insist(|| here.tail(meeting(1), at(2, 0))).await.unwrap();
    for entry in entries {
        assert_eq!(tail.next().await, Ok(entry));
    }
    insist(|| there.append(meeting(1), Epoch(2), vec![text("on")])).await.unwrap();
    assert_eq!(tail.next().await.unwrap().payload, "on");
}
