//! The server under test: the real binary as a child process, on free loopback ports, with a data folder that goes
//! away with it. Also reads what the operating system says of the process.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::http::{Address, Answer, Api};
use crate::trouble::Trouble;

/// How long the server may take until it is ready.
const START_TIMEOUT: Duration = Duration::from_secs(60);
/// How long it may take to stop in order.
const STOP_TIMEOUT: Duration = Duration::from_secs(40);
const POLL_INTERVAL: Duration = Duration::from_millis(25);
/// Times another port is tried when one has been taken in the meantime.
const START_ATTEMPTS: u32 = 3;
/// Bytes of the server's own output that are told when it fails.
const OUTPUT_BYTES_TOLD: usize = 4_000;

/// A server of our own.
#[derive(Debug)]
pub(crate) struct ServerProcess {
    child: Child,
    folder: TempDir,
    address: Address,
    admin_key: String,
}

impl ServerProcess {
    /// Starts the binary and waits until it is ready.
    pub(crate) async fn start(binary: &Path, admin_key: &str) -> Result<Self, Trouble> {
        let mut last = Trouble::Server("the server was not started".into());
        for _ in 0..START_ATTEMPTS {
            match Self::try_start(binary, admin_key).await {
                Ok(server) => return Ok(server),
                Err(trouble) => last = trouble,
            }
        }
        Err(last)
    }

    async fn try_start(binary: &Path, admin_key: &str) -> Result<Self, Trouble> {
        let folder = tempfile::Builder::new()
            .prefix("engawa-load-")
            .tempdir()
            .map_err(Trouble::io("making a data folder"))?;
        let (listen, internal) = (free_address()?, free_address()?);
        let output = std::fs::File::create(folder.path().join("output.log"))
            .map_err(Trouble::io("making the server's output file"))?;
        let errors = output.try_clone().map_err(Trouble::io("sharing the server's output file"))?;
        let child = Command::new(binary)
            .env("ENGAWA_LISTEN", &listen)
            .env("ENGAWA_INTERNAL_LISTEN", &internal)
            .env("ENGAWA_PUBLIC_URL", format!("http://{listen}"))
            .env("ENGAWA_DATA_DIR", folder.path().join("data"))
            .env("ENGAWA_ADMIN_KEY", admin_key)
            .env("ENGAWA_LOG_FILTER", "warn")
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .kill_on_drop(true)
            .spawn()
            .map_err(Trouble::io(format!("starting {}", binary.display())))?;
        let address = Address { authority: listen };
        let mut server = Self { child, folder, address, admin_key: admin_key.to_owned() };
        server.wait_until_ready(&Address { authority: internal }).await?;
        Ok(server)
    }

    async fn wait_until_ready(&mut self, internal: &Address) -> Result<(), Trouble> {
        let probe = Api { address: internal.clone(), admin_key: String::new() };
        let began = Instant::now();
        while began.elapsed() < START_TIMEOUT {
            if let Some(status) = self.child.try_wait().map_err(Trouble::io("watching the server"))? {
                return Err(Trouble::Server(format!(
                    "the server ended at once ({status}): {}",
                    self.output()
                )));
            }
            match probe.send(hyper::Method::GET, "/readyz", None, Vec::new()).await {
                Ok(Answer { status: 200, .. }) => return Ok(()),
                Ok(_) | Err(_) => tokio::time::sleep(POLL_INTERVAL).await,
            }
        }
        Err(Trouble::Server(format!("the server was not ready in {START_TIMEOUT:?}: {}", self.output())))
    }

    /// Its HTTP API.
    pub(crate) fn api(&self) -> Api {
        Api { address: self.address.clone(), admin_key: self.admin_key.clone() }
    }

    /// Its process id, while it runs.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// The end of what it has printed.
    pub(crate) fn output(&self) -> String {
        let bytes = std::fs::read(self.folder.path().join("output.log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(OUTPUT_BYTES_TOLD)..]).into_owned()
    }

    /// Bytes of everything in its data folder.
    pub(crate) fn data_bytes(&self) -> u64 {
        folder_bytes(&self.folder.path().join("data"))
    }

    /// Asks it to stop and waits for an orderly end.
    pub(crate) async fn stop(mut self) -> Result<(), Trouble> {
        let Some(pid) = self.child.id() else {
            return Err(Trouble::Server(format!("the server had ended before: {}", self.output())));
        };
        // SIGTERM has no portable call in the standard library, and this crate has no unsafe code.
        let told = Command::new("kill").arg("-TERM").arg(pid.to_string()).status().await;
        told.map_err(Trouble::io("asking the server to stop"))?;
        match tokio::time::timeout(STOP_TIMEOUT, self.child.wait()).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => {
                Err(Trouble::Server(format!("the server ended with {status}: {}", self.output())))
            }
            Ok(Err(source)) => Err(Trouble::Io { what: "waiting for the server's end".into(), source }),
            Err(_) => {
                self.child.start_kill().map_err(Trouble::io("ending the server"))?;
                Err(Trouble::Server(format!("the server did not stop within {STOP_TIMEOUT:?}")))
            }
        }
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

/// A loopback address that was free a moment ago.
fn free_address() -> Result<String, Trouble> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").map_err(Trouble::io("finding a free port"))?;
    let address = listener.local_addr().map_err(Trouble::io("finding a free port"))?;
    Ok(address.to_string())
}

fn folder_bytes(folder: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => folder_bytes(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

/// What the operating system says of a process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub(crate) struct ProcessUse {
    /// Memory in use now (resident), in bytes.
    pub(crate) memory_bytes: u64,
    /// The most it ever was, in bytes.
    pub(crate) memory_peak_bytes: u64,
    /// Processor time used so far, in milliseconds.
    pub(crate) cpu_ms: u64,
}

impl ProcessUse {
    /// Of a process; none where `/proc` does not exist.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        Some(Self {
            memory_bytes: kib(&status, "VmRSS:")? * 1024,
            memory_peak_bytes: kib(&status, "VmHWM:")? * 1024,
            cpu_ms: cpu_ms(&stat)?,
        })
    }
}

fn kib(status: &str, field: &str) -> Option<u64> {
    let rest = status.lines().find_map(|line| line.strip_prefix(field))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// utime and stime, the 14th and 15th field (proc(5)), in ticks of 10 ms as on every Linux.
fn cpu_ms(stat: &str) -> Option<u64> {
    let behind_name = stat.rsplit_once(')')?.1;
    let mut fields = behind_name.split_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some((user + system) * 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_of_this_process() {
        let Some(own) = ProcessUse::of(std::process::id()) else {
            assert!(!Path::new("/proc/self/status").exists(), "there is a /proc to read");
            return;
        };
        assert!(own.memory_bytes > 0 && own.memory_peak_bytes >= own.memory_bytes);
    }

    #[test]
    fn a_process_name_may_hold_anything() {
        let stat = "7 (a) b) S 1 1 1 0 -1 4194304 1 0 0 0 25 5 0 0 20 0 1 0 1 1 1";
        assert_eq!(cpu_ms(stat), Some(300));
    }
}
