//! Lost requests and replies, killed servers, restored backups: what is acknowledged stays, what is doubled is
//! found by the core's numbers, what is another history is noticed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use engawa_server::store::redis::{RedisAddress, RedisOptions, RedisStore};
use engawa_server::store::{Epoch, LogEntry, Store, StoreError, Survey, TailEnd};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UnixStream};

use crate::support::redis::{Redis, at, insist, meeting, read_all, text, until};

/// Stands between a node and Redis, and loses a tenth of what passes: half of it on the way there, half on the
/// way back. What is lost on a stream takes the connection with it.
pub(crate) struct LossyProxy {
    port: u16,
    pub(crate) lost_requests: Arc<AtomicU64>,
    pub(crate) lost_replies: Arc<AtomicU64>,
    task: tokio::task::JoinHandle<()>,
}

impl LossyProxy {
    pub(crate) async fn start(server: PathBuf, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (lost_requests, lost_replies) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
        let (requests, replies) = (lost_requests.clone(), lost_replies.clone());
        let dice = Arc::new(Mutex::new(StdRng::seed_from_u64(seed)));
        let task = tokio::spawn(async move {
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let mut server = UnixStream::connect(&server).await.unwrap();
                let (dice, requests, replies) = (dice.clone(), requests.clone(), replies.clone());
                tokio::spawn(async move {
                    let (mut there, mut back) = (vec![0; 64 << 10], vec![0; 64 << 10]);
                    loop {
                        let loses = || dice.lock().unwrap().random_range(0..20) == 0;
                        tokio::select! {
                            read = client.read(&mut there) => match read {
                                Ok(1..) if loses() => { requests.fetch_add(1, Ordering::SeqCst); return }
                                Ok(size @ 1..) => if server.write_all(&there[..size]).await.is_err() { return },
                                Ok(0) | Err(_) => return,
                            },
                            read = server.read(&mut back) => match read {
                                Ok(1..) if loses() => { replies.fetch_add(1, Ordering::SeqCst); return }
                                Ok(size @ 1..) => if client.write_all(&back[..size]).await.is_err() { return },
                                Ok(0) | Err(_) => return,
                            },
                        }
                    }
                });
            }
        });
        Self { port, lost_requests, lost_replies, task }
    }

    pub(crate) fn options(&self) -> RedisOptions {
        RedisOptions::new(RedisAddress::parse(&format!("redis://127.0.0.1:{}", self.port)).unwrap())
    }
}

impl Drop for LossyProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Follows a log to a place, opening the tail again where the store says so.
async fn follow_to(store: &dyn Store, number: u128, last: u64) -> Vec<LogEntry> {
    let mut entries: Vec<LogEntry> = Vec::new();
    while (entries.len() as u64) < last {
        let from = at(1, entries.len() as u64);
        let mut tail = insist(|| store.tail(meeting(number), from)).await.unwrap();
        while (entries.len() as u64) < last {
            match tokio::time::timeout(crate::support::redis::PATIENCE, tail.next()).await.unwrap() {
                Ok(entry) => entries.push(entry),
                Err(TailEnd::Failed(error)) if error.is_retryable() => break,
                Err(end) => panic!("{end}"),
            }
        }
    }
    entries
}

