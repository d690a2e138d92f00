//! Deadlines as data: what the outside has to say, and when.

use engawa_protocol::Timestamp;

use crate::entry::SystemInput;
use crate::meeting::Meeting;
use crate::{agenda, vote};

/// The next moment at which something happens by itself, and the input to propose then. The first proposal in the
/// log wins; later ones are stale.
#[must_use]
pub fn next_deadline(meeting: &Meeting) -> Option<(Timestamp, SystemInput)> {
    let round = agenda::next_deadline(meeting);
    let vote = vote::next_deadline(meeting);
    [round, vote].into_iter().flatten().min_by_key(|(at, _)| *at)
}
