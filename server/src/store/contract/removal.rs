//! ST40 to ST43: what is removed is gone.

use super::super::{Epoch, Position, Seq, Snapshot, StoreError, TailEnd};
use super::Bench;
use super::log::assert_absent;
use super::support::{Client, at, marked, meeting, snapshot};

/// ST40: a purge without a snapshot that covers it is refused and removes nothing.
pub async fn st40_purge_needs_a_snapshot_that_covers_it(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    client.fill(meeting(1), 8).await;
    let log = client.read_all(meeting(1), at(0)).await;
    let refusal = |newest| Err(StoreError::NotCovered { up_to: at(5), newest });
    assert_eq!(client.purge(meeting(1), at(5)).await, refusal(None));
    client.put(meeting(1), &snapshot(2)).await.unwrap();
    client.put(meeting(1), &snapshot(4)).await.unwrap();
    assert_eq!(client.purge(meeting(1), at(5)).await, refusal(Some(at(4))));
    assert_eq!(client.read_all(meeting(1), at(0)).await, log);
    assert_eq!(client.previous(meeting(1)).await, Some(snapshot(2)));
}

/// ST41: after a purge nothing up to the newest snapshot can be read by any call, now or after a restart; the
/// newest snapshot and all that follows it are untouched.
pub async fn st41_purge_leaves_the_newest_snapshot_and_what_follows(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    client.create(meeting(2)).await;
    client.fill(meeting(1), 9).await;
    client.fill(meeting(2), 9).await;
    let log = client.read_all(meeting(1), at(0)).await;
    let other = client.read_all(meeting(2), at(0)).await;
    client.put(meeting(1), &snapshot(3)).await.unwrap();
    client.put(meeting(1), &snapshot(6)).await.unwrap();
    let mut tail = client.follow(meeting(1), Position { seq: log.last().unwrap().seq, ..at(0) }).await;
    for up_to in [5, 6, 1] {
        assert_eq!(client.purge(meeting(1), at(up_to)).await, Ok(at(6)));
    }
    // A tail past it goes on.
    let last = client.append(meeting(1), &marked("on", 1)).await.last();
    assert!(!tail.up_to(last.seq.0).await.is_empty());
    client.close().await;

    let client = Client::open(bench).await;
    for after in 0..6 {
        assert_eq!(client.read(meeting(1), at(after)).await, Err(StoreError::Trimmed { floor: at(6) }));
    }
    assert_eq!(client.previous(meeting(1)).await, None);
    assert_eq!(client.latest(meeting(1)).await, Some(snapshot(6)));
    assert_eq!(client.read_all(meeting(1), at(6)).await[..log.len() - 6], log[6..]);
    assert_eq!(client.read_all(meeting(2), at(0)).await, other, "another meeting is not touched");
    // The next snapshot finds no previous one to keep but the purged-to one.
    client.put(meeting(1), &snapshot(8)).await.unwrap();
    assert_eq!(client.previous(meeting(1)).await, Some(snapshot(6)));
}

/// ST42: a new epoch keeps its snapshot and nothing else; tails and callers of the old one are told; numbers go on
/// after the snapshot, be it before or after the old end.
pub async fn st42_a_new_epoch_gives_up_the_history(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    for (number, from) in [(1, 4), (2, 500)] {
        client.create(meeting(number)).await;
        client.fill(meeting(number), 9).await;
        client.put(meeting(number), &snapshot(2)).await.unwrap();
        client.put(meeting(number), &snapshot(5)).await.unwrap();
        let mut tail = client.follow(meeting(number), at(0)).await;
        let state = snapshot(77);
        let second = Position { epoch: Epoch(2), seq: Seq(from) };
        assert_eq!(client.start_epoch(meeting(number), Epoch(1), Seq(from), &state).await, second);
        assert_eq!(tail.until_end().await, TailEnd::EpochChanged { current: Epoch(2) });
        let stale = StoreError::EpochChanged { current: Epoch(2) };
        assert_eq!(client.read(meeting(number), at(1)).await, Err(stale.clone()));
        let old = client.try_append(meeting(number), Epoch(1), &marked("old", 1)).await;
        assert_eq!(old, Err(stale));
        assert_eq!(client.latest(meeting(number)).await, Some(Snapshot { position: second, ..state }));
        assert_eq!(client.previous(meeting(number)).await, None);
        assert_eq!(client.read(meeting(number), second).await, Ok(Vec::new()));
        let gone = client.read(meeting(number), Position { seq: Seq(from - 1), ..second }).await;
        assert_eq!(gone, Err(StoreError::Trimmed { floor: second }));

        let mut tail = client.follow(meeting(number), second).await;
        let appended = client.try_append(meeting(number), Epoch(2), &marked("new", 2)).await.unwrap();
        let entries = tail.up_to(appended.last().seq.0).await;
        assert_eq!(entries[0].seq, Seq(from + 1));
        assert_eq!(client.read_all(meeting(number), second).await, entries);
    }
}

/// ST43: a deleted meeting is gone for every call, its tails say so, the list does not have it, others stay; a
/// meeting made anew under its key begins at nothing.
pub async fn st43_delete_leaves_nothing(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    for number in 1..=3 {
        client.create(meeting(number)).await;
        client.fill(meeting(number), 9).await;
        client.put(meeting(number), &snapshot(2)).await.unwrap();
        client.put(meeting(number), &snapshot(5)).await.unwrap();
    }
    let beside = (client.read_all(meeting(1), at(0)).await, client.read_all(meeting(3), at(0)).await);
    let mut behind = client.follow(meeting(2), at(0)).await;
    let mut at_end = client.follow(meeting(2), client.head(meeting(2)).await.last).await;
    for _ in 0..2 {
        client.delete(meeting(2)).await;
        assert_absent(&client, 2).await;
    }
    assert_eq!(behind.until_end().await, TailEnd::Deleted);
    assert_eq!(at_end.until_end().await, TailEnd::Deleted);
    client.close().await;

    let client = Client::open(bench).await;
    assert_absent(&client, 2).await;
    assert_eq!(client.create(meeting(2)).await, at(1));
    let head = client.head(meeting(2)).await;
    assert_eq!((head.last, head.floor, head.snapshot), (at(1), at(0), None));
    assert_eq!(client.read_all(meeting(2), at(0)).await.len(), 1);
    assert_eq!((client.latest(meeting(2)).await, client.previous(meeting(2)).await), (None, None));
    let after = (client.read_all(meeting(1), at(0)).await, client.read_all(meeting(3), at(0)).await);
    assert_eq!(after, beside, "others are not touched");
}
