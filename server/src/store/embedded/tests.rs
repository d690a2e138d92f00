//! What only this store promises: files, locks, formats, damage, a disk that fails.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use redb::StorageBackend;
use redb::backends::InMemoryBackend;
use uuid::Uuid;

use super::*;
use crate::clock::SystemClock;
use crate::store::TailEnd;

pub(super) const MEETING: MeetingId = MeetingId(Uuid::from_u128(1));
const START: Position = Position { epoch: Epoch(1), seq: Seq(0) };

pub(super) async fn open(folder: &Path) -> Result<EmbeddedStore, StoreError> {
    EmbeddedStore::open(folder, Arc::new(SystemClock)).await
}

pub(super) fn payload(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

#[tokio::test]
async fn a_second_store_on_the_folder_is_refused_until_the_first_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).await.unwrap();
    assert_eq!(open(folder.path()).await.unwrap_err(), StoreError::Locked);
    first.close().await.unwrap();
    open(folder.path()).await.unwrap().close().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("new").join("store");
    open(&folder).await.unwrap().close().await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o077;
    assert_eq!((mode(&folder), mode(&folder.join(FILE)), mode(&folder.join(FILE_LOCK))), (0, 0, 0));
    assert!(!folder.join(FILE_NEW).exists());
}

#[tokio::test]
async fn a_database_left_half_made_does_not_stop_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(FILE_NEW), [0; 5000]).unwrap();
    let store = open(folder.path()).await.unwrap();
    store.create(MEETING, payload("a")).await.unwrap();
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_newer_format_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).await.unwrap().close().await.unwrap();
    let path = folder.path().join(FILE);
    {
        let db = Database::open(&path).unwrap();
        let transaction = db.begin_write().unwrap();
        let meta = redb::TableDefinition::<&str, u64>::new("meta");
        transaction.open_table(meta).unwrap().insert("format", 2).unwrap();
        transaction.commit().unwrap();
    }
    for _ in 0..2 {
        let refused = open(folder.path()).await.unwrap_err();
        assert_eq!(refused, StoreError::FormatUnknown { found: 2, known: 1 });
    }
}

#[tokio::test]
async fn what_is_no_store_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    fs::write(&path, "議事録").unwrap();
    assert!(matches!(open(folder.path()).await, Err(StoreError::Corrupt { .. })));
    assert_eq!(fs::read_to_string(&path).unwrap(), "議事録");

    fs::remove_file(&path).unwrap();
    {
        let db = Database::create(&path).unwrap();
        let transaction = db.begin_write().unwrap();
        transaction.open_table(redb::TableDefinition::<u64, u64>::new("else")).unwrap();
        transaction.commit().unwrap();
    }
    assert!(matches!(open(folder.path()).await, Err(StoreError::Corrupt { .. })));
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let refused = open(&folder.path().join("file").join("store")).await.unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable { .. }), "{refused}");
}

/// Damages stored rows behind the store's back.
fn tamper(folder: &Path, work: impl FnOnce(&redb::WriteTransaction)) {
    let db = Database::open(folder.join(FILE)).unwrap();
    let transaction = db.begin_write().unwrap();
    work(&transaction);
    transaction.commit().unwrap();
}

const ENTRIES: redb::TableDefinition<'static, (u128, u64), &[u8]> = redb::TableDefinition::new("entries");
const SNAPSHOTS: redb::TableDefinition<'static, (u128, u64), &[u8]> = redb::TableDefinition::new("snapshots");

#[tokio::test]
async fn damaged_moved_and_missing_rows_are_reported_and_the_meeting_can_be_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    store.create(MEETING, payload("a")).await.unwrap();
    store.append(MEETING, Epoch(1), vec![payload("b"), payload("c"), payload("d")]).await.unwrap();
    let position = Position { epoch: Epoch(1), seq: Seq(2) };
    let snapshot = Snapshot { position, digest: StateDigest([1; 32]), bytes: payload("state") };
    store.put_snapshot(MEETING, snapshot).await.unwrap();
    store.close().await.unwrap();

    let key = |seq| (MEETING.0.as_u128(), seq);
    let spoil = |table: redb::TableDefinition<'static, (u128, u64), &[u8]>, seq| {
        tamper(folder.path(), |transaction| {
            let mut rows = transaction.open_table(table).unwrap();
            let mut row = redb::ReadableTable::get(&rows, key(seq)).unwrap().unwrap().value().to_vec();
            *row.last_mut().unwrap() ^= 1;
            rows.insert(key(seq), row.as_slice()).unwrap();
        });
    };
    let read = async || {
        let store = open(folder.path()).await.unwrap();
        let entries = store.read(MEETING, START, 10).await;
        let snapshot = store.latest_snapshot(MEETING).await;
        store.close().await.unwrap();
        (entries, snapshot)
    };
    spoil(SNAPSHOTS, 2);
    let (entries, snapshot) = read().await;
    assert_eq!(entries.unwrap().len(), 4);
    assert_eq!(snapshot, Err(StoreError::corrupt("snapshot 2 fails its checksum")));
    // Entry 3 under the number of entry 4: each is whole, but not where it belongs.
    tamper(folder.path(), |transaction| {
        let mut rows = transaction.open_table(ENTRIES).unwrap();
        let row = redb::ReadableTable::get(&rows, key(3)).unwrap().unwrap().value().to_vec();
        rows.insert(key(4), row.as_slice()).unwrap();
    });
    assert_eq!(read().await.0, Err(StoreError::corrupt("entry 4 fails its checksum")));
    spoil(ENTRIES, 2);
    assert_eq!(read().await.0, Err(StoreError::corrupt("entry 2 fails its checksum")));
    tamper(folder.path(), |transaction| {
        transaction.open_table(ENTRIES).unwrap().remove(key(1)).unwrap();
    });
    assert_eq!(read().await.0, Err(StoreError::corrupt("entry 1 is missing")));

    let store = open(folder.path()).await.unwrap();
    store.delete(MEETING).await.unwrap();
    assert_eq!(store.head(MEETING).await, Err(StoreError::NotFound));
    store.close().await.unwrap();
}

