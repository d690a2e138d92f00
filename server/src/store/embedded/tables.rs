//! The embedded store's format: which tables there are, how rows are encoded, checked and found again.
//!
//! Format 1. Integers in values are little-endian; every row carries a CRC-32 (ISO-HDLC) over its key and its
//! fields, so that neither a flipped bit nor a value under the wrong key passes for data.
//!
//! | table | key | value |
//! | --- | --- | --- |
//! | `meta` | `"format"` | the format's number |
//! | `meta` | `"erase"` | there while removed rows wait to be erased from the file (`erasure`) |
//! | `heads` | meeting | epoch, last number, last time, floor, newest and previous snapshot, CRC |
//! | `entries` | meeting, number | time (8 bytes), CRC (4), payload |
//! | `snapshots` | meeting, number | CRC (4), state digest (32), the state's first part; the CRC is over all of it |
//! | `snapshot_parts` | meeting, number, part from 1 | the next part of the state (`parts`) |

use std::ops::{Bound, RangeInclusive};

use bytes::Bytes;
use redb::{
    Database, ReadTransaction, ReadableDatabase, ReadableTable, Table, TableDefinition, TableHandle,
    WriteTransaction,
};

use super::super::head::Head;
use super::super::{Epoch, LogEntry, MeetingId, Position, Seq, Snapshot, StateDigest, StoreError, Timestamp};
use super::parts::{self, PARTS, Parts};
use crate::limits;

/// The newest format that this release reads, and the one it writes.
pub(super) const FORMAT: u64 = 1;

type HeadRow = (u64, u64, u64, u64, Option<u64>, Option<u64>, u32);
type SeqKey = (u128, u64);

const META: TableDefinition<'static, &str, u64> = TableDefinition::new("meta");
const HEADS: TableDefinition<'static, u128, HeadRow> = TableDefinition::new("heads");
const ENTRIES: TableDefinition<'static, SeqKey, &[u8]> = TableDefinition::new("entries");
const SNAPSHOTS: TableDefinition<'static, SeqKey, &[u8]> = TableDefinition::new("snapshots");
const FORMAT_KEY: &str = "format";
const ERASE_KEY: &str = "erase";

const ENTRY_HEADER: usize = 8 + 4;
const SNAPSHOT_HEADER: usize = 4 + 32;

/// Why work on the tables did not succeed.
#[derive(Debug)]
pub(super) enum Failure {
    /// It was refused; nothing was changed.
    Refused(StoreError),
    /// The database failed; what it holds now is not known.
    Broken(Box<redb::Error>),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

macro_rules! broken_from {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Self::Broken(Box::new(error.into()))
            }
        }
    )*};
}
broken_from!(redb::StorageError, redb::TableError, redb::TransactionError, redb::CommitError);

/// Makes the tables of an empty database, or checks that those of another are ours and readable.
pub(super) fn prepare(db: &Database) -> Result<(), Failure> {
    let transaction = db.begin_write()?;
    let is_new = transaction.list_tables()?.next().is_none();
    if is_new {
        transaction.open_table(META)?.insert(FORMAT_KEY, FORMAT)?;
        drop(WriteTables::open(&transaction)?);
        transaction.commit()?;
        return Ok(());
    }
    let has_meta = transaction.list_tables()?.any(|table| table.name() == META.name());
    let found = if has_meta {
        transaction.open_table(META)?.get(FORMAT_KEY)?.map(|format| format.value())
    } else {
        None
    };
    transaction.abort()?;
    match found {
        Some(FORMAT) => Ok(()),
        Some(found) => Err(StoreError::FormatUnknown { found, known: FORMAT }.into()),
        None => Err(StoreError::corrupt("the file is a database of something else").into()),
    }
}

/// Whether removed rows wait to be erased from the file.
pub(super) fn is_erasure_due(db: &Database) -> Result<bool, Failure> {
    Ok(db.begin_read()?.open_table(META)?.get(ERASE_KEY)?.is_some())
}

/// Copies every row into an empty database, durably, but for the request to erase what is not copied.
pub(super) fn copy(from: &Database, to: &Database) -> Result<(), Failure> {
    let (from, to) = (from.begin_read()?, to.begin_write()?);
    copy_table(&from, &to, META)?;
    copy_table(&from, &to, HEADS)?;
    copy_table(&from, &to, ENTRIES)?;
    copy_table(&from, &to, SNAPSHOTS)?;
    copy_table(&from, &to, PARTS)?;
    to.open_table(META)?.remove(ERASE_KEY)?;
    to.commit()?;
    Ok(())
}

