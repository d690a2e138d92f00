//! Redis loses a part of what it had, or all of it, nodes sleep or are cut off, states differ: it all ends in one agreed
//! state, and nothing acknowledged is lost while one node that applied it lives.

mod deletion;
mod digests;
mod durability;
mod failover;
mod histories;
mod lossy;
pub(crate) mod nodes;

use std::sync::Arc;
use std::time::Duration;

use engawa_server::hub::HubLimits;
use engawa_server::store::redis::RedisStore;

use crate::support::Venue;
use crate::support::redis::{Redis, until};

/// Limits under which healing takes no longer than it must.
fn brisk() -> HubLimits {
    HubLimits {
        heal_after: Duration::from_millis(300),
        absent_patience: Duration::from_secs(3),
        retry_first: Duration::from_millis(5),
        retry_max: Duration::from_millis(50),
        ..HubLimits::default()
    }
}

async fn store(redis: &Redis) -> Arc<RedisStore> {
    Arc::new(RedisStore::open(redis.options()).await.unwrap())
}

/// Two nodes in this process, both with the meeting in memory.
async fn two_nodes(redis: &Redis, limits: HubLimits) -> (Venue, Venue) {
    let one = Venue::over(store(redis).await, limits).await;
    let other = one.beside(store(redis).await);
    assert_eq!(other.texts().await.unwrap().1, [""; 0]);
    (one, other)
}

fn named(name: &str, count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("{name}{number}")).collect()
}

/// Waits until a node shows exactly these notes.
async fn until_shows(venue: &Venue, what: &str, mut texts: Vec<String>) {
    texts.sort();
    let mut seen = None;
    let shown = until(what, async || {
        seen = venue.texts().await;
        seen.clone().filter(|(_, shown)| *shown == texts)
    });
    let waited = tokio::time::timeout(Duration::from_secs(25), shown).await;
    assert!(waited.is_ok(), "{what}: {seen:?}, not {texts:?}");
}

/// Waits until nodes hold one state at one position.
async fn until_agreed(nodes: [&Venue; 2]) {
    until("the nodes agree", async || {
        let (one, other) = (nodes[0].texts().await?, nodes[1].texts().await?);
        (one == other).then_some(())
    })
    .await;
}
