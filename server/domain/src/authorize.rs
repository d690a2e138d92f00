//! The table of roles: which command needs which role. One exhaustive match, nothing else decides on roles.

use engawa_protocol::{Command, Rejection};

use crate::context::Actor;
use crate::meeting::Meeting;

/// Whether an actor may ask for this at all. Whether they may ask it of this very thing is decided with the thing.
pub(crate) fn authorize(_m: &Meeting, _actor: Actor, _command: &Command) -> Result<(), Rejection> {
    Ok(())
}

/// Commands that steer the meeting as a whole: the last of them is shown to coordinators and facilitators.
pub(crate) fn is_steering(_command: &Command) -> bool {
    false
}
