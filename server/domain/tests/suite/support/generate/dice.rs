//! Chance for generated histories, read from the numbers of a step.

use super::Step;

/// Numbers read one after the other; what they do not decide follows from them (SplitMix64, Sebastiano Vigna,
/// public domain).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn of(step: &Step) -> Self {
        let [a, b, c, d] = step.map(u64::from);
        Self((a << 32 | b) ^ (c << 32 | d).wrapping_mul(0x9E37_79B9_7F4A_7C15))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    /// True in so many of a hundred cases.
    pub(super) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub(super) fn one<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        of.get(self.below(of.len())).copied()
    }

    /// One of the ids that exist, mostly; sometimes one that may not.
    pub(super) fn id(&mut self, existing: &[u32]) -> u32 {
        if self.percent(8) { self.below(30) as u32 } else { self.one(existing).unwrap_or(1) }
    }

    pub(super) fn id_or_none(&mut self, existing: &[u32]) -> Option<u32> {
        if self.percent(35) { None } else { Some(self.id(existing)) }
    }

    pub(super) fn some(&mut self, existing: &[u32], max: usize) -> Vec<u32> {
        let count = self.below(max) + usize::from(self.percent(95));
        (0..count).map(|_| self.id(existing)).collect()
    }

    /// Different ones of those that exist.
    pub(super) fn sample(&mut self, existing: &[u32], max: usize) -> Vec<u32> {
        let mut left = existing.to_vec();
        let count = 1 + self.below(max);
        let mut drawn = Vec::new();
        while drawn.len() < count && !left.is_empty() {
            drawn.push(left.swap_remove(self.below(left.len())));
        }
        drawn
    }
}
