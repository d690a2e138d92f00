//! What every meeting of a hub shares, and what a test may give it instead of the real thing.

use std::sync::Arc;

use uuid::Uuid;

use super::aside::Aside;
use super::limits::HubLimits;
use super::neighbours::{KnownNodes, NodeId};
#[cfg(any(test, feature = "test-support"))]
use super::sabotage::Sabotage;
use crate::chance::{Chance, SystemChance};
use crate::clock::Clock;
use crate::store::hearsay::{Hearsay, NoHearsay};

/// What every meeting of a hub shares.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// The bounds.
    pub limits: Arc<HubLimits>,
    /// The server's clock.
    pub clock: Arc<dyn Clock>,
    /// Where chance comes from.
    pub chance: Arc<dyn Chance>,
    /// The way to the other nodes, if there can be any.
    pub hearsay: Arc<dyn Hearsay>,
    /// This node, for the others.
    pub node: NodeId,
    /// The others that have been heard.
    pub known: Arc<KnownNodes>,
    /// Where what takes long is done.
    pub aside: Aside,
    /// Bugs put in on purpose.
    #[cfg(any(test, feature = "test-support"))]
    pub sabotage: Sabotage,
}

impl Surroundings {
    /// What a real node has that is alone: these bounds, this clock, the system's chance.
    #[must_use]
    pub fn new(limits: HubLimits, clock: Arc<dyn Clock>) -> Self {
        Self {
            limits: Arc::new(limits),
            clock,
            chance: Arc::new(SystemChance),
            hearsay: Arc::new(NoHearsay),
            node: NodeId(Uuid::new_v4()),
            known: Arc::default(),
            aside: Aside::Thread,
            #[cfg(any(test, feature = "test-support"))]
            sabotage: Sabotage::default(),
        }
    }
}
