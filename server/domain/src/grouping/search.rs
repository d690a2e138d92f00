//! The search: exchanges items between rooms until nothing is left to improve or the work allowed is done.
//!
//! Owns min-conflicts search with a tabu list. Must not know what the items are, nor any clock: its bound is
//! work counted in cells compared, so that it takes the same course on every machine.
//!
//! One step takes an item that costs something where it is, looks through other rooms for the exchange
//! that lowers the total most (at once satisfied with one that frees the item of all cost and adds none), and
//! makes it even if it is a step up; whoever was exchanged stays put for some steps, which leads out of dead
//! ends. The best rooms seen are the result, so it is never worse than what it was given. Room sizes stay.

use alloc::{vec, vec::Vec};

use super::{
    costs::{Costs, HARD},
    index_set::IndexSet,
};
use crate::chance::Chance;

/// Cells compared at most, for each search and in addition for each item. At one to two nanoseconds a cell
/// this ends a search for 3,000 items that cannot succeed well within a second.
const WORK_MAX: u64 = 24_000_000;
const WORK_MAX_PER_ITEM: u64 = 40_000;

/// Steps without a new best after which the search gives up, and in addition for each item.
const STALL_STEPS: u64 = 2_000;
const STALL_STEPS_PER_ITEM: u64 = 20;

/// Exchanges looked at in one step.
const CANDIDATES_MAX: usize = 512;

/// Steps for which an exchanged item stays put: at least, and a number drawn below the spread in addition.
/// Found by trial on rosters of 16 to 291 people until repeats were unavoidable: short ones did best, longer
/// ones worse the longer they were.
const TENURE_STEPS: u64 = 1;
const TENURE_STEPS_SPREAD: u64 = 2;

/// Improves rooms of items by exchanges. Every item of `costs` must be in exactly one room. Items marked in
/// `pinned` stay where they are (empty: none is pinned). Ends early at a total of `floor`, below which no
/// arrangement can get.
pub(super) fn improve<C: Costs>(
    costs: &C,
    rooms: Vec<Vec<u32>>,
    pinned: &[bool],
    floor: i128,
    chance: &mut Chance,
) -> Vec<Vec<u32>> {
    let mut search = Search::new(costs, rooms, pinned, floor);
    search.run(chance);
    search.into_best()
}

/// The total cost of rooms.
pub(super) fn total<C: Costs>(costs: &C, rooms: &[Vec<u32>]) -> i128 {
    let one = |room: &Vec<u32>| -> i128 {
        let pairs =
            room.iter().enumerate().flat_map(|(place, &a)| room[..place].iter().map(move |&b| (a, b)));
        pairs.map(|(a, b)| i128::from(costs.between(a as usize, b as usize))).sum()
    };
    rooms.iter().map(one).sum()
}

struct Search<'a, C> {
    costs: &'a C,
    pinned: &'a [bool],
    floor: i128,
    rooms: Vec<Vec<u32>>,
    room_of: Vec<u32>,
    /// What each item costs in its room.
    own: Vec<i64>,
    total: i128,
    /// Items that may move and cost something avoidable.
    troubled: IndexSet,
    stays_until: Vec<u64>,
    step: u64,
    work: u64,
    best_total: i128,
    /// The best rooms, kept only once the current ones are worse.
    best_rooms: Option<Vec<Vec<u32>>>,
    tolls: Vec<i64>,
}

struct Exchange {
    other: u32,
    delta: i64,
}

impl<'a, C: Costs> Search<'a, C> {
    fn new(costs: &'a C, rooms: Vec<Vec<u32>>, pinned: &'a [bool], floor: i128) -> Self {
        let items = costs.items();
        let mut room_of = vec![0; items];
        for (room, number) in rooms.iter().zip(0_u32..) {
            for &item in room {
                room_of[item as usize] = number;
            }
        }
        let mut search = Self {
            costs,
            pinned,
            floor,
            rooms,
            room_of,
            own: vec![0; items],
            total: 0,
            troubled: IndexSet::new(items),
            stays_until: vec![0; items],
            step: 0,
            work: 0,
            best_total: 0,
            best_rooms: None,
            tolls: Vec::new(),
        };
        for item in 0..items as u32 {
            search.own[item as usize] = search.cost_in(item, search.room_of[item as usize], item);
        }
        search.total = search.own.iter().map(|&own| i128::from(own)).sum::<i128>() / 2;
        search.best_total = search.total;
        for item in 0..items as u32 {
            search.note_trouble(item);
        }
        search
    }

