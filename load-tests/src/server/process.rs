//! A child process of ours: signals, its output in a file, and what the operating system says of it.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::cores::Cores;
use crate::trouble::Trouble;

/// Bytes of a process's own output that are told when it fails.
const OUTPUT_BYTES_TOLD: usize = 4_000;

/// Signals that are sent here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Asks for an orderly end.
    Terminate,
    /// Ends it where it stands, as `kill -9` does.
    Kill,
    /// Stops it where it stands until it is told to go on: a machine that is suspended.
    Stop,
    /// Lets it go on.
    Continue,
}

impl Signal {
    const fn flag(self) -> &'static str {
        match self {
            Self::Terminate => "-TERM",
            Self::Kill => "-KILL",
            Self::Stop => "-STOP",
            Self::Continue => "-CONT",
        }
    }
}

/// A child process. It is killed when this is dropped.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
    output: PathBuf,
}

impl Process {
    /// Starts a command on the server's core, if there is one; what it prints is added to a file.
    pub(crate) fn spawn_on(
        cores: Option<Cores>,
        name: &str,
        command: Command,
        output: &Path,
    ) -> Result<Self, Trouble> {
        match cores {
            Some(cores) => cores.as_server(|| Self::spawn(name, command, output)),
            None => Self::spawn(name, command, output),
        }
    }

    /// Starts a command; what it prints is added to a file.
    pub(super) fn spawn(name: &str, mut command: Command, output: &Path) -> Result<Self, Trouble> {
        let file = std::fs::File::options().create(true).append(true).open(output);
        let file = file.map_err(Trouble::io(format!("making {}", output.display())))?;
        let errors = file.try_clone().map_err(Trouble::io("sharing an output file"))?;
        command.stdin(Stdio::null()).stdout(file).stderr(errors).kill_on_drop(true);
        let child = command.spawn().map_err(Trouble::io(format!("starting {name}")))?;
        Ok(Self { name: name.to_owned(), child, output: output.to_owned() })
    }

    /// Its id, while it runs.
    pub(super) fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// Fails if it has ended.
    pub(crate) fn check_running(&mut self) -> Result<(), Trouble> {
        match self.child.try_wait().map_err(Trouble::io(format!("watching {}", self.name)))? {
            None => Ok(()),
            Some(status) => {
                Err(Trouble::Server(format!("{} has ended ({status}): {}", self.name, self.output())))
            }
        }
    }

    /// Sends a signal. Signals have no portable call in the standard library, and this crate has no unsafe code.
    pub(super) async fn signal(&self, signal: Signal) -> Result<(), Trouble> {
        let Some(pid) = self.child.id() else {
            return Err(Trouble::Server(format!("{} had ended before: {}", self.name, self.output())));
        };
        let told = Command::new("kill").arg(signal.flag()).arg(pid.to_string()).status().await;
        match told.map_err(Trouble::io("sending a signal"))? {
            status if status.success() => Ok(()),
            status => {
                Err(Trouble::Server(format!("kill {} of {} ended with {status}", signal.flag(), self.name)))
            }
        }
    }

    /// Kills it and waits until it is gone.
    pub(crate) async fn kill(&mut self) -> Result<(), Trouble> {
        self.signal(Signal::Kill).await?;
        self.child.wait().await.map(drop).map_err(Trouble::io("waiting for the end of what was killed"))
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self, limit: Duration) -> Result<ExitStatus, Trouble> {
        match tokio::time::timeout(limit, self.child.wait()).await {
            Ok(status) => status.map_err(Trouble::io(format!("waiting for the end of {}", self.name))),
            Err(_) => {
                self.child.start_kill().map_err(Trouble::io(format!("ending {}", self.name)))?;
                Err(Trouble::Server(format!("{} did not stop within {limit:?}", self.name)))
            }
        }
    }

    /// The end of what it has printed.
    pub(crate) fn output(&self) -> String {
        let bytes = std::fs::read(&self.output).unwrap_or_default();
        String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(OUTPUT_BYTES_TOLD)..]).into_owned()
    }

    /// What the operating system says of it.
    pub(crate) fn usage(&self) -> Option<ProcessUse> {
        self.pid().and_then(ProcessUse::of)
    }
}

/// Bytes of all files in a folder.
pub(super) fn folder_bytes(folder: &Path) -> u64 {
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

impl std::iter::Sum for ProcessUse {
    fn sum<I: Iterator<Item = Self>>(uses: I) -> Self {
        uses.fold(Self::default(), |sum, one| Self {
            memory_bytes: sum.memory_bytes + one.memory_bytes,
            memory_peak_bytes: sum.memory_peak_bytes + one.memory_peak_bytes,
            cpu_ms: sum.cpu_ms + one.cpu_ms,
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
