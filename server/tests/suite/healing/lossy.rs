//! Three nodes behind a proxy that loses a tenth of what passes: every acknowledged command counts once.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use engawa_server::store::redis::RedisStore;

use super::{brisk, named, store, until_shows};
use crate::store::redis::faults::LossyProxy;
use crate::support::redis::{Redis, until};
use crate::support::{Venue, note};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commands_count_once_through_a_proxy_that_loses_a_tenth() {
    const COMMANDS: usize = 60;
    let redis = Redis::durable();
    let proxy = LossyProxy::start(redis.socket(), 11).await;
    let home = Venue::over(store(&redis).await, brisk()).await;
    let mut writers = Vec::new();
    for node in ["a", "b", "c"] {
        let options = proxy.options();
        let store =
            until("the check gets through", async || RedisStore::open(options.clone()).await.ok()).await;
        let mut venue = home.beside(Arc::new(store));
        writers.push(tokio::spawn(async move {
            for text in named(node, COMMANDS) {
                venue.insist(note(&text)).await;
            }
            venue
        }));
    }
    let mut nodes = vec![home];
    for writer in writers {
        nodes.push(writer.await.unwrap());
    }
    let all = [named("a", COMMANDS), named("b", COMMANDS), named("c", COMMANDS)].concat();
    for node in &nodes {
        until_shows(node, "each once", all.clone()).await;
    }
    assert_eq!(nodes[0].texts().await.unwrap().0.epoch.0, 1, "nothing was lost, so nothing was healed");
    let (requests, replies) =
        (proxy.lost_requests.load(Ordering::SeqCst), proxy.lost_replies.load(Ordering::SeqCst));
    assert!(requests > 5 && replies > 5, "lost {requests} requests and {replies} replies");
}
