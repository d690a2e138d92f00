//! Several nodes on a real Redis: what its keys and, once it has rewritten them, its files hold; nodes that slept through it;
//! a Redis that comes back from before it.

use std::path::Path;
use std::sync::Arc;

use engawa_protocol::{CloseCode, PersonId};
use engawa_server::hub::HubLimits;
use engawa_server::store::redis::RedisStore;

use super::{MARKERS, NOTE, assert_nothing_of_them, erase, holds, invited};
use crate::support::redis::{Redis, until};
use crate::support::{Person, Venue, note};

fn limits() -> HubLimits {
    HubLimits {
        heal_after: std::time::Duration::from_millis(300),
        retry_first: std::time::Duration::from_millis(5),
        retry_max: std::time::Duration::from_millis(50),
        ..HubLimits::default()
    }
}

async fn store(redis: &Redis) -> Arc<RedisStore> {
    Arc::new(RedisStore::open(redis.options()).await.unwrap())
}

/// Two nodes, the person's note on both, and the person.
async fn two_nodes(redis: &Redis) -> (Venue, Venue, PersonId) {
    let mut one = Venue::over(store(redis).await, limits()).await;
    let other = one.beside(store(redis).await);
    let person = invited(&mut one).await;
    Person::enter(&one, person).await.ask(note(NOTE)).await.unwrap();
    until("the other follows", async || (other.texts().await?.1 == [NOTE]).then_some(())).await;
    (one, other, person)
}

/// All values of all keys, as Redis would write them to its disk: a rewritten file, not its compressed dump.
fn rewritten(redis: &Redis) -> Vec<u8> {
    // One of entries is `listpack` or `stream`; nothing is compressed with this.
    assert_eq!(redis.cli(&["config", "set", "rdbcompression", "no"]), "OK");
    let before = info(redis, "aof_rewrites");
    redis.cli(&["bgrewriteaof"]);
    let from = std::time::Instant::now();
    while info(redis, "aof_rewrites") == before || info(redis, "aof_rewrite_in_progress") != "0" {
        assert!(from.elapsed() < crate::support::PATIENCE, "it does not rewrite its file");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    folder_bytes(&redis.appended())
}

fn info(redis: &Redis, field: &str) -> String {
    let all = redis.cli(&["info", "persistence"]);
    let line = all.lines().find_map(|line| line.trim().strip_prefix(&format!("{field}:")).map(str::to_owned));
    line.unwrap_or_default()
}

fn folder_bytes(folder: &Path) -> Vec<u8> {
    std::fs::read_dir(folder).unwrap().flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
}

async fn until_without_them(venue: &Venue, what: &str) {
    until(what, async || (venue.texts().await?.1.iter().all(|text| text != NOTE)).then_some(())).await;
}

/// ER2: the answer comes when no key holds anything any more; whoever is connected elsewhere is told; a node that slept
/// through it brings nothing back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn er2_no_key_and_no_node_keeps_the_person() {
    let redis = Redis::durable();
    let (mut one, other, person) = two_nodes(&redis).await;
    let sleeper = one.beside(store(&redis).await);
    until("the sleeper follows", async || (sleeper.texts().await?.1 == [NOTE]).then_some(())).await;
    let mut elsewhere = Person::enter(&other, person).await;
    let before = rewritten(&redis);
    for marker in MARKERS {
        assert!(holds(&before, marker), "{marker}: not even there before");
    }
    sleeper.faults.break_down();
    erase(&one, person).await;
    assert_nothing_of_them(&rewritten(&redis), "Redis when it is answered");
    assert_eq!(elsewhere.until_closed().await, CloseCode::PersonErased);
    until_without_them(&other, "the other node shows nothing of them").await;
    sleeper.faults.heal();
    until_without_them(&sleeper, "nor does the one that slept").await;
    one.insist(note("つづき")).await;
    until("all go on", async || (sleeper.texts().await?.1 == ["つづき"]).then_some(())).await;
    assert_nothing_of_them(&rewritten(&redis), "Redis when all nodes are there again");
}

/// ER2: Redis comes back from before the erasure. The nodes hold the state without the person, and put that back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn er2_a_redis_from_before_the_erasure_does_not_bring_them_back() {
    let mut redis = Redis::durable();
    let (mut one, other, person) = two_nodes(&redis).await;
    redis.back_up();
    erase(&one, person).await;
    until_without_them(&other, "the other node follows").await;
    redis.lose_since_backup();
    one.insist(note("つづき")).await;
    for node in [&one, &other] {
        until("nodes go on without them", async || (node.texts().await?.1 == ["つづき"]).then_some(())).await;
    }
    let third = one.beside(store(&redis).await);
    assert_eq!(third.texts().await.unwrap().1, ["つづき"]);
    assert_nothing_of_them(&rewritten(&redis), "Redis after it was healed");
}

/// ER2: one node erases, then Redis loses that, and another node that knew nothing of it goes on from before. When both
/// histories become one, the erasure is decided again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn er2_an_erasure_on_the_losing_side_of_a_fork_is_decided_again() {
    let mut redis = Redis::durable();
    let (one, mut other, person) = two_nodes(&redis).await;
    redis.back_up();
    other.faults.break_down();
    erase(&one, person).await;
    one.faults.break_down();
    redis.lose_since_backup();
    other.faults.heal();
    // The longer history by far: it wins.
    for number in 0..8 {
        other.insist(note(&format!("別の歴史{number}"))).await;
    }
    assert!(other.texts().await.unwrap().1.contains(&NOTE.to_owned()), "they are there in that history");
    one.faults.heal();
    for node in [&one, &other] {
        until_without_them(node, "the erasure is decided again").await;
        until("nothing else is lost", async || (node.texts().await?.1.len() == 8).then_some(())).await;
    }
    until("and purged", async || {
        let up_to = other.look(|meeting| meeting.erased_up_to()).await?;
        (other.hub.store().head(other.meeting).await.ok()?.floor.seq >= up_to).then_some(())
    })
    .await;
    assert_nothing_of_them(&rewritten(&redis), "Redis in the end");
}
