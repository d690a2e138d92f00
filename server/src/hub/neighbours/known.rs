//! All other nodes that this one has heard of lately, whatever the meeting: for operators.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use super::NodeId;
use crate::limits::NODES_MAX;
use crate::observe::metrics;

/// Other nodes and until when they count as there.
#[derive(Debug, Default)]
pub struct KnownNodes(Mutex<BTreeMap<NodeId, Instant>>);

impl KnownNodes {
    /// A node has been heard.
    pub(super) fn heard(&self, node: NodeId, until: Instant) {
        let news = {
            // Nothing under this lock panics.
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= NODES_MAX && !known.contains_key(&node) {
                return;
            }
            known.insert(node, until).is_none()
        };
        if news {
            tracing::info!(%node, "another node is heard");
        }
    }

    /// How many there are now; forgets those that have been silent for too long.
    pub(in crate::hub) fn count(&self, now: Instant) -> usize {
        let mut silent = Vec::new();
        let count = {
            // As above.
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            known.retain(|node, until| {
                let there = *until > now;
                if !there {
                    silent.push(*node);
                }
                there
            });
            known.len()
        };
        for node in silent {
            tracing::info!(%node, "another node is no longer heard");
        }
        metrics::nodes_known(count);
        count
    }
}
