//! Where notes lie in their areas: sparse ranks, ascending. A note finds its rank between its neighbours in
//! O(log n); only when there is no gap left is an area numbered afresh. Must not know what a note is.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use engawa_protocol::limits::SAFE_INTEGER_MAX;
use engawa_protocol::{AreaId, NoteId};
use serde::{Deserialize, Serialize};

/// The gap between ranks when there is no reason for another: twenty notes fit one after the other into the same gap,
/// and eight thousand million notes in a row below the integers that JSON keeps exact.
const STEP: i64 = 1 << 20;

/// The ranks of all notes, by area.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Order {
    areas: BTreeMap<AreaId, BTreeSet<(i64, NoteId)>>,
}

/// Where a note goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spot {
    /// It lies there already.
    Same,
    /// To a rank that is free.
    At(i64),
    /// Before another note, or to the end; the area must be numbered afresh to make room.
    Afresh(Option<NoteId>),
}

impl Order {
    pub(super) fn insert(&mut self, area: AreaId, rank: i64, note: NoteId) {
        self.areas.entry(area).or_default().insert((rank, note));
    }

    pub(super) fn remove(&mut self, area: AreaId, rank: i64, note: NoteId) {
        if let Some(ranks) = self.areas.get_mut(&area) {
            ranks.remove(&(rank, note));
            if ranks.is_empty() {
                self.areas.remove(&area);
            }
        }
    }

    /// The spot at the end of an area, for a note that is new there.
    pub(super) fn end(&self, area: AreaId) -> Spot {
        self.spot(area, None, None)
    }

    /// The spot in an area before a note of that area, or at its end, for a note that may lie in this area already:
    /// `mover` is then its present rank and id, `before` the other note's.
    pub(super) fn spot(
        &self,
        area: AreaId,
        mover: Option<(i64, NoteId)>,
        before: Option<(i64, NoteId)>,
    ) -> Spot {
        let others = |key: &&(i64, NoteId)| Some(**key) != mover;
        let ranks = self.areas.get(&area);
        let previous = match before {
            Some(next) => ranks.and_then(|ranks| ranks.range(..next).rev().find(others)),
            None => ranks.and_then(|ranks| ranks.iter().rev().find(others)),
        };
        let lies_there = mover.is_some_and(|own| {
            previous.is_none_or(|previous| *previous < own) && before.is_none_or(|next| own < next)
        });
        if lies_there {
            return Spot::Same;
        }
        let rank = match (previous, before) {
            (None, None) => Some(STEP),
            (Some((previous, _)), None) => Some(previous + STEP),
            (None, Some((next, _))) => Some(next - STEP),
            (Some((previous, _)), Some((next, _))) => {
                (next - previous >= 2).then(|| previous + (next - previous) / 2)
            }
        };
        match rank.filter(|rank| rank.unsigned_abs() <= SAFE_INTEGER_MAX) {
            Some(rank) => Spot::At(rank),
            None => Spot::Afresh(before.map(|(_, note)| note)),
        }
    }

    /// Numbers an area afresh so that there is room for a note before another, or at the end. Gives that note's rank,
    /// and the new ranks of all others. The note itself must not be in the area.
    pub(super) fn renumber(&mut self, area: AreaId, before: Option<NoteId>) -> (i64, Vec<(i64, NoteId)>) {
        let old = self.areas.remove(&area).unwrap_or_default();
        let mut rank = 0;
        let mut free = None;
        let mut ranks = Vec::with_capacity(old.len());
        for (_, note) in old {
            if before == Some(note) {
                rank += STEP;
                free = Some(rank);
            }
            rank += STEP;
            ranks.push((rank, note));
        }
        self.areas.insert(area, ranks.iter().copied().collect());
        (free.unwrap_or(rank + STEP), ranks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: AreaId = AreaId(0);

    fn place(order: &mut Order, note: u32, spot: Spot) -> i64 {
        let rank = match spot {
            Spot::Same => panic!("a new note lies nowhere"),
            Spot::At(rank) => rank,
            Spot::Afresh(before) => order.renumber(AREA, before).0,
        };
        order.insert(AREA, rank, NoteId(note));
        rank
    }

    fn ids(order: &Order) -> Vec<u32> {
        order.areas[&AREA].iter().map(|(_, note)| note.0).collect()
    }

    fn key(order: &Order, note: u32) -> (i64, NoteId) {
        *order.areas[&AREA].iter().find(|(_, id)| id.0 == note).expect("the note is there")
    }

    #[test]
    fn hundreds_into_the_same_gap_stay_in_order() {
        let mut order = Order::default();
        for note in [1, 2] {
            let spot = order.end(AREA);
            place(&mut order, note, spot);
        }
        let mut afresh = 0;
        for note in 3..400 {
            let spot = order.spot(AREA, None, Some(key(&order, 2)));
            afresh += u32::from(matches!(spot, Spot::Afresh(_)));
            place(&mut order, note, spot);
        }
        let expected: Vec<u32> = [1].into_iter().chain(3..400).chain([2]).collect();
        assert_eq!(ids(&order), expected);
        assert!((10..30).contains(&afresh), "numbered afresh {afresh} times");
    }

    #[test]
    fn front_and_end_never_run_out_of_safe_integers() {
        let mut order = Order::default();
        let edge = i64::try_from(SAFE_INTEGER_MAX).expect("2^53 - 1 fits");
        order.insert(AREA, -edge, NoteId(1));
        order.insert(AREA, edge, NoteId(2));
        assert_eq!(order.end(AREA), Spot::Afresh(None));
        let front = order.spot(AREA, None, Some((-edge, NoteId(1))));
        assert_eq!(front, Spot::Afresh(Some(NoteId(1))));
        place(&mut order, 3, front);
        assert_eq!(ids(&order), [3, 1, 2]);
        assert_eq!(key(&order, 3).0, STEP);
    }

    #[test]
    fn what_lies_there_already_stays() {
        let mut order = Order::default();
        for note in [1, 2, 3] {
            let spot = order.end(AREA);
            place(&mut order, note, spot);
        }
        let [one, two, three] = [1, 2, 3].map(|note| key(&order, note));
        assert_eq!(order.spot(AREA, Some(three), None), Spot::Same);
        assert_eq!(order.spot(AREA, Some(one), Some(two)), Spot::Same);
        assert_eq!(order.spot(AREA, Some(two), None), Spot::At(three.0 + STEP));
        assert_eq!(order.spot(AREA, Some(three), Some(two)), Spot::At(one.0 + STEP / 2));
    }
}
