//! Applies a log of JSON lines, as the operator's log gives it, and says what comes out: to find out where two
//! machines, or two releases, part.

use std::io::{BufRead, Write};

use engawa_domain::{Entry, Meeting, Outcome, apply, digest};
use engawa_protocol::codec::{self, CodecError};
use engawa_protocol::hash::hex;

/// Why a log cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A line is no entry.
    #[error("line {line}: {error}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What the reader stumbled over.
        error: CodecError,
    },
    /// The log does not begin at its beginning, or has a gap.
    #[error(
        "line {line}: entry {seq} does not follow the one before it; a log is replayed from its first entry on"
    )]
    Gap {
        /// Which, from 1.
        line: usize,
        /// Its entry's number.
        seq: u64,
    },
}

/// Replays a log; writes a line per entry: number, outcome, digest of the state after it.
///
/// # Errors
/// A [`ReplayError`] that names the line.
pub fn replay(log: impl BufRead, out: &mut impl Write) -> Result<(), ReplayError> {
    let mut meeting: Option<Meeting> = None;
    for (index, text) in log.lines().enumerate() {
        let (text, line) = (text?, index + 1);
        if text.trim().is_empty() {
            continue;
        }
        let entry: Entry =
            codec::from_slice(text.as_bytes()).map_err(|error| ReplayError::Line { line, error })?;
        let applied = apply(&mut meeting, &entry);
        let Some(state) = meeting.as_ref().filter(|state| state.seq() == entry.seq) else {
            return Err(ReplayError::Gap { line, seq: entry.seq.0 });
        };
        let digest = digest(state).map_err(|error| ReplayError::Line { line, error })?;
        let outcome = match applied.outcome {
            Outcome::Accepted { .. } => "accepted".to_owned(),
            Outcome::Rejected { rejection } => codec::to_string(&rejection).unwrap_or_default(),
        };
        writeln!(out, "{} {} {outcome}", entry.seq, hex(&digest))?;
    }
    Ok(())
}