fn copy_table<K: redb::Key + 'static, V: redb::Value + 'static>(
    from: &ReadTransaction,
    to: &WriteTransaction,
    table: TableDefinition<'_, K, V>,
) -> Result<(), Failure> {
    let mut copy = to.open_table(table)?;
    for row in from.open_table(table)?.iter()? {
        let (key, value) = row?;
        copy.insert(key.value(), value.value())?;
    }
    Ok(())
}

/// The tables within a write transaction.
pub(super) struct WriteTables<'t> {
    transaction: &'t WriteTransaction,
    erase_asked: bool,
    heads: Table<'t, u128, HeadRow>,
    entries: Table<'t, SeqKey, &'static [u8]>,
    snapshots: Table<'t, SeqKey, &'static [u8]>,
    parts: Parts<'t>,
}

impl<'t> WriteTables<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, Failure> {
        Ok(Self {
            transaction,
            erase_asked: false,
            heads: transaction.open_table(HEADS)?,
            entries: transaction.open_table(ENTRIES)?,
            snapshots: transaction.open_table(SNAPSHOTS)?,
            parts: Parts::open(transaction)?,
        })
    }

    /// Notes that what has been removed must not stay in the file either.
    pub(super) fn ask_to_erase(&mut self) -> Result<(), Failure> {
        self.transaction.open_table(META)?.insert(ERASE_KEY, 1)?;
        self.erase_asked = true;
        Ok(())
    }

    /// Whether somebody has asked for it since this was last called.
    pub(super) fn take_erase_asked(&mut self) -> bool {
        std::mem::take(&mut self.erase_asked)
    }

    /// Whether something that was to be erased earlier may still be in the file.
    pub(super) fn is_erasure_due(&self) -> Result<bool, Failure> {
        Ok(self.transaction.open_table(META)?.get(ERASE_KEY)?.is_some())
    }

    pub(super) fn head(&self, meeting: MeetingId) -> Result<Option<Head>, Failure> {
        load_head(&self.heads, meeting)
    }

    pub(super) fn put_head(&mut self, meeting: MeetingId, head: &Head) -> Result<(), Failure> {
        self.heads.insert(key(meeting), encode_head(meeting, head))?;
        Ok(())
    }

    pub(super) fn put_entry(
        &mut self,
        meeting: MeetingId,
        epoch: Epoch,
        entry: &LogEntry,
    ) -> Result<(), Failure> {
        let mut row =
            self.entries.insert_reserve((key(meeting), entry.seq.0), ENTRY_HEADER + entry.payload.len())?;
        let (header, payload) = row.as_mut().split_at_mut(ENTRY_HEADER);
        let crc = entry_crc(meeting, Position { epoch, seq: entry.seq }, entry.at, &entry.payload);
        header[..8].copy_from_slice(&entry.at.0.to_le_bytes());
        header[8..].copy_from_slice(&crc.to_le_bytes());
        payload.copy_from_slice(&entry.payload);
        Ok(())
    }

    /// Puts a part of a snapshot that is not there yet; numbers are from 1.
    pub(super) fn put_part(
        &mut self,
        meeting: MeetingId,
        seq: Seq,
        number: u32,
        part: &[u8],
    ) -> Result<(), Failure> {
        self.parts.put(meeting, seq, number, part)
    }

    /// Puts the first part of a snapshot, behind which all others are there, with the checksum of the whole.
    pub(super) fn put_snapshot(
        &mut self,
        (meeting, seq): (MeetingId, Seq),
        digest: StateDigest,
        (bytes, crc): (&Bytes, u32),
    ) -> Result<(), Failure> {
        let first = parts::part(bytes, 0);
        let mut row = self.snapshots.insert_reserve((key(meeting), seq.0), SNAPSHOT_HEADER + first.len())?;
        let (header, state) = row.as_mut().split_at_mut(SNAPSHOT_HEADER);
        header[..4].copy_from_slice(&crc.to_le_bytes());
        header[4..].copy_from_slice(&digest.0);
        state.copy_from_slice(first);
        let last = u32::try_from(parts::following(bytes.len())).unwrap_or(u32::MAX);
        self.parts.end_after(meeting, seq, last)
    }

    /// Removes a snapshot, and what is left of older ones.
    pub(super) fn drop_snapshot(&mut self, meeting: MeetingId, seq: Seq) -> Result<(), Failure> {
        self.snapshots.remove((key(meeting), seq.0))?;
        self.parts.drop_up_to(meeting, seq)
    }

    /// Removes the entries up to and including `floor`.
    pub(super) fn drop_entries(&mut self, meeting: MeetingId, floor: Seq) -> Result<(), Failure> {
        self.entries.retain_in((key(meeting), 0)..=(key(meeting), floor.0), |_, _| false)?;
        Ok(())
    }

    /// Removes all entries and snapshots.
    pub(super) fn drop_contents(&mut self, meeting: MeetingId) -> Result<(), Failure> {
        self.entries.retain_in(all_of(meeting), |_, _| false)?;
        self.snapshots.retain_in(all_of(meeting), |_, _| false)?;
        self.parts.drop_all(meeting)
    }

    pub(super) fn drop_head(&mut self, meeting: MeetingId) -> Result<(), Failure> {
        self.heads.remove(key(meeting))?;
        Ok(())
    }
}

