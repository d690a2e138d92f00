//! The ledger of a closed vote: how it is written, and how anyone checks and counts it.
//!
//! Owns the form of receipts, lines and hashes, and the counting. Pure functions over wire types, so that a tool
//! outside can use them on an exported file; must not know the meeting or who anybody is.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use engawa_protocol::hash::{hex, sha256};
use engawa_protocol::{Ledger, LedgerLine, PosterId, Standing, Tally, TeamId, Timestamp, VoteRules, codec};

/// Crockford's alphabet for base 32 (<https://www.crockford.com/base32.html>): no I, L, O, U to be misread.
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of a receipt, hyphens aside: 60 bits, so that among 30 000 voters two alike are expected once in
/// some two thousand million votes.
const RECEIPT_CHARS: usize = 12;
/// Characters between two hyphens.
const RECEIPT_GROUP: usize = 4;

/// What is wrong with a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerFault {
    /// The header's hash is not that of its rules, candidates and time.
    Header,
    /// The candidates do not ascend, or one stands twice.
    Candidates,
    /// A line has another number than its place, from 1.
    Number {
        /// The number the line should have.
        line: u32,
    },
    /// A receipt does not come after the one before it: lines are out of order or a ballot is in twice.
    Receipt {
        /// The line's number.
        line: u32,
    },
    /// A ballot breaks the rules: empty, too many choices, out of order, one twice, or not a candidate.
    Choices {
        /// The line's number.
        line: u32,
    },
    /// A line's hash does not follow from what it says and the line before.
    Hash {
        /// The line's number.
        line: u32,
    },
    /// The last hash is not the one that was published: lines were cut off or added, or all were written anew.
    LastHash,
}

/// What a ledger comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerCount {
    /// Ballots counted.
    pub ballots: u32,
    /// Choices counted.
    pub choices: u32,
    /// Votes per candidate, 0 included.
    pub tally: Tally,
}

/// A voter's receipt: the first 60 bits of SHA-256 over the vote's secret and the voter's text, in Crockford's base 32,
/// as `XXXX-XXXX-XXXX`. Without the secret it says nothing of the voter.
#[must_use]
pub fn receipt(secret: &[u8], voter: &str) -> String {
    let digest = sha256(&[secret, voter.as_bytes()]);
    let mut text = String::with_capacity(RECEIPT_CHARS + RECEIPT_CHARS / RECEIPT_GROUP);
    let mut bits = digest.iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    for place in 0..RECEIPT_CHARS {
        if place > 0 && place % RECEIPT_GROUP == 0 {
            text.push('-');
        }
        text.push(char::from(CROCKFORD[(bits >> 59) as usize]));
        bits <<= 5;
    }
    text
}

/// The hash of a ledger's header: lower-case hex of SHA-256 over the UTF-8 text
/// `engawa ledger 1\n{rules as JSON}\n{candidates, ascending, joined by ','}\n{closed_at in ms}` (SPEC VT9). The JSON is
/// that of the ledger's `rules` without white space.
#[must_use]
pub fn header_hash(rules: &VoteRules, candidates: &[PosterId], closed_at: Timestamp) -> String {
    // The rules are numbers and names only; writing them as JSON cannot fail.
    let rules = codec::to_string(rules).unwrap_or_default();
    hex(&sha256(&[
        b"engawa ledger 1\n",
        rules.as_bytes(),
        b"\n",
        join(candidates).as_bytes(),
        b"\n",
        closed_at.0.to_string().as_bytes(),
    ]))
}

/// The hash of a line (see [`LedgerLine`]).
#[must_use]
pub fn line_hash(previous: &str, number: u32, receipt: &str, choices: &[PosterId]) -> String {
    let parts: [&[u8]; 7] = [
        previous.as_bytes(),
        b"\n",
        &number.to_string().into_bytes(),
        b"\n",
        receipt.as_bytes(),
        b"\n",
        &join(choices).into_bytes(),
    ];
    hex(&sha256(&parts))
}

