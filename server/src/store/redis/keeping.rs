//! Snapshots and what is removed behind them: put, trim, purge, new epochs, deletion. Each is decided on the head as it
//! was read and takes effect only if no other node has changed it meanwhile.

use bytes::Bytes;
use uuid::Uuid;

use super::fault::Kind;
use super::keys::hex;
use super::record;
use super::scripts::{self, Call};
use super::shared::{Said, Shared};
use crate::limits;
use crate::store::{
    Epoch, MeetingId, Position, Seq, Snapshot, SnapshotPut, StateDigest, StoreError, check_snapshot,
};

impl Shared {
    pub(super) async fn put_snapshot(
        &self,
        meeting: MeetingId,
        snapshot: Snapshot,
    ) -> Result<SnapshotPut, StoreError> {
        check_snapshot(&snapshot.bytes)?;
        let seq = snapshot.position.seq.0.to_string();
        let sum = record::snapshot_sum(&snapshot.digest, &snapshot.bytes);
        let known = self.ears().trails.at(meeting, snapshot.position);
        let known = known.map(|chain| chain.text()).unwrap_or_default();
        for _ in 0..limits::REDIS_CHANGE_TRIES {
            let mut stored = self.stored(meeting, Seq(0), 0).await?;
            match stored.head.put_snapshot(snapshot.position)?.0 {
                SnapshotPut::Stored => {}
                SnapshotPut::NotNewer => return Ok(SnapshotPut::NotNewer),
            }
            let revision = stored.revision.to_string();
            let names = self.names();
            let call = Call {
                script: &scripts::PUT_SNAPSHOT,
                keys: vec![
                    names.head(meeting),
                    names.log(meeting),
                    names.newest(meeting),
                    names.previous(meeting),
                ],
                args: vec![
                    revision.as_bytes(),
                    seq.as_bytes(),
                    &snapshot.digest.0,
                    sum.as_bytes(),
                    &snapshot.bytes,
                    known.as_bytes(),
                ],
            };
            match self.tell(&self.bulk, &call).await? {
                Said::Ok(_) => return Ok(SnapshotPut::Stored),
                Said::Moved => {}
                Said::Differs => return Err(StoreError::Diverged),
                other => return Err(other.unexpected()),
            }
        }
        Err(contended())
    }

    pub(super) async fn snapshot(
        &self,
        meeting: MeetingId,
        key: String,
    ) -> Result<Option<Snapshot>, StoreError> {
        let head = self.stored(meeting, Seq(0), 0).await?.head;
        let mut command = redis::cmd("HMGET");
        command.arg(key).arg(&["seq", "digest", "sum", "bytes"]);
        let snapshot = record::snapshot(&head, self.bulk.run(Kind::Read, &command).await?)?;
        // Between the two reads the meeting may have moved on to another epoch; what was read then is asked for
        // again by its caller, who finds the epoch changed when it goes on from here.
        Ok(snapshot)
    }

    pub(super) async fn latest_snapshot(&self, meeting: MeetingId) -> Result<Option<Snapshot>, StoreError> {
        self.snapshot(meeting, self.names().newest(meeting)).await
    }

    pub(super) async fn previous_snapshot(&self, meeting: MeetingId) -> Result<Option<Snapshot>, StoreError> {
        self.snapshot(meeting, self.names().previous(meeting)).await
    }

    pub(super) async fn trim(&self, meeting: MeetingId) -> Result<Position, StoreError> {
        for _ in 0..limits::REDIS_CHANGE_TRIES {
            let mut stored = self.stored(meeting, Seq(0), 0).await?;
            let was = stored.head.floor;
            let floor = stored.head.trim();
            if floor.seq == was || self.raise_floor(meeting, stored.revision, floor, false).await? {
                return Ok(floor);
            }
        }
        Err(contended())
    }

    pub(super) async fn purge(&self, meeting: MeetingId, up_to: Position) -> Result<Position, StoreError> {
        for _ in 0..limits::REDIS_CHANGE_TRIES {
            let mut stored = self.stored(meeting, Seq(0), 0).await?;
            let purge = stored.head.purge(up_to)?;
            if self.raise_floor(meeting, stored.revision, purge.floor, true).await? {
                return Ok(purge.floor);
            }
        }
        Err(contended())
    }