/// A consistent view of the database for reading.
pub(super) struct View(ReadTransaction);

impl View {
    pub(super) fn open(db: &Database) -> Result<Self, Failure> {
        Ok(Self(db.begin_read()?))
    }

    pub(super) fn head(&self, meeting: MeetingId) -> Result<Head, Failure> {
        Ok(load_head(&self.0.open_table(HEADS)?, meeting)?.ok_or(StoreError::NotFound)?)
    }

    /// As [`super::super::Store::read`].
    pub(super) fn entries(
        &self,
        meeting: MeetingId,
        after: Position,
        count: usize,
    ) -> Result<Vec<LogEntry>, Failure> {
        let head = self.head(meeting)?;
        head.check_after(after)?;
        let table = self.0.open_table(ENTRIES)?;
        let wanted = (head.last.0 - after.seq.0).min(count.min(limits::STORE_READ_COUNT) as u64);
        let mut entries = Vec::with_capacity(wanted as usize);
        let mut bytes = 0;
        let mut rows = table.range((key(meeting), after.seq.0 + 1)..=(key(meeting), u64::MAX))?;
        for seq in (after.seq.0 + 1..).take(wanted as usize).map(Seq) {
            let Some(row) = rows.next() else { return Err(missing("entry", seq)) };
            let (found, value) = row?;
            if found.value().1 != seq.0 {
                return Err(missing("entry", seq));
            }
            let entry = decode_entry(meeting, Position { epoch: head.epoch, seq }, value.value())?;
            bytes += entry.payload.len();
            entries.push(entry);
            if bytes >= limits::STORE_READ_BYTES {
                break;
            }
        }
        Ok(entries)
    }

    pub(super) fn snapshot(
        &self,
        meeting: MeetingId,
        which: fn(&Head) -> Option<Seq>,
    ) -> Result<Option<Snapshot>, Failure> {
        let head = self.head(meeting)?;
        let Some(seq) = which(&head) else { return Ok(None) };
        let table = self.0.open_table(SNAPSHOTS)?;
        let row = table.get((key(meeting), seq.0))?.ok_or_else(|| missing("snapshot", seq))?;
        let mut whole = row.value().to_vec();
        parts::complete(&self.0, (meeting, seq), &mut whole)?;
        Ok(Some(decode_snapshot(meeting, head.at(seq), whole)?))
    }

    pub(super) fn heads(&self, after: Option<MeetingId>) -> Result<Vec<(MeetingId, Head)>, Failure> {
        let from = after.map_or(Bound::Unbounded, |after| Bound::Excluded(key(after)));
        let table = self.0.open_table(HEADS)?;
        let rows = table.range((from, Bound::<u128>::Unbounded))?.take(limits::STORE_MEETINGS_PAGE);
        rows.map(|row| {
            let (found, value) = row?;
            let meeting = MeetingId(uuid::Uuid::from_u128(found.value()));
            Ok((meeting, decode_head(meeting, value.value())?))
        })
        .collect()
    }
}

/// A meeting in a key.
pub(super) fn key(meeting: MeetingId) -> u128 {
    meeting.0.as_u128()
}

fn all_of(meeting: MeetingId) -> RangeInclusive<SeqKey> {
    (key(meeting), 0)..=(key(meeting), u64::MAX)
}

