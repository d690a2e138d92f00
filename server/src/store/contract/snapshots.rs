//! ST30 to ST35: snapshots, and trimming behind them.

use bytes::Bytes;

use super::super::{Snapshot, SnapshotPut, StoreError};
use super::Bench;
use super::support::{Client, at, meeting, snapshot};
use crate::limits;

/// ST30: a snapshot comes back with its position, digest and bytes; without one there is none.
pub async fn st30_a_snapshot_comes_back_as_it_was_put(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    client.fill(meeting(1), 4).await;
    assert_eq!((client.latest(meeting(1)).await, client.previous(meeting(1)).await), (None, None));
    assert_eq!(client.put(meeting(1), &snapshot(3)).await, Ok(SnapshotPut::Stored));
    assert_eq!(client.latest(meeting(1)).await, Some(snapshot(3)));
    assert_eq!(client.previous(meeting(1)).await, None);
    assert_eq!(client.head(meeting(1)).await.snapshot, Some(at(3)));
    let log = client.read_all(meeting(1), at(0)).await;
    assert!(log.len() >= 4, "a snapshot by itself removes nothing");
}

/// ST31: the newest replaces the one before, which is kept; the one before that goes. Not every entry needs one.
pub async fn st31_the_newest_and_the_one_before_are_kept(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    client.fill(meeting(1), 9).await;
    let mut before = None;
    for seq in [1, 4, 5, 9] {
        assert_eq!(client.put(meeting(1), &snapshot(seq)).await, Ok(SnapshotPut::Stored));
        assert_eq!(client.latest(meeting(1)).await, Some(snapshot(seq)));
        assert_eq!(client.previous(meeting(1)).await, before);
        before = Some(snapshot(seq));
    }
}

/// ST32: of two nodes that write a snapshot, the later one at the same or an earlier position changes nothing.
pub async fn st32_an_older_snapshot_does_not_replace_a_newer(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    client.fill(meeting(1), 9).await;
    client.put(meeting(1), &snapshot(4)).await.unwrap();
    client.put(meeting(1), &snapshot(7)).await.unwrap();
    for seq in [1, 4, 5, 7] {
        let other = Snapshot { bytes: Bytes::from_static(b"other"), ..snapshot(seq) };
        let put = super::support::insist(|| client.store.put_snapshot(meeting(1), other.clone())).await;
        assert_eq!(put, Ok(SnapshotPut::NotNewer));
    }
    assert_eq!(client.latest(meeting(1)).await, Some(snapshot(7)));
    assert_eq!(client.previous(meeting(1)).await, Some(snapshot(4)));
}

/// ST33: a snapshot of what the log does not hold is refused.
pub async fn st33_a_snapshot_beyond_the_log_is_refused(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    let last = client.head(meeting(1)).await.last;
    let put = client.put(meeting(1), &snapshot(last.seq.0 + 1)).await;
    assert_eq!(put, Err(StoreError::Ahead { last }));
    assert_eq!(client.latest(meeting(1)).await, None);
}

/// ST34: trim removes the entries that the previous snapshot stands for and no other; a reader behind it is
/// told so.
pub async fn st34_trim_removes_what_the_previous_snapshot_stands_for(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    client.fill(meeting(1), 12).await;
    let log = client.read_all(meeting(1), at(0)).await;
    assert_eq!(client.trim(meeting(1)).await, at(0));
    client.put(meeting(1), &snapshot(4)).await.unwrap();
    assert_eq!(client.trim(meeting(1)).await, at(0), "nothing lies behind a previous snapshot yet");
    assert_eq!(client.read_all(meeting(1), at(0)).await, log);
    for (newest, floor) in [(6, 4), (12, 6)] {
        client.put(meeting(1), &snapshot(newest)).await.unwrap();
        for _ in 0..2 {
            assert_eq!(client.trim(meeting(1)).await, at(floor));
        }
        assert_eq!(client.head(meeting(1)).await.floor, at(floor));
        let behind = client.read(meeting(1), at(floor - 1)).await;
        assert_eq!(behind, Err(StoreError::Trimmed { floor: at(floor) }));
        assert_eq!(client.read(meeting(1), at(0)).await, behind);
        assert_eq!(client.read_all(meeting(1), at(floor)).await, log[floor as usize..]);
        assert_eq!(client.previous(meeting(1)).await, Some(snapshot(floor)));
    }
}

/// ST35: the largest snapshot is taken and comes back; one byte more is refused and the old one stays.
pub async fn st35_largest_snapshot_and_one_byte_more(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    client.fill(meeting(1), 2).await;
    let state: Vec<u8> = (0..limits::STORE_SNAPSHOT_BYTES).map(|place| (place % 253) as u8).collect();
    let largest = Snapshot { bytes: Bytes::from(state), ..snapshot(1) };
    assert_eq!(client.put(meeting(1), &largest).await, Ok(SnapshotPut::Stored));
    assert!(client.latest(meeting(1)).await.as_ref() == Some(&largest), "the largest snapshot is damaged");
    let more = Snapshot { bytes: Bytes::from(vec![0; limits::STORE_SNAPSHOT_BYTES + 1]), ..snapshot(2) };
    assert!(matches!(client.put(meeting(1), &more).await, Err(StoreError::TooLarge { .. })));
    assert_eq!(client.head(meeting(1)).await.snapshot, Some(at(1)));
}
