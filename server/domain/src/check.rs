//! Texts and numbers of commands against the limits: what can never be valid, whatever the meeting's state.

use engawa_protocol::{Command, Rejection};

/// Checks every text and number of a command.
pub(crate) fn check(_command: &Command) -> Result<(), Rejection> {
    Ok(())
}
