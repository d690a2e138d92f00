//! ST01 to ST13: the log itself.

use bytes::Bytes;

use super::super::{Epoch, Position, Seq, Snapshot, StateDigest, StoreError, TailEnd, Timestamp};
use super::support::{Client, assert_batches, at, insist, marked, meeting, snapshot, text};
use super::{Bench, Delivery};
use crate::limits;

/// ST01: a meeting begins with entry 1 of epoch 1, and begins once.
pub async fn st01_create_begins_at_one_and_refuses_an_existing_meeting(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    assert_eq!(client.create(meeting(1)).await, at(1));
    let again = insist(|| client.store.create(meeting(1), text("second"))).await;
    assert_eq!(again, Err(StoreError::AlreadyExists));
    let log = client.read_all(meeting(1), at(0)).await;
    assert_eq!(log.iter().map(|entry| &entry.payload[..]).collect::<Vec<_>>(), [b"first"]);
}

/// ST02: what was never created is not there, for any call; deleting it is no error.
pub async fn st02_unknown_meeting_is_refused_everywhere(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    assert_absent(&client, 2).await;
    client.delete(meeting(2)).await;
    assert_absent(&client, 2).await;
    assert_eq!(client.listed().await.len(), 1);
}

pub(super) async fn assert_absent(client: &Client, number: u128) {
    let (key, store) = (meeting(number), &client.store);
    let gone = StoreError::NotFound;
    assert_eq!(client.try_append(key, Epoch(1), &marked("x", 1)).await, Err(gone.clone()));
    assert_eq!(client.read(key, at(0)).await, Err(gone.clone()));
    assert_eq!(insist(|| store.tail(key, at(0))).await.unwrap_err(), gone);
    assert_eq!(insist(|| store.head(key)).await, Err(gone.clone()));
    assert_eq!(client.put(key, &snapshot(1)).await, Err(gone.clone()));
    assert_eq!(insist(|| store.latest_snapshot(key)).await, Err(gone.clone()));
    assert_eq!(insist(|| store.previous_snapshot(key)).await, Err(gone.clone()));
    assert_eq!(insist(|| store.trim(key)).await, Err(gone.clone()));
    assert_eq!(client.purge(key, at(1)).await, Err(gone.clone()));
    let Snapshot { digest, bytes, .. } = snapshot(1);
    let started = insist(|| store.start_epoch(key, Epoch(1), Seq(1), digest, bytes.clone())).await;
    assert_eq!(started, Err(gone));
    assert!(client.listed().await.iter().all(|head| head.meeting != key));
}

/// ST03: numbers are dense, each answer names the place of its own payloads, and bytes are bytes: empty,
/// zeros, not UTF-8, Japanese, emoji.
pub async fn st03_positions_are_dense_and_payloads_come_back_byte_for_byte(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    let payloads: Vec<Bytes> = [
        &b""[..],
        &[0; 300],
        &[0xff, 0xfe, 0xc0, 0x80],
        "髙橋﨑①「モヤモヤ指数」\u{1f3ee}\r\n\u{feff}".as_bytes(),
        b"\"}],\n{\"t\":1}",
    ]
    .into_iter()
    .map(Bytes::copy_from_slice)
    .collect();
    for count in 1..=payloads.len() {
        let appended = client.append(meeting(1), &payloads[..count]).await;
        assert_eq!(appended.count, count as u64);
        assert_eq!(appended.last().seq.0, appended.first.seq.0 + count as u64 - 1);
        let log = client.read_all(meeting(1), at(0)).await;
        let from = appended.first.seq.0 as usize - 1;
        let found: Vec<_> = log[from..].iter().map(|entry| entry.payload.clone()).collect();
        assert_eq!(found, payloads[..count], "the last append ends the log");
        assert!(log[from..].iter().all(|entry| entry.at == appended.at));
        assert_eq!(client.head(meeting(1)).await.last, appended.last());
    }
    if client.delivery == Delivery::ExactlyOnce {
        assert_eq!(client.head(meeting(1)).await.last, at(1 + 1 + 2 + 3 + 4 + 5));
    }
}

/// ST04: batches of several appenders to one meeting follow each other whole.
pub async fn st04_batches_of_concurrent_appenders_stay_whole(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    let appenders = (0..8).map(|appender| {
        let client = client.clone();
        tokio::spawn(async move {
            let mut batches = Vec::new();
            for round in 0..12 {
                let batch = marked(format!("a{appender}r{round}"), 1 + (appender + round) % 5);
                client.append(meeting(1), &batch).await;
                batches.push(batch);
            }
            batches
        })
    });
    let mut batches = vec![vec![text("first")]];
    for appender in appenders.collect::<Vec<_>>() {
        batches.extend(appender.await.unwrap());
    }
    assert_batches(&client.read_all(meeting(1), at(0)).await, &batches, client.delivery);
}