/// What the core does with (device, number): the first one counts.
fn deduplicated(entries: &[LogEntry]) -> Vec<Bytes> {
    let mut seen: BTreeMap<u64, u64> = BTreeMap::new();
    let mut effects = Vec::new();
    for entry in &entries[1..] {
        let command = std::str::from_utf8(&entry.payload).unwrap();
        let (device, number) = command.split_once(' ').unwrap();
        let (device, number): (u64, u64) = (device.parse().unwrap(), number.parse().unwrap());
        let high = seen.entry(device).or_default();
        if number > *high {
            assert_eq!(number, *high + 1, "a command was overtaken");
            *high = number;
            effects.push(entry.payload.clone());
        }
    }
    effects
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exactly_once_through_a_proxy_that_loses_a_tenth() {
    const NODES: u64 = 3;
    const COMMANDS: u64 = 200;
    const LOST: u64 = 10;
    let redis = Redis::durable();
    let proxy = LossyProxy::start(redis.socket(), 7).await;
    let direct = RedisStore::open(redis.options()).await.unwrap();
    direct.create(meeting(1), text("first")).await.unwrap();
    let mut nodes = Vec::new();
    // How many messages a command takes depends on the machine: they go on until enough was lost.
    let enough = Arc::new(AtomicBool::new(false));
    for device in 1..=NODES {
        let options = proxy.options();
        let (enough, lost) = (enough.clone(), (proxy.lost_requests.clone(), proxy.lost_replies.clone()));
        let store =
            until("the check gets through", async || RedisStore::open(options.clone()).await.ok()).await;
        nodes.push(tokio::spawn(async move {
            let mut number = 0;
            while number < COMMANDS || !enough.load(Ordering::SeqCst) {
                let size = 1 + number % 5;
                let batch: Vec<_> = (1..=size).map(|i| text(format!("{device} {}", number + i))).collect();
                insist(|| store.append(meeting(1), Epoch(1), batch.clone())).await.unwrap();
                number += size;
                if lost.0.load(Ordering::SeqCst) > LOST && lost.1.load(Ordering::SeqCst) > LOST {
                    enough.store(true, Ordering::SeqCst);
                }
            }
            let last = insist(|| store.head(meeting(1))).await.unwrap().last.seq.0;
            (number, follow_to(&store, 1, last).await)
        }));
    }
    let mut followed = Vec::new();
    let mut commands = 0;
    for node in nodes {
        let (number, entries) = node.await.unwrap();
        commands += number;
        followed.push(entries);
    }
    let log = read_all(&direct, meeting(1), at(1, 0)).await;
    for entries in followed {
        assert_eq!(entries, log[..entries.len()], "every node reads the same");
    }
    let effects = deduplicated(&log);
    assert_eq!(effects.len() as u64, commands);
    assert_eq!(effects.iter().collect::<BTreeSet<_>>().len(), effects.len());
    let doubled = log.len() as u64 - 1 - commands;
    assert!(doubled > 0, "no reply to an append was lost: nothing was tested");
}

/// Everything acknowledged before a kill -9 is there after it, numbers go on, tails go on without a gap.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_redis_loses_nothing_acknowledged() {
    let mut redis = Redis::durable();
    let store = Arc::new(RedisStore::open(redis.options()).await.unwrap());
    store.create(meeting(1), text("first")).await.unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let appended = Arc::new(AtomicU64::new(0));
    let appenders: Vec<_> = (1..=3_u64)
        .map(|device| {
            let (store, stop, appended) = (store.clone(), stop.clone(), appended.clone());
            tokio::spawn(async move {
                let mut number = 0;
                while !stop.load(Ordering::SeqCst) {
                    number += 1;
                    let command = vec![text(format!("{device} {number}"))];
                    insist(|| store.append(meeting(1), Epoch(1), command.clone())).await.unwrap();
                    appended.fetch_add(1, Ordering::SeqCst);
                }
                number
            })
        })
        .collect();
    for _ in 0..3 {
        let before = appended.load(Ordering::SeqCst);
        until("commands pass", async || (appended.load(Ordering::SeqCst) > before + 200).then_some(())).await;
        redis.kill();
        let error = until("the store notices", async || store.health().await.err()).await;
        assert!(error.is_retryable(), "{error}");
        redis.start();
    }
    let before = appended.load(Ordering::SeqCst);
    until("commands pass again", async || (appended.load(Ordering::SeqCst) > before + 200).then_some(()))
        .await;
    stop.store(true, Ordering::SeqCst);
    let mut acknowledged = 0;
    for appender in appenders {
        acknowledged += appender.await.unwrap();
    }
    let log = read_all(&*store, meeting(1), at(1, 0)).await;
    assert_eq!(deduplicated(&log).len() as u64, acknowledged);
    assert_eq!(follow_to(&*store, 1, log.len() as u64).await, log);
}

