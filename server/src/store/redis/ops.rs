//! The store's calls, spelled out in scripts: what is sent where, and what the answers mean. Decisions that are
//! not a script's are [`Head`]'s, as in the other stores.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures_util::StreamExt;
use redis::{Cmd, Pipeline, RedisError, Value};
use uuid::Uuid;

use super::connect::{Connector, Link};
use super::fault::{self, Kind};
use super::keys::{Names, hex};
use super::listener::{Ears, Listener, Watch};
use super::record::{self, Stored};
use super::scripts::{self, Call};
use super::trail::Verdict;
use crate::limits;
use crate::store::live::LiveLogs;
use crate::store::tail::{self, Backlog, Tail};
use crate::store::{
    Answer, Appended, Epoch, LogEntry, MeetingHead, MeetingId, Position, Seq, Snapshot, SnapshotPut,
    StateDigest, StoreError, Timestamp, check_batch, check_snapshot,
};

/// The open store.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) connector: Arc<Connector>,
    writes: Vec<Link>,
    reads: Link,
    /// For what carries snapshots, so that nothing small waits behind them.
    bulk: Link,
    listener: Listener,
    wait_replicas: u32,
    closed: AtomicBool,
    /// This node, for leases.
    holder: String,
}

/// A script's answer, its first word taken off.
enum Said {
    Ok(std::vec::IntoIter<Value>),
    Exists,
    Moved,
    Differs,
    Held,
}

impl Shared {
    pub(super) fn new(connector: Arc<Connector>, names: Names, wait_replicas: u32) -> Self {
        let link = |answer_ms| Link::new(Arc::clone(&connector), answer_ms);
        let write_ms = limits::REDIS_ANSWER_MS + if wait_replicas > 0 { limits::REDIS_WAIT_MS } else { 0 };
        Self {
            writes: (0..limits::REDIS_WRITE_LINKS).map(|_| link(write_ms)).collect(),
            reads: link(limits::REDIS_ANSWER_MS),
            bulk: link(limits::REDIS_BULK_MS),
            listener: Listener::start(Arc::clone(&connector), Arc::new(Ears::new(names))),
            connector,
            wait_replicas,
            closed: AtomicBool::new(false),
            holder: hex(MeetingId(Uuid::new_v4())),
        }
    }

    fn ears(&self) -> &Ears {
        &self.listener.ears
    }