    fn run(&mut self, chance: &mut Chance) {
        let items = self.costs.items() as u64;
        let work_max = WORK_MAX + WORK_MAX_PER_ITEM * items;
        let stall_max = STALL_STEPS + STALL_STEPS_PER_ITEM * items;
        let mut best_at = 0;
        while self.best_total > self.floor && self.work < work_max && self.step - best_at < stall_max {
            self.step += 1;
            let Some(item) = self.choose_troubled(chance) else { continue };
            let Some(exchange) = self.best_exchange(item, chance) else { continue };
            if exchange.delta > 0 && self.total == self.best_total {
                self.best_rooms = Some(self.rooms.clone());
                self.work += items;
            }
            self.exchange(item, &exchange);
            for moved in [item, exchange.other] {
                self.stays_until[moved as usize] =
                    self.step + TENURE_STEPS + chance.below(TENURE_STEPS_SPREAD);
            }
            if self.total < self.best_total {
                self.best_total = self.total;
                self.best_rooms = None;
                best_at = self.step;
            }
        }
    }

    fn into_best(self) -> Vec<Vec<u32>> {
        match self.best_rooms {
            Some(rooms) if self.total > self.best_total => rooms,
            Some(_) | None => self.rooms,
        }
    }

    fn is_pinned(&self, item: u32) -> bool {
        self.pinned.get(item as usize).copied().unwrap_or(false)
    }

    /// An item to free of its cost. `None` when those drawn must stay put for now, or cost only what cannot
    /// be avoided.
    fn choose_troubled(&mut self, chance: &mut Chance) -> Option<u32> {
        for _ in 0..8 {
            let item = self.troubled.pick(chance)?;
            if !self.is_troubled(item) {
                self.troubled.remove(item);
            } else if self.stays_until[item as usize] < self.step {
                return Some(item);
            }
        }
        None
    }

    /// Hard cost counts as trouble only while some of it can be avoided; soft cost always does.
    fn is_troubled(&self, item: u32) -> bool {
        let own = self.own[item as usize];
        !self.is_pinned(item) && (own % HARD > 0 || (own > 0 && self.total >= self.floor + i128::from(HARD)))
    }

    fn note_trouble(&mut self, item: u32) {
        if self.is_troubled(item) {
            self.troubled.insert(item);
        } else {
            self.troubled.remove(item);
        }
    }

    /// What an item would cost in a room that another one has left.
    fn cost_in(&mut self, item: u32, room: u32, without: u32) -> i64 {
        let members = &self.rooms[room as usize];
        self.work += members.len() as u64 * self.costs.work();
        let others = members.iter().filter(|&&other| other != without && other != item);
        others.map(|&other| self.costs.between(item as usize, other as usize)).sum()
    }

    fn best_exchange(&mut self, item: u32, chance: &mut Chance) -> Option<Exchange> {
        let home = self.room_of[item as usize];
        let own = self.own[item as usize];
        let content = -(own % HARD).max(1);
        let count = self.rooms.len();
        let start = chance.index(count);
        let mut best: Option<Exchange> = None;
        let mut looked_at = 0;
        for room in (start..count).chain(0..start) {
            if room == home as usize {
                continue;
            }
            let toll = self.collect_tolls(item, room);
            for place in 0..self.rooms[room].len() {
                let other = self.rooms[room][place];
                // What the exchange changes if the other one cost nothing in its new room.
                let hoped = toll - self.tolls[place] - own - self.own[other as usize];
                let bound = best.as_ref().map_or(HARD / 2, |exchange| exchange.delta);
                if hoped >= bound || self.is_pinned(other) {
                    continue;
                }
                let delta = hoped + self.cost_in(other, home, item);
                let stays = self.stays_until[other as usize] >= self.step;
                if delta < bound && (!stays || self.total + i128::from(delta) < self.best_total) {
                    best = Some(Exchange { other, delta });
                }
            }
            looked_at += self.rooms[room].len();
            if looked_at >= CANDIDATES_MAX || best.as_ref().is_some_and(|exchange| exchange.delta <= content)
            {
                break;
            }
        }
        best
    }

    /// What the item would cost beside each member of a room, and the sum.
    fn collect_tolls(&mut self, item: u32, room: usize) -> i64 {
        let members = &self.rooms[room];
        self.work += members.len() as u64 * self.costs.work() + 1;
        self.tolls.clear();
        self.tolls.extend(members.iter().map(|&other| self.costs.between(item as usize, other as usize)));
        self.tolls.iter().sum()
    }

