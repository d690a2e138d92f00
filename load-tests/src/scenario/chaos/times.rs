//! How long a fault was felt: from a lost line to the next welcome, and from a command to its ack across the fault.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use super::faults::{Fault, FaultKind};
use crate::measure::{Percentiles, Times, Way};
use crate::scenario::workshop::Details;

/// A line may be noticed as lost this much later than everything runs again.
const NOTICED_WITHIN: Duration = Duration::from_secs(2);

/// What one kind of fault came to.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct FaultTimes {
    /// Which kind.
    pub(crate) kind: FaultKind,
    /// How often it was done.
    pub(crate) count: usize,
    /// From the fault until everything ran again.
    pub(crate) over: Percentiles,
    /// From a line's loss to the next welcome, as clients see it.
    pub(crate) line: Percentiles,
    /// From a command sent to its ack, of commands that were under way across the fault.
    pub(crate) command: Percentiles,
}

/// What all faults came to.
#[derive(Debug, Clone, Default, Serialize)]
pub(crate) struct StormTimes {
    /// By kind; kinds that did not occur are left out. Only lines and commands that met one fault alone.
    pub(crate) kinds: Vec<FaultTimes>,
    /// Lines that met a further fault on their way back.
    pub(crate) lines_over_several: Percentiles,
    /// Commands that met several faults.
    pub(crate) commands_over_several: Percentiles,
}

/// What the faults came to.
pub(super) fn times_of(faults: &[Fault], details: &Details) -> StormTimes {
    let mut found = StormTimes::default();
    let mut by_kind: BTreeMap<FaultKind, (Times, Times)> = BTreeMap::new();
    let (mut lines, mut commands) = (Times::default(), Times::default());
    for loss in &details.losses {
        // One fault at a time is done, so a loss is the work of the one that began last.
        let Some(index) = faults.iter().rposition(|fault| fault.at <= loss.lost) else { continue };
        let fault = &faults[index];
        if fault.node.is_some_and(|node| node != loss.node) || loss.lost > fault.over + NOTICED_WITHIN {
            continue;
        }
        let again = faults.get(index + 1).is_some_and(|next| next.at < loss.back);
        let times = if again { &mut lines } else { &mut by_kind.entry(fault.kind).or_default().0 };
        times.add(loss.back.duration_since(loss.lost));
    }
    for way in &details.ways {
        let overlapped =
            faults.iter().filter(|fault| way.sent <= fault.over && way.acked >= fault.at).count();
        let Some(fault) = faults.iter().find(|fault| crossed(fault, way)) else { continue };
        let times =
            if overlapped > 1 { &mut commands } else { &mut by_kind.entry(fault.kind).or_default().1 };
        times.add(way.acked.duration_since(way.sent));
    }
    for kind in FaultKind::ALL {
        let mine: Vec<&Fault> = faults.iter().filter(|fault| fault.kind == kind).collect();
        let mut over = Times::default();
        mine.iter().for_each(|fault| over.add(fault.over.duration_since(fault.at)));
        let (line, command) = by_kind.remove(&kind).unwrap_or_default();
        if !mine.is_empty() {
            found.kinds.push(FaultTimes {
                kind,
                count: mine.len(),
                over: over.percentiles(),
                line: line.percentiles(),
                command: command.percentiles(),
            });
        }
    }
    found.lines_over_several = lines.percentiles();
    found.commands_over_several = commands.percentiles();
    found
}

fn crossed(fault: &Fault, way: &Way) -> bool {
    let overlaps = way.sent <= fault.over && way.acked >= fault.at;
    match (fault.kind, fault.node) {
        // Everybody's commands wait for Redis, whichever node they are on.
        (FaultKind::RedisKilled | FaultKind::AllKilled, _) => overlaps,
        (FaultKind::NodePaused, node) => overlaps && way.node == node,
        // Who has found a line to the restarted node before this program has noticed it has crossed nothing.
        (FaultKind::NodeKilled | FaultKind::NodeStopped, node) => {
            overlaps && way.node == node && (way.sent <= fault.at || !way.straight)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::client::Loss;

    #[test]
    fn a_fault_is_felt_by_those_it_struck() {
        let begin = Instant::now();
        let at = |ms| begin + Duration::from_millis(ms);
        let fault = |kind, node| Fault { kind, node, at: at(1_000), over: at(2_000) };
        let faults = [
            fault(FaultKind::NodeKilled, Some(1)),
            Fault { at: at(9_000), over: at(9_500), ..fault(FaultKind::RedisKilled, None) },
        ];
        let way = |sent, acked, node, straight| Way { sent: at(sent), acked: at(acked), node, straight };
        let details = Details {
            losses: vec![
                Loss { node: 1, lost: at(1_001), back: at(2_501) },
                Loss { node: 0, lost: at(1_001), back: at(8_000) },
                Loss { node: 1, lost: at(5_000), back: at(8_000) },
                Loss { node: 1, lost: at(1_001), back: at(9_700) },
            ],
            ways: vec![
                way(900, 2_600, Some(1), false),
                way(1_900, 1_910, Some(1), true),
                way(900, 1_910, Some(0), true),
                way(9_100, 9_600, Some(0), true),
                way(9_600, 9_610, Some(0), true),
                way(900, 9_610, Some(1), false),
            ],
        };
        let storm = times_of(&faults, &details);
        let found = storm.kinds;
        assert_eq!(
            found.iter().map(|times| times.kind).collect::<Vec<_>>(),
            [FaultKind::NodeKilled, FaultKind::RedisKilled]
        );
        let (node, redis) = (&found[0], &found[1]);
        assert_eq!((node.line.count, node.command.count), (1, 1));
        assert!(
            (node.line.max_ms - 1_500.0).abs() < 2.0 && (node.command.max_ms - 1_700.0).abs() < 2.0,
            "{node:?}"
        );
        assert_eq!((redis.line.count, redis.command.count), (0, 1));
        assert_eq!((storm.lines_over_several.count, storm.commands_over_several.count), (1, 1));
        assert!((redis.command.max_ms - 500.0).abs() < 1.0, "{redis:?}");
    }
}