/// Refused at once, not after a time limit: nobody waits for a server that is not there.
#[tokio::test]
async fn an_unreachable_redis_refuses_at_once_and_ends_tails() {
    let mut redis = Redis::durable();
    let store = RedisStore::open(redis.options()).await.unwrap();
    store.create(meeting(1), text("first")).await.unwrap();
    let mut tail = store.tail(meeting(1), at(1, 1)).await.unwrap();
    redis.kill();
    let end = tokio::time::timeout(crate::support::redis::PATIENCE, tail.next()).await.unwrap();
    assert!(matches!(&end, Err(TailEnd::Failed(error)) if error.is_retryable()), "{end:?}");
    let from = std::time::Instant::now();
    for _ in 0..50 {
        let answer = store.append(meeting(1), Epoch(1), vec![text("x")]).await;
        assert!(answer.unwrap_err().is_retryable());
        assert!(store.tail(meeting(1), at(1, 1)).await.unwrap_err().is_retryable());
    }
    assert!(from.elapsed() < std::time::Duration::from_secs(1), "{:?}", from.elapsed());
    redis.start();
    let mut tail = insist(|| store.tail(meeting(1), at(1, 1))).await.unwrap();
    insist(|| store.append(meeting(1), Epoch(1), vec![text("on")])).await.unwrap();
    assert_eq!(tail.next().await.unwrap().payload, "on");
}

/// Many meetings, a handful of connections.
#[tokio::test]
async fn connections_do_not_grow_with_meetings() {
    let redis = Redis::durable();
    let store = RedisStore::open(redis.options()).await.unwrap();
    let mut tails = Vec::new();
    for number in 1..=300 {
        store.create(meeting(number), text("first")).await.unwrap();
        tails.push(store.tail(meeting(number), at(1, 0)).await.unwrap());
    }
    for (tail, number) in tails.iter_mut().zip(1..) {
        store.append(meeting(number), Epoch(1), vec![text(number)]).await.unwrap();
        assert_eq!(tail.next().await.unwrap().payload, "first");
        assert_eq!(tail.next().await.unwrap().payload, text(number));
    }
    assert!(store.connections_made() <= 8, "{}", store.connections_made());
    let channels = redis.cli(&["pubsub", "shardchannels"]).lines().count();
    assert_eq!(channels, 600, "news and hearsay of each meeting, over one connection");
    drop(tails);
    until("nobody listens any more", async || {
        redis.cli(&["pubsub", "shardchannels"]).is_empty().then_some(())
    })
    .await;
}

