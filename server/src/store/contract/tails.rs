//! ST20 to ST26: following the log.

use super::super::{Position, StoreError, TailEnd};
use super::Bench;
use super::support::{Client, assert_dense, at, insist, marked, meeting, snapshot, within};
use crate::limits;

/// More entries than everything between a store and a reader can hold.
const FAR_BEHIND: usize = 8 * limits::TAIL_BUFFER_COUNT + 20 * limits::TAIL_RING_COUNT;

/// ST20: a tail begins right after its position, wherever that is, and goes on with what is appended.
pub async fn st20_tail_gives_the_stored_then_the_live(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    client.fill(meeting(1), 10).await;
    let stored = client.head(meeting(1)).await.last.seq.0;
    let mut tails = Vec::new();
    for after in [0, 1, stored - 1, stored] {
        tails.push((after, client.follow(meeting(1), at(after)).await));
    }
    for round in 0..5 {
        client.append(meeting(1), &marked(round, 3)).await;
    }
    let log = client.read_all(meeting(1), at(0)).await;
    for (after, mut tail) in tails {
        assert_eq!(tail.up_to(log.len() as u64).await, log[after as usize..]);
    }
}

/// ST21: tails opened at any moment during concurrent appends all see the same, without gap or duplicate.
pub async fn st21_tails_have_no_gap_under_concurrent_appends(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    let appenders: Vec<_> = (0..4)
        .map(|appender| {
            let client = client.clone();
            tokio::spawn(async move {
                for round in 0..40 {
                    client.append(meeting(1), &marked(format!("a{appender}r{round}"), 1 + round % 4)).await;
                }
            })
        })
        .collect();
    // 400 entries will come at least; every 40 of them a tail is opened where the log stands just then.
    let mut pace = client.follow(meeting(1), at(0)).await;
    let mut tails = Vec::new();
    for reached in (0..400).step_by(40) {
        pace.up_to(reached).await;
        let after = client.head(meeting(1)).await.last;
        tails.push((after, client.follow(meeting(1), after).await));
    }
    for appender in appenders {
        appender.await.unwrap();
    }
    let log = client.read_all(meeting(1), at(0)).await;
    for (after, mut tail) in tails {
        assert_eq!(tail.up_to(log.len() as u64).await, log[after.seq.0 as usize..]);
    }
}

/// ST22: a reader far behind misses nothing, and the reader beside it is not held up.
pub async fn st22_a_tail_far_behind_catches_up(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    let mut slow = client.follow(meeting(1), at(0)).await;
    let mut quick = client.follow(meeting(1), at(0)).await;
    for round in 0..FAR_BEHIND / 10 {
        let last = client.append(meeting(1), &marked(round, 10)).await.last();
        quick.up_to(last.seq.0).await;
    }
    let log = client.read_all(meeting(1), at(0)).await;
    assert!(log.len() > FAR_BEHIND - 10);
    assert_eq!(slow.up_to(log.len() as u64).await, log);
    // Caught up, it is live again.
    let last = client.append(meeting(1), &marked("live", 2)).await.last();
    assert!(slow.up_to(last.seq.0).await.len() >= 2);
}

/// ST23: a restart ends a tail with a reason; a new one after the last entry seen goes on without gap.
pub async fn st23_a_tail_resumes_across_a_restart(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    client.fill(meeting(1), 20).await;
    let mut tail = client.follow(meeting(1), at(0)).await;
    let mut seen = tail.up_to(12).await;
    client.close().await;
    let cursor = loop {
        match tail.next().await {
            Ok(entry) => seen.push(entry),
            Err(end) => {
                assert_eq!(end, TailEnd::Failed(StoreError::Closed));
                break tail.cursor;
            }
        }
    };
    let client = Client::open(bench).await;
    let mut tail = client.follow(meeting(1), cursor).await;
    let last = client.append(meeting(1), &marked("after", 3)).await.last();
    seen.extend(tail.up_to(last.seq.0).await);
    assert_dense(&seen, at(0));
    assert_eq!(seen, client.read_all(meeting(1), at(0)).await);
}

/// ST24: a position that is not on the log is refused when the tail is opened.
pub async fn st24_tails_refuse_positions_off_the_log(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    client.fill(meeting(1), 6).await;
    client.put(meeting(1), &snapshot(3)).await.unwrap();
    client.put(meeting(1), &snapshot(5)).await.unwrap();
    client.trim(meeting(1)).await;
    let last = client.head(meeting(1)).await.last;
    let open = async |after: Position| insist(|| client.store.tail(meeting(1), after)).await.map(drop);
    assert_eq!(open(at(last.seq.0 + 1)).await, Err(StoreError::Ahead { last }));
    assert_eq!(open(at(2)).await, Err(StoreError::Trimmed { floor: at(3) }));
    open(at(3)).await.unwrap();
    open(last).await.unwrap();
}

/// ST25: a tail that is overtaken by a trim gives what it still can, without a gap, and then says why it ends.
pub async fn st25_a_tail_whose_entries_are_trimmed_says_so(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    let mut slow = client.follow(meeting(1), at(0)).await;
    for round in 0..FAR_BEHIND / 10 {
        client.append(meeting(1), &marked(round, 10)).await;
    }
    let last = client.head(meeting(1)).await.last.seq.0;
    client.put(meeting(1), &snapshot(last - 1)).await.unwrap();
    client.put(meeting(1), &snapshot(last)).await.unwrap();
    assert_eq!(client.trim(meeting(1)).await, at(last - 1));
    // The follower checks that what comes before the end has no gap.
    assert_eq!(slow.until_end().await, TailEnd::Trimmed { floor: at(last - 1) });
    // From the snapshot on there is a way to go on.
    let mut again = client.follow(meeting(1), at(last - 1)).await;
    assert_eq!(again.up_to(last).await.len(), 1);
}

/// ST26: readers come and go; those who stay notice nothing.
pub async fn st26_dropped_tails_leave_the_others_alone(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    let mut stays = client.follow(meeting(1), at(0)).await;
    for round in 0..20 {
        let goes = client.follow(meeting(1), at(0)).await;
        let last = client.append(meeting(1), &marked(round, 1)).await.last();
        drop(goes);
        within(stays.up_to(last.seq.0)).await;
    }
}
