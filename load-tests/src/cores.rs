//! What the machine gives: a core each for server and generator, and enough file descriptors.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::trouble::Trouble;

/// Descriptors besides one for each connection: the runtime's, files, requests while a meeting is prepared.
const FILES_BESIDE: u64 = 100;

/// Two cores of their own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cores {
    server: usize,
}

impl Cores {
    /// Puts this thread, and all that it starts, on the second core, if there are two.
    pub(crate) fn divide() -> Option<Self> {
        let before = sched_getaffinity(None).ok()?;
        let mut there = (0..CpuSet::MAX_CPU).filter(|core| before.is_set(*core));
        let (server, own) = (there.next()?, there.next()?);
        sched_setaffinity(None, &only(own)).ok()?;
        Some(Self { server })
    }

    /// Does something (starts a process) on the server's core.
    pub(crate) fn as_server<T>(&self, act: impl FnOnce() -> T) -> T {
        let own = sched_getaffinity(None);
        // Where cores cannot be chosen after all, it runs where this thread does.
        let moved = sched_setaffinity(None, &only(self.server)).is_ok();
        let done = act();
        if let (true, Ok(own)) = (moved, own) {
            let _ = sched_setaffinity(None, &own);
        }
        done
    }
}

fn only(core: usize) -> CpuSet {
    let mut cores = CpuSet::new();
    cores.set(core);
    cores
}

/// Makes sure that so many connections can be open in this process (and in a server that it starts).
pub(crate) fn check_files(connections: u64) -> Result<(), Trouble> {
    let needed = connections + FILES_BESIDE;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let Some(soft) = current.filter(|soft| *soft < needed) else { return Ok(()) };
    let raised = Rlimit { current: Some(maximum.map_or(needed, |hard| hard.max(needed))), maximum };
    if maximum.is_none_or(|hard| hard >= needed) && setrlimit(Resource::Nofile, raised).is_ok() {
        return Ok(());
    }
    let most = maximum.unwrap_or(soft).saturating_sub(FILES_BESIDE);
    Err(Trouble::Server(format!(
        "{connections} connections need {needed} open files here and in the server, but a process may have {} here: ask for \
         at most {most} people, or raise the limit (ulimit -n {needed}, as root or in /etc/security/limits.conf)",
        maximum.unwrap_or(soft)
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_said_with_the_number_that_does() {
        assert!(check_files(10).is_ok());
        if getrlimit(Resource::Nofile).maximum.is_some() {
            let told = check_files(u64::MAX / 4).unwrap_err().to_string();
            assert!(told.contains("ulimit -n") && told.contains("at most"), "{told}");
        }
    }
}