    fn names(&self) -> &Names {
        &self.listener.ears.names
    }

    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.ears().live.end_all(&StoreError::Closed);
        self.writes.iter().chain([&self.reads, &self.bulk]).for_each(Link::close);
    }

    fn check_open(&self) -> Result<(), StoreError> {
        if self.closed.load(Ordering::SeqCst) { Err(StoreError::Closed) } else { Ok(()) }
    }

    fn write_link(&self, meeting: MeetingId) -> &Link {
        &self.writes[(meeting.0.as_u128() % self.writes.len() as u128) as usize]
    }

    /// Runs a script that reads.
    async fn ask(&self, call: &Call<'_>) -> Result<Said, StoreError> {
        self.check_open()?;
        for command in [call.by_digest(), call.by_text()] {
            let mut commands = Pipeline::new();
            commands.add_command(command);
            match self.reads.run_all(Kind::Read, &commands, 1).await?.into_iter().next() {
                Some(Ok(answer)) => return said(answer),
                Some(Err(error)) if fault::is_no_script(&error) => {}
                Some(Err(error)) => return Err(fault::failed(Kind::Read, &error)),
                None => break,
            }
        }
        Err(StoreError::unavailable("Redis gave no answer to a script"))
    }

    /// Runs a script that writes, and waits for the replicas if so configured.
    async fn tell(&self, link: &Link, call: &Call<'_>) -> Result<Said, StoreError> {
        self.check_open()?;
        let answer =
            self.written(link, |first| if first { call.by_digest() } else { call.by_text() }).await?;
        said(answer)
    }

    /// Sends a write; the command is asked for again if the server does not know its script.
    async fn written(&self, link: &Link, command: impl Fn(bool) -> Cmd) -> Result<Value, StoreError> {
        for first in [true, false] {
            let mut commands = Pipeline::new();
            commands.add_command(command(first));
            if self.wait_replicas > 0 {
                commands.cmd("WAIT").arg(self.wait_replicas).arg(limits::REDIS_WAIT_MS);
            }
            let mut answers = link.run_all(Kind::Write, &commands, commands.len()).await?.into_iter();
            match answers.next() {
                Some(Ok(answer)) => {
                    return self.check_replicas(answers.next()).map(|()| answer);
                }
                Some(Err(error)) if first && fault::is_no_script(&error) => {}
                Some(Err(error)) => return Err(fault::failed(Kind::Write, &error)),
                None => break,
            }
        }
        Err(StoreError::outcome_unknown("Redis gave no answer to a script"))
    }

    fn check_replicas(&self, answer: Option<Result<Value, RedisError>>) -> Result<(), StoreError> {
        let wanted = self.wait_replicas;
        match answer {
            None if wanted == 0 => Ok(()),
            Some(Ok(Value::Int(had))) if had >= i64::from(wanted) => Ok(()),
            Some(Ok(Value::Int(had))) => Err(StoreError::outcome_unknown(format!(
                "{had} of {wanted} replicas had the write after {} ms",
                limits::REDIS_WAIT_MS
            ))),
            Some(Ok(_)) | None => {
                Err(StoreError::outcome_unknown("Redis did not say what its replicas have"))
            }
            Some(Err(error)) => Err(StoreError::outcome_unknown(fault::describe(&error))),
        }
    }

    async fn stored(&self, meeting: MeetingId, after: Seq, count: usize) -> Result<Stored, StoreError> {
        let (after, count) = (after.0.to_string(), count.min(limits::STORE_READ_COUNT).to_string());
        let bytes = limits::STORE_READ_BYTES.to_string();
        let call = Call {
            script: &scripts::READ,
            keys: vec![self.names().head(meeting), self.names().log(meeting)],
            args: vec![after.as_bytes(), count.as_bytes(), bytes.as_bytes()],
        };
        match self.ask(&call).await? {
            Said::Ok(parts) => record::stored(parts),
            other => Err(other.unexpected()),
        }
    }

    pub(super) async fn create(&self, meeting: MeetingId, first: Bytes) -> Result<Appended, StoreError> {
        check_batch(std::slice::from_ref(&first))?;
        self.list(meeting).await?;
        let tag = Uuid::new_v4();
        let call = Call {
            script: &scripts::CREATE,
            keys: vec![self.names().head(meeting), self.names().log(meeting)],
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
    async fn list(&self, meeting: MeetingId) -> Result<(), StoreError> {
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
            Verdict::Differs => Err(self.leave_history(meeting, after.epoch).await),
        }
    }

    /// The log is not the one that was read under this epoch (after a failover, a restored backup): nobody may
    /// go on with positions of it. Raises the epoch, unless another node was faster; answers with the error
    /// that sends readers to the newest snapshot.
    async fn leave_history(&self, meeting: MeetingId, epoch: Epoch) -> StoreError {
        let (text, channel) = (epoch.0.to_string(), self.names().news(meeting));
        let call = Call {
            script: &scripts::RAISE_EPOCH,
            keys: vec![self.names().head(meeting)],
            args: vec![text.as_bytes(), channel.as_bytes()],
        };
        match self.tell(self.write_link(meeting), &call).await {
            Ok(said) => said.unexpected(),
            Err(error) => {
                if let StoreError::EpochChanged { current } = &error {
                    tracing::warn!(
                        meeting = %meeting.0, from = epoch.0, to = current.0,
                        "Redis holds another history than this node has read; going on with what Redis holds"
                    );
                    metrics::counter!("engawa_store_diverged_total").increment(1);
                }
                error
            }
        }
    }

    pub(super) async fn head(&self, meeting: MeetingId) -> Result<MeetingHead, StoreError> {
        Ok(self.stored(meeting, Seq(0), 0).await?.head.describe(meeting))
    }

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
                Said::Differs => return Err(self.leave_history(meeting, snapshot.position.epoch).await),
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
        let names = self.names();
        let call = Call {
            script: &scripts::RAISE_FLOOR,
            keys: vec![names.head(meeting), names.log(meeting), names.previous(meeting)],
            args: vec![revision.as_bytes(), seq.as_bytes(), if drop_previous { b"1" } else { b"0" }],
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
        let names = self.names();
        let channel = names.news(meeting);
        let call = Call {
            script: &scripts::DELETE,
            keys: vec![
                names.head(meeting),
                names.log(meeting),
                names.newest(meeting),
                names.previous(meeting),
                names.lease(meeting),
            ],
            args: vec![channel.as_bytes()],
        };
        let link = self.write_link(meeting);
        self.tell(link, &call).await?;
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
        wrote.await.map(drop)
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

impl Said {
    /// An answer that this call has no use for.
    fn unexpected(self) -> StoreError {
        let word = match self {
            Self::Ok(_) => "ok",
            Self::Exists => "exists",
            Self::Moved => "moved",
            Self::Differs => "differs",
            Self::Held => "held",
        };
        StoreError::corrupt(format!("a script answered `{word}` where that means nothing"))
    }
}

fn said(answer: Value) -> Result<Said, StoreError> {
    let mut parts = record::parts(answer)?;
    match record::bytes(&mut parts)?.as_slice() {
        b"ok" => Ok(Said::Ok(parts)),
        b"exists" => Ok(Said::Exists),
        b"moved" => Ok(Said::Moved),
        b"differs" => Ok(Said::Differs),
        b"held" => Ok(Said::Held),
        b"gone" => Err(StoreError::NotFound),
        b"epoch" => Err(StoreError::EpochChanged { current: Epoch(record::number(&mut parts)?) }),
        _ => Err(StoreError::corrupt("a script gave an answer that is not known")),
    }
}

fn contended() -> StoreError {
    StoreError::unavailable("other nodes change this meeting's bookkeeping without pause")
}
