//! Bugs put into a hub on purpose, so that tests can show that they would be found, and that a bug of the rules costs one
//! meeting only. Compiled for tests and nothing else.

use std::fmt;
use std::sync::Arc;

use engawa_domain::{Entry, Origin};
use engawa_protocol::ClientSeq;

/// A mistake that somebody might make in this crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// A command is acknowledged when it is taken, before it is in the log.
    AcknowledgeEarly,
    /// A command that is sent again takes effect again.
    ForgetDedupe,
    /// Somebody who comes back is told that they go on where they were, and not what they missed.
    ResumeWithGap,
    /// What the meeting's own clock has to say is never proposed.
    MissDeadlines,
}

impl Bug {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::AcknowledgeEarly, Self::ForgetDedupe, Self::ResumeWithGap, Self::MissDeadlines];
}

/// What says of an entry whether the rules stumble over it.
pub type Stumble = Arc<dyn Fn(&Entry) -> bool + Send + Sync>;

/// What is wrong with a hub: nothing, unless a test says so.
#[derive(Clone, Default)]
pub struct Sabotage {
    /// The mistake that has been made.
    pub bug: Option<Bug>,
    /// Entries over which the rules stumble.
    pub stumble: Option<Stumble>,
}

impl fmt::Debug for Sabotage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sabotage").field("bug", &self.bug).finish_non_exhaustive()
    }
}

impl Sabotage {
    /// Whether this mistake has been made.
    pub(super) fn has(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    /// Stands where the rules are applied: panics over an entry that is to be stumbled over.
    pub(super) fn stumble_over(&self, entry: &Entry) {
        assert!(
            !self.stumble.as_ref().is_some_and(|stumbles| stumbles(entry)),
            "sabotage: the rules stumble"
        );
    }

    /// The entry as a node sees it that has forgotten to deduplicate: under a number that was never used.
    pub(super) fn changed(&self, mut entry: Entry) -> Entry {
        if let (true, Origin::Person { client_seq, .. }) =
            (self.has(Bug::ForgetDedupe), &mut entry.input.origin)
        {
            *client_seq = ClientSeq(RENUMBERED + entry.seq.0);
        }
        entry
    }
}

/// Above every number that a test's client uses.
const RENUMBERED: u64 = 1 << 40;