fn missing(what: &str, seq: Seq) -> Failure {
    StoreError::corrupt(format!("{what} {} is missing", seq.0)).into()
}

fn load_head(heads: &impl ReadableTable<u128, HeadRow>, meeting: MeetingId) -> Result<Option<Head>, Failure> {
    match heads.get(key(meeting))? {
        Some(row) => Ok(Some(decode_head(meeting, row.value())?)),
        None => Ok(None),
    }
}

fn encode_head(meeting: MeetingId, head: &Head) -> HeadRow {
    let (newest, previous) = (head.newest.map(|seq| seq.0), head.previous.map(|seq| seq.0));
    let crc = head_crc(meeting, head);
    (head.epoch.0, head.last.0, head.last_at.0, head.floor.0, newest, previous, crc)
}

fn decode_head(meeting: MeetingId, row: HeadRow) -> Result<Head, StoreError> {
    let (epoch, last, last_at, floor, newest, previous, crc) = row;
    let head = Head {
        epoch: Epoch(epoch),
        last: Seq(last),
        last_at: Timestamp(last_at),
        floor: Seq(floor),
        newest: newest.map(Seq),
        previous: previous.map(Seq),
    };
    if crc == head_crc(meeting, &head) {
        Ok(head)
    } else {
        Err(StoreError::corrupt("a meeting's head fails its checksum"))
    }
}

fn decode_entry(meeting: MeetingId, at: Position, row: &[u8]) -> Result<LogEntry, StoreError> {
    let damaged = || StoreError::corrupt(format!("entry {} fails its checksum", at.seq.0));
    let (time, row) = row.split_first_chunk::<8>().ok_or_else(damaged)?;
    let (crc, payload) = row.split_first_chunk::<4>().ok_or_else(damaged)?;
    let time = Timestamp(u64::from_le_bytes(*time));
    if u32::from_le_bytes(*crc) != entry_crc(meeting, at, time, payload) {
        return Err(damaged());
    }
    Ok(LogEntry { seq: at.seq, at: time, payload: Bytes::copy_from_slice(payload) })
}

fn decode_snapshot(meeting: MeetingId, position: Position, row: Vec<u8>) -> Result<Snapshot, StoreError> {
    let damaged = || StoreError::corrupt(format!("snapshot {} fails its checksum", position.seq.0));
    let bytes = Bytes::from(row);
    let (crc, rest) = bytes.split_first_chunk::<4>().ok_or_else(damaged)?;
    let (digest, state) = rest.split_first_chunk::<32>().ok_or_else(damaged)?;
    let digest = StateDigest(*digest);
    if u32::from_le_bytes(*crc) != snapshot_crc(meeting, position, digest, state) {
        return Err(damaged());
    }
    Ok(Snapshot { position, digest, bytes: bytes.slice(SNAPSHOT_HEADER..) })
}

fn head_crc(meeting: MeetingId, head: &Head) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(meeting.0.as_bytes());
    for field in [head.epoch.0, head.last.0, head.last_at.0, head.floor.0] {
        crc.update(&field.to_le_bytes());
    }
    for field in [head.newest, head.previous] {
        crc.update(&[u8::from(field.is_some())]);
        crc.update(&field.map_or(0, |seq| seq.0).to_le_bytes());
    }
    crc.finalize()
}

fn entry_crc(meeting: MeetingId, position: Position, at: Timestamp, payload: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(meeting.0.as_bytes());
    for field in [position.epoch.0, position.seq.0, at.0] {
        crc.update(&field.to_le_bytes());
    }
    crc.update(payload);
    crc.finalize()
}

/// The checksum of a snapshot.
pub(super) fn snapshot_crc(meeting: MeetingId, position: Position, digest: StateDigest, state: &[u8]) -> u32 {
    let mut crc = snapshot_crc_begun(meeting, position, digest);
    crc.update(state);
    crc.finalize()
}

/// The checksum of a snapshot without its state: a large one follows in parts.
pub(super) fn snapshot_crc_begun(
    meeting: MeetingId,
    position: Position,
    digest: StateDigest,
) -> crc32fast::Hasher {
    let mut crc = crc32fast::Hasher::new();
    crc.update(meeting.0.as_bytes());
    crc.update(&position.epoch.0.to_le_bytes());
    crc.update(&position.seq.0.to_le_bytes());
    crc.update(&digest.0);
    crc
}
