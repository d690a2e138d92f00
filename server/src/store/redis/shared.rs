//! The open store: its connections, and how a script is sent, sent again with its text, waited for and answered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use redis::{Cmd, Pipeline, RedisError, Value};
use uuid::Uuid;

use super::connect::Connector;
use super::fault::{self, Kind};
use super::keys::{Names, hex};
use super::link::Link;
use super::listener::{Ears, Listener};
use super::record::{self, Stored};
use super::scripts::{self, Call};
use crate::limits;
use crate::store::{Epoch, MeetingId, Seq, StoreError};

/// The open store.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) connector: Arc<Connector>,
    pub(super) writes: Vec<Link>,
    pub(super) reads: Link,
    /// For what carries snapshots, so that nothing small waits behind them.
    pub(super) bulk: Link,
    pub(super) listener: Listener,
    wait_replicas: u32,
    closed: AtomicBool,
    /// This node, for leases.
    pub(super) holder: String,
}

/// A script's answer, its first word taken off.
pub(super) enum Said {
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

    pub(super) fn ears(&self) -> &Ears {
        &self.listener.ears
    }

    pub(super) fn names(&self) -> &Names {
        &self.listener.ears.names
    }

    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.ears().live.end_all(&StoreError::Closed);
        self.writes.iter().chain([&self.reads, &self.bulk]).for_each(Link::close);
    }

    pub(super) fn check_open(&self) -> Result<(), StoreError> {
        if self.closed.load(Ordering::SeqCst) { Err(StoreError::Closed) } else { Ok(()) }
    }

    pub(super) fn write_link(&self, meeting: MeetingId) -> &Link {
        &self.writes[(meeting.0.as_u128() % self.writes.len() as u128) as usize]
    }

    /// Runs a script that reads.
    pub(super) async fn ask(&self, call: &Call<'_>) -> Result<Said, StoreError> {
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
    pub(super) async fn tell(&self, link: &Link, call: &Call<'_>) -> Result<Said, StoreError> {
        self.check_open()?;
        let answer =
            self.written(link, |first| if first { call.by_digest() } else { call.by_text() }).await?;
        said(answer)
    }

    /// Sends a write; the command is asked for again if the server does not know its script.
    pub(super) async fn written(
        &self,
        link: &Link,
        command: impl Fn(bool) -> Cmd,
    ) -> Result<Value, StoreError> {
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

    pub(super) async fn stored(
        &self,
        meeting: MeetingId,
        after: Seq,
        count: usize,
    ) -> Result<Stored, StoreError> {
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
}

impl Said {
    /// An answer that this call has no use for.
    pub(super) fn unexpected(self) -> StoreError {
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
