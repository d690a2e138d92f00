//! Large states and long logs: written and removed piece by piece, with others' writes in between, whole or not at all.

use std::sync::Arc;

use bytes::Bytes;
use redb::ReadableTable as _;

use super::super::{Epoch, MeetingId, Position, Seq, Snapshot, SnapshotPut, StateDigest, Store as _};
use super::parts::{PARTS, following};
use super::tests::{MEETING, hold_up, open, payload};
use super::{EmbeddedStore, WriteTables, ops};
use crate::limits::{STORE_PART_BYTES, STORE_TRIM_COUNT};

/// A state of so many bytes, no two parts of which are alike.
fn state(bytes: usize, seed: u8) -> Bytes {
    (0..bytes).map(|at| (at / 7) as u8 ^ (at >> 16) as u8 ^ seed).collect()
}

fn snapshot(seq: u64, bytes: Bytes) -> Snapshot {
    let position = Position { epoch: Epoch(1), seq: Seq(seq) };
    Snapshot { position, digest: StateDigest([seq as u8; 32]), bytes }
}

/// How many parts behind first ones are in the file.
async fn parts_kept(store: &EmbeddedStore) -> usize {
    let opened = super::held(&store.shared.opened).clone().unwrap();
    let db = opened.read();
    let transaction = redb::ReadableDatabase::begin_read(&*db).unwrap();
    let count = transaction.open_table(PARTS).unwrap().iter().unwrap().count();
    drop(transaction);
    count
}

async fn with_entries(store: &EmbeddedStore, count: u64) {
    store.create(MEETING, payload("first")).await.unwrap();
    let mut left = count - 1;
    while left > 0 {
        let batch = left.min(1_000);
        store.append(MEETING, Epoch(1), vec![payload("e"); batch as usize]).await.unwrap();
        left -= batch;
    }
}

#[tokio::test]
async fn a_large_state_is_read_back_and_what_is_replaced_goes() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    with_entries(&store, 5).await;
    let sizes = [3 * STORE_PART_BYTES + 1, STORE_PART_BYTES, 2 * STORE_PART_BYTES, 10];
    let mut put = Vec::new();
    for (seq, bytes) in (1..).zip(sizes) {
        let new = snapshot(seq, state(bytes, seq as u8));
        assert_eq!(store.put_snapshot(MEETING, new.clone()).await, Ok(SnapshotPut::Stored));
        assert_eq!(store.latest_snapshot(MEETING).await.unwrap().as_ref(), Some(&new), "{bytes} bytes");
        assert_eq!(store.previous_snapshot(MEETING).await.unwrap().as_ref(), put.last());
        put.push(new);
    }
    assert_eq!(parts_kept(&store).await, following(sizes[2]), "those of the last but one, and no others");
    assert_eq!(store.put_snapshot(MEETING, put[0].clone()).await, Ok(SnapshotPut::NotNewer));
    store.close().await.unwrap();

    let store = open(folder.path()).await.unwrap();
    assert_eq!(store.previous_snapshot(MEETING).await.unwrap().as_ref(), put.get(2));
    store.delete(MEETING).await.unwrap();
    assert_eq!(parts_kept(&store).await, 0);
    store.close().await.unwrap();
}

#[tokio::test]
async fn parts_of_an_attempt_that_broke_off_are_nobodys() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    with_entries(&store, 3).await;
    let put_parts = async |snapshot: Snapshot, numbers: std::ops::RangeInclusive<u32>| {
        for number in numbers {
            let snapshot = snapshot.clone();
            let work = move |tables: &mut WriteTables<'_>| ops::put_part(tables, MEETING, &snapshot, number);
            store.shared.write(0, work).await.unwrap();
        }
    };
    let long = snapshot(2, state(5 * STORE_PART_BYTES, 1));
    put_parts(long, 1..=4).await;
    assert_eq!(store.latest_snapshot(MEETING).await, Ok(None));
    // The same position again, from a release that writes less.
    let short = snapshot(2, state(2 * STORE_PART_BYTES + 5, 2));
    store.put_snapshot(MEETING, short.clone()).await.unwrap();
    assert_eq!(store.latest_snapshot(MEETING).await.unwrap().as_ref(), Some(&short));
    assert_eq!(parts_kept(&store).await, 2);
    // Newer ones, of which nothing came either.
    put_parts(snapshot(3, state(3 * STORE_PART_BYTES, 3)), 1..=2).await;
    assert_eq!(store.latest_snapshot(MEETING).await.unwrap().as_ref(), Some(&short));
    let whole = snapshot(3, state(9, 4));
    store.put_snapshot(MEETING, whole.clone()).await.unwrap();
    assert_eq!(store.latest_snapshot(MEETING).await.unwrap().as_ref(), Some(&whole));
    assert_eq!(store.previous_snapshot(MEETING).await.unwrap().as_ref(), Some(&short));
    store.close().await.unwrap();
}

#[tokio::test]
async fn entries_are_written_between_the_pieces_of_a_snapshot_and_of_a_trim() {
    const COUNT: u64 = 2 * STORE_TRIM_COUNT + 500;
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(open(folder.path()).await.unwrap());
    with_entries(&store, COUNT).await;
    store.put_snapshot(MEETING, snapshot(COUNT - 1, state(9, 0))).await.unwrap();

    // The writer is held up until both the snapshot's next piece and an entry wait for it.
    let (go, holder) = hold_up(&store).await;
    let large = snapshot(COUNT, state(8 * STORE_PART_BYTES, 1));
    let mut keeping = {
        let (store, large) = (Arc::clone(&store), large.clone());
        Box::pin(async move {
            store.put_snapshot(MEETING, large).await.unwrap();
            store.trim(MEETING).await.unwrap()
        })
    };
    assert!(futures_util::poll!(&mut keeping).is_pending(), "its first piece waits");
    let entry = store.append(MEETING, Epoch(1), vec![payload("meanwhile")]);
    go.send(()).unwrap();
    holder.await.unwrap().unwrap();
    let appended = entry.await.unwrap();
    assert_eq!(appended.first.seq, Seq(COUNT + 1));
    assert_eq!(
        store.latest_snapshot(MEETING).await.unwrap().unwrap().position.seq,
        Seq(COUNT - 1),
        "the entry did not wait for the whole snapshot, nor is a part of one taken for it"
    );
    assert_eq!(keeping.await.seq, Seq(COUNT - 1), "what the previous snapshot covers");
    assert_eq!(store.latest_snapshot(MEETING).await.unwrap(), Some(large));
    let floor = Position { epoch: Epoch(1), seq: Seq(COUNT - 1) };
    assert_eq!(store.read(MEETING, floor, 10).await.unwrap().len(), 2);
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_new_epoch_begins_with_a_large_state_and_leaves_no_parts_behind() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await.unwrap();
    with_entries(&store, 3).await;
    store.put_snapshot(MEETING, snapshot(2, state(4 * STORE_PART_BYTES, 1))).await.unwrap();
    let (bytes, digest) = (state(2 * STORE_PART_BYTES, 2), StateDigest([9; 32]));
    let position = store.start_epoch(MEETING, Epoch(1), Seq(2), digest, bytes.clone()).await.unwrap();
    assert_eq!(store.latest_snapshot(MEETING).await.unwrap(), Some(Snapshot { position, digest, bytes }),);
    assert_eq!(parts_kept(&store).await, 1);
    let other = MeetingId(uuid::Uuid::from_u128(77));
    assert!(store.latest_snapshot(other).await.is_err());
    store.close().await.unwrap();
}
