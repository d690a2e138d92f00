//! The store contract, run against every store of this crate, plain and behind a faulty one.

use std::sync::{Arc, Mutex};

use engawa_server::clock::ManualClock;
use engawa_server::store::contract::{Bench, Delivery};
use engawa_server::store::embedded::EmbeddedStore;
use engawa_server::store::faulty::{FaultPlan, FaultyStore};
use engawa_server::store::memory::MemoryStore;
use engawa_server::store::{Store, Timestamp};
use engawa_server::store_contract;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tempfile::TempDir;

struct MemoryBench {
    clock: Arc<ManualClock>,
    last: Mutex<Option<Arc<MemoryStore>>>,
}

impl MemoryBench {
    fn new() -> Self {
        Self { clock: Arc::new(ManualClock::new(Timestamp(1_000))), last: Mutex::new(None) }
    }
}

impl Bench for MemoryBench {
    fn open(&self) -> BoxFuture<'_, Arc<dyn Store>> {
        async {
            let mut last = self.last.lock().unwrap();
            let store = Arc::new(match &*last {
                Some(store) => store.reopen(),
                None => MemoryStore::new(self.clock.clone()),
            });
            *last = Some(store.clone());
            store as Arc<dyn Store>
        }
        .boxed()
    }

    fn clock(&self) -> Option<&ManualClock> {
        Some(&self.clock)
    }

    fn delivery(&self) -> Delivery {
        Delivery::ExactlyOnce
    }
}

struct EmbeddedBench {
    clock: Arc<ManualClock>,
    folder: TempDir,
}

impl EmbeddedBench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { clock: Arc::new(ManualClock::new(Timestamp(1_000))), folder }
    }
}

impl Bench for EmbeddedBench {
    fn open(&self) -> BoxFuture<'_, Arc<dyn Store>> {
        async {
            let store = EmbeddedStore::open(self.folder.path(), self.clock.clone()).await.unwrap();
            Arc::new(store) as Arc<dyn Store>
        }
        .boxed()
    }

    fn clock(&self) -> Option<&ManualClock> {
        Some(&self.clock)
    }

    fn delivery(&self) -> Delivery {
        Delivery::ExactlyOnce
    }
}

/// Any bench, its store made to fail often.
struct FaultyBench<B>(B);

impl<B: Bench> Bench for FaultyBench<B> {
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
        self.0.clock()
    }

    fn delivery(&self) -> Delivery {
        Delivery::AtLeastOnce
    }
}

store_contract!(memory, MemoryBench::new());
store_contract!(embedded, EmbeddedBench::new());
store_contract!(faulty_memory, FaultyBench(MemoryBench::new()));
store_contract!(faulty_embedded, FaultyBench(EmbeddedBench::new()));
