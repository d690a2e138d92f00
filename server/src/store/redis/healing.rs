//! Putting a meeting right after Redis has lost a part of it: looking at what is there, saying how much one holds,
//! beginning anew from memory, comparing digests, and saying deletions again. Each change takes effect only if the log
//! still stands where it was looked at.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::Instant;
use uuid::Uuid;

use super::fault::Kind;
use super::record::{self, Chain, Linked};
use super::scripts::{self, Call};
use super::shared::{Said, Shared};
use crate::limits;
use crate::store::{
    Epoch, Founding, LogEntry, Mark, MeetingId, Position, Present, Seq, StateDigest, StoreError, Survey,
    check_carried, check_snapshot,
};

/// A deletion that is said again for a while, because a Redis that dies loses its last moments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deletion {
    pub(super) meeting: MeetingId,
    /// When, by Redis's clock, in milliseconds.
    pub(super) at: u64,
    /// When, by ours.
    pub(super) heard: Instant,
}

impl Deletion {
    fn is_fresh(&self) -> bool {
        self.heard.elapsed() < Duration::from_millis(limits::REDIS_DELETION_REPEATED_MS)
    }
}

impl Shared {
    /// [`crate::store::Store::survey`].
    pub(super) async fn survey(&self, meeting: MeetingId, held: Position) -> Result<Survey, StoreError> {
        match self.compare(meeting, held).await {
            Ok(present) => Ok(Survey::Present(present)),
            Err(StoreError::NotFound) => {
                let mut command = redis::cmd("EXISTS");
                command.arg(self.names().tombstone(meeting));
                match self.reads.run(Kind::Read, &command).await? {
                    redis::Value::Int(0) => Ok(Survey::Absent { mark: Mark(String::new()) }),
                    _ => Ok(Survey::Deleted),
                }
            }
            Err(error) => Err(error),
        }
    }

    /// Reads the log from the first place that this node remembers, and finds the last one at which both agree.
    async fn compare(&self, meeting: MeetingId, held: Position) -> Result<Present, StoreError> {
        let ours = self.ears().trails.up_to(meeting, held);
        let stored = self.stored(meeting, held.seq, 0).await?;
        let mut fork = Fork::new(ours);
        if stored.chain_at.is_some_and(|chain| fork.agrees(held.seq, chain)) {
            // What was heard beyond that has not been taken: it is read again, or is not there any more.
            self.ears().trails.forget_after(meeting, held);
            fork.last = Some(held.seq);
            let mark = stored.mark();
            let (last, floor) = (stored.head.at(stored.head.last), stored.head.floor);
            return Ok(Present { last, floor, fork: fork.last, beyond: None, mark });
        }
        let mut after = Seq(fork.first.max(stored.head.floor.0));
        loop {
            let stored = self.stored(meeting, after, limits::STORE_READ_COUNT).await?;
            if let Some(chain) = stored.chain_at {
                fork.take_link(after, chain);
            }
            let last = stored.head.at(stored.head.last);
            let mark = stored.mark();
            let Some(end) = stored.entries.last().map(|linked| linked.entry.seq) else {
                let (floor, beyond) = (stored.head.floor, fork.beyond());
                if fork.last.is_none() {
                    // Purged across the fork: its links were kept, what they stood for was not.
                    self.purged_links(meeting)
                        .await?
                        .into_iter()
                        .for_each(|(seq, chain)| fork.take_link(seq, chain));
                }
                return Ok(Present { last, floor, fork: fork.last, beyond, mark });
            };
            fork.take(stored.entries);
            after = end;
        }
    }

    /// The last links of what was purged, as far as they were kept, in the order of the log.
    async fn purged_links(&self, meeting: MeetingId) -> Result<Vec<(Seq, Chain)>, StoreError> {
        let mut command = redis::cmd("HMGET");
        command.arg(self.names().head(meeting)).arg(&["links_to", "links"]);
        record::purged_links(self.reads.run(Kind::Read, &command).await?)
    }

    /// [`crate::store::Store::bid`].
    pub(super) async fn bid(&self, meeting: MeetingId, held: Position) -> Result<bool, StoreError> {
        let place = format!("{:020}{:020}", held.epoch.0, held.seq.0);
        let counts_ms = limits::REDIS_BID_MS.to_string();
        let call = Call {
            script: &scripts::BID,
            keys: vec![self.names().bids(meeting)],
            args: vec![self.holder.as_bytes(), place.as_bytes(), counts_ms.as_bytes()],
        };
        match self.tell(self.write_link(meeting), &call).await? {
            Said::Ok(_) => Ok(true),
            Said::Held => Ok(false),
            other => Err(other.unexpected()),
        }
    }

    /// [`crate::store::Store::leave_history`].
    pub(super) async fn leave_history(&self, meeting: MeetingId, epoch: Epoch) -> Result<Epoch, StoreError> {
        let (text, channel) = (epoch.0.to_string(), self.names().news(meeting));
        let call = Call {
            script: &scripts::RAISE_EPOCH,
            keys: vec![self.names().head(meeting)],
            args: vec![text.as_bytes(), channel.as_bytes()],
        };
        match self.tell(self.write_link(meeting), &call).await {
            Err(StoreError::EpochChanged { current }) if current.0 == epoch.0 + 1 => Ok(current),
            Ok(said) => Err(said.unexpected()),
            Err(error) => Err(error),
        }
    }