    /// False if another node was faster.
    async fn raise_floor(
        &self,
        meeting: MeetingId,
        revision: u64,
        floor: Position,
        drop_previous: bool,
    ) -> Result<bool, StoreError> {
        let (revision, seq) = (revision.to_string(), floor.seq.0.to_string());
        let (links, bytes) = (limits::REDIS_LINKS_KEPT.to_string(), limits::STORE_READ_BYTES.to_string());
        let names = self.names();
        let call = Call {
            script: &scripts::RAISE_FLOOR,
            keys: vec![names.head(meeting), names.log(meeting), names.previous(meeting)],
            args: vec![
                revision.as_bytes(),
                seq.as_bytes(),
                if drop_previous { b"1" } else { b"0" },
                links.as_bytes(),
                bytes.as_bytes(),
            ],
        };
        match self.tell(self.write_link(meeting), &call).await? {
            Said::Ok(_) => Ok(true),
            Said::Moved => Ok(false),
            other => Err(other.unexpected()),
        }
    }

    pub(super) async fn start_epoch(
        &self,
        meeting: MeetingId,
        current: Epoch,
        seq: Seq,
        digest: StateDigest,
        bytes: Bytes,
    ) -> Result<Position, StoreError> {
        check_snapshot(&bytes)?;
        let (epoch, seq_text, channel) =
            (current.0.to_string(), seq.0.to_string(), self.names().news(meeting));
        let sum = record::snapshot_sum(&digest, &bytes);
        let tag = Uuid::new_v4();
        let names = self.names();
        let call = Call {
            script: &scripts::START_EPOCH,
            keys: vec![
                names.head(meeting),
                names.log(meeting),
                names.newest(meeting),
                names.previous(meeting),
            ],
            args: vec![
                epoch.as_bytes(),
                channel.as_bytes(),
                seq_text.as_bytes(),
                &digest.0,
                sum.as_bytes(),
                &bytes,
                tag.as_bytes(),
            ],
        };
        match self.tell(&self.bulk, &call).await? {
            Said::Ok(mut parts) => Ok(Position { epoch: Epoch(record::number(&mut parts)?), seq }),
            other => Err(other.unexpected()),
        }
    }

    pub(super) async fn delete(&self, meeting: MeetingId) -> Result<(), StoreError> {
        self.delete_as_of(meeting, None).await
    }

    /// Removes a meeting; with a time, only if it was made before that.
    pub(super) async fn delete_as_of(
        &self,
        meeting: MeetingId,
        as_of: Option<u64>,
    ) -> Result<(), StoreError> {
        let names = self.names();
        let channel = names.news(meeting);
        let kept_ms = limits::REDIS_TOMBSTONE_MS.to_string();
        let before = as_of.map(|at| at.to_string()).unwrap_or_default();
        let call = Call {
            script: &scripts::DELETE,
            keys: vec![
                names.head(meeting),
                names.log(meeting),
                names.newest(meeting),
                names.previous(meeting),
                names.lease(meeting),
                names.bids(meeting),
                names.digests(meeting),
                names.tombstone(meeting),
            ],
            args: vec![channel.as_bytes(), kept_ms.as_bytes(), before.as_bytes()],
        };
        let link = self.write_link(meeting);
        match self.tell(link, &call).await? {
            Said::Ok(mut parts) => self.ears().remember_deletion(meeting, record::number(&mut parts)?),
            other => return Err(other.unexpected()),
        }
        if as_of.is_some() {
            // Being on the list without being there does no harm, and the meeting may be another one by now.
            return Ok(());
        }
        self.ears().trails.forget(meeting);
        let unlisted = self.written(link, |_| {
            let mut command = redis::cmd("ZREM");
            command.arg(names.meetings()).arg(hex(meeting));
            command
        });
        // The meeting itself is gone by now: whatever went wrong here, something has taken effect.
        unlisted.await.map(drop).map_err(|error| match error {
            StoreError::Unavailable { reason } => StoreError::OutcomeUnknown { reason },
            other => other,
        })
    }

    pub(super) async fn claim_snapshot(&self, meeting: MeetingId, lease_ms: u64) -> Result<bool, StoreError> {
        let lease = lease_ms.max(1).to_string();
        let call = Call {
            script: &scripts::CLAIM_SNAPSHOT,
            keys: vec![self.names().lease(meeting)],
            args: vec![self.holder.as_bytes(), lease.as_bytes()],
        };
        match self.tell(self.write_link(meeting), &call).await? {
            Said::Ok(_) => Ok(true),
            Said::Held => Ok(false),
            other => Err(other.unexpected()),
        }
    }
}

fn contended() -> StoreError {
    StoreError::unavailable("other nodes change this meeting's bookkeeping without pause")
}