/// ST05: time stamps never go back within a meeting, whatever the clock does, also across a restart and trims.
pub async fn st05_time_never_goes_back(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    if let Some(clock) = bench.clock() {
        clock.set(Timestamp(1_000));
    }
    client.create(meeting(1)).await;
    client.append(meeting(1), &marked("a", 3)).await;
    let mut stamps = Vec::new();
    for now in [5_000, 2_000, 7_000, 1] {
        if let Some(clock) = bench.clock() {
            clock.set(Timestamp(now));
        }
        stamps.push(client.append(meeting(1), &marked(now, 2)).await.at);
    }
    client.close().await;
    let client = Client::open(bench).await;
    stamps.push(client.append(meeting(1), &marked("reopened", 1)).await.at);
    assert!(stamps.is_sorted());
    if bench.clock().is_some() {
        assert_eq!(stamps.iter().map(|at| at.0).collect::<Vec<_>>(), [5_000, 5_000, 7_000, 7_000, 7_000]);
        assert_eq!(client.head(meeting(1)).await.last_at, Timestamp(7_000));
    }
    // read_all checks the order of what is stored.
    client.read_all(meeting(1), at(0)).await;
}

/// ST06: an empty batch is refused and leaves nothing.
pub async fn st06_empty_batch_is_refused(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    assert_eq!(client.try_append(meeting(1), Epoch(1), &[]).await, Err(StoreError::EmptyBatch));
    assert_eq!(client.head(meeting(1)).await.last, at(1));
}

/// ST07: the largest payload, the most payloads and the most bytes are taken; one more is refused and nothing of
/// the batch stays.
pub async fn st07_bounds_hold_exactly(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    let largest = Bytes::from(vec![7; limits::STORE_PAYLOAD_BYTES]);
    let at_bytes = vec![largest.clone(); limits::STORE_BATCH_BYTES / limits::STORE_PAYLOAD_BYTES];
    let at_count = vec![text("x"); limits::STORE_BATCH_COUNT];
    let mut over_bytes = at_bytes.clone();
    over_bytes.push(text("x"));
    let mut over_count = at_count.clone();
    over_count.push(text("x"));
    let over_payload = vec![text("x"), Bytes::from(vec![7; limits::STORE_PAYLOAD_BYTES + 1])];
    for (taken, refused) in
        [(&at_bytes, &over_bytes), (&at_count, &over_count), (&vec![largest], &over_payload)]
    {
        let appended = client.append(meeting(1), taken).await;
        let stored =
            client.read_all(meeting(1), Position { seq: Seq(appended.first.seq.0 - 1), ..at(0) }).await;
        assert!(stored.iter().map(|entry| &entry.payload).eq(taken), "stored as appended");
        let answer = client.try_append(meeting(1), Epoch(1), refused).await;
        assert!(matches!(answer, Err(StoreError::TooLarge { .. })), "{answer:?}");
        assert_eq!(client.head(meeting(1)).await.last, appended.last());
    }
    let answer = insist(|| client.store.create(meeting(2), over_payload[1].clone())).await;
    assert!(matches!(answer, Err(StoreError::TooLarge { .. })), "{answer:?}");
    assert_eq!(client.listed().await.len(), 1);
}

/// ST08: who works with another epoch is refused before anything happens.
pub async fn st08_a_wrong_epoch_is_refused(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    let refusal = StoreError::EpochChanged { current: Epoch(1) };
    for epoch in [Epoch(0), Epoch(2)] {
        let position = Position { epoch, seq: Seq(1) };
        assert_eq!(client.try_append(meeting(1), epoch, &marked("x", 1)).await, Err(refusal.clone()));
        assert_eq!(client.read(meeting(1), position).await, Err(refusal.clone()));
        let tail = insist(|| client.store.tail(meeting(1), position)).await;
        assert_eq!(tail.unwrap_err(), refusal);
        let stale = Snapshot { position, ..snapshot(1) };
        assert_eq!(client.put(meeting(1), &stale).await, Err(refusal.clone()));
        assert_eq!(client.purge(meeting(1), position).await, Err(refusal.clone()));
        let digest = StateDigest([0; 32]);
        let started = insist(|| client.store.start_epoch(meeting(1), epoch, Seq(1), digest, text("s"))).await;
        assert_eq!(started, Err(refusal.clone()));
    }
    assert_eq!(client.head(meeting(1)).await.last, at(1));
    assert_eq!(client.latest(meeting(1)).await, None);
}

/// ST09: a read gives at most what was asked for, nothing at the end of the log, and an error beyond it.
pub async fn st09_reads_give_ranges_and_know_the_end(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    client.fill(meeting(1), 50).await;
    let last = client.head(meeting(1)).await.last;
    let page = insist(|| client.store.read(meeting(1), at(10), 7)).await.unwrap();
    assert_eq!(page.iter().map(|entry| entry.seq.0).collect::<Vec<_>>(), (11..=17).collect::<Vec<_>>());
    let rest = insist(|| client.store.read(meeting(1), at(last.seq.0 - 2), 7)).await.unwrap();
    assert_eq!(rest.len(), 2);
    assert_eq!(client.read(meeting(1), last).await, Ok(Vec::new()));
    assert_eq!(client.read(meeting(1), at(last.seq.0 + 1)).await, Err(StoreError::Ahead { last }));
    assert_eq!(client.read(meeting(1), at(u64::MAX)).await, Err(StoreError::Ahead { last }));
}

