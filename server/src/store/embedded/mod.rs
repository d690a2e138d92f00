//! The store in one folder of this machine, for one process: a redb database, group commit with fsync,
//! crash-safe. Owns the folder's files and locks; who may use it at the same time is decided here.
//!
//! - Writes go through one thread (`writer`), which makes everything that waits durable together.
//! - Reads see the last commit and run on the runtime's blocking threads, a bounded number at a time.
//! - A write or fsync that fails leaves the state of the disk unknown, so the store refuses everything from
//!   then on ([`StoreError::Fatal`]). Reopening recovers the last good commit, which holds every acknowledged
//!   write.
//! - What `purge`, `start_epoch` and `delete` remove is gone from the raw file too when they answer (`erasure`): the
//!   file is written anew without it, which takes time in proportion to what is left, and other writes wait for it.
//!   What `trim` removes stays in freed pages until they are used again or the file is written anew.

mod erasure;
#[cfg(test)]
mod erasure_tests;
mod large;
#[cfg(test)]
mod large_tests;
mod ops;
mod parts;
mod tables;
#[cfg(test)]
mod tests;
mod writer;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::thread::JoinHandle;

use bytes::Bytes;
use redb::{Database, DatabaseError};
use tokio::sync::{Semaphore, mpsc, oneshot};

use self::erasure::Unerased;
use self::ops::Change;
use self::tables::{Failure, View, WriteTables};
use self::writer::{Condition, Queued};
use super::live::LiveLogs;
use super::tail::{self, Backlog, Tail};
use super::{
    Answer, Appended, Epoch, LogEntry, MeetingHead, MeetingId, Position, Seq, Snapshot, SnapshotPut,
    StateDigest, Store, StoreError, check_batch, check_snapshot,
};
use crate::clock::Clock;
use crate::limits;

/// The database file within the store's folder.
const FILE: &str = "engawa.redb";
/// A database under construction; renamed when it is whole, because a half-made one cannot be opened, and a half-made
/// copy would not be the store.
const FILE_NEW: &str = "engawa.redb.new";
/// Locked while a process has the folder open.
const FILE_LOCK: &str = "engawa.lock";

/// The store. See the module.
#[derive(Debug)]
pub struct EmbeddedStore {
    shared: Arc<Shared>,
}

/// The open files: the database is let go of before the lock.
#[derive(Debug)]
struct Opened {
    /// Written only to exchange it (`erasure`).
    db: RwLock<Database>,
    /// None on a storage of a caller's making.
    folder: Option<PathBuf>,
    _lock: Option<File>,
}

impl Opened {
    /// The database, which is not exchanged meanwhile.
    fn read(&self) -> RwLockReadGuard<'_, Database> {
        self.db.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The database for its exchange, once nobody reads from it.
    fn write(&self) -> RwLockWriteGuard<'_, Database> {
        self.db.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug)]
struct Shared {
    /// None once closed.
    opened: Mutex<Option<Arc<Opened>>>,
    /// None once closing.
    queue: Mutex<Option<mpsc::Sender<Queued>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    queue_room_kib: Arc<Semaphore>,
    readers: Arc<Semaphore>,
    live: Arc<LiveLogs>,
    condition: Arc<Condition>,
    clock: Arc<dyn Clock>,
}

impl EmbeddedStore {
    /// Opens the store in a folder, making both if need be. After a crash this checks the whole file, which
    /// takes time in proportion to its size.
    ///
    /// Fails with [`StoreError::Locked`] while another process has it open, [`StoreError::FormatUnknown`] for a newer
    /// release's, [`StoreError::Corrupt`] for what is no store, [`StoreError::Unavailable`] if the files cannot be
    /// reached.
    pub async fn open(folder: impl Into<PathBuf>, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let folder = folder.into();
        let opened = tokio::task::spawn_blocking(move || open_folder(&folder)).await;
        let opened =
            opened.map_err(|error| StoreError::unavailable(format!("opening failed: {error}")))??;
        Self::start(opened, clock)
    }