/// Writes a ledger from ballots by receipt.
#[must_use]
pub fn write_ledger(
    rules: VoteRules,
    candidates: Vec<PosterId>,
    closed_at: Timestamp,
    mut ballots: Vec<(String, Vec<PosterId>)>,
) -> Ledger {
    ballots.sort();
    let header_hash = header_hash(&rules, &candidates, closed_at);
    let mut previous = header_hash.clone();
    let lines = (1..)
        .zip(ballots)
        .map(|(number, (receipt, choices))| {
            let hash = line_hash(&previous, number, &receipt, &choices);
            previous.clone_from(&hash);
            LedgerLine { number, receipt, choices, hash }
        })
        .collect();
    Ledger { header_hash, rules, candidates, closed_at, lines }
}

/// The hash by which a ledger can be told from every other: that of its last line, or of the header when nobody voted.
#[must_use]
pub fn last_hash(ledger: &Ledger) -> &str {
    ledger.lines.last().map_or(&ledger.header_hash, |line| &line.hash)
}

/// Checks every line of a ledger and counts it. With the hash that was published when the vote closed
/// (`ledger_hash`), no alteration goes unseen; without it, someone who writes the whole ledger anew does.
///
/// # Errors
/// The first fault found.
pub fn verify_ledger(ledger: &Ledger, published_hash: Option<&str>) -> Result<LedgerCount, LedgerFault> {
    if ledger.candidates.windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(LedgerFault::Candidates);
    }
    if header_hash(&ledger.rules, &ledger.candidates, ledger.closed_at) != ledger.header_hash {
        return Err(LedgerFault::Header);
    }
    let candidates = ledger.candidates.iter().copied().collect();
    let (mut hash, mut receipt) = (ledger.header_hash.as_str(), "");
    for (number, line) in (1..).zip(&ledger.lines) {
        if line.number != number {
            return Err(LedgerFault::Number { line: number });
        }
        if line.receipt.as_str() <= receipt {
            return Err(LedgerFault::Receipt { line: number });
        }
        if !choices_hold(&line.choices, &ledger.rules, &candidates) {
            return Err(LedgerFault::Choices { line: number });
        }
        if line.hash != line_hash(hash, number, &line.receipt, &line.choices) {
            return Err(LedgerFault::Hash { line: number });
        }
        (hash, receipt) = (&line.hash, &line.receipt);
    }
    if published_hash.is_some_and(|published| published != hash) {
        return Err(LedgerFault::LastHash);
    }
    Ok(count(&ledger.candidates, ledger.lines.iter().map(|line| line.choices.iter().copied())))
}

/// Counts ballots: one vote for each choice of each.
pub fn count<B>(candidates: &[PosterId], ballots: impl Iterator<Item = B>) -> LedgerCount
where
    B: Iterator<Item = PosterId>,
{
    let tally = candidates.iter().map(|id| (*id, 0)).collect();
    let mut count = LedgerCount { ballots: 0, choices: 0, tally };
    for ballot in ballots {
        count.ballots += 1;
        for choice in ballot {
            count.choices += 1;
            *count.tally.entry(choice).or_default() += 1;
        }
    }
    count
}

/// Standings of the candidates by competition ranking (1, 2, 2, 4), best first, equal ones by id of the poster.
#[must_use]
pub fn standings(tally: &Tally, candidates: &BTreeMap<PosterId, TeamId>) -> Vec<Standing> {
    let mut standings: Vec<Standing> = candidates
        .iter()
        .map(|(poster, team)| {
            let votes = tally.get(poster).copied().unwrap_or(0);
            Standing { poster: *poster, team: *team, place: 1, tied: false, votes }
        })
        .collect();
    standings.sort_by(|a, b| b.votes.cmp(&a.votes).then(a.poster.cmp(&b.poster)));
    let mut better = 0;
    for tied in standings.chunk_by_mut(|a, b| a.votes == b.votes) {
        let many = tied.len() > 1;
        for standing in &mut *tied {
            standing.place = better + 1;
            standing.tied = many;
        }
        better += u32::try_from(tied.len()).unwrap_or(u32::MAX);
    }
    standings
}

fn choices_hold(choices: &[PosterId], rules: &VoteRules, candidates: &BTreeSet<PosterId>) -> bool {
    !choices.is_empty()
        && choices.len() as u64 <= u64::from(rules.choices_max)
        && choices.windows(2).all(|pair| pair[0] < pair[1])
        && choices.iter().all(|choice| candidates.contains(choice))
}

fn join(ids: &[PosterId]) -> String {
    let mut text = String::new();
    for (i, id) in ids.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        text.push_str(&id.to_string());
    }
    text
}
