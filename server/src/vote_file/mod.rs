//! The vote as a file: every ballot of a closed vote, under receipts instead of names, chained by hashes, with its rules
//! and its places. A text that people can read and anyone can count again. Owns its form (see `protocol/vote-file.md`);
//! must not know meetings or the network.

mod read;
mod write;

use std::fmt;

use engawa_domain::ledger::{LedgerCount, LedgerFault, verify_ledger};
use engawa_protocol::{Ledger, PosterId};

pub use read::read;
pub use write::{PosterName, write};

/// The first line.
const FIRST_LINE: &str = "engawa vote file 1";

/// Largest file that is read, in bytes: far more than the ballots of the largest meeting take.
pub const VOTE_FILE_BYTES_MAX: u64 = 64 << 20;

/// A file as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoteFile {
    /// The ballots and the rules.
    pub ledger: Ledger,
    /// The rules as they stand in the file: this text is what the header's hash is of.
    pub rules_text: String,
    /// The ballots that the file says it holds.
    pub ballots: u32,
    /// The hash that the file says is its last.
    pub last_hash: String,
    /// The places that the file tells: place, votes, poster.
    pub places: Vec<(u32, u32, PosterId)>,
}

/// Why a file is no vote file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Something else.
    #[error("this is not a vote file: its first line is not `{FIRST_LINE}`")]
    NotAVoteFile,
    /// A line says nothing that belongs there.
    #[error("line {line}: `{expected}` should stand here")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What it should begin with.
        expected: &'static str,
    },
    /// The file ends too early.
    #[error("the file ends before its end: `{expected}` is missing")]
    Short {
        /// What should come.
        expected: &'static str,
    },
}

/// What is wrong with a vote file: it is not as the server wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoteFault {
    /// The chain.
    Ledger(LedgerFault),
    /// Another number of ballots than the file says.
    Ballots {
        /// What it says.
        told: u32,
        /// How many there are.
        counted: u32,
    },
    /// The last hash is another than the file says.
    LastLine,
    /// The places are not what the ballots come to.
    Places,
}

impl fmt::Display for VoteFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ledger(LedgerFault::Header) => f.write_str(
                "the rules, the candidates or the closing time were altered: their hash is not that of the header",
            ),
            Self::Ledger(LedgerFault::Candidates) => {
                f.write_str("the candidates were altered: they do not ascend, or one stands twice")
            }
            Self::Ledger(LedgerFault::Number { line }) => {
                write!(f, "a ballot was added, taken out or moved: ballot {line} does not stand in its place")
            }
            Self::Ledger(LedgerFault::Receipt { line }) => {
                write!(f, "ballot {line} is in twice, or out of order: its receipt does not follow the one before")
            }
            Self::Ledger(LedgerFault::Choices { line }) => write!(
                f,
                "ballot {line} breaks the rules: no choice, too many, one twice, out of order, or no candidate"
            ),
            Self::Ledger(LedgerFault::Hash { line }) => {
                write!(f, "ballot {line} was altered, or one before it: its hash does not follow")
            }
            Self::Ledger(LedgerFault::LastHash) => f.write_str(
                "the last hash is not the one that was published: ballots were cut off or added, or the whole file was \
                 written anew",
            ),
            Self::Ballots { told, counted } => {
                write!(f, "the file says it holds {told} ballots and holds {counted}: some were cut off or added")
            }
            Self::LastLine => f.write_str("the line `last` is not the hash of the last ballot"),
            Self::Places => f.write_str("the places that the file tells are not what its ballots come to"),
        }
    }
}

impl std::error::Error for VoteFault {}

/// Checks a file and counts it. With the hash that was published when the vote closed no alteration goes unseen;
/// without it, somebody who writes the whole file anew does.
///
/// # Errors
/// The first fault found.
pub fn verify(file: &VoteFile, published_hash: Option<&str>) -> Result<LedgerCount, VoteFault> {
    let ledger = &file.ledger;
    // The hash is over the text; rules that only mean the same are not the same.
    if engawa_protocol::codec::to_string(&ledger.rules).ok().as_deref() != Some(&*file.rules_text) {
        return Err(VoteFault::Ledger(LedgerFault::Header));
    }
    let count = verify_ledger(ledger, None).map_err(VoteFault::Ledger)?;
    if count.ballots != file.ballots {
        return Err(VoteFault::Ballots { told: file.ballots, counted: count.ballots });
    }
    let last = engawa_domain::ledger::last_hash(ledger);
    if last != file.last_hash {
        return Err(VoteFault::LastLine);
    }
    if published_hash.is_some_and(|published| !published.eq_ignore_ascii_case(last)) {
        return Err(VoteFault::Ledger(LedgerFault::LastHash));
    }
    if write::places(&count.tally) != file.places {
        return Err(VoteFault::Places);
    }
    Ok(count)
}

#[cfg(test)]
mod tests;