    /// Opens a store on a storage of the caller's making, to see how it takes a failing disk.
    #[cfg(any(test, feature = "test-support"))]
    pub fn open_on(backend: impl redb::StorageBackend, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let db = builder().create_with_backend(backend).map_err(opening)?;
        tables::prepare(&db).map_err(preparing)?;
        Self::start(Opened { db: RwLock::new(db), folder: None, _lock: None }, clock)
    }

    fn start(opened: Opened, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let opened = Arc::new(opened);
        let (sender, receiver) = mpsc::channel(limits::STORE_QUEUE_COUNT);
        let live = Arc::new(LiveLogs::default());
        let condition = Arc::new(Condition::default());
        let thread = writer::spawn(Arc::clone(&opened), receiver, Arc::clone(&live), Arc::clone(&condition))
            .map_err(|error| StoreError::unavailable(format!("the writer thread did not start: {error}")))?;
        let shared = Shared {
            opened: Mutex::new(Some(opened)),
            queue: Mutex::new(Some(sender)),
            writer: Mutex::new(Some(thread)),
            queue_room_kib: Arc::new(Semaphore::new(limits::STORE_QUEUE_KIB as usize)),
            readers: Arc::new(Semaphore::new(limits::STORE_READERS as usize)),
            live,
            condition,
            clock,
        };
        Ok(Self { shared: Arc::new(shared) })
    }
}

impl Shared {
    /// Queues a write and waits until it is durable. `bytes` is what it holds in memory meanwhile.
    async fn write<T, W>(&self, bytes: usize, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&mut WriteTables<'_>) -> Result<(T, Change), Failure> + Send + 'static,
    {
        self.condition.check()?;
        let kib = u32::try_from(bytes / 1024 + 1).unwrap_or(u32::MAX).min(limits::STORE_QUEUE_KIB);
        let room = Arc::clone(&self.queue_room_kib).acquire_many_owned(kib).await;
        let room = room.map_err(|_| StoreError::Closed)?;
        let queue = held(&self.queue).clone().ok_or(StoreError::Closed)?;
        let (answer, answered) = oneshot::channel();
        let sent = queue.send(writer::queued(room, answer, work)).await;
        // Kept no longer than needed: the writer ends when the last sender is gone.
        drop(queue);
        match sent {
            Ok(()) => answered.await.unwrap_or_else(|_| Err(self.gone())),
            Err(_) => Err(self.gone()),
        }
    }

    /// Why the writer did not answer.
    fn gone(&self) -> StoreError {
        match self.condition.check() {
            Err(fatal) => fatal,
            Ok(()) => self.condition.fail("the writer thread ended without an answer"),
        }
    }

    /// Reads from the last commit, away from the runtime's own threads.
    async fn view<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&View) -> Result<T, Failure> + Send + 'static,
    {
        self.condition.check()?;
        let turn = Arc::clone(&self.readers).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let opened = held(&self.opened).clone().ok_or(StoreError::Closed)?;
        let condition = Arc::clone(&self.condition);
        let read = tokio::task::spawn_blocking(move || {
            let db = opened.read();
            let result = View::open(&db).and_then(|view| work(&view));
            drop(db);
            // In this order: whoever gets hold of all turns knows that nobody has the database any more.
            drop(opened);
            drop(turn);
            result.map_err(|failure| match failure {
                Failure::Refused(refusal) => refusal,
                Failure::Broken(error) => match *error {
                    redb::Error::Corrupted(detail) => StoreError::corrupt(detail),
                    error => condition.fail(error),
                },
            })
        });
        read.await.unwrap_or_else(|error| Err(StoreError::unavailable(format!("a read was lost: {error}"))))
    }

