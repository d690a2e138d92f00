//! Changes of this area: decided, complete, and such that making them cannot fail.

use alloc::vec::Vec;

use engawa_protocol::{RoundId, RoundPhase, RoundPlan};

use crate::rooms::Opening;

/// A decided change.
#[derive(Debug)]
pub(crate) enum Change {
    /// All waiting rounds are replaced.
    ReplaceWaiting { plans: Vec<RoundPlan> },
    /// A round is added before another waiting one, or at the end.
    Add { plan: RoundPlan, before: Option<RoundId> },
    /// A waiting round is planned anew.
    Edit { round: RoundId, plan: RoundPlan },
    /// A waiting round is taken out.
    Remove { round: RoundId },
    /// A waiting round is put before another, or at the end.
    Move { round: RoundId, before: Option<RoundId> },
    /// A waiting round opens, with its rooms if it has any.
    Open { round: RoundId, phase: RoundPhase, opening: Option<Opening> },
    /// A round that has begun goes into another phase, or gets another deadline.
    Enter { round: RoundId, phase: RoundPhase },
}
