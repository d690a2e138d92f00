//! A real `redis-server` in a folder of its own, durable as Engawa asks for.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::process::Command;

use super::process::{Process, ProcessUse};
use crate::trouble::Trouble;

/// How long it may take until it answers; it reads its file first.
const START_TIMEOUT: Duration = Duration::from_secs(30);
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// When Redis brings what it has written to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Fsync {
    /// Before it answers.
    Always,
    /// Once a second.
    Everysec,
}

impl Fsync {
    /// Redis' own word for it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Everysec => "everysec",
        }
    }
}

/// The server: running, or ended and ready to be started again.
#[derive(Debug)]
pub(super) struct Redis {
    folder: PathBuf,
    port: u16,
    fsync: Fsync,
    process: Option<Process>,
}

impl Redis {
    /// Starts it and waits until it answers.
    pub(super) async fn start(folder: PathBuf, port: u16, fsync: Fsync) -> Result<Self, Trouble> {
        std::fs::create_dir_all(&folder).map_err(Trouble::io("making Redis' folder"))?;
        let mut redis = Self { folder, port, fsync, process: None };
        redis.start_again().await?;
        Ok(redis)
    }

    /// Starts it on what its folder holds.
    pub(super) async fn start_again(&mut self) -> Result<(), Trouble> {
        let mut command = Command::new("redis-server");
        command
            .args(["--bind", "127.0.0.1", "--port", &self.port.to_string(), "--save", ""])
            .args(["--appendonly", "yes", "--appendfsync", self.fsync.name()])
            .args(["--maxmemory-policy", "noeviction", "--dir"])
            .arg(&self.folder);
        self.process = Some(Process::spawn("redis-server", command, &self.folder.join("output.log"))?);
        let began = Instant::now();
        while began.elapsed() < START_TIMEOUT {
            self.running()?.check_running()?;
            if self.answers().await {
                return Ok(());
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        let output = self.process.as_ref().map(Process::output).unwrap_or_default();
        Err(Trouble::Server(format!("redis-server did not answer in {START_TIMEOUT:?}: {output}")))
    }

    async fn answers(&self) -> bool {
        let Ok(client) = redis::Client::open(self.url()) else { return false };
        let Ok(mut connection) = client.get_multiplexed_async_connection().await else { return false };
        redis::cmd("PING").query_async::<String>(&mut connection).await.is_ok()
    }

    fn running(&mut self) -> Result<&mut Process, Trouble> {
        self.process.as_mut().ok_or_else(|| Trouble::Server("redis-server does not run".into()))
    }

    pub(super) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn usage(&self) -> Option<ProcessUse> {
        self.process.as_ref().and_then(Process::usage)
    }

    /// `kill -9`.
    pub(super) async fn kill(&mut self) -> Result<(), Trouble> {
        self.running()?.kill().await?;
        self.process = None;
        Ok(())
    }
}
