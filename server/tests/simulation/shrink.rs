//! Makes a plan that fails as small as it gets: leaves out faults, people, deeds, bad lines and nodes for as long as it
//! still fails.

use crate::plan::{Network, Plan};

/// Runs that a shrink may take.
const TRIES: usize = 400;

/// The smallest plan found that still fails.
pub(crate) fn shrink(plan: &Plan, fails: impl Fn(&Plan) -> bool) -> Plan {
    let mut best = plan.clone();
    let mut tries = 0;
    loop {
        let mut smaller = false;
        let mut index = 0;
        // Large steps come first; each candidate that still fails begins the list anew at its place.
        while let Some(candidate) = candidates(&best).into_iter().nth(index) {
            if tries == TRIES {
                return best;
            }
            tries += 1;
            if fails(&candidate) {
                best = candidate;
                smaller = true;
            } else {
                index += 1;
            }
        }
        if !smaller {
            return best;
        }
    }
}

/// Plans that are a little smaller.
fn candidates(plan: &Plan) -> Vec<Plan> {
    let mut smaller = Vec::new();
    let mut change = |change: &dyn Fn(&mut Plan)| {
        let mut other = plan.clone();
        change(&mut other);
        if other != *plan {
            smaller.push(other);
        }
    };
    change(&|plan| plan.faults.clear());
    change(&|plan| plan.network = Network { delay_ms: plan.network.delay_ms, ..Network::default() });
    change(&|plan| plan.nodes = 1);
    for index in (0..plan.clients.len()).rev() {
        change(&|plan| {
            plan.clients.remove(index);
        });
    }
    for index in (0..plan.faults.len()).rev() {
        change(&|plan| {
            plan.faults.remove(index);
        });
    }
    for (index, client) in plan.clients.iter().enumerate() {
        let half = client.steps.len() / 2;
        change(&|plan| plan.clients[index].steps.truncate(half));
        change(&|plan| {
            plan.clients[index].steps.drain(..half);
        });
    }
    for (index, client) in plan.clients.iter().enumerate() {
        for step in (0..client.steps.len()).rev() {
            change(&|plan| {
                plan.clients[index].steps.remove(step);
            });
        }
    }
    change(&|plan| plan.network.lost_requests = 0);
    change(&|plan| plan.network.lost_replies = 0);
    change(&|plan| plan.network.doubled_appends = 0);
    change(&|plan| plan.network.cut_tails = 0);
    change(&|plan| plan.network.lost_hearsay = 0);
    change(&|plan| plan.network.delay_ms = 0);
    change(&|plan| plan.tiny = false);
    change(&|plan| plan.nodes = plan.nodes.saturating_sub(1).max(1));
    smaller
}
