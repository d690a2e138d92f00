//! Gestures of people on other nodes that have been shown here and must end: when they are over, when their node goes,
//! or, if nobody says so, after a while.

use std::collections::BTreeMap;

use engawa_protocol::{BoardId, PersonId};
use tokio::time::Instant;

use super::NodeId;
use crate::hub::members::ConnectionId;
use crate::limits::GESTURES_HELD_MAX;

/// Whose gesture on which board.
pub(super) type Shown = (PersonId, BoardId);

/// Gestures that have been shown and not been taken back.
#[derive(Debug, Default)]
pub(in crate::hub) struct HeldGestures(BTreeMap<(NodeId, ConnectionId), (Shown, Instant)>);

impl HeldGestures {
    /// A gesture is shown until then, unless it is over before.
    pub(super) fn hold(&mut self, key: (NodeId, ConnectionId), shown: Shown, until: Instant) {
        if self.0.len() < GESTURES_HELD_MAX || self.0.contains_key(&key) {
            self.0.insert(key, (shown, until));
        }
    }

    /// A gesture is over.
    pub(super) fn release(&mut self, key: (NodeId, ConnectionId)) {
        self.0.remove(&key);
    }

    /// Takes out those whose time is over.
    pub(super) fn take_over(&mut self, now: Instant) -> Vec<Shown> {
        self.take(|_, until| until <= now)
    }

    /// Takes out those of a node.
    pub(super) fn take_of(&mut self, node: NodeId) -> Vec<Shown> {
        self.take(|of, _| of == node)
    }

    /// When the next one is over.
    #[must_use]
    pub(super) fn due(&self) -> Option<Instant> {
        self.0.values().map(|(_, until)| *until).min()
    }

    fn take(&mut self, over: impl Fn(NodeId, Instant) -> bool) -> Vec<Shown> {
        let mut taken = Vec::new();
        self.0.retain(|(node, _), (shown, until)| {
            let over = over(*node, *until);
            if over {
                taken.push(*shown);
            }
            !over
        });
        taken
    }
}
