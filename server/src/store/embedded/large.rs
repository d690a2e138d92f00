//! Work that is too large for one transaction, done piece by piece: whatever else is written comes in between. Owns the
//! order of the pieces; each leaves the store as good as before.

use std::sync::Arc;

use super::super::{MeetingId, Position, Snapshot, SnapshotPut, StoreError};
use super::tables::{self, WriteTables};
use super::{Shared, ops, parts};
use crate::limits;

impl Shared {
    /// Writes a snapshot part by part, so that others' writes come in between; the part that makes it one comes last.
    pub(super) async fn put_snapshot(
        &self,
        meeting: MeetingId,
        snapshot: Arc<Snapshot>,
    ) -> Result<SnapshotPut, StoreError> {
        let bytes = snapshot.bytes.len();
        for number in 1..=u32::try_from(parts::following(bytes)).unwrap_or(u32::MAX) {
            let snapshot = Arc::clone(&snapshot);
            let work = move |tables: &mut WriteTables<'_>| ops::put_part(tables, meeting, &snapshot, number);
            match self.write(limits::STORE_PART_BYTES, work).await? {
                SnapshotPut::Stored => {}
                SnapshotPut::NotNewer => return Ok(SnapshotPut::NotNewer),
            }
        }
        let whole = Arc::clone(&snapshot);
        let crc = tokio::task::spawn_blocking(move || {
            tables::snapshot_crc(meeting, whole.position, whole.digest, &whole.bytes)
        });
        let crc =
            crc.await.map_err(|error| StoreError::unavailable(format!("a checksum was lost: {error}")))?;
        let room = bytes.min(limits::STORE_PART_BYTES);
        self.write(room, move |tables| ops::put_snapshot(tables, meeting, &snapshot, crc)).await
    }

    /// Removes entries a few at a time, so that others' writes come in between.
    pub(super) async fn trim(&self, meeting: MeetingId) -> Result<Position, StoreError> {
        loop {
            let (floor, done) = self.write(0, move |tables| ops::trim(tables, meeting)).await?;
            if done {
                return Ok(floor);
            }
        }
    }
}
