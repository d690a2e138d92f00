//! State of this area.

mod change;
mod decide;
mod evolve;
mod project;

use serde::{Deserialize, Serialize};

pub(crate) use change::Change;
pub(crate) use decide::*;
pub(crate) use evolve::evolve;
pub(crate) use project::*;

/// State.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Vote {}

/// The next moment at which the vote opens or closes by itself.
pub(crate) fn next_deadline(
    _m: &crate::meeting::Meeting,
) -> Option<(engawa_protocol::Timestamp, crate::entry::SystemInput)> {
    None
}
