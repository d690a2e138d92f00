//! What is removed is gone from the raw files too. Each test first sees that the bytes are there: otherwise it would
//! look in the wrong place and pass.

use redb::TableDefinition;
use uuid::Uuid;

use super::*;
use crate::clock::SystemClock;

const GONE: MeetingId = MeetingId(Uuid::from_u128(1));
const STAYS: MeetingId = MeetingId(Uuid::from_u128(2));
const SECRET: &str = "弘前市 担当Aの付箋";
const KEPT: &str = "黒石市 担当Bの付箋";
/// Entries a meeting gets: enough for many pages.
const ENTRIES: u64 = 600;

async fn open(folder: &Path) -> EmbeddedStore {
    EmbeddedStore::open(folder, Arc::new(SystemClock)).await.unwrap()
}

/// How many files of the folder hold a text.
fn files_with(folder: &Path, text: &str) -> usize {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file());
    let holds =
        |path: &PathBuf| fs::read(path).unwrap().windows(text.len()).any(|window| window == text.as_bytes());
    files.filter(holds).count()
}

fn texts(text: &str, count: u64) -> Vec<Bytes> {
    (0..count).map(|number| Bytes::from(format!("{text} {number} {}", "縁".repeat(40)))).collect()
}

/// A store with two meetings of many entries, each with its text in every entry.
async fn filled(folder: &Path) -> EmbeddedStore {
    let store = open(folder).await;
    for (meeting, text) in [(GONE, SECRET), (STAYS, KEPT)] {
        store.create(meeting, Bytes::from(text)).await.unwrap();
        store.append(meeting, Epoch(1), texts(text, ENTRIES - 1)).await.unwrap();
    }
    store
}

fn snapshot(seq: u64, text: &'static str) -> Snapshot {
    let position = Position { epoch: Epoch(1), seq: Seq(seq) };
    Snapshot { position, digest: StateDigest([1; 32]), bytes: Bytes::from_static(text.as_bytes()) }
}

/// The other meeting is whole, and only the other meeting's text is in the files, now and after a restart.
async fn assert_erased(store: EmbeddedStore, folder: &Path) {
    for text in [SECRET, KEPT] {
        assert_eq!(files_with(folder, text), usize::from(text == KEPT), "{text}, while open");
    }
    store.append(STAYS, Epoch(1), texts(KEPT, 1)).await.unwrap();
    store.close().await.unwrap();
    let store = open(folder).await;
    assert_eq!(store.head(STAYS).await.unwrap().last.seq, Seq(ENTRIES + 1), "written before and after it");
    let from = Position { epoch: Epoch(1), seq: Seq(ENTRIES - 1) };
    assert_eq!(store.read(STAYS, from, 10).await.unwrap().len(), 2);
    store.close().await.unwrap();
    assert_eq!((files_with(folder, SECRET), files_with(folder, KEPT)), (0, 1));
}

#[tokio::test]
async fn a_deleted_meeting_is_gone_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path()).await;
    assert_eq!(files_with(folder.path(), SECRET), 1, "not even there before");
    store.delete(GONE).await.unwrap();
    assert_eq!(store.head(GONE).await, Err(StoreError::NotFound));
    assert_erased(store, folder.path()).await;
}

#[tokio::test]
async fn what_a_purge_or_a_new_epoch_removes_is_gone_from_the_file() {
    for by_epoch in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let store = filled(folder.path()).await;
        store.put_snapshot(GONE, snapshot(ENTRIES - 1, SECRET)).await.unwrap();
        let clean = snapshot(ENTRIES, "state");
        let at = clean.position;
        if by_epoch {
            let begun = store.start_epoch(GONE, Epoch(1), at.seq, clean.digest, clean.bytes).await;
            assert_eq!(begun, Ok(Position { epoch: Epoch(2), ..at }));
        } else {
            store.put_snapshot(GONE, clean).await.unwrap();
            assert_eq!(files_with(folder.path(), SECRET), 1, "not even there before");
            assert_eq!(store.purge(GONE, at).await, Ok(at));
            // Nothing more to remove: the file is not written anew.
            assert_eq!(store.purge(GONE, at).await, Ok(at));
        }
        let kept = store.latest_snapshot(GONE).await.unwrap().unwrap();
        assert_eq!(kept.bytes, Bytes::from_static(b"state"));
        assert_erased(store, folder.path()).await;
    }
}

#[tokio::test]
async fn readers_and_tails_go_on_over_the_exchange() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(filled(folder.path()).await);
    let last = store.head(STAYS).await.unwrap().last;
    let mut tail = store.tail(STAYS, last).await.unwrap();
    let start = Position { epoch: Epoch(1), seq: Seq(0) };
    let readers: Vec<_> = (0..32)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.read(STAYS, start, 1000).await.unwrap().len() })
        })
        .collect();
    let (deleted, appended) = tokio::join!(store.delete(GONE), store.append(STAYS, Epoch(1), texts(KEPT, 1)));
    deleted.unwrap();
    assert_eq!(appended.unwrap().first.seq, Seq(ENTRIES + 1));
    assert_eq!(tail.next().await.unwrap().seq, Seq(ENTRIES + 1));
    for reader in readers {
        assert!(reader.await.unwrap() as u64 >= ENTRIES);
    }
    store.close().await.unwrap();
    assert_eq!(files_with(folder.path(), SECRET), 0);
}

#[tokio::test]
async fn a_file_that_cannot_be_exchanged_is_said_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let store = filled(folder.path()).await;
    // Where the copy would be made there is a folder.
    fs::create_dir(folder.path().join(FILE_NEW)).unwrap();
    let error = store.delete(GONE).await.unwrap_err();
    assert!(error.is_retryable() && error.may_have_taken_effect(), "{error}");
    assert_eq!(store.head(GONE).await, Err(StoreError::NotFound), "it is removed all the same");
    store.append(STAYS, Epoch(1), texts(KEPT, 1)).await.unwrap();
    fs::remove_dir(folder.path().join(FILE_NEW)).unwrap();
    store.delete(GONE).await.unwrap();
    store.close().await.unwrap();
    assert_eq!((files_with(folder.path(), SECRET), files_with(folder.path(), KEPT)), (0, 1));
}

#[tokio::test]
async fn what_a_crash_left_to_be_erased_is_erased_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path()).await.close().await.unwrap();
    // As the writer does it, without what comes after the commit.
    {
        let db = Database::open(folder.path().join(FILE)).unwrap();
        let transaction = db.begin_write().unwrap();
        let mut tables = WriteTables::open(&transaction).unwrap();
        ops::delete(&mut tables, GONE).unwrap();
        drop(tables);
        transaction.commit().unwrap();
    }
    assert_eq!(files_with(folder.path(), SECRET), 1, "a commit alone erases nothing");
    // Half a copy, from before the removal.
    fs::write(folder.path().join(FILE_NEW), SECRET).unwrap();
    let store = open(folder.path()).await;
    assert_erased(store, folder.path()).await;
    // The request itself is answered.
    let db = Database::open(folder.path().join(FILE)).unwrap();
    let meta = redb::ReadableDatabase::begin_read(&db).unwrap();
    let meta = meta.open_table(TableDefinition::<&str, u64>::new("meta")).unwrap();
    assert!(meta.get("erase").unwrap().is_none() && meta.get("format").unwrap().is_some());
}
