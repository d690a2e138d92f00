//! A failover that a sentinel makes, with entries lost on the way.

use engawa_server::store::redis::RedisStore;
use engawa_server::store::{Epoch, Store, StoreError, Survey, TailEnd};

use crate::support::redis::{at, insist, meeting, read_all, text};
use crate::support::sentinel::Watched;

/// The replica stops receiving, the primary takes three more entries and dies, the replica is promoted, another
/// node goes on with it beyond where the log was. The node that had applied the three finds that the chain of
/// hashes differs and from where on; what it makes of that is the hub's business (see the tests of healing).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failover_that_loses_entries_is_noticed() {
    let mut watched = Watched::start().await;
    let options = watched.options();
    let here = RedisStore::open(options.clone()).await.unwrap();
    let there = RedisStore::open(options).await.unwrap();
    here.create(meeting(1), text("first")).await.unwrap();
    here.append(meeting(1), Epoch(1), vec![text("kept")]).await.unwrap();
    let log = format!("engawa:{{{}}}:log", meeting(1).0.simple());
    watched.until_replicated(&log).await;
    watched.cut_off_replica();
    let mut tail = here.tail(meeting(1), at(1, 0)).await.unwrap();
    let mut elsewhere = there.tail(meeting(1), at(1, 2)).await.unwrap();
    for _ in 0..3 {
        there.append(meeting(1), Epoch(1), vec![text("lost")]).await.unwrap();
    }
    for _ in 0..5 {
        tail.next().await.unwrap();
    }
    let _ = elsewhere.next().await.unwrap();
    assert_eq!(watched.replica.cli(&["xlen", &log]), "2", "the replica does not receive any more");

    watched.kill_primary();
    let end = tail.next().await;
    assert!(matches!(&end, Err(TailEnd::Failed(error)) if error.is_retryable()), "{end:?}");
    watched.until_promoted().await;
    for _ in 0..6 {
        insist(|| there.append(meeting(1), Epoch(1), vec![text("other")])).await.unwrap();
    }

    let noticed = insist(|| here.tail(meeting(1), at(1, 5))).await.map(drop);
    assert_eq!(noticed, Err(StoreError::Diverged));
    let Survey::Present(found) = insist(|| here.survey(meeting(1), at(1, 5))).await.unwrap() else {
        panic!("the meeting is there");
    };
    assert_eq!(found.fork, Some(at(1, 2).seq));
    assert_eq!(insist(|| here.leave_history(meeting(1), Epoch(1))).await, Ok(Epoch(2)));
    let noticed = insist(|| there.append(meeting(1), Epoch(1), vec![text("stale")])).await;
    assert_eq!(noticed.unwrap_err(), StoreError::EpochChanged { current: Epoch(2) });
    let entries = read_all(&here, meeting(1), at(2, 0)).await;
    assert!(entries.iter().all(|entry| entry.payload != "lost"));
    assert!(entries.len() >= 8);
    let mut tail = insist(|| here.tail(meeting(1), at(2, 0))).await.unwrap();
    for entry in entries {
        assert_eq!(tail.next().await, Ok(entry));
    }
    insist(|| there.append(meeting(1), Epoch(2), vec![text("on")])).await.unwrap();
    assert_eq!(tail.next().await.unwrap().payload, "on");
}
