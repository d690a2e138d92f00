//! The writer: one thread that takes all waiting writes, of all meetings, into one transaction, makes it
//! durable with one fsync, and only then tells the tails and answers. It waits for nothing but work: while one
//! group is being written, the next one gathers in the queue.
//!
//! It knows no operation by name; a write is a closure over the tables.

use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use redb::{Database, Durability};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::super::StoreError;
use super::super::live::LiveLogs;
use super::Opened;
use super::erasure::{self, Unerased};
use super::ops::Change;
use super::tables::{Failure, WriteTables};
use crate::limits;

/// A write that waits for its turn.
pub(super) struct Queued {
    work: Work,
    /// Room in the queue, given back once the write is answered.
    room: OwnedSemaphorePermit,
}

/// Runs in the shared transaction. Tells whether it has removed what is to be erased. Fails only if the transaction as a
/// whole must not be committed; the caller is owed an answer in either case.
type Work = Box<dyn FnOnce(&mut WriteTables<'_>) -> (Settle, bool, Result<(), Box<redb::Error>>) + Send>;

/// Runs after the commit: tells the tails, answers the caller.
type Settle = Box<dyn FnOnce(Result<Committed<'_>, StoreError>) + Send>;

/// What a commit came to.
#[derive(Clone, Copy)]
struct Committed<'a> {
    live: &'a LiveLogs,
    /// Why removed rows are still in the file, for whoever wanted them erased.
    unerased: Option<&'a StoreError>,
}

/// The writes of one transaction on their way to their callers.
#[derive(Default)]
struct Settling {
    settles: Vec<(Settle, OwnedSemaphorePermit)>,
    /// Whether one of them wants removed rows erased.
    erase: bool,
}

impl Settling {
    fn settle(self, outcome: &Result<Committed<'_>, StoreError>) {
        self.settles.into_iter().for_each(|(settle, _room)| settle(outcome.clone()));
    }
}

/// What became of the store's ability to write, seen by all who use it.
#[derive(Debug, Default)]
pub(super) struct Condition(OnceLock<StoreError>);

impl Condition {
    /// Fails with the store's first fatal error, if there was one.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        self.0.get().map_or(Ok(()), |fatal| Err(fatal.clone()))
    }

    /// Marks the store as failed, unless it already is; answers with the first failure.
    pub(super) fn fail(&self, detail: impl std::fmt::Display) -> StoreError {
        let fatal = self.0.get_or_init(|| {
            tracing::error!(%detail, "the embedded store has failed; it refuses everything until it is reopened");
            StoreError::Fatal { detail: detail.to_string().into() }
        });
        fatal.clone()
    }
}

/// Wraps a write for the queue. Its result arrives at `answer` once it is durable, or refused.
pub(super) fn queued<T, W>(
    room: OwnedSemaphorePermit,
    answer: oneshot::Sender<Result<T, StoreError>>,
    work: W,
) -> Queued
where
    T: Send + 'static,
    W: FnOnce(&mut WriteTables<'_>) -> Result<(T, Change), Failure> + Send + 'static,
{
    let work = move |tables: &mut WriteTables<'_>| {
        let (outcome, intact) = match work(tables) {
            Ok(done) => (Ok(done), Ok(())),
            Err(Failure::Refused(refusal)) => (Err(refusal), Ok(())),
            Err(Failure::Broken(error)) => (Err(StoreError::Closed), Err(error)),
        };
        let erases = tables.take_erase_asked();
        let settle: Settle = Box::new(move |committed| {
            // Where the transaction broke, `committed` carries the error that counts.
            let result = committed.and_then(|Committed { live, unerased }| {
                let (value, change) = outcome?;
                change.publish(live);
                match unerased {
                    Some(error) if erases => Err(StoreError::outcome_unknown(format!(
                        "removed, but not yet erased from the file: {error}"
                    ))),
                    Some(_) | None => Ok(value),
                }
            });
            // A caller that went away is not owed an answer; the write stands.
            let _ = answer.send(result);
        });
        (settle, erases, intact)
    };
    Queued { work: Box::new(work), room }
}

/// Starts the thread. It ends when the queue's last sender is gone and the queue is empty.
pub(super) fn spawn(
    opened: Arc<Opened>,
    queue: mpsc::Receiver<Queued>,
    live: Arc<LiveLogs>,
    condition: Arc<Condition>,
) -> std::io::Result<JoinHandle<()>> {
    let mut writer = Writer { opened, queue, live, condition };
    std::thread::Builder::new().name("store-writer".to_owned()).spawn(move || writer.run())
}

struct Writer {
    opened: Arc<Opened>,
    queue: mpsc::Receiver<Queued>,
    live: Arc<LiveLogs>,
    condition: Arc<Condition>,
}

impl Writer {
    fn run(&mut self) {
        let mut group = Vec::with_capacity(limits::STORE_GROUP_COUNT);
        while self.queue.blocking_recv_many(&mut group, limits::STORE_GROUP_COUNT) > 0 {
            if self.condition.check().is_err() {
                // Dropped unanswered; the caller finds the reason in the condition.
                group.clear();
                continue;
            }
            self.commit(&mut group);
        }
    }

    /// Writes a group, makes it durable, answers everyone in it.
    fn commit(&self, group: &mut Vec<Queued>) {
        let mut settling = Settling::default();
        let mut waiting = group.drain(..);
        let written = write(&self.opened.read(), &mut waiting, &mut settling);
        let committed = match written {
            Ok(()) if settling.erase => self.erase(),
            Ok(()) => Ok(None),
            Err(error) => Err(self.condition.fail(error)),
        };
        match committed {
            Ok(unerased) => {
                settling.settle(&Ok(Committed { live: &self.live, unerased: unerased.as_ref() }));
            }
            Err(fatal) => {
                settling.settle(&Err(fatal.clone()));
                // Dropped only now that the condition says why.
                drop(waiting);
                self.live.end_all(&fatal);
            }
        }
    }

    /// Erases what the last commit has removed; why that did not succeed, where the store goes on all the same.
    fn erase(&self) -> Result<Option<StoreError>, StoreError> {
        match erasure::erase(&self.opened) {
            Ok(()) => Ok(None),
            Err(Unerased::Kept(error)) => {
                tracing::warn!(%error, "what was removed is still in the store's file; it is tried again later");
                Ok(Some(error))
            }
            Err(Unerased::Unsure(error)) => Err(self.condition.fail(error)),
        }
    }
}

fn write(
    db: &Database,
    waiting: &mut impl Iterator<Item = Queued>,
    settling: &mut Settling,
) -> Result<(), Box<redb::Error>> {
    let mut transaction = db.begin_write().map_err(boxed)?;
    transaction.set_durability(Durability::Immediate).map_err(boxed)?;
    {
        let mut tables = WriteTables::open(&transaction).map_err(|failure| match failure {
            Failure::Broken(error) => error,
            Failure::Refused(refusal) => Box::new(redb::Error::Corrupted(refusal.to_string())),
        })?;
        for queued in waiting {
            let (settle, erases, intact) = (queued.work)(&mut tables);
            settling.settles.push((settle, queued.room));
            settling.erase |= erases;
            intact?;
        }
    }
    transaction.commit().map_err(boxed)
}

fn boxed(error: impl Into<redb::Error>) -> Box<redb::Error> {
    Box::new(error.into())
}

impl Drop for Writer {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let fatal = self.condition.fail("the writer thread panicked");
            self.live.end_all(&fatal);
        }
    }
}
