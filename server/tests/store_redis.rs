//! The store contract on a real Redis: plain, behind a faulty store.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod redis_support;

use std::sync::Arc;

use engawa_server::clock::ManualClock;
use engawa_server::store::Store;
use engawa_server::store::contract::{Bench, Delivery};
use engawa_server::store::faulty::{FaultPlan, FaultyStore};
use engawa_server::store::redis::RedisStore;
use engawa_server::store_contract;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use redis_support::Redis;

/// A Redis of its own for each promise; opening the store again is a new node on the same Redis.
struct RedisBench(Redis);

impl RedisBench {
    fn new() -> Self {
        Self(Redis::durable())
    }
}

impl Bench for RedisBench {
    fn open(&self) -> BoxFuture<'_, Arc<dyn Store>> {
        async { Arc::new(RedisStore::open(self.0.options()).await.unwrap()) as Arc<dyn Store> }.boxed()
    }

    fn clock(&self) -> Option<&ManualClock> {
        None
    }

    fn delivery(&self) -> Delivery {
        Delivery::ExactlyOnce
    }
}

/// The same, its store made to fail often.
struct FaultyBench(RedisBench);

impl Bench for FaultyBench {
    fn open(&self) -> BoxFuture<'_, Arc<dyn Store>> {
        async {
            let plan = FaultPlan {
                seed: 20_260,
                fail_write_permille: 150,
                lose_answer_permille: 150,
                fail_read_permille: 100,
                cut_tail_permille: 20,
                delay_permille: 20,
                delay_max_ms: 2,
            };
            Arc::new(FaultyStore::new(self.0.open().await, plan)) as Arc<dyn Store>
        }
        .boxed()
    }

    fn clock(&self) -> Option<&ManualClock> {
        None
    }

    fn delivery(&self) -> Delivery {
        Delivery::AtLeastOnce
    }
}

store_contract!(redis, RedisBench::new());
store_contract!(faulty_redis, FaultyBench(RedisBench::new()));