    /// [`crate::store::Store::refound`].
    pub(super) async fn refound(
        &self,
        meeting: MeetingId,
        mark: Mark,
        founding: Founding,
    ) -> Result<Option<Position>, StoreError> {
        let Founding { held, at, digest, bytes, carried } = founding;
        check_snapshot(&bytes)?;
        check_carried(&carried)?;
        // The list may be lost with the meeting.
        self.list(meeting).await?;
        let epoch = epoch_of(&mark).max(held.epoch).next();
        let chain = self.ears().trails.at(meeting, held).map(Chain::text);
        // Forgotten, so that nobody can tell any more what it goes on from: a link of its own.
        let chain = chain.unwrap_or_else(|| Chain(Uuid::new_v4().as_u64_pair().0).text());
        let (epoch_text, seq, sum) =
            (epoch.0.to_string(), held.seq.0.to_string(), record::snapshot_sum(&digest, &bytes));
        let (at, names) = (at.0.to_string(), self.names());
        let channel = names.news(meeting);
        let mut args: Vec<&[u8]> = vec![mark.0.as_bytes(), epoch_text.as_bytes(), channel.as_bytes()];
        args.extend([seq.as_bytes(), chain.as_bytes(), &digest.0, sum.as_bytes(), &bytes, at.as_bytes()]);
        args.extend(carried.iter().map(|payload: &Bytes| &payload[..]));
        let keys = vec![
            names.head(meeting),
            names.log(meeting),
            names.newest(meeting),
            names.previous(meeting),
            names.tombstone(meeting),
            names.bids(meeting),
            names.digests(meeting),
        ];
        match self.tell(&self.bulk, &Call { script: &scripts::REFOUND, keys, args }).await? {
            Said::Ok(_) => Ok(Some(Position { epoch, seq: held.seq })),
            Said::Moved => Ok(None),
            other => Err(other.unexpected()),
        }
    }

    /// [`crate::store::Store::compare_digest`].
    pub(super) async fn compare_digest(
        &self,
        meeting: MeetingId,
        at: Position,
        digest: StateDigest,
    ) -> Result<(), StoreError> {
        let (epoch, seq, names) = (at.epoch.0.to_string(), at.seq.0.to_string(), self.names());
        let channel = names.news(meeting);
        let (kept, kept_ms) =
            (limits::REDIS_DIGESTS_KEPT.to_string(), limits::REDIS_DIGESTS_KEPT_MS.to_string());
        let call = Call {
            script: &scripts::COMPARE_DIGEST,
            keys: vec![names.head(meeting), names.digests(meeting)],
            args: vec![
                epoch.as_bytes(),
                seq.as_bytes(),
                &digest.0,
                channel.as_bytes(),
                kept.as_bytes(),
                kept_ms.as_bytes(),
            ],
        };
        match self.tell(self.write_link(meeting), &call).await? {
            Said::Ok(_) => Ok(()),
            other => Err(other.unexpected()),
        }
    }

    /// Says the deletions of the last minute again: what a Redis that died has lost of them must not come back. Costs
    /// nothing when there was none.
    pub(super) async fn delete_again(&self) -> Result<(), StoreError> {
        let fresh: Vec<Deletion> = {
            let mut deletions = self.ears().deletions();
            deletions.retain(Deletion::is_fresh);
            deletions.iter().copied().collect()
        };
        for deletion in fresh {
            self.delete_as_of(deletion.meeting, Some(deletion.at)).await?;
        }
        Ok(())
    }
}

/// The epoch of a mark; 0 if there is nothing.
fn epoch_of(mark: &Mark) -> Epoch {
    Epoch(mark.0.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(0))
}

/// Finds where two histories part.
struct Fork {
    /// The number of the first link that is remembered.
    first: u64,
    ours: Vec<Chain>,
    last: Option<Seq>,
    beyond: Vec<LogEntry>,
    bytes: usize,
}

impl Fork {
    fn new(ours: Option<(u64, Vec<Chain>)>) -> Self {
        let (first, ours) = ours.unwrap_or_default();
        Self { first, ours, last: None, beyond: Vec::new(), bytes: 0 }
    }

    fn agrees(&self, seq: Seq, chain: Chain) -> bool {
        let place = seq.0.checked_sub(self.first).and_then(|place| usize::try_from(place).ok());
        place.and_then(|place| self.ours.get(place)) == Some(&chain)
    }

    fn take_link(&mut self, seq: Seq, chain: Chain) {
        if self.agrees(seq, chain) {
            self.last = Some(seq);
        }
    }

    fn take(&mut self, entries: Vec<Linked>) {
        for Linked { entry, chain } in entries {
            if self.agrees(entry.seq, chain) {
                self.last = Some(entry.seq);
            } else if self.bytes <= limits::STORE_BATCH_BYTES {
                self.bytes += entry.payload.len();
                self.beyond.push(entry);
            }
        }
    }

    fn beyond(&self) -> Option<Vec<LogEntry>> {
        let fits = self.beyond.len() <= limits::STORE_BATCH_COUNT && self.bytes <= limits::STORE_BATCH_BYTES;
        (self.last.is_some() && fits).then(|| self.beyond.clone())
    }
}
