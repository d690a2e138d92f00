//! What each write does to the tables, and what it tells the tails once it is committed. Runs in the
//! writer's transaction: everything is checked before anything is changed, so that a refused write leaves
//! nothing behind in a transaction that others share.

use std::sync::Arc;

use bytes::Bytes;

use super::super::head::Head;
use super::super::live::LiveLogs;
use super::super::{
    Appended, Epoch, LogEntry, MeetingId, Position, Seq, Snapshot, SnapshotPut, StateDigest, StoreError,
    TailEnd, Timestamp,
};
use super::parts;
use super::tables::{Failure, WriteTables, snapshot_crc};
use crate::limits;

/// What the tails of a meeting are told after the commit.
#[derive(Debug)]
pub(super) enum Change {
    /// Nothing that concerns them.
    None,
    /// A batch was appended.
    Appended(MeetingId, Arc<[LogEntry]>),
    /// The log is at its end.
    Ended(MeetingId, TailEnd),
}

impl Change {
    pub(super) fn publish(self, live: &LiveLogs) {
        match self {
            Self::None => {}
            Self::Appended(meeting, entries) => live.publish(meeting, entries),
            Self::Ended(meeting, end) => live.end(meeting, end),
        }
    }
}

type Done<T> = Result<(T, Change), Failure>;

pub(super) fn create(
    tables: &mut WriteTables<'_>,
    meeting: MeetingId,
    first: Bytes,
    now: Timestamp,
) -> Done<Appended> {
    if tables.head(meeting)?.is_some() {
        return Err(StoreError::AlreadyExists.into());
    }
    let head = Head::first(now);
    let appended = Appended { first: head.at(head.last), count: 1, at: head.last_at };
    write_batch(tables, meeting, &head, appended, vec![first])
}

pub(super) fn append(
    tables: &mut WriteTables<'_>,
    meeting: MeetingId,
    epoch: Epoch,
    payloads: Vec<Bytes>,
    now: Timestamp,
) -> Done<Appended> {
    let mut head = existing(tables, meeting)?;
    let count = payloads.len() as u64;
    let (first, at) = head.append(epoch, count, now)?;
    write_batch(tables, meeting, &head, Appended { first, count, at }, payloads)
}

fn write_batch(
    tables: &mut WriteTables<'_>,
    meeting: MeetingId,
    head: &Head,
    appended: Appended,
    payloads: Vec<Bytes>,
) -> Done<Appended> {
    let seqs = (appended.first.seq.0..).map(Seq);
    let entries: Arc<[LogEntry]> =
        seqs.zip(payloads).map(|(seq, payload)| LogEntry { seq, at: appended.at, payload }).collect();
    for entry in entries.iter() {
        tables.put_entry(meeting, head.epoch, entry)?;
    }
    tables.put_head(meeting, head)?;
    Ok((appended, Change::Appended(meeting, entries)))
}

/// Puts a part of a snapshot behind its first, from 1, if the snapshot is still wanted.
pub(super) fn put_part(
    tables: &mut WriteTables<'_>,
    meeting: MeetingId,
    snapshot: &Snapshot,
    number: u32,
) -> Done<SnapshotPut> {
    let (put, _) = existing(tables, meeting)?.put_snapshot(snapshot.position)?;
    match put {
        SnapshotPut::Stored => {
            let part = parts::part(&snapshot.bytes, number as usize);
            tables.put_part(meeting, snapshot.position.seq, number, part)?;
        }
        SnapshotPut::NotNewer => {}
    }
    Ok((put, Change::None))
}

/// Puts a snapshot whose other parts are there, with the checksum of the whole.
pub(super) fn put_snapshot(
    tables: &mut WriteTables<'_>,
    meeting: MeetingId,
    snapshot: &Snapshot,
    crc: u32,
) -> Done<SnapshotPut> {
    let mut head = existing(tables, meeting)?;
    let (put, dropped) = head.put_snapshot(snapshot.position)?;
    match put {
        SnapshotPut::Stored => {
            let whole = (&snapshot.bytes, crc);
            tables.put_snapshot((meeting, snapshot.position.seq), snapshot.digest, whole)?;
            if let Some(dropped) = dropped {
                tables.drop_snapshot(meeting, dropped)?;
            }
            tables.put_head(meeting, &head)?;
        }
        SnapshotPut::NotNewer => {}
    }
    Ok((put, Change::None))
}

/// Removes some of what can be removed. Answers with the floor, and whether that was all.
pub(super) fn trim(tables: &mut WriteTables<'_>, meeting: MeetingId) -> Done<(Position, bool)> {
    let mut head = existing(tables, meeting)?;
    let before = head.floor;
    let wanted = head.trim().seq;
    head.floor = wanted.min(Seq(before.0.saturating_add(limits::STORE_TRIM_COUNT)));
    if head.floor != before {
        tables.drop_entries(meeting, head.floor)?;
        tables.put_head(meeting, &head)?;
    }
    Ok(((head.at(head.floor), head.floor == wanted), Change::None))
}

pub(super) fn purge(tables: &mut WriteTables<'_>, meeting: MeetingId, up_to: Position) -> Done<Position> {
    let mut head = existing(tables, meeting)?;
    let floor = head.floor;
    let purge = head.purge(up_to)?;
    // A second purge of the same entries is asked for when the first could not erase them.
    if purge.floor.seq != floor || purge.dropped_snapshot.is_some() || tables.is_erasure_due()? {
        tables.ask_to_erase()?;
    }
    tables.drop_entries(meeting, purge.floor.seq)?;
    if let Some(dropped) = purge.dropped_snapshot {
        tables.drop_snapshot(meeting, dropped)?;
    }
    tables.put_head(meeting, &head)?;
    Ok((purge.floor, Change::None))
}

pub(super) fn start_epoch(
    tables: &mut WriteTables<'_>,
    meeting: MeetingId,
    current: Epoch,
    seq: Seq,
    digest: StateDigest,
    bytes: &Bytes,
) -> Done<Position> {
    let head = existing(tables, meeting)?.start_epoch(current, seq)?;
    let position = head.at(seq);
    tables.ask_to_erase()?;
    tables.drop_contents(meeting)?;
    for number in 1..=parts::following(bytes.len()) {
        let part = parts::part(bytes, number);
        tables.put_part(meeting, seq, u32::try_from(number).unwrap_or(u32::MAX), part)?;
    }
    let crc = snapshot_crc(meeting, position, digest, bytes);
    tables.put_snapshot((meeting, seq), digest, (bytes, crc))?;
    tables.put_head(meeting, &head)?;
    Ok((position, Change::Ended(meeting, TailEnd::EpochChanged { current: head.epoch })))
}

pub(super) fn delete(tables: &mut WriteTables<'_>, meeting: MeetingId) -> Done<()> {
    tables.ask_to_erase()?;
    // Whatever is there goes, readable or not: a damaged meeting must be removable too.
    tables.drop_contents(meeting)?;
    tables.drop_head(meeting)?;
    Ok(((), Change::Ended(meeting, TailEnd::Deleted)))
}

fn existing(tables: &WriteTables<'_>, meeting: MeetingId) -> Result<Head, Failure> {
    Ok(tables.head(meeting)?.ok_or(StoreError::NotFound)?)
}