/// A backup is put back while a node still holds what came after it. Whether the log has meanwhile grown beyond
/// what the node has read or not, the node finds out, can tell from where on, and may leave the old history for all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_backup_is_noticed_by_who_has_read_more() {
    for (grows, other) in [(0, "x"), (1, "x"), (5, "x"), (5, "same")] {
        let mut redis = Redis::durable();
        let store = RedisStore::open(redis.options()).await.unwrap();
        store.create(meeting(1), text("first")).await.unwrap();
        store.create(meeting(2), text("beside")).await.unwrap();
        store.append(meeting(1), Epoch(1), vec![text("kept")]).await.unwrap();
        redis.back_up();
        let mut tail = store.tail(meeting(1), at(1, 0)).await.unwrap();
        let mut beside = store.tail(meeting(2), at(1, 0)).await.unwrap();
        beside.next().await.unwrap();
        for _ in 0..3 {
            store.append(meeting(1), Epoch(1), vec![text("same")]).await.unwrap();
        }
        for _ in 0..5 {
            tail.next().await.unwrap();
        }
        redis.lose_since_backup();
        // Another node goes on before this one is back.
        let another = RedisStore::open(redis.options()).await.unwrap();
        for _ in 0..grows {
            another.append(meeting(1), Epoch(1), vec![text(other)]).await.unwrap();
        }
        let mut elsewhere = another.tail(meeting(1), at(1, 2)).await.unwrap();

        let noticed = insist(|| store.tail(meeting(1), at(1, 5))).await.map(drop);
        let ahead = StoreError::Ahead { last: at(1, 2 + grows as u64) };
        assert!(
            noticed == Err(StoreError::Diverged) || noticed == Err(ahead),
            "{grows} {other}: {noticed:?}"
        );
        let Survey::Present(there) = insist(|| store.survey(meeting(1), at(1, 5))).await.unwrap() else {
            panic!("the meeting is there");
        };
        assert_eq!(
            (there.last, there.fork),
            (at(1, 2 + grows as u64), Some(at(1, 2).seq)),
            "{grows} {other}"
        );
        assert_eq!(there.beyond.unwrap().len(), grows);
        assert_eq!(insist(|| store.leave_history(meeting(1), Epoch(1))).await, Ok(Epoch(2)));
        let end = loop {
            match elsewhere.next().await {
                Ok(_) => {}
                Err(end) => break end,
            }
        };
        assert_eq!(end, TailEnd::EpochChanged { current: Epoch(2) }, "the others are told too");
        let stale = insist(|| another.append(meeting(1), Epoch(1), vec![text("old")])).await;
        assert_eq!(stale.unwrap_err(), StoreError::EpochChanged { current: Epoch(2) });
        let log = read_all(&store, meeting(1), at(2, 0)).await;
        assert_eq!(log.len(), 2 + grows);
        let mut tail = store.tail(meeting(1), at(2, 0)).await.unwrap();
        let appended = another.append(meeting(1), Epoch(2), vec![text("new")]).await.unwrap();
        assert_eq!(appended.first, at(2, 3 + grows as u64));
        for entry in log {
            assert_eq!(tail.next().await, Ok(entry));
        }
        assert_eq!(tail.next().await.unwrap().payload, "new");
        // A meeting of which nothing was lost goes on as it was.
        insist(|| store.tail(meeting(2), at(1, 1))).await.unwrap();
        assert_eq!(store.head(meeting(2)).await.unwrap().last, at(1, 1));
    }
}

/// Another node goes on from the shortened log and purges it, as the close of a vote does: what was in it is gone, and where
/// the two histories part can be told all the same. It takes two purges, because there may be more than one.
#[tokio::test]
async fn a_purge_leaves_where_two_histories_part() {
    use engawa_server::store::{Snapshot, StateDigest};
    let mut redis = Redis::durable();
    let store = RedisStore::open(redis.options()).await.unwrap();
    store.create(meeting(1), text("first")).await.unwrap();
    store.append(meeting(1), Epoch(1), vec![text("kept"), text("kept too")]).await.unwrap();
    redis.back_up();
    let mut tail = store.tail(meeting(1), at(1, 0)).await.unwrap();
    store.append(meeting(1), Epoch(1), vec![text("lost"), text("lost too")]).await.unwrap();
    for _ in 0..5 {
        tail.next().await.unwrap();
    }
    redis.lose_since_backup();
    let another = RedisStore::open(redis.options()).await.unwrap();
    for seq in 4..=5 {
        another.append(meeting(1), Epoch(1), vec![text("other")]).await.unwrap();
        let state = Snapshot { position: at(1, seq), digest: StateDigest([1; 32]), bytes: text("state") };
        another.put_snapshot(meeting(1), state).await.unwrap();
        another.purge(meeting(1), at(1, seq)).await.unwrap();
    }
    let Survey::Present(there) = insist(|| store.survey(meeting(1), at(1, 5))).await.unwrap() else {
        panic!("the meeting is there");
    };
    assert_eq!((there.last, there.floor, there.fork), (at(1, 5), at(1, 5).seq, Some(at(1, 3).seq)));
    assert_eq!(there.beyond, None, "what was purged is not told");
    assert_eq!(
        insist(|| store.survey(meeting(2), at(1, 5)))
            .await
            .map(|there| matches!(there, Survey::Absent { .. })),
        Ok(true)
    );
    // Another beginning is another history.
    another
        .start_epoch(meeting(1), Epoch(1), at(1, 5).seq, StateDigest([2; 32]), text("anew"))
        .await
        .unwrap();
    let Survey::Present(there) = insist(|| store.survey(meeting(1), at(1, 5))).await.unwrap() else {
        panic!("the meeting is there");
    };
    assert_eq!(there.fork, None);
}

