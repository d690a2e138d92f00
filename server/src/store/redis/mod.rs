//! The store on Redis 7 or Valkey, for several nodes: what is common to both, nothing newer. Owns the keys and
//! channels under its prefix; knows nothing of the other nodes but what they write there.
//!
//! - Every change is one script, so one atomic step; it gives the numbers, the time stamps and the links of the
//!   chain of hashes. Nothing but the meeting's own keys is touched by it (see `keys`), so it runs in a cluster.
//! - Appending is at least once: no command is ever sent twice from here, but a lost answer says nothing, and the
//!   caller who tries again may double its batch. The core's dedupe makes that exactly once.
//! - Following: `listener`. Noticing that a failover or a restart has lost what was read: `trail`. Putting it
//!   right again: `healing`.
//! - What Redis has to promise for this to be durable is checked when the store is opened: see [`checks`].

mod check_error;
pub mod checks;
mod connect;
mod fault;
mod healing;
mod hearsay;
mod keeping;
mod keys;
mod link;
mod listener;
mod log;
mod options;
mod record;
mod scripts;
mod shared;
mod tls;
mod trail;

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::mpsc;

pub use self::checks::{Durability, RedisCheckError, RedisReport};
use self::connect::Connector;
use self::keys::Names;
pub use self::options::{RedisAddress, RedisAddressError, RedisOptions};
use self::shared::Shared;
pub use self::tls::{TlsFiles, TlsIdentity};
use super::{
    Answer, Appended, Epoch, Founding, LogEntry, Mark, MeetingHead, MeetingId, Position, Seq, Snapshot,
    SnapshotPut, StateDigest, Store, Survey, Tail,
};
use crate::limits;

/// The store. See the module.
#[derive(Debug)]
pub struct RedisStore {
    shared: Arc<Shared>,
    report: RedisReport,
    /// What the other nodes are to be told.
    telling: mpsc::Sender<hearsay::Told>,
}

impl RedisStore {
    /// Looks whether Redis is there and can be trusted with meetings, and opens the store. Needs a tokio runtime.
    ///
    /// # Errors
    /// A [`RedisCheckError`] that says what to change.
    pub async fn open(options: RedisOptions) -> Result<Self, RedisCheckError> {
        let RedisOptions { address, tls, wait_replicas, allow_volatile, key_prefix } = options;
        let certificates = address.is_encrypted().then(|| tls.read()).transpose()?;
        let connector = Arc::new(Connector::new(address, certificates));
        let report = checks::check(&connector, &key_prefix, wait_replicas, allow_volatile).await?;
        for warning in &report.warnings {
            tracing::warn!("{warning}");
        }
        tracing::info!("{report}");
        let shared = Arc::new(Shared::new(connector, Names::new(key_prefix), wait_replicas));
        let (telling, queue) = mpsc::channel(limits::HEARSAY_QUEUE);
        tokio::spawn(hearsay::pass_on(Arc::downgrade(&shared), queue));
        Ok(Self { shared, report, telling })
    }

    /// What was found when the store was opened.
    #[must_use]
    pub fn report(&self) -> &RedisReport {
        &self.report
    }

    /// How many connections this store has made since it was opened.
    #[must_use]
    pub fn connections_made(&self) -> u64 {
        self.shared.connector.made()
    }
}

impl Store for RedisStore {
    fn create(&self, meeting: MeetingId, first: Bytes) -> Answer<'_, Appended> {
        Box::pin(self.shared.create(meeting, first))
    }

    fn append(&self, meeting: MeetingId, epoch: Epoch, payloads: Vec<Bytes>) -> Answer<'_, Appended> {
        Box::pin(self.shared.append(meeting, epoch, payloads))
    }

    fn read(&self, meeting: MeetingId, after: Position, count: usize) -> Answer<'_, Vec<LogEntry>> {
        Box::pin(self.shared.read(meeting, after, count))
    }

    fn tail(&self, meeting: MeetingId, after: Position) -> Answer<'_, Tail> {
        Box::pin(Arc::clone(&self.shared).follow(meeting, after))
    }

    fn head(&self, meeting: MeetingId) -> Answer<'_, MeetingHead> {
        Box::pin(self.shared.head(meeting))
    }

    fn claim_snapshot(&self, meeting: MeetingId, lease_ms: u64) -> Answer<'_, bool> {
        Box::pin(self.shared.claim_snapshot(meeting, lease_ms))
    }

    fn put_snapshot(&self, meeting: MeetingId, snapshot: Snapshot) -> Answer<'_, SnapshotPut> {
        Box::pin(self.shared.put_snapshot(meeting, snapshot))
    }

    fn latest_snapshot(&self, meeting: MeetingId) -> Answer<'_, Option<Snapshot>> {
        Box::pin(self.shared.latest_snapshot(meeting))
    }

    fn previous_snapshot(&self, meeting: MeetingId) -> Answer<'_, Option<Snapshot>> {
        Box::pin(self.shared.previous_snapshot(meeting))
    }

    fn trim(&self, meeting: MeetingId) -> Answer<'_, Position> {
        Box::pin(self.shared.trim(meeting))
    }

    fn purge(&self, meeting: MeetingId, up_to: Position) -> Answer<'_, Position> {
        Box::pin(self.shared.purge(meeting, up_to))
    }

    fn start_epoch(
        &self,
        meeting: MeetingId,
        current: Epoch,
        seq: Seq,
        digest: StateDigest,
        bytes: Bytes,
    ) -> Answer<'_, Position> {
        Box::pin(self.shared.start_epoch(meeting, current, seq, digest, bytes))
    }

    fn survey(&self, meeting: MeetingId, held: Position) -> Answer<'_, Survey> {
        Box::pin(self.shared.survey(meeting, held))
    }

    fn bid(&self, meeting: MeetingId, held: Position) -> Answer<'_, bool> {
        Box::pin(self.shared.bid(meeting, held))
    }

    fn leave_history(&self, meeting: MeetingId, current: Epoch) -> Answer<'_, Epoch> {
        Box::pin(self.shared.leave_history(meeting, current))
    }

    fn refound(&self, meeting: MeetingId, mark: Mark, founding: Founding) -> Answer<'_, Option<Position>> {
        Box::pin(self.shared.refound(meeting, mark, founding))
    }

    fn compares_digests(&self) -> bool {
        true
    }

    fn compare_digest(&self, meeting: MeetingId, at: Position, digest: StateDigest) -> Answer<'_, ()> {
        Box::pin(self.shared.compare_digest(meeting, at, digest))
    }

    fn delete(&self, meeting: MeetingId) -> Answer<'_, ()> {
        Box::pin(self.shared.delete(meeting))
    }

    fn meetings(&self, after: Option<MeetingId>) -> Answer<'_, Vec<MeetingHead>> {
        Box::pin(self.shared.meetings(after))
    }

    fn health(&self) -> Answer<'_, ()> {
        Box::pin(self.shared.health())
    }

    fn close(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            self.shared.close();
            Ok(())
        })
    }
}

impl Drop for RedisStore {
    fn drop(&mut self) {
        self.shared.close();
    }
}
