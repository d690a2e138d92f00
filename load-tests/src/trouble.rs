//! What can go wrong for a simulated person or for the run itself, and the findings that make a run fail.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use engawa_protocol::Rejection;

/// Something that ends a scenario.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// A condition did not come true in time.
    #[error("{who} waited {} ms in vain: {what}", waited.as_millis())]
    WaitedInVain {
        /// Who waited.
        who: String,
        /// For what.
        what: String,
        /// How long.
        waited: Duration,
    },
    /// A command that must be taken was rejected.
    #[error("{who} asked for {command} and was rejected: {rejection:?}")]
    Rejected {
        /// Who asked.
        who: String,
        /// For what.
        command: &'static str,
        /// The answer.
        rejection: Rejection,
    },
    /// The client's task is gone: sent away for good, or it met a fault.
    #[error("{who} is out of the meeting: {why}")]
    Out {
        /// Who.
        who: String,
        /// Why.
        why: String,
    },
    /// The HTTP API answered with an error.
    #[error("{request} answered {status}: {body}")]
    Http {
        /// Method and path.
        request: String,
        /// The status.
        status: u16,
        /// The body, cut to a readable length.
        body: String,
    },
    /// A connection or file failed.
    #[error("{what}: {source}")]
    Io {
        /// What was being done.
        what: String,
        /// The cause.
        source: std::io::Error,
    },
    /// An answer was not what the protocol says.
    #[error("{0}")]
    Answer(String),
    /// The server could not be started or stopped.
    #[error("{0}")]
    Server(String),
}

impl Trouble {
    /// An IO error, with what was being done.
    pub(crate) fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}

/// The kind of promise that was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Promise {
    /// The scenario could not go on.
    Progress,
    /// The protocol's rules (SPEC.md).
    Protocol,
    /// What a screen holds equals what the replayed log says.
    Screens,
    /// What was acknowledged is there, exactly once.
    Durability,
    /// Nobody gets what they may not see.
    Secrecy,
    /// The tally is the sum of the ballots, the ledger can be recounted.
    Vote,
    /// What is not allowed is refused.
    Cheating,
    /// A number that has to be reached.
    Budget,
}

/// One broken promise.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Finding {
    /// Which promise.
    pub(crate) promise: Promise,
    /// In which phase of the scenario.
    pub(crate) phase: String,
    /// What was found.
    pub(crate) what: String,
}

/// Findings kept in full; more are only counted.
const FINDINGS_KEPT_MAX: usize = 200;

#[derive(Debug, Default)]
struct Inner {
    kept: Vec<Finding>,
    count: u64,
    phase: String,
}

/// All findings of a run; shared by everyone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Findings(Arc<Mutex<Inner>>);

impl Findings {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says in which phase what follows is found.
    pub(crate) fn enter_phase(&self, phase: &str) {
        phase.clone_into(&mut self.lock().phase);
    }

    /// Adds a finding.
    pub(crate) fn add(&self, promise: Promise, what: impl Into<String>) {
        let mut inner = self.lock();
        inner.count += 1;
        if inner.kept.len() < FINDINGS_KEPT_MAX {
            let finding = Finding { promise, phase: inner.phase.clone(), what: what.into() };
            inner.kept.push(finding);
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        self.lock().count
    }

    /// Those that were kept, in the order in which they were found.
    pub(crate) fn list(&self) -> Vec<Finding> {
        self.lock().kept.clone()
    }
}
