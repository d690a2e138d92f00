//! Several nodes that serve one meeting: three hubs over one store in memory and over one real Redis, and three real
//! processes behind the proxy of `server/deploy`.

mod presence;
#[cfg(unix)]
mod proxy;
mod serving;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use engawa_domain::{Input, Origin, SystemInput};
use engawa_protocol::{Epoch, Language, MeetingId, PersonId, Position, Seq};
use engawa_server::clock::SystemClock;
use engawa_server::hub::HubLimits;
use engawa_server::store::Store;
use engawa_server::store::hearsay::{Ear, Hearsay, LocalHearsay};
use engawa_server::store::memory::MemoryStore;
use engawa_server::store::redis::RedisStore;
use uuid::Uuid;

use crate::support::redis::{Redis, read_all, until};
use crate::support::venue::tiny;
use crate::support::{Person, Venue};

/// A way to the other nodes that can be cut, as when the node is killed.
#[derive(Debug)]
struct Cut {
    inner: Arc<dyn Hearsay>,
    cut: AtomicBool,
}

impl Hearsay for Cut {
    fn reaches_others(&self) -> bool {
        true
    }

    fn tell(&self, meeting: MeetingId, words: Bytes) {
        if !self.cut.load(Ordering::Relaxed) {
            self.inner.tell(meeting, words);
        }
    }

    fn listen(&self, meeting: MeetingId) -> Ear {
        self.inner.listen(meeting)
    }
}

/// Three nodes and what they share.
struct Nodes {
    venues: Vec<Venue>,
    lines: Vec<Arc<Cut>>,
    // Declared last: it ends after them.
    _redis: Option<Redis>,
}

/// Rare things all the time, but nobody is forgotten because the machine is busy, and the whole log stays to be counted.
fn limits() -> HubLimits {
    HubLimits {
        ring_entries: 1024,
        announce_every: Duration::from_millis(200),
        announce_expiry: Duration::from_secs(3),
        announce_window: Duration::from_millis(5),
        place_delay: Duration::from_millis(200),
        unavailable_after: Duration::from_secs(15),
        catch_up_wait: Duration::from_secs(10),
        gesture_expiry: Duration::from_secs(1),
        snapshot_entries: 1_000_000,
        snapshot_after: Duration::from_secs(3600),
        ..tiny()
    }
}

impl Nodes {
    async fn in_memory(limits: HubLimits) -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
        let hearsay: Arc<dyn Hearsay> = Arc::new(LocalHearsay::default());
        let shared = (0..3).map(|_| (Arc::clone(&store), Arc::clone(&hearsay))).collect();
        Self::over(shared, limits, None).await
    }

    /// Each with connections of its own.
    async fn on_redis(limits: HubLimits) -> Self {
        let redis = Redis::durable();
        let mut shared: Vec<(Arc<dyn Store>, Arc<dyn Hearsay>)> = Vec::new();
        for _ in 0..3 {
            let store = Arc::new(RedisStore::open(redis.options()).await.expect("a store"));
            shared.push((Arc::clone(&store) as Arc<dyn Store>, store));
        }
        Self::over(shared, limits, Some(redis)).await
    }

    async fn over(
        shared: Vec<(Arc<dyn Store>, Arc<dyn Hearsay>)>,
        limits: HubLimits,
        redis: Option<Redis>,
    ) -> Self {
        let (mut venues, mut lines) = (Vec::new(), Vec::new());
        let mut meeting = MeetingId(Uuid::nil());
        for (store, hearsay) in shared {
            let line = Arc::new(Cut { inner: hearsay, cut: AtomicBool::new(false) });
            let hearsay = Arc::clone(&line) as Arc<dyn Hearsay>;
            let mut venue = Venue::node(store, hearsay, limits.clone(), meeting);
            if venues.is_empty() {
                let title = "第5回研究会".to_owned();
                meeting = venue.hub.create(title, Language::Ja, "進行 1".into()).await.expect("a meeting");
                venue.meeting = meeting;
            }
            venues.push(venue);
            lines.push(line);
        }
        let nodes = Self { venues, lines, _redis: redis };
        nodes.until_acquainted().await;
        nodes
    }

    /// Waits until each has the meeting in memory and knows the two others.
    async fn until_acquainted(&self) {
        for venue in &self.venues {
            venue.look(|_| ()).await;
        }
        for venue in &self.venues {
            until("all three are known", async || (venue.hub.nodes_known() == 3).then_some(())).await;
        }
    }

    /// As `kill -9` would: the others hear nothing of it.
    async fn kill(&mut self, index: usize) {
        self.lines[index].cut.store(true, Ordering::Relaxed);
        self.venues[index].close().await;
    }

    /// In the order in which they speak for all.
    fn in_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.venues.len()).collect();
        order.sort_by_key(|index| {
            let venue = &self.venues[*index];
            venue.hub.node().0.as_u128() ^ venue.meeting.0.as_u128()
        });
        order
    }

    /// What the system has said, and how often each.
    async fn said_by_system(&self) -> BTreeMap<String, (SystemInput, u32)> {
        let venue = &self.venues[0];
        let start = Position { epoch: Epoch(1), seq: Seq(0) };
        let mut said = BTreeMap::new();
        for entry in read_all(&**venue.hub.store(), venue.meeting, start).await {
            let input: Input = serde_json::from_slice(&entry.payload).expect("an entry");
            if let Origin::System { input } = input.origin {
                said.entry(format!("{input:?}")).or_insert((input, 0)).1 += 1;
            }
        }
        said
    }

    async fn count(&self, what: &SystemInput) -> u32 {
        self.said_by_system().await.get(&format!("{what:?}")).map_or(0, |(_, count)| *count)
    }

    async fn listen(&mut self) {
        for venue in &mut self.venues {
            venue.listen().await;
        }
    }
}

fn is_told_online(person: PersonId) -> impl Fn(&Person) -> bool {
    move |me| me.presence.iter().any(|news| news.online.contains(&person))
}

/// Whether the last word about a person is that they have gone.
fn is_told_gone(person: PersonId) -> impl Fn(&Person) -> bool {
    move |me| {
        me.presence.iter().rev().find_map(|news| {
            if news.online.contains(&person) {
                Some(false)
            } else {
                (news.full || news.offline.contains(&person)).then_some(true)
            }
        }) == Some(true)
    }
}
