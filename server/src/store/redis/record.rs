//! What the scripts answer and what is published, read into the store's types. Everything here comes from
//! outside the process: what cannot be read is [`StoreError::Corrupt`], never a panic.

use bytes::Bytes;
use redis::Value;

use crate::store::head::Head;
use crate::store::{Epoch, LogEntry, Mark, Position, Seq, Snapshot, StateDigest, StoreError, Timestamp};

/// A link of the chain of hashes: stands for one entry and all before it. The first 64 bits of a SHA-1 over the
/// link before, the time stamp and the payload; made by the scripts, only compared here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chain(pub(super) u64);

impl Chain {
    fn parse(text: &[u8]) -> Option<Self> {
        u64::from_str_radix(std::str::from_utf8(text).ok()?, 16).ok().map(Self)
    }

    pub(super) fn text(self) -> String {
        format!("{:016x}", self.0)
    }
}

/// An entry and its link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Linked {
    pub(super) entry: LogEntry,
    pub(super) chain: Chain,
}

/// What `read.lua` answers.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) head: Head,
    /// Which change of the bookkeeping this is (appends are none).
    pub(super) revision: u64,
    /// The link of the last entry.
    pub(super) chain_last: Chain,
    /// The link at the place after which was read, if the log still knows it.
    pub(super) chain_at: Option<Chain>,
    pub(super) entries: Vec<Linked>,
}

impl Stored {
    /// Where the log stands, as the scripts compare it.
    pub(super) fn mark(&self) -> Mark {
        Mark(format!("{} {} {}", self.head.epoch.0, self.head.last.0, self.chain_last.text()))
    }
}

/// What is published about a meeting.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Report {
    /// A batch, and the link that it hangs on.
    Appended { epoch: Epoch, before: Chain, entries: Vec<Linked> },
    /// A batch too large to be published.
    Grown,
    /// A new epoch.
    Epoch(Epoch),
    /// The meeting is gone, since this time of Redis's clock.
    Deleted(u64),
    /// Nodes differ about the state at a position.
    Disputed(Position),
}

fn unreadable(what: &str) -> StoreError {
    StoreError::corrupt(format!("Redis holds what is no {what}; do other programs write under this prefix?"))
}

/// The parts of a script's answer.
pub(super) fn parts(answer: Value) -> Result<std::vec::IntoIter<Value>, StoreError> {
    match answer {
        Value::Array(parts) => Ok(parts.into_iter()),
        _ => Err(unreadable("answer of a script")),
    }
}

/// The next part as bytes.
pub(super) fn bytes(parts: &mut impl Iterator<Item = Value>) -> Result<Vec<u8>, StoreError> {
    match parts.next() {
        Some(Value::BulkString(bytes)) => Ok(bytes),
        Some(Value::SimpleString(text)) => Ok(text.into_bytes()),
        Some(_) | None => Err(unreadable("text")),
    }
}

/// The next part as a number.
pub(super) fn number(parts: &mut impl Iterator<Item = Value>) -> Result<u64, StoreError> {
    decimal(&bytes(parts)?).ok_or_else(|| unreadable("number"))
}