/// ST10: many meetings at once, written and followed concurrently, each get their own and only their own.
pub async fn st10_meetings_do_not_touch_each_other(bench: &dyn Bench) {
    const MEETINGS: u128 = 40;
    let client = Client::open(bench).await;
    let tasks = (1..=MEETINGS).map(|number| {
        let client = client.clone();
        tokio::spawn(async move {
            client.create(meeting(number)).await;
            let mut follower = client.follow(meeting(number), at(0)).await;
            let mut batches = vec![vec![text("first")]];
            for round in 0..10 {
                let batch = marked(format!("m{number}r{round}"), 1 + round % 3);
                client.append(meeting(number), &batch).await;
                batches.push(batch);
            }
            client.put(meeting(number), &snapshot(1 + number as u64 % 9)).await.unwrap();
            let last = client.head(meeting(number)).await.last.seq.0;
            (follower.up_to(last).await, batches)
        })
    });
    for (task, number) in tasks.collect::<Vec<_>>().into_iter().zip(1..) {
        let (followed, batches) = task.await.unwrap();
        let stored = client.read_all(meeting(number), at(0)).await;
        assert_eq!(followed, stored);
        assert_batches(&stored, &batches, client.delivery);
        assert_eq!(client.latest(meeting(number)).await, Some(snapshot(1 + number as u64 % 9)));
    }
}

/// ST11: the list of meetings has every meeting once, in order, with its head; longer than a page.
pub async fn st11_meetings_are_listed_in_pages(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    assert_eq!(client.listed().await, []);
    let count = limits::STORE_MEETINGS_PAGE as u128 + 20;
    let creators = (0..20).map(|part| {
        let client = client.clone();
        tokio::spawn(async move {
            for number in (1..=count).filter(|number| number % 20 == part) {
                client.create(meeting(number)).await;
            }
        })
    });
    for creator in creators.collect::<Vec<_>>() {
        creator.await.unwrap();
    }
    client.append(meeting(7), &marked("x", 2)).await;
    client.put(meeting(7), &snapshot(2)).await.unwrap();
    let listed = client.listed().await;
    assert!(listed.iter().map(|head| head.meeting).eq((1..=count).map(meeting)));
    assert_eq!(listed[6], client.head(meeting(7)).await);
    assert_eq!((listed[6].snapshot, listed[6].floor), (Some(at(2)), at(0)));
    assert_eq!((listed[7].last, listed[7].snapshot), (at(1), None));
}

/// ST12: after closing and opening again everything is as it was, and numbers go on where they stopped.
pub async fn st12_everything_is_there_after_reopening(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    for number in 1..=3 {
        client.create(meeting(number)).await;
        client.fill(meeting(number), 5 * number as u64).await;
    }
    client.put(meeting(2), &snapshot(3)).await.unwrap();
    client.put(meeting(2), &snapshot(6)).await.unwrap();
    client.trim(meeting(2)).await;
    client.delete(meeting(3)).await;
    let before = (
        client.listed().await,
        client.read_all(meeting(1), at(0)).await,
        client.read_all(meeting(2), at(3)).await,
    );
    client.close().await;

    let client = Client::open(bench).await;
    let after = (
        client.listed().await,
        client.read_all(meeting(1), at(0)).await,
        client.read_all(meeting(2), at(3)).await,
    );
    assert_eq!(after, before);
    assert_eq!(client.latest(meeting(2)).await, Some(snapshot(6)));
    assert_eq!(client.previous(meeting(2)).await, Some(snapshot(3)));
    assert_absent(&client, 3).await;
    let appended = client.append(meeting(1), &marked("on", 1)).await;
    let was = before.1.len() as u64;
    match client.delivery {
        Delivery::ExactlyOnce => assert_eq!(appended.first, at(was + 1)),
        Delivery::AtLeastOnce => assert!(appended.first > at(was)),
    }
}

/// ST13: a closed store says so to everyone, ends its tails, and may be closed again.
pub async fn st13_a_closed_store_refuses_everything(bench: &dyn Bench) {
    let client = Client::open(bench).await;
    client.create(meeting(1)).await;
    insist(|| client.store.health()).await.unwrap();
    let mut follower = client.follow(meeting(1), at(1)).await;
    client.close().await;
    client.close().await;
    // A tail that a fault cuts at this moment finds the store closed when it is opened again.
    assert_eq!(follower.until_end().await, TailEnd::Failed(StoreError::Closed));
    let (store, closed) = (&client.store, StoreError::Closed);
    assert_eq!(insist(|| store.health()).await, Err(closed.clone()));
    assert_eq!(client.try_append(meeting(1), Epoch(1), &marked("x", 1)).await, Err(closed.clone()));
    assert_eq!(client.read(meeting(1), at(0)).await, Err(closed.clone()));
    assert_eq!(insist(|| store.tail(meeting(1), at(0))).await.unwrap_err(), closed);
    assert_eq!(insist(|| store.create(meeting(2), text("x"))).await, Err(closed.clone()));
    assert_eq!(insist(|| store.meetings(None)).await, Err(closed));
}