/// A disk whose fsync can be made to fail, and that counts them.
#[derive(Debug, Clone, Default)]
struct Disk(Arc<DiskState>);

#[derive(Debug, Default)]
struct DiskState {
    data: InMemoryBackend,
    sync_fails: AtomicBool,
    syncs: AtomicUsize,
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.0.data.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.data.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.data.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.syncs.fetch_add(1, Ordering::SeqCst);
        if self.0.sync_fails.load(Ordering::SeqCst) {
            return Err(io::Error::other("injected: fsync failed"));
        }
        self.0.data.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.data.write(offset, data)
    }
}

#[tokio::test]
async fn a_failed_fsync_is_fatal_for_all_who_wait_and_all_who_come() {
    let disk = Disk::default();
    let store = EmbeddedStore::open_on(disk.clone(), Arc::new(SystemClock)).unwrap();
    store.create(MEETING, payload("a")).await.unwrap();
    let mut tail = store.tail(MEETING, START).await.unwrap();
    assert_eq!(tail.next().await.unwrap().payload, payload("a"));

    disk.0.sync_fails.store(true, Ordering::SeqCst);
    let append = || store.append(MEETING, Epoch(1), vec![payload("b")]);
    let (one, two) = tokio::join!(append(), append());
    let fatal = one.unwrap_err();
    assert!(matches!(&fatal, StoreError::Fatal { detail } if detail.contains("fsync failed")), "{fatal}");
    assert!(fatal.may_have_taken_effect() && !fatal.is_retryable());
    assert_eq!(two.unwrap_err(), fatal);
    assert_eq!(tail.next().await, Err(TailEnd::Failed(fatal.clone())));

    // The disk is well again, but what it holds is not known.
    disk.0.sync_fails.store(false, Ordering::SeqCst);
    assert_eq!(append().await, Err(fatal.clone()));
    assert_eq!(store.read(MEETING, START, 10).await, Err(fatal.clone()));
    assert_eq!(store.tail(MEETING, START).await.unwrap_err(), fatal);
    assert_eq!(store.health().await, Err(fatal));
    store.close().await.unwrap();
}

/// Holds the writer up until a word is sent; then the write that holds it is answered.
pub(super) async fn hold_up(
    store: &EmbeddedStore,
) -> (std::sync::mpsc::Sender<()>, tokio::task::JoinHandle<Result<(), StoreError>>) {
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let (holding, held_up) = oneshot::channel();
    let shared = Arc::clone(&store.shared);
    let holder = tokio::spawn(async move {
        let work = move |_: &mut WriteTables<'_>| {
            holding.send(()).unwrap();
            wait.recv().unwrap();
            Ok(((), Change::None))
        };
        shared.write(0, work).await
    });
    held_up.await.unwrap();
    (go, holder)
}

#[tokio::test]
async fn writes_that_wait_share_one_transaction() {
    let disk = Disk::default();
    let store = Arc::new(EmbeddedStore::open_on(disk.clone(), Arc::new(SystemClock)).unwrap());
    store.create(MEETING, payload("a")).await.unwrap();
    let syncs = || disk.0.syncs.load(Ordering::SeqCst);
    let before = syncs();
    store.append(MEETING, Epoch(1), vec![payload("alone")]).await.unwrap();
    let alone = syncs() - before;
    assert!(alone > 0, "acknowledged without an fsync");

    // The writer is held up, so that a hundred appends gather behind it.
    let (go, holder) = hold_up(&store).await;
    let before = syncs();
    let appends: Vec<_> = (0..100)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(
                async move { store.append(MEETING, Epoch(1), vec![payload("together")]).await.unwrap() },
            )
        })
        .collect();
    let queue = held(&store.shared.queue).clone().unwrap();
    let gathered = async {
        while queue.max_capacity() - queue.capacity() < 100 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), gathered).await.unwrap();
    drop(queue);
    go.send(()).unwrap();
    holder.await.unwrap().unwrap();
    let mut seqs = Vec::new();
    for append in appends {
        seqs.push(append.await.unwrap().first.seq.0);
    }
    seqs.sort_unstable();
    assert_eq!(seqs, (3..103).collect::<Vec<_>>());
    // One for the holder's own transaction, one for the hundred.
    assert_eq!(syncs() - before, 2 * alone);
    store.close().await.unwrap();
}

#[tokio::test]
async fn an_append_whose_caller_went_away_is_still_whole() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    store.create(MEETING, payload("a")).await.unwrap();
    for _ in 0..50 {
        let append = store.append(MEETING, Epoch(1), vec![payload("b"), payload("c")]);
        // Polled once: queued, not waited for.
        assert!(futures_util::FutureExt::now_or_never(append).is_none());
    }
    store.close().await.unwrap();
    let store = open(folder.path()).await.unwrap();
    assert_eq!(store.head(MEETING).await.unwrap().last.seq, Seq(101));
    store.close().await.unwrap();
}