    /// Stops taking work. What is queued is still done.
    fn begin_closing(&self) {
        drop(held(&self.queue).take());
        self.live.end_all(&StoreError::Closed);
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.begin_closing();
        let writer = held(&self.writer).take();
        let joined = tokio::task::spawn_blocking(move || writer.map(JoinHandle::join)).await;
        // A panic of the writer has been noted by the writer itself.
        drop(joined);
        if let Ok(turns) = self.readers.acquire_many(limits::STORE_READERS).await {
            self.readers.close();
            drop(turns);
        }
        let opened = held(&self.opened).take();
        // Letting go of the database writes and syncs.
        let closed = tokio::task::spawn_blocking(move || drop(opened)).await;
        closed.map_err(|error| StoreError::unavailable(format!("closing failed: {error}")))
    }
}

impl Drop for EmbeddedStore {
    fn drop(&mut self) {
        self.shared.begin_closing();
    }
}

/// The value behind a lock. No code under these locks can panic.
fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

fn builder() -> redb::Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(limits::STORE_CACHE_BYTES);
    builder.set_repair_callback(|repair| {
        tracing::info!(progress = repair.progress(), "checking the store after a crash");
    });
    builder
}

fn open_folder(folder: &Path) -> Result<Opened, StoreError> {
    let unreachable = |error: std::io::Error| StoreError::unavailable(format!("store folder: {error}"));
    make_folder(folder).map_err(unreachable)?;
    let lock = open_private(&folder.join(FILE_LOCK)).map_err(unreachable)?;
    lock.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => StoreError::Locked,
        TryLockError::Error(error) => unreachable(error),
    })?;
    erasure::remove_unfinished(folder).map_err(unreachable)?;
    let path = folder.join(FILE);
    if !path.try_exists().map_err(unreachable)? {
        make_database(folder, &path)?;
    }
    let db = builder().create_file(open_private(&path).map_err(unreachable)?).map_err(opening)?;
    tables::prepare(&db).map_err(preparing)?;
    let due = tables::is_erasure_due(&db).map_err(preparing)?;
    let opened = Opened { db: RwLock::new(db), folder: Some(folder.to_owned()), _lock: Some(lock) };
    if due {
        // A crash came in between, or the disk was full.
        match erasure::erase(&opened) {
            Ok(()) => {}
            Err(Unerased::Kept(error)) => {
                tracing::warn!(%error, "what was removed is still in the store's file; it is tried again later");
            }
            Err(Unerased::Unsure(error)) => return Err(error),
        }
    }
    Ok(opened)
}

/// Makes an empty store under another name and moves it into place, so that a crash leaves all or nothing.
fn make_database(folder: &Path, path: &Path) -> Result<(), StoreError> {
    let unreachable = |error: std::io::Error| StoreError::unavailable(format!("store folder: {error}"));
    let unfinished = folder.join(FILE_NEW);
    let file = open_private(&unfinished).map_err(unreachable)?;
    file.set_len(0).map_err(unreachable)?;
    let db = builder().create_file(file).map_err(opening)?;
    tables::prepare(&db).map_err(preparing)?;
    drop(db);
    fs::rename(&unfinished, path).map_err(unreachable)?;
    sync_folder(folder).map_err(unreachable)
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    // Names and notes of people: nobody else's business on a shared machine.
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)
}

fn open_private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a rename within the folder durable.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn opening(error: DatabaseError) -> StoreError {
    match error {
        DatabaseError::DatabaseAlreadyOpen => StoreError::Locked,
        DatabaseError::UpgradeRequired(found) => {
            StoreError::corrupt(format!("the database file has the old format {found}"))
        }
        DatabaseError::Storage(redb::StorageError::Io(error))
            if error.kind() != std::io::ErrorKind::InvalidData =>
        {
            StoreError::unavailable(format!("the database file: {error}"))
        }
        other => StoreError::corrupt(other.to_string()),
    }
}

fn preparing(failure: Failure) -> StoreError {
    match failure {
        Failure::Refused(refusal) => refusal,
        Failure::Broken(error) => StoreError::Fatal { detail: error.to_string().into() },
    }
}

impl Backlog for Shared {
    fn range(&self, meeting: MeetingId, after: Position, count: usize) -> Answer<'_, Vec<LogEntry>> {
        Box::pin(self.view(move |view| view.entries(meeting, after, count)))
    }

    fn live(&self) -> &LiveLogs {
        &self.live
    }
}

