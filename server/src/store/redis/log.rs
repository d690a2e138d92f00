//! The log: beginning, appending, reading, following, the list of meetings. What the answers mean is decided by
//! [`Head`](crate::store::head::Head) as in the other stores, or by the scripts.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use uuid::Uuid;

use super::fault::Kind;
use super::keys::hex;
use super::listener::Watch;
use super::record;
use super::scripts::{self, Call};
use super::shared::{Said, Shared};
use super::trail::Verdict;
use crate::limits;
use crate::store::live::LiveLogs;
use crate::store::tail::{self, Backlog, Tail};
use crate::store::{
    Answer, Appended, Epoch, LogEntry, MeetingHead, MeetingId, Position, Seq, StoreError, Timestamp,
    check_batch,
};

impl Shared {
    pub(super) async fn create(&self, meeting: MeetingId, first: Bytes) -> Result<Appended, StoreError> {
        check_batch(std::slice::from_ref(&first))?;
        self.list(meeting).await?;
        let tag = Uuid::new_v4();
        let call = Call {
            script: &scripts::CREATE,
            keys: vec![
                self.names().head(meeting),
                self.names().log(meeting),
                self.names().tombstone(meeting),
            ],
            args: vec![tag.as_bytes(), &first],
        };
        match self.tell(self.write_link(meeting), &call).await? {
            Said::Ok(mut parts) => {
                let at = Timestamp(record::number(&mut parts)?);
                Ok(Appended { first: Position { epoch: Epoch(1), seq: Seq(1) }, count: 1, at })
            }
            Said::Exists => Err(StoreError::AlreadyExists),
            other => Err(other.unexpected()),
        }
    }

    /// Puts a meeting on the list. A listed meeting that is not there is not seen, so this comes before a
    /// meeting is made, and failing here has no effect.
    pub(super) async fn list(&self, meeting: MeetingId) -> Result<(), StoreError> {
        self.check_open()?;
        let listed = self.written(self.write_link(meeting), |_| {
            let mut command = redis::cmd("ZADD");
            command.arg(self.names().meetings()).arg(0).arg(hex(meeting));
            command
        });
        listed.await.map(drop).map_err(|error| match error {
            StoreError::OutcomeUnknown { reason } => StoreError::Unavailable { reason },
            other => other,
        })
    }

    pub(super) async fn append(
        &self,
        meeting: MeetingId,
        epoch: Epoch,
        payloads: Vec<Bytes>,
    ) -> Result<Appended, StoreError> {
        check_batch(&payloads)?;
        let (epoch_text, channel) = (epoch.0.to_string(), self.names().news(meeting));
        let inline = limits::REDIS_NEWS_BYTES.to_string();
        let mut args = vec![epoch_text.as_bytes(), channel.as_bytes(), inline.as_bytes()];
        args.extend(payloads.iter().map(|payload| &payload[..]));
        let keys = vec![self.names().head(meeting), self.names().log(meeting)];
        match self.tell(self.write_link(meeting), &Call { script: &scripts::APPEND, keys, args }).await? {
            Said::Ok(mut parts) => {
                let seq = Seq(record::number(&mut parts)?);
                let at = Timestamp(record::number(&mut parts)?);
                Ok(Appended { first: Position { epoch, seq }, count: payloads.len() as u64, at })
            }
            other => Err(other.unexpected()),
        }
    }

    pub(super) async fn read(
        &self,
        meeting: MeetingId,
        after: Position,
        count: usize,
    ) -> Result<Vec<LogEntry>, StoreError> {
        let stored = self.stored(meeting, after.seq, count).await?;
        stored.head.check_after(after)?;
        // So that a later look at the log can tell where it parts from what was read here.
        self.ears().trails.note(meeting, after, stored.chain_at, &stored.entries);
        Ok(stored.entries.into_iter().map(|linked| linked.entry).collect())
    }

