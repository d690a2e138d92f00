//! The Redis store on real servers: the contract, plain, behind a faulty store and on a cluster; what is checked
//! at the start; lost answers, killed servers, failovers.

mod checks;
mod cluster;
pub(crate) mod faults;
mod sentinel;
mod tls;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::support::redis::Redis;
use engawa_server::clock::ManualClock;
use engawa_server::store::Store;
use engawa_server::store::contract::{Bench, Delivery};
use engawa_server::store::faulty::{FaultPlan, FaultyStore};
use engawa_server::store::redis::RedisStore;
use engawa_server::store_contract;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

/// A Redis of its own for each promise. Before the store is opened again, Redis is killed and started.
struct RedisBench {
    redis: Mutex<Redis>,
    opened: AtomicBool,
}

impl RedisBench {
    fn new() -> Self {
        Self { redis: Mutex::new(Redis::durable()), opened: AtomicBool::new(false) }
    }
}

impl Bench for RedisBench {
    fn open(&self) -> BoxFuture<'_, Arc<dyn Store>> {
        let options = {
            let mut redis = self.redis.lock().unwrap();
            if self.opened.swap(true, Ordering::SeqCst) {
                redis.kill();
                redis.start();
            }
            redis.options()
        };
        async { Arc::new(RedisStore::open(options).await.unwrap()) as Arc<dyn Store> }.boxed()
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
