//! Changes of this area: decided, complete, and such that making them cannot fail.

use alloc::collections::BTreeMap;

use engawa_protocol::{PersonId, PosterId, Recount, RevealOrder, TeamId, VoteRules};

use super::{Choices, Published, Voter};

/// A decided change.
#[derive(Debug)]
pub(crate) enum Change {
    /// The rules are set.
    SetRules { rules: VoteRules },
    /// The vote opens over these posters.
    Open { candidates: BTreeMap<PosterId, TeamId> },
    /// The vote closes for good.
    Close,
    /// A ballot is put in.
    Cast { voter: Voter, person: PersonId, choices: Choices },
    /// A ballot is taken back by its voter.
    Withdraw { voter: Voter, person: PersonId },
    /// The ballots were counted anew.
    Recount { recount: Recount },
    /// The reveal begins, or begins anew.
    StartReveal { order: RevealOrder },
    /// The next place is shown.
    RevealNext,
    /// The standings are told.
    Publish { published: Published },
}