fn decimal(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn chain(parts: &mut impl Iterator<Item = Value>) -> Result<Option<Chain>, StoreError> {
    let text = bytes(parts)?;
    if text.is_empty() { Ok(None) } else { Chain::parse(&text).map(Some).ok_or_else(|| unreadable("chain")) }
}

fn seq_or_none(parts: &mut impl Iterator<Item = Value>) -> Result<Option<Seq>, StoreError> {
    let text = bytes(parts)?;
    if text.is_empty() {
        Ok(None)
    } else {
        decimal(&text).map(|n| Some(Seq(n))).ok_or_else(|| unreadable("number"))
    }
}

/// Reads the answer of `read.lua` behind its `ok`.
pub(super) fn stored(mut parts: std::vec::IntoIter<Value>) -> Result<Stored, StoreError> {
    let parts = &mut parts;
    let (epoch, last, last_at) = (Epoch(number(parts)?), Seq(number(parts)?), Timestamp(number(parts)?));
    let chain_last = chain(parts)?.ok_or_else(|| unreadable("chain"))?;
    let floor = Seq(number(parts)?);
    bytes(parts)?;
    let (newest, previous) = (seq_or_none(parts)?, seq_or_none(parts)?);
    let revision = number(parts)?;
    let chain_at = chain(parts)?;
    let mut entries = Vec::with_capacity(parts.len() / 4);
    while parts.len() > 0 {
        let (seq, at) = (Seq(number(parts)?), Timestamp(number(parts)?));
        let chain = chain(parts)?.ok_or_else(|| unreadable("chain"))?;
        let payload = Bytes::from(bytes(parts)?);
        entries.push(Linked { entry: LogEntry { seq, at, payload }, chain });
    }
    let head = Head { epoch, last, last_at, floor, newest, previous };
    Ok(Stored { head, revision, chain_last, chain_at, entries })
}

/// Reads `HMGET head links_to links`: the links of the last entries that were purged, newest first, of 16 hexadecimal
/// digits each. Gives them in the order of the log; none if nothing was purged.
pub(super) fn purged_links(answer: Value) -> Result<Vec<(Seq, Chain)>, StoreError> {
    let mut parts = parts(answer)?;
    if matches!(parts.as_slice(), [Value::Nil, ..]) {
        return Ok(Vec::new());
    }
    let (to, text) = (number(&mut parts)?, bytes(&mut parts)?);
    let links = text.chunks(16).zip((1..=to).rev()).map(|(link, seq)| Some((Seq(seq), Chain::parse(link)?)));
    let mut links = links.collect::<Option<Vec<_>>>().ok_or_else(|| unreadable("link"))?;
    links.reverse();
    Ok(links)
}

/// The checksum that is stored beside a snapshot.
pub(super) fn snapshot_sum(digest: &StateDigest, bytes: &[u8]) -> String {
    let mut sum = crc32fast::Hasher::new();
    sum.update(&digest.0);
    sum.update(bytes);
    format!("{:08x}", sum.finalize())
}

/// Reads `HMGET snapshot seq digest sum bytes`; none if there is none.
pub(super) fn snapshot(head: &Head, answer: Value) -> Result<Option<Snapshot>, StoreError> {
    let mut parts = parts(answer)?;
    if matches!(parts.as_slice(), [Value::Nil, ..]) {
        return Ok(None);
    }
    let seq = Seq(number(&mut parts)?);
    let digest = <[u8; 32]>::try_from(bytes(&mut parts)?).map_err(|_| unreadable("digest"))?;
    let digest = StateDigest(digest);
    let sum = bytes(&mut parts)?;
    let state = Bytes::from(bytes(&mut parts)?);
    if sum != snapshot_sum(&digest, &state).into_bytes() {
        return Err(StoreError::corrupt(format!("the snapshot at {} has another checksum", head.at(seq))));
    }
    Ok(Some(Snapshot { position: head.at(seq), digest, bytes: state }))
}

/// Reads what was published; none if it cannot be read.
pub(crate) fn report(message: &Bytes) -> Option<Report> {
    let end = message.iter().position(|byte| *byte == b'\n')?;
    let mut words = message[..end].split(|byte| *byte == b' ');
    let kind = words.next()?;
    let mut word = || words.next();
    match kind {
        b"A" => {
            let (epoch, first, at) = (decimal(word()?)?, decimal(word()?)?, Timestamp(decimal(word()?)?));
            let before = Chain::parse(word()?)?;
            let entries = published(message, end + 1, first, at)?;
            Some(Report::Appended { epoch: Epoch(epoch), before, entries })
        }
        b"L" => Some(Report::Grown),
        b"E" => Some(Report::Epoch(Epoch(decimal(word()?)?))),
        b"D" => Some(Report::Deleted(decimal(word()?)?)),
        b"S" => {
            let (epoch, seq) = (Epoch(decimal(word()?)?), Seq(decimal(word()?)?));
            Some(Report::Disputed(Position { epoch, seq }))
        }
        _ => None,
    }
}

/// Entries as published: link (16 hexadecimal digits), length (8), payload.
fn published(message: &Bytes, mut place: usize, first: u64, at: Timestamp) -> Option<Vec<Linked>> {
    let mut entries = Vec::new();
    for seq in first.. {
        if place == message.len() {
            break;
        }
        let chain = Chain::parse(message.get(place..place + 16)?)?;
        let size = std::str::from_utf8(message.get(place + 16..place + 24)?).ok()?;
        let (from, size) = (place + 24, usize::from_str_radix(size, 16).ok()?);
        place = from.checked_add(size).filter(|end| *end <= message.len())?;
        entries.push(Linked {
            entry: LogEntry { seq: Seq(seq), at, payload: message.slice(from..place) },
            chain,
        });
    }
    Some(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_batches_come_apart_as_they_were_put_together() {
        let message = Bytes::from_static(
            b"A 3 41 1700000000000 00000000000000ff\n000000000000001000000002hi000000000000001100000000",
        );
        let Some(Report::Appended { epoch, before, entries }) = report(&message) else { panic!() };
        assert_eq!((epoch, before), (Epoch(3), Chain(255)));
        let found: Vec<_> =
            entries.iter().map(|e| (e.entry.seq.0, e.chain.0, &e.entry.payload[..])).collect();
        assert_eq!(found, [(41, 16, &b"hi"[..]), (42, 17, &b""[..])]);
        assert_eq!(report(&Bytes::from_static(b"E 4\n")), Some(Report::Epoch(Epoch(4))));
        assert_eq!(report(&Bytes::from_static(b"D 17\n")), Some(Report::Deleted(17)));
        let at = Position { epoch: Epoch(2), seq: Seq(9) };
        assert_eq!(report(&Bytes::from_static(b"S 2 9\n")), Some(Report::Disputed(at)));
    }

    #[test]
    fn what_was_not_published_by_us_is_not_read() {
        for message in [
            &b""[..],
            b"A",
            b"A\n",
            b"A 1 2 3 4",
            b"A 1 2 3 zz\n",
            b"A 1 2 3 ff\n0000",
            b"A 1 2 3 ff\n000000000000001000000009hi",
            b"A 1 2 3 ff\n0000000000000010ffffffffhi",
            b"X 1\n",
            b"E -1\n",
        ] {
            assert_eq!(report(&Bytes::copy_from_slice(message)), None, "{message:?}");
        }
    }
}
