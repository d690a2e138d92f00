//! What this node has read of each meeting, as the last links of its chain of hashes: enough to notice that a
//! log is no longer the one that was read. Forgets meetings and old links; what is forgotten is not compared.

use std::collections::VecDeque;

use dashmap::DashMap;

use super::record::{Chain, Linked};
use crate::limits;
use crate::store::{Epoch, MeetingId, Position, Seq};

/// What a log says about a place, held against what was read of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The same, or nothing known of it.
    Agrees,
    /// Another history.
    Differs,
}

/// The links of all meetings that are or were followed.
#[derive(Debug, Default)]
pub(super) struct Trails(DashMap<MeetingId, Trail>);

/// The links of entries `first ..`, without a gap.
#[derive(Debug)]
struct Trail {
    epoch: Epoch,
    first: u64,
    links: VecDeque<Chain>,
}

impl Trail {
    fn at(&self, epoch: Epoch, seq: Seq) -> Option<Chain> {
        let place = usize::try_from(seq.0.checked_sub(self.first)?).ok()?;
        if epoch == self.epoch { self.links.get(place).copied() } else { None }
    }

    fn judge(&self, epoch: Epoch, seq: Seq, chain: Chain) -> Verdict {
        match self.at(epoch, seq) {
            Some(known) if known != chain => Verdict::Differs,
            Some(_) | None => Verdict::Agrees,
        }
    }
}

impl Trails {
    /// The link that was read at a place.
    pub(super) fn at(&self, meeting: MeetingId, place: Position) -> Option<Chain> {
        self.0.get(&meeting)?.at(place.epoch, place.seq)
    }

    /// The links that were read up to a place: the number of the first, and all of them.
    pub(super) fn up_to(&self, meeting: MeetingId, place: Position) -> Option<(u64, Vec<Chain>)> {
        let trail = self.0.get(&meeting)?;
        let count = place.seq.0.checked_sub(trail.first)?.checked_add(1)?;
        (trail.epoch == place.epoch).then(|| {
            (trail.first, trail.links.iter().copied().take(count.try_into().unwrap_or(usize::MAX)).collect())
        })
    }

    /// Holds a piece of the log against what was read: the link before it (if known) and its entries, which lie
    /// without a gap behind `after`. If it agrees, it is remembered.
    pub(super) fn follow(
        &self,
        meeting: MeetingId,
        after: Position,
        before: Option<Chain>,
        entries: &[Linked],
    ) -> Verdict {
        if !self.0.contains_key(&meeting) {
            self.make_room();
        }
        let mut trail = self.0.entry(meeting).or_insert_with(|| Trail {
            epoch: after.epoch,
            first: after.seq.0,
            links: VecDeque::new(),
        });
        let epoch = after.epoch;
        let links = before.map(|chain| (after.seq, chain)).into_iter();
        let links = links.chain(entries.iter().map(|linked| (linked.entry.seq, linked.chain)));
        if links.clone().any(|(seq, chain)| trail.judge(epoch, seq, chain) == Verdict::Differs) {
            return Verdict::Differs;
        }
        for (seq, chain) in links {
            let next = trail.first + trail.links.len() as u64;
            if trail.epoch != epoch || seq.0 > next {
                // Another epoch, or a gap that nobody here has read across: begin anew.
                *trail = Trail { epoch, first: seq.0, links: VecDeque::from([chain]) };
            } else if seq.0 == next {
                trail.links.push_back(chain);
                if trail.links.len() > limits::REDIS_TRAIL_COUNT {
                    trail.links.pop_front();
                    trail.first += 1;
                }
            }
        }
        Verdict::Agrees
    }

    /// The same for what is read without being followed: it prolongs or begins a trail, and never replaces one.
    pub(super) fn note(
        &self,
        meeting: MeetingId,
        after: Position,
        before: Option<Chain>,
        entries: &[Linked],
    ) {
        let joins = self.0.get(&meeting).is_none_or(|trail| {
            let next = trail.first + trail.links.len() as u64;
            trail.epoch == after.epoch && (trail.first..=next).contains(&after.seq.0)
        });
        if joins {
            // Whoever follows the log finds out by themselves that it differs.
            let _ = self.follow(meeting, after, before, entries);
        }
    }

