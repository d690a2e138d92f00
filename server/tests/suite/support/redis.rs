//! Real Redis servers for tests: started in a folder of their own, on a socket of their own, killed at the end.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use bytes::Bytes;
use engawa_server::store::redis::{RedisAddress, RedisOptions};
use engawa_server::store::{Answer, Epoch, LogEntry, MeetingId, Position, Seq, Store, StoreError};
use tempfile::TempDir;
use uuid::Uuid;

/// Longest wait for a server to answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Waits until something holds, looking every few milliseconds.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let from = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(from.elapsed() < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Calls until the answer is one that does not ask to be called again.
pub(crate) async fn insist<'a, T>(mut call: impl FnMut() -> Answer<'a, T>) -> Result<T, StoreError> {
    let from = Instant::now();
    loop {
        match call().await {
            Err(error) if error.is_retryable() => {
                assert!(from.elapsed() < PATIENCE, "no answer in time: {error}");
            }
            answer => return answer,
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Reads a log to its end.
pub(crate) async fn read_all(store: &dyn Store, meeting: MeetingId, after: Position) -> Vec<LogEntry> {
    let mut entries: Vec<LogEntry> = Vec::new();
    loop {
        let from = entries.last().map_or(after, |last| Position { seq: last.seq, ..after });
        let page = insist(|| store.read(meeting, from, 1024)).await.unwrap();
        if page.is_empty() {
            return entries;
        }
        entries.extend(page);
    }
}

pub(crate) fn meeting(number: u128) -> MeetingId {
    MeetingId(Uuid::from_u128(number))
}

pub(crate) fn at(epoch: u64, seq: u64) -> Position {
    Position { epoch: Epoch(epoch), seq: Seq(seq) }
}

pub(crate) fn text(text: impl std::fmt::Display) -> Bytes {
    Bytes::from(text.to_string())
}

/// What a durable Redis is started with.
pub(crate) const DURABLE: &[&str] = &["--appendonly", "yes", "--appendfsync", "always"];

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}

/// A running redis-server.
pub(crate) struct Redis {
    folder: TempDir,
    args: Vec<String>,
    child: Option<Child>,
}

impl Redis {
    /// Starts a durable one.
    pub(crate) fn durable() -> Self {
        Self::with(DURABLE)
    }

    /// Starts a durable one that also listens on a free port of the loopback.
    pub(crate) fn on_port(more: &[&str]) -> Self {
        let port = free_port().to_string();
        Self::with(&[&["--port", &port, "--bind", "127.0.0.1"], DURABLE, more].concat())
    }

    /// Starts one with these arguments beside folder and socket.
    pub(crate) fn with(args: &[&str]) -> Self {
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        let mut redis = Self { folder: tempfile::tempdir().unwrap(), args, child: None };
        redis.start();
        redis
    }

    /// Starts one with a configuration file; folder and socket are its own.
    pub(crate) fn from_file(file: &Path, args: &[&str]) -> Self {
        // A file comes before all options, and options before what the file says.
        Self::with(&[&["--include", file.to_str().unwrap()], args].concat())
    }

    /// Starts it (again) on what its folder holds.
    pub(crate) fn start(&mut self) {
        let _ = std::fs::remove_file(self.socket());
        let log = std::fs::File::options().create(true).append(true).open(self.folder.path().join("log"));
        let child = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--dir"])
            .arg(self.folder.path())
            .arg("--unixsocket")
            .arg(self.socket())
            .args(&self.args)
            .stdin(Stdio::null())
            .stdout(log.unwrap())
            .stderr(Stdio::null())
            .spawn()
            .expect("these tests need the program redis-server (Debian: apt-get install redis-server)");
        self.child = Some(child);
        self.until_answers();
    }

    /// Keeps a copy of what is on its disk now.
    pub(crate) fn back_up(&self) {
        let backup = self.folder.path().join("backup");
        let _ = std::fs::remove_dir_all(&backup);
        copy_folder(&self.appended(), &backup);
    }

    /// Dies and comes back with what it had when [`Redis::back_up`] was called.
    pub(crate) fn lose_since_backup(&mut self) {
        self.kill();
        std::fs::remove_dir_all(self.appended()).unwrap();
        copy_folder(&self.folder.path().join("backup"), &self.appended());
        self.start();
    }

    /// Dies and comes back with nothing.
    pub(crate) fn lose_everything(&mut self) {
        self.kill();
        std::fs::remove_dir_all(self.appended()).unwrap();
        self.start();
    }

    /// The folder of its append-only file.
    pub(crate) fn appended(&self) -> PathBuf {
        self.folder.path().join("appendonlydir")
    }

    pub(crate) fn process(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// Kills it as a power switch would, but for the disk.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("redis.sock")
    }

    pub(crate) fn port(&self) -> u16 {
        self.cli(&["config", "get", "port"]).lines().last().unwrap().parse().unwrap()
    }

    pub(crate) fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    pub(crate) fn options(&self) -> RedisOptions {
        RedisOptions::new(RedisAddress::parse(&self.url()).unwrap())
    }

    /// Runs redis-cli; answers with what it says.
    pub(crate) fn cli(&self, args: &[&str]) -> String {
        let socket = self.socket();
        let output = Command::new("redis-cli").arg("-s").arg(socket).args(args).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn until_answers(&mut self) {
        let from = Instant::now();
        loop {
            let said = self.cli(&["ping"]);
            if said == "PONG" || said.starts_with("NOAUTH") {
                return;
            }
            let ended = self.child.as_mut().unwrap().try_wait().unwrap();
            let log = || std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
            assert!(ended.is_none(), "redis-server ended: {}", log());
            assert!(from.elapsed() < PATIENCE, "redis-server does not answer: {}", log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.kill();
    }
}
