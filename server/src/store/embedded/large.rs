//! Work that is too large for one transaction, done piece by piece: whatever else is written comes in between. Owns the
//! order of the pieces; each leaves the store as good as before.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::super::{MeetingId, Position, Snapshot, SnapshotPut, StoreError};
use super::tables::{self, WriteTables};
use super::{Shared, ops, parts};
use crate::limits;

/// A disk on which a piece takes longer than this has more to do than pauses can help.
const ROOM_MAX: Duration = Duration::from_millis(50);

impl Shared {
    /// Writes a snapshot part by part, so that others' writes come in between; the part that makes it one comes last.
    pub(super) async fn put_snapshot(
        &self,
        meeting: MeetingId,
        snapshot: Arc<Snapshot>,
    ) -> Result<SnapshotPut, StoreError> {
        let Snapshot { position, digest, ref bytes } = *snapshot;
        let mut crc = tables::snapshot_crc_begun(meeting, position, digest);
        crc.update(parts::part(bytes, 0));
        for number in 1..=parts::following(bytes.len()) {
            let began = Instant::now();
            crc.update(parts::part(bytes, number));
            let (whole, number) = (Arc::clone(&snapshot), u32::try_from(number).unwrap_or(u32::MAX));
            let work = move |tables: &mut WriteTables<'_>| ops::put_part(tables, meeting, &whole, number);
            match self.write(limits::STORE_PART_BYTES, work).await? {
                SnapshotPut::Stored => leave_room(began).await,
                SnapshotPut::NotNewer => return Ok(SnapshotPut::NotNewer),
            }
        }
        let (room, crc) = (bytes.len().min(limits::STORE_PART_BYTES), crc.finalize());
        self.write(room, move |tables| ops::put_snapshot(tables, meeting, &snapshot, crc)).await
    }

    /// Removes entries a few at a time, so that others' writes come in between.
    pub(super) async fn trim(&self, meeting: MeetingId) -> Result<Position, StoreError> {
        loop {
            let began = Instant::now();
            let (floor, done) = self.write(0, move |tables| ops::trim(tables, meeting)).await?;
            if done {
                return Ok(floor);
            }
            leave_room(began).await;
        }
    }
}

/// Waits as long as a piece took: others have the disk and the processor to themselves for half of the time.
async fn leave_room(began: Instant) {
    tokio::time::sleep(began.elapsed().min(ROOM_MAX)).await;
}