    /// The same for news, which may have left something out: they only prolong what is there.
    pub(super) fn hear(
        &self,
        meeting: MeetingId,
        after: Position,
        before: Chain,
        entries: &[Linked],
    ) -> Verdict {
        let joins = self.0.get(&meeting).is_some_and(|trail| {
            let next = trail.first + trail.links.len() as u64;
            trail.epoch == after.epoch && (trail.first..=next).contains(&after.seq.0)
        });
        if joins { self.follow(meeting, after, Some(before), entries) } else { Verdict::Agrees }
    }

    /// Forgets what follows a place.
    pub(super) fn forget_after(&self, meeting: MeetingId, place: Position) {
        let Some(mut trail) = self.0.get_mut(&meeting) else { return };
        if trail.epoch == place.epoch {
            let kept = place.seq.0.checked_sub(trail.first).map_or(0, |count| count + 1);
            trail.links.truncate(usize::try_from(kept).unwrap_or(usize::MAX));
        }
    }

    /// Forgets a meeting.
    pub(super) fn forget(&self, meeting: MeetingId) {
        self.0.remove(&meeting);
    }

    /// Any one goes: with this many meetings on one node, comparing fewer is the lesser harm.
    fn make_room(&self) {
        if self.0.len() >= limits::REDIS_TRAILS {
            let any = self.0.iter().next().map(|trail| *trail.key());
            if let Some(any) = any {
                self.0.remove(&any);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::store::{LogEntry, Timestamp};

    const MEETING: MeetingId = MeetingId(uuid::Uuid::nil());

    fn at(epoch: u64, seq: u64) -> Position {
        Position { epoch: Epoch(epoch), seq: Seq(seq) }
    }

    fn entries(first: u64, links: &[u64]) -> Vec<Linked> {
        (first..)
            .zip(links)
            .map(|(seq, link)| Linked {
                entry: LogEntry { seq: Seq(seq), at: Timestamp(0), payload: Bytes::new() },
                chain: Chain(*link),
            })
            .collect()
    }

    #[test]
    fn another_history_is_noticed_wherever_it_begins() {
        let trails = Trails::default();
        let follow = |after, before: u64, first, links: &[u64]| {
            trails.follow(MEETING, after, Some(Chain(before)), &entries(first, links))
        };
        assert_eq!(follow(at(1, 4), 40, 5, &[50, 60, 70]), Verdict::Agrees);
        assert_eq!(follow(at(1, 5), 50, 6, &[60, 70, 80]), Verdict::Agrees, "read again, and one more");
        assert_eq!(follow(at(1, 8), 81, 9, &[]), Verdict::Differs, "the link before differs");
        assert_eq!(follow(at(1, 6), 60, 7, &[71]), Verdict::Differs, "an entry differs");
        assert_eq!(follow(at(1, 2), 20, 3, &[30, 41]), Verdict::Differs, "from below");
        assert_eq!(follow(at(1, 8), 80, 9, &[90]), Verdict::Agrees);
        assert_eq!(follow(at(2, 8), 81, 9, &[91]), Verdict::Agrees, "another epoch is another history");
        assert_eq!(trails.at(MEETING, at(2, 9)), Some(Chain(91)));
        assert_eq!(trails.at(MEETING, at(1, 9)), None);
    }

    #[test]
    fn old_links_are_forgotten_and_gaps_begin_anew() {
        let trails = Trails::default();
        let links: Vec<u64> = (1..=limits::REDIS_TRAIL_COUNT as u64 + 10).collect();
        trails.follow(MEETING, at(1, 0), Some(Chain(0)), &entries(1, &links));
        assert_eq!(trails.at(MEETING, at(1, 10)), None);
        assert_eq!(trails.at(MEETING, at(1, 11)), Some(Chain(11)));
        trails.follow(MEETING, at(1, 90_000), Some(Chain(3)), &[]);
        assert_eq!(trails.at(MEETING, at(1, 11)), None);
        trails.forget_after(MEETING, at(1, 90_000));
        assert_eq!(trails.at(MEETING, at(1, 90_000)), Some(Chain(3)));
        trails.forget_after(MEETING, at(1, 89_999));
        assert_eq!(trails.at(MEETING, at(1, 90_000)), None);
        trails.follow(MEETING, at(1, 90_000), Some(Chain(4)), &[]);
        trails.forget(MEETING);
        assert_eq!(trails.at(MEETING, at(1, 90_000)), None);
    }
}
