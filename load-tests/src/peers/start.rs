//! Starting the other servers, on loopback ports and folders of their own.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::process::Command;

use super::Peer;
use crate::cores::Cores;
use crate::http::{Address, Source};
use crate::server::{Process, ProcessUse, free_port};
use crate::trouble::Trouble;

/// How long one may take until it listens.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// The Socket.IO server: rooms, and every message to everybody in the room, the sender included. WebSocket alone, uncompressed.
const SOCKET_IO_SERVER: &str = include_str!("socket_io.js");

/// A server that runs.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) address: Address,
    process: Process,
    _folder: TempDir,
}

impl Started {
    /// Starts one and waits until it listens.
    pub(super) async fn start(peer: Peer, cores: Option<Cores>) -> Result<Self, Trouble> {
        let folder = tempfile::Builder::new().prefix("engawa-load-peer-").tempdir();
        let folder = folder.map_err(Trouble::io("making a folder"))?;
        let port = free_port()?;
        let command = command(peer, port, folder.path())?;
        let output = folder.path().join("output.log");
        let mut process = Process::spawn_on(cores, peer.name(), command, &output)?;
        let address = Address { authority: format!("127.0.0.1:{port}") };
        let began = Instant::now();
        while address.connect_from(Source::ANY).await.is_err() {
            process.check_running()?;
            if began.elapsed() > START_TIMEOUT {
                return Err(Trouble::Server(format!(
                    "{} does not listen: {}",
                    peer.name(),
                    process.output()
                )));
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        Ok(Self { address, process, _folder: folder })
    }

    pub(super) fn usage(&self) -> Option<ProcessUse> {
        self.process.usage()
    }

    pub(super) async fn stop(mut self) -> Result<(), Trouble> {
        self.process.kill().await
    }
}

fn command(peer: Peer, port: u16, folder: &Path) -> Result<Command, Trouble> {
    match peer {
        Peer::Bare => {
            let own = std::env::current_exe().map_err(Trouble::io("finding this program"))?;
            let mut command = Command::new(own);
            command.args(["bare", "--listen", &format!("127.0.0.1:{port}")]);
            Ok(command)
        }
        Peer::SocketIo => {
            let script = folder.join("server.js");
            std::fs::write(&script, SOCKET_IO_SERVER).map_err(Trouble::io("writing the server's script"))?;
            let mut command = Command::new("node");
            command.arg(script).arg(port.to_string()).env("NODE_PATH", installed()?);
            Ok(command)
        }
        Peer::Mosquitto => {
            let settings = folder.join("mosquitto.conf");
            // Some releases do not start when all their listeners are WebSockets.
            let other = free_port()?;
            let text = format!(
                "listener {other} 127.0.0.1\nlistener {port} 127.0.0.1\nprotocol websockets\nallow_anonymous true\npersistence false\n\
                 max_queued_messages 0\nset_tcp_nodelay true\nlog_dest none\nuser root\n"
            );
            std::fs::write(&settings, text).map_err(Trouble::io("writing its settings"))?;
            let mut command = Command::new(mosquitto());
            command.arg("-c").arg(settings);
            Ok(command)
        }
    }
}

/// Debian puts it where not every PATH looks.
fn mosquitto() -> PathBuf {
    let there = PathBuf::from("/usr/sbin/mosquitto");
    if there.is_file() { there } else { "mosquitto".into() }
}

/// Where `make peers` has installed Socket.IO: beside the program's target folder, in the load tests' own.
fn installed() -> Result<PathBuf, Trouble> {
    let own = std::env::current_exe().map_err(Trouble::io("finding this program"))?;
    let candidates = own.ancestors().map(|folder| folder.join("load-tests/node_modules"));
    let given = std::env::var_os("ENGAWA_LOAD_NODE_MODULES").map(PathBuf::from);
    given.into_iter().chain(candidates).find(|folder| folder.join("socket.io").is_dir()).ok_or_else(|| {
        Trouble::Server(
            "Socket.IO is not installed: run `make peers`, or name a node_modules folder in ENGAWA_LOAD_NODE_MODULES".into(),
        )
    })
}
