//! One node of the server under test: the real binary as a child process on loopback ports that it keeps when it is
//! started again.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::process::Command;

use super::process::{Process, ProcessUse, Signal};
use crate::cores::Cores;
use crate::http::{Address, Answer, Api};
use crate::trouble::Trouble;

/// How long a node may take until it is ready.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// How long it may take to stop in order: its own limit is 20 s.
const STOP_TIMEOUT: Duration = Duration::from_secs(40);
const POLL_INTERVAL: Duration = Duration::from_millis(25);

/// How a node is started.
#[derive(Debug, Clone)]
pub(super) struct Recipe {
    pub(super) name: String,
    pub(super) binary: PathBuf,
    /// Its own folder.
    pub(super) folder: PathBuf,
    pub(super) listen: String,
    pub(super) internal: String,
    /// Settings beside addresses and folder.
    pub(super) env: Vec<(&'static str, String)>,
    /// Where it runs, if it has a core of its own.
    pub(super) cores: Option<Cores>,
}

/// A node: running, or ended and ready to be started again.
#[derive(Debug)]
pub(super) struct Node {
    recipe: Recipe,
    process: Option<Process>,
}

impl Node {
    /// Starts it and waits until it is ready.
    pub(super) async fn start(recipe: Recipe) -> Result<Self, Trouble> {
        std::fs::create_dir_all(&recipe.folder).map_err(Trouble::io("making a node's folder"))?;
        let mut node = Self { recipe, process: None };
        node.start_again().await?;
        Ok(node)
    }

    /// Starts it on the same ports and waits until it is ready.
    pub(super) async fn start_again(&mut self) -> Result<(), Trouble> {
        let Recipe { name, binary, folder, listen, internal, env, cores } = &self.recipe;
        let mut command = Command::new(binary);
        command
            .env("ENGAWA_LISTEN", listen)
            .env("ENGAWA_INTERNAL_LISTEN", internal)
            .env("ENGAWA_PUBLIC_URL", format!("http://{listen}"))
            .env("ENGAWA_DATA_DIR", folder.join("data"))
            .env("ENGAWA_LOG_FILTER", "warn")
            .envs(env.iter().map(|(name, value)| (name, value)));
        self.process = Some(Process::spawn_on(*cores, name, command, &folder.join("output.log"))?);
        self.wait_until_ready().await
    }

    async fn wait_until_ready(&mut self) -> Result<(), Trouble> {
        let internal = Address { authority: self.recipe.internal.clone() };
        let probe = Api::single(internal, String::new());
        let began = Instant::now();
        while began.elapsed() < START_TIMEOUT {
            self.running()?.check_running()?;
            match probe.send(hyper::Method::GET, "/readyz", None, Vec::new()).await {
                Ok(Answer { status: 200, .. }) => return Ok(()),
                Ok(_) | Err(_) => tokio::time::sleep(POLL_INTERVAL).await,
            }
        }
        let name = &self.recipe.name;
        Err(Trouble::Server(format!("{name} was not ready in {START_TIMEOUT:?}: {}", self.output())))
    }

    fn running(&mut self) -> Result<&mut Process, Trouble> {
        let name = &self.recipe.name;
        self.process.as_mut().ok_or_else(|| Trouble::Server(format!("{name} does not run")))
    }

    pub(super) fn address(&self) -> Address {
        Address { authority: self.recipe.listen.clone() }
    }

    pub(super) fn internal_address(&self) -> Address {
        Address { authority: self.recipe.internal.clone() }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.recipe.folder
    }

    /// The end of what it has printed.
    pub(super) fn output(&self) -> String {
        self.process.as_ref().map(Process::output).unwrap_or_default()
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

    pub(super) async fn signal(&mut self, signal: Signal) -> Result<(), Trouble> {
        self.running()?.signal(signal).await
    }

    /// Asks it to stop and waits for an orderly end.
    pub(super) async fn stop(&mut self) -> Result<(), Trouble> {
        let process = self.running()?;
        process.signal(Signal::Terminate).await?;
        let status = process.ended(STOP_TIMEOUT).await?;
        let output = process.output();
        self.process = None;
        if status.success() {
            Ok(())
        } else {
            Err(Trouble::Server(format!("{} ended with {status}: {output}", self.recipe.name)))
        }
    }
}