impl Store for EmbeddedStore {
    fn create(&self, meeting: MeetingId, first: Bytes) -> Answer<'_, Appended> {
        Box::pin(async move {
            let bytes = check_batch(std::slice::from_ref(&first))?;
            let clock = Arc::clone(&self.shared.clock);
            self.shared.write(bytes, move |tables| ops::create(tables, meeting, first, clock.now())).await
        })
    }

    fn append(&self, meeting: MeetingId, epoch: Epoch, payloads: Vec<Bytes>) -> Answer<'_, Appended> {
        Box::pin(async move {
            let bytes = check_batch(&payloads)?;
            let clock = Arc::clone(&self.shared.clock);
            self.shared
                .write(bytes, move |tables| ops::append(tables, meeting, epoch, payloads, clock.now()))
                .await
        })
    }

    fn read(&self, meeting: MeetingId, after: Position, count: usize) -> Answer<'_, Vec<LogEntry>> {
        self.shared.range(meeting, after, count)
    }

    fn tail(&self, meeting: MeetingId, after: Position) -> Answer<'_, Tail> {
        Box::pin(async move {
            self.shared.condition.check()?;
            tail::follow(Arc::clone(&self.shared), meeting, after).await
        })
    }

    fn head(&self, meeting: MeetingId) -> Answer<'_, MeetingHead> {
        Box::pin(self.shared.view(move |view| Ok(view.head(meeting)?.describe(meeting))))
    }

    fn put_snapshot(&self, meeting: MeetingId, snapshot: Snapshot) -> Answer<'_, SnapshotPut> {
        Box::pin(async move {
            check_snapshot(&snapshot.bytes)?;
            self.shared.put_snapshot(meeting, Arc::new(snapshot)).await
        })
    }

    fn latest_snapshot(&self, meeting: MeetingId) -> Answer<'_, Option<Snapshot>> {
        Box::pin(self.shared.view(move |view| view.snapshot(meeting, |head| head.newest)))
    }

    fn previous_snapshot(&self, meeting: MeetingId) -> Answer<'_, Option<Snapshot>> {
        Box::pin(self.shared.view(move |view| view.snapshot(meeting, |head| head.previous)))
    }

    fn trim(&self, meeting: MeetingId) -> Answer<'_, Position> {
        Box::pin(self.shared.trim(meeting))
    }

    fn purge(&self, meeting: MeetingId, up_to: Position) -> Answer<'_, Position> {
        Box::pin(self.shared.write(0, move |tables| ops::purge(tables, meeting, up_to)))
    }

    fn start_epoch(
        &self,
        meeting: MeetingId,
        current: Epoch,
        seq: Seq,
        digest: StateDigest,
        bytes: Bytes,
    ) -> Answer<'_, Position> {
        Box::pin(async move {
            check_snapshot(&bytes)?;
            let work = move |tables: &mut WriteTables<'_>| {
                ops::start_epoch(tables, meeting, current, seq, digest, &bytes)
            };
            self.shared.write(limits::STORE_SNAPSHOT_BYTES, work).await
        })
    }

    fn delete(&self, meeting: MeetingId) -> Answer<'_, ()> {
        Box::pin(self.shared.write(0, move |tables| ops::delete(tables, meeting)))
    }

    fn meetings(&self, after: Option<MeetingId>) -> Answer<'_, Vec<MeetingHead>> {
        Box::pin(self.shared.view(move |view| {
            let heads = view.heads(after)?;
            Ok(heads.into_iter().map(|(meeting, head)| head.describe(meeting)).collect())
        }))
    }

    fn health(&self) -> Answer<'_, ()> {
        // An empty commit: through the queue, the writer and the fsync.
        Box::pin(self.shared.write(0, |_| Ok(((), Change::None))))
    }

    fn close(&self) -> Answer<'_, ()> {
        Box::pin(self.shared.close())
    }
}