    /// As [`Shared::read`], for a tail: also holds what it finds against what this node has read before.
    async fn read_on(
        &self,
        meeting: MeetingId,
        after: Position,
        count: usize,
    ) -> Result<Vec<LogEntry>, StoreError> {
        let trails = &self.ears().trails;
        let stored = self.stored(meeting, after.seq, count).await?;
        let verdict = match stored.head.check_after(after) {
            Ok(()) => trails.follow(meeting, after, stored.chain_at, &stored.entries),
            // What was read here is no longer there.
            Err(StoreError::Ahead { .. }) if trails.at(meeting, after).is_some() => Verdict::Differs,
            Err(error) => return Err(error),
        };
        match verdict {
            Verdict::Agrees => Ok(stored.entries.into_iter().map(|linked| linked.entry).collect()),
            Verdict::Differs => {
                metrics::counter!("engawa_store_diverged_total").increment(1);
                Err(StoreError::Diverged)
            }
        }
    }

    pub(super) async fn head(&self, meeting: MeetingId) -> Result<MeetingHead, StoreError> {
        Ok(self.stored(meeting, Seq(0), 0).await?.head.describe(meeting))
    }

    pub(super) async fn meetings(&self, after: Option<MeetingId>) -> Result<Vec<MeetingHead>, StoreError> {
        self.check_open()?;
        let mut from = after.map_or_else(|| "-".to_owned(), |meeting| format!("({}", hex(meeting)));
        loop {
            let mut command = redis::cmd("ZRANGE");
            command.arg(self.names().meetings()).arg(&from).arg("+").arg("BYLEX");
            command.arg("LIMIT").arg(0).arg(limits::STORE_MEETINGS_PAGE);
            let mut page = record::parts(self.reads.run(Kind::Read, &command).await?)?;
            let mut keys = Vec::with_capacity(page.len());
            while page.len() > 0 {
                let text = record::bytes(&mut page)?;
                let uuid = Uuid::try_parse_ascii(&text)
                    .map_err(|_| StoreError::corrupt("the list of meetings has a key that is none"))?;
                keys.push(MeetingId(uuid));
            }
            let Some(last) = keys.last() else { return Ok(Vec::new()) };
            from = format!("({}", hex(*last));
            let heads = futures_util::stream::iter(keys)
                .map(|meeting| self.head(meeting))
                .buffered(limits::REDIS_LIST_COUNT)
                .filter_map(|head| async {
                    if head == Err(StoreError::NotFound) { None } else { Some(head) }
                })
                .collect::<Vec<_>>()
                .await;
            let heads = heads.into_iter().collect::<Result<Vec<_>, _>>()?;
            // A page of meetings that are listed only (see `list`) is not the end.
            if !heads.is_empty() {
                return Ok(heads);
            }
        }
    }

    pub(super) async fn health(&self) -> Result<(), StoreError> {
        self.check_open()?;
        let wrote = self.written(&self.writes[0], |_| {
            let mut command = redis::cmd("SET");
            command.arg(self.names().health()).arg(&self.holder).arg("PX").arg(60_000);
            command
        });
        wrote.await?;
        self.delete_again().await
    }

    /// Opens a tail: subscribed first, then read, then looked whether the subscription still stands.
    pub(super) async fn follow(
        self: Arc<Self>,
        meeting: MeetingId,
        after: Position,
    ) -> Result<Tail, StoreError> {
        self.check_open()?;
        let watch = self.listener.watch(meeting).await?;
        let followed = Arc::new(Followed { shared: self, watch });
        let tail = tail::follow(Arc::clone(&followed), meeting, after).await?;
        if followed.watch.is_whole() {
            Ok(tail)
        } else {
            Err(StoreError::unavailable("the connection for news was lost"))
        }
    }
}

/// What one tail needs: the store, and its subscription for as long as it lives.
struct Followed {
    shared: Arc<Shared>,
    watch: Watch,
}

impl Backlog for Followed {
    fn range(&self, meeting: MeetingId, after: Position, count: usize) -> Answer<'_, Vec<LogEntry>> {
        Box::pin(self.shared.read_on(meeting, after, count))
    }

    fn live(&self) -> &LiveLogs {
        &self.shared.listener.ears.live
    }
}