/// A node that has not noticed yet cannot put a snapshot of the lost history on the log.
#[tokio::test]
async fn a_snapshot_of_a_lost_history_is_refused() {
    use engawa_server::store::{Snapshot, StateDigest};
    let mut redis = Redis::durable();
    let store = RedisStore::open(redis.options()).await.unwrap();
    store.create(meeting(1), text("first")).await.unwrap();
    redis.back_up();
    let mut tail = store.tail(meeting(1), at(1, 0)).await.unwrap();
    store.append(meeting(1), Epoch(1), vec![text("lost")]).await.unwrap();
    for _ in 0..2 {
        tail.next().await.unwrap();
    }
    redis.lose_since_backup();
    let another = RedisStore::open(redis.options()).await.unwrap();
    another.append(meeting(1), Epoch(1), vec![text("other"), text("more")]).await.unwrap();
    let lost = Snapshot { position: at(1, 2), digest: StateDigest([1; 32]), bytes: text("state with lost") };
    let put = insist(|| store.put_snapshot(meeting(1), lost.clone())).await;
    assert_eq!(put, Err(StoreError::Diverged));
    assert_eq!(another.latest_snapshot(meeting(1)).await, Ok(None));
}

/// Somebody who begins to connect and is not polled any more (an actor that has stopped following because it heals) keeps
/// nobody else from Redis.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_without_being_polled_holds_nobody_up() {
    let mut redis = Redis::durable();
    let store = RedisStore::open(redis.options()).await.unwrap();
    store.create(meeting(1), text("first")).await.unwrap();
    store.head(meeting(1)).await.unwrap();
    redis.kill();
    redis.start();
    until("the loss is noticed", async || store.head(meeting(1)).await.err()).await;
    // Right after an attempt that has failed there is an answer at once; after a moment another attempt begins.
    let abandoned = until("an attempt is under way", async || {
        let mut begun = store.head(meeting(1));
        futures_util::poll!(&mut begun).is_pending().then_some(begun)
    })
    .await;
    insist(|| store.head(meeting(1))).await.unwrap();
    drop(abandoned);
}

/// A node has heard of entries that its reader has not taken, and Redis loses them. Once the reader has made sure that all it
/// has taken is there, it goes on from that; what was only heard does not stand in its way for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_heard_and_not_taken_stands_in_nobodys_way() {
    let mut redis = Redis::durable();
    let store = RedisStore::open(redis.options()).await.unwrap();
    store.create(meeting(1), text("first")).await.unwrap();
    redis.back_up();
    let mut tail = store.tail(meeting(1), at(1, 1)).await.unwrap();
    store.append(meeting(1), Epoch(1), vec![text("lost")]).await.unwrap();
    assert_eq!(tail.next().await.unwrap().payload, "lost");
    drop(tail);
    redis.lose_since_backup();
    insist(|| store.append(meeting(1), Epoch(1), vec![text("other")])).await.unwrap();
    assert_eq!(insist(|| store.tail(meeting(1), at(1, 1))).await.map(drop), Err(StoreError::Diverged));
    let Survey::Present(found) = insist(|| store.survey(meeting(1), at(1, 1))).await.unwrap() else {
        panic!("it is there");
    };
    assert_eq!(found.fork, Some(at(1, 1).seq), "all that was taken is there");
    let mut tail = insist(|| store.tail(meeting(1), at(1, 1))).await.unwrap();
    assert_eq!(tail.next().await.unwrap().payload, "other");
}
