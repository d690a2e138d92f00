//! Snapshots in parts: the writer takes one part at a time, so that nobody's note waits behind a large state. The first part
//! stands in the table of snapshots and is written last, with the head that names the snapshot; until then the others are
//! nobody's. Owns which parts there are; must not know what a snapshot holds.

use redb::{ReadTransaction, Table, TableDefinition, WriteTransaction};

use super::super::{MeetingId, Seq};
use super::tables::{Failure, key};
use crate::limits;

type PartKey = (u128, u64, u32);

pub(super) const PARTS: TableDefinition<'static, PartKey, &[u8]> = TableDefinition::new("snapshot_parts");

/// How many parts follow the first one of a state of so many bytes.
pub(super) const fn following(bytes: usize) -> usize {
    bytes.saturating_sub(1) / limits::STORE_PART_BYTES
}

/// A part of a state, counted from 0.
pub(super) fn part(state: &[u8], index: usize) -> &[u8] {
    let from = (index * limits::STORE_PART_BYTES).min(state.len());
    &state[from..state.len().min(from + limits::STORE_PART_BYTES)]
}

/// The parts behind the first, within a write transaction.
pub(super) struct Parts<'t>(Table<'t, PartKey, &'static [u8]>);

impl<'t> Parts<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction) -> Result<Self, Failure> {
        Ok(Self(transaction.open_table(PARTS)?))
    }

    /// Writes a part, from 1. What an attempt that came to nothing has left behind it is removed.
    pub(super) fn put(
        &mut self,
        meeting: MeetingId,
        seq: Seq,
        number: u32,
        part: &[u8],
    ) -> Result<(), Failure> {
        self.0.insert((key(meeting), seq.0, number), part)?;
        self.end_after(meeting, seq, number)
    }

    /// A snapshot has no parts behind this one.
    pub(super) fn end_after(&mut self, meeting: MeetingId, seq: Seq, number: u32) -> Result<(), Failure> {
        let key = key(meeting);
        self.0.retain_in((key, seq.0, number.saturating_add(1))..=(key, seq.0, u32::MAX), |_, _| false)?;
        Ok(())
    }

    /// Removes those of a snapshot that is no more, and of any before it.
    pub(super) fn drop_up_to(&mut self, meeting: MeetingId, seq: Seq) -> Result<(), Failure> {
        self.0.retain_in((key(meeting), 0, 0)..=(key(meeting), seq.0, u32::MAX), |_, _| false)?;
        Ok(())
    }

    /// Removes all of a meeting.
    pub(super) fn drop_all(&mut self, meeting: MeetingId) -> Result<(), Failure> {
        self.drop_up_to(meeting, Seq(u64::MAX))
    }
}

/// Puts the parts of a snapshot behind its first.
pub(super) fn complete(
    transaction: &ReadTransaction,
    (meeting, seq): (MeetingId, Seq),
    state: &mut Vec<u8>,
) -> Result<(), Failure> {
    let table = match transaction.open_table(PARTS) {
        Ok(table) => table,
        // Made before snapshots had parts, and not written to since.
        Err(redb::TableError::TableDoesNotExist(_)) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    for row in table.range((key(meeting), seq.0, 1)..=(key(meeting), seq.0, u32::MAX))? {
        state.extend_from_slice(row?.1.value());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_the_whole() {
        let size = limits::STORE_PART_BYTES;
        assert_eq!([following(0), following(1), following(size), following(size + 1)], [0, 0, 0, 1]);
        let state: Vec<u8> = (0..2 * size + 7).map(|byte| byte as u8).collect();
        let parts: Vec<&[u8]> = (0..=following(state.len())).map(|index| part(&state, index)).collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [size, size, 7]);
        assert!(parts.concat() == state);
        assert_eq!(part(&[], 0), b"");
    }
}
