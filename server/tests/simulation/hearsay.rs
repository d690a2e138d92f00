//! What simulated nodes tell each other beside the log: a line from each to each that loses, doubles and delays, and is cut
//! together with the node's line to the store (on the real one both go through the same server).

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use engawa_protocol::MeetingId;
use engawa_server::store::hearsay::{Ear, Hearsay, LocalHearsay};
use rand::Rng as _;
use rand::rngs::StdRng;

use crate::dice::{falls, stream};
use crate::link::StoreLink;
use crate::world::{World, lock};

/// A node that listens: its ear, and the line that has to hold for it.
type Listening = (Arc<LocalHearsay>, Arc<StoreLink>);

/// The ears of all nodes, by number.
#[derive(Debug)]
pub(crate) struct Rumours {
    world: Arc<World>,
    ears: Vec<Mutex<Option<Listening>>>,
}

impl Rumours {
    pub(crate) fn new(world: &Arc<World>, nodes: usize) -> Arc<Self> {
        Arc::new(Self { world: Arc::clone(world), ears: (0..nodes).map(|_| Mutex::default()).collect() })
    }

    /// A node's way to the others, for one life of it.
    pub(crate) fn of_node(self: &Arc<Self>, node: usize, life: u64, link: &Arc<StoreLink>) -> Arc<Murmur> {
        let ear = Arc::<LocalHearsay>::default();
        *lock(&self.ears[node]) = Some((Arc::clone(&ear), Arc::clone(link)));
        let dice = Mutex::new(stream(self.world.seed, "hearsay", &[node as u64, life]));
        Arc::new(Murmur { rumours: Arc::clone(self), node, link: Arc::clone(link), ear, dice })
    }

    fn pass_on(&self, to: usize, meeting: MeetingId, words: &Bytes) {
        let ear = lock(&self.ears[to]).clone();
        if let Some((ear, _)) = ear.filter(|(_, link)| link.hears()) {
            ear.tell(meeting, words.clone());
        }
    }
}

/// One node's way to the others.
#[derive(Debug)]
pub(crate) struct Murmur {
    rumours: Arc<Rumours>,
    node: usize,
    link: Arc<StoreLink>,
    ear: Arc<LocalHearsay>,
    dice: Mutex<StdRng>,
}

impl Hearsay for Murmur {
    fn reaches_others(&self) -> bool {
        true
    }

    fn tell(&self, meeting: MeetingId, words: Bytes) {
        if !self.link.hears() {
            return;
        }
        let network = self.rumours.world.network();
        for to in 0..self.rumours.ears.len() {
            let mut dice = lock(&self.dice);
            let (is_lost, is_doubled) =
                (falls(&mut dice, network.lost_hearsay), falls(&mut dice, network.lost_hearsay));
            let mut delay = || Duration::from_millis(dice.random_range(0..=network.delay_ms));
            let (first, second) = (delay(), delay());
            drop(dice);
            // A node hears itself, as on a channel.
            if is_lost && to != self.node {
                continue;
            }
            let (rumours, words) = (Arc::clone(&self.rumours), words.clone());
            tokio::spawn(async move {
                tokio::time::sleep(first).await;
                rumours.pass_on(to, meeting, &words);
                if is_doubled {
                    tokio::time::sleep(second).await;
                    rumours.pass_on(to, meeting, &words);
                }
            });
        }
    }

    fn listen(&self, meeting: MeetingId) -> Ear {
        self.ear.listen(meeting)
    }
}