    fn exchange(&mut self, item: u32, exchange: &Exchange) {
        let other = exchange.other;
        let (home, away) = (self.room_of[item as usize], self.room_of[other as usize]);
        self.own[item as usize] = self.cost_in(item, away, other);
        self.own[other as usize] = self.cost_in(other, home, item);
        self.total += i128::from(exchange.delta);
        for (room, leaves, comes) in [(home, item, other), (away, other, item)] {
            let mut members = core::mem::take(&mut self.rooms[room as usize]);
            self.work += 2 * members.len() as u64 * self.costs.work();
            for member in &mut members {
                if *member == leaves {
                    *member = comes;
                    continue;
                }
                let beside = |mover: u32| self.costs.between(*member as usize, mover as usize);
                self.own[*member as usize] += beside(comes) - beside(leaves);
                self.note_trouble(*member);
            }
            self.rooms[room as usize] = members;
        }
        self.room_of[item as usize] = away;
        self.room_of[other as usize] = home;
        self.note_trouble(item);
        self.note_trouble(other);
    }
}

#[cfg(test)]
mod tests {
    use alloc::{vec, vec::Vec};

    use super::{Search, improve, total};
    use crate::{
        chance::Chance,
        grouping::{
            costs::{Costs, HARD},
            mixed::deal,
        },
    };

    /// Items cost something beside those with the same remainder, and must not meet their neighbour.
    struct Remainders(usize);

    impl Costs for Remainders {
        fn items(&self) -> usize {
            self.0
        }

        fn between(&self, one: usize, other: usize) -> i64 {
            if one / 2 == other / 2 { HARD } else { i64::from(one % 5 == other % 5) * 3 }
        }

        fn work(&self) -> u64 {
            1
        }
    }

    fn dealt(items: usize, rooms: usize) -> Vec<Vec<u32>> {
        deal(&(0..items as u32).collect::<Vec<_>>(), rooms)
    }

    #[test]
    fn keeps_its_sums_true() {
        let costs = Remainders(40);
        for seed in 0..20 {
            let mut search = Search::new(&costs, dealt(40, 5), &[], 0);
            let mut chance = Chance::from_seed(seed);
            search.run(&mut chance);
            assert!(search.step > 0);
            assert_eq!(search.total, total(&costs, &search.rooms));
            assert_eq!(search.own.iter().map(|&own| i128::from(own)).sum::<i128>(), 2 * search.total);
            for (room, number) in search.rooms.iter().zip(0..) {
                assert!(room.iter().all(|&item| search.room_of[item as usize] == number));
            }
            let best = search.best_total;
            assert_eq!(best, total(&costs, &search.into_best()), "the rooms returned are the best ones");
        }
    }

    #[test]
    fn never_returns_worse_rooms_and_leaves_pinned_items() {
        let costs = Remainders(40);
        for (rooms, seed) in [(3, 1), (5, 2), (8, 3), (40, 4)] {
            let before = dealt(40, rooms);
            let pinned: Vec<bool> = (0..40).map(|item| item % 3 == 0).collect();
            let after = improve(&costs, before.clone(), &pinned, 0, &mut Chance::from_seed(seed));
            assert!(total(&costs, &after) <= total(&costs, &before));
            for (room, room_before) in after.iter().zip(&before) {
                assert_eq!(room.len(), room_before.len());
                assert!(room_before.iter().filter(|&&item| item % 3 == 0).all(|item| room.contains(item)));
            }
        }
    }

    #[test]
    fn finds_rooms_without_cost_from_the_worst_ones() {
        // Rooms of consecutive items hold all pairs of neighbours; eight rooms of five can hold none, and one
        // of each remainder.
        let costs = Remainders(40);
        let worst: Vec<Vec<u32>> = (0..8).map(|room| (room * 5..room * 5 + 5).collect()).collect();
        assert!(total(&costs, &worst) > i128::from(HARD));
        assert_eq!(total(&costs, &improve(&costs, worst, &[], 0, &mut Chance::from_seed(1))), 0);
    }

    #[test]
    fn gives_up_where_nothing_can_move() {
        let costs = Remainders(4);
        let all_pinned = [true; 4];
        let rooms = vec![vec![0, 1], vec![2, 3]];
        assert_eq!(improve(&costs, rooms.clone(), &all_pinned, 0, &mut Chance::from_seed(1)), rooms);
        let one_room = vec![vec![0, 1, 2, 3]];
        assert_eq!(improve(&costs, one_room.clone(), &[], 0, &mut Chance::from_seed(1)), one_room);
    }
}
