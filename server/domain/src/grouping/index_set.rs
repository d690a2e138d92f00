//! A set of small numbers from which one can be drawn at random.
//!
//! Owns membership and drawing, both in constant time. Must not know what the numbers stand for.

use alloc::{vec, vec::Vec};

use crate::chance::Chance;

/// A set of indices from which one can be drawn at random.
pub(super) struct IndexSet {
    list: Vec<u32>,
    /// Place in the list plus one; 0 is "not in it".
    place: Vec<u32>,
}

impl IndexSet {
    pub(super) fn new(items: usize) -> Self {
        Self { list: Vec::new(), place: vec![0; items] }
    }

    pub(super) fn insert(&mut self, item: u32) {
        if self.place[item as usize] == 0 {
            self.list.push(item);
            self.place[item as usize] = self.list.len() as u32;
        }
    }

    pub(super) fn remove(&mut self, item: u32) {
        let place = self.place[item as usize] as usize;
        if place == 0 {
            return;
        }
        self.list.swap_remove(place - 1);
        if let Some(&moved) = self.list.get(place - 1) {
            self.place[moved as usize] = place as u32;
        }
        self.place[item as usize] = 0;
    }

    pub(super) fn pick(&self, chance: &mut Chance) -> Option<u32> {
        self.list.get(chance.index(self.list.len())).copied()
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use super::IndexSet;
    use crate::chance::Chance;

    #[test]
    fn holds_what_a_plain_set_holds() {
        let mut chance = Chance::from_seed(11);
        let mut set = IndexSet::new(20);
        let mut plain = BTreeSet::new();
        assert_eq!(set.pick(&mut chance), None);
        for _ in 0..2_000 {
            let item = chance.below(20) as u32;
            if chance.below(2) == 0 {
                set.insert(item);
                plain.insert(item);
            } else {
                set.remove(item);
                plain.remove(&item);
            }
            assert_eq!(set.list.iter().copied().collect::<BTreeSet<_>>(), plain);
            assert_eq!(set.list.len(), plain.len());
            assert_eq!(set.pick(&mut chance).is_some(), !plain.is_empty());
        }
    }
}
