//! Chance: a small seeded generator, the only source of chance in the domain.
//!
//! Owns how a seed is expanded into numbers. Must not know what the numbers are for, nor where the seed
//! comes from. Every node replays the same log and must draw the same numbers for ever, which the `rand`
//! crate does not promise between its releases; hence our own.
//!
//! The algorithm is SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators",
//! OOPSLA 2014, <https://doi.org/10.1145/2660193.2660195>), checked against the outputs of the public-domain
//! reference program <https://prng.di.unimi.it/splitmix64.c>. It is no cipher: do not make secrets with it.

/// The odd constant by which the state advances (2^64 divided by the golden ratio).
const GOLDEN_GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// A stream of numbers that depends on its seed and on nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chance {
    state: u64,
}

impl Chance {
    /// The stream of this seed. Every seed is good, zero included.
    #[must_use]
    pub const fn from_seed(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A stream for one purpose out of a seed that serves several: the same seed with another `purpose`
    /// gives unrelated numbers, so that drawing more for one purpose does not change another.
    #[must_use]
    pub const fn for_purpose(seed: u64, purpose: u64) -> Self {
        Self { state: mix(seed ^ mix(purpose.wrapping_add(GOLDEN_GAMMA))) }
    }

    /// The next 64 bits.
    pub const fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN_GAMMA);
        mix(self.state)
    }

    /// A number from 0 up to but not including `bound`, all equally likely; 0 if `bound` is 0.
    ///
    /// Unbiased by the multiply-and-reject method (Lemire: "Fast random integer generation in an interval",
    /// ACM TOMACS 29:1, 2019, <https://doi.org/10.1145/3230636>).
    pub const fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let unfair = bound.wrapping_neg() % bound;
        loop {
            let product = self.next_u64() as u128 * bound as u128;
            if product as u64 >= unfair {
                return (product >> 64) as u64;
            }
        }
    }

    /// A position in a list of `len` items, all equally likely; 0 for an empty list.
    pub const fn index(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }

    /// Puts the items in a random order, every order equally likely (Fisher and Yates).
    pub const fn shuffle<T>(&mut self, items: &mut [T]) {
        let mut end = items.len();
        while end > 1 {
            let chosen = self.index(end);
            end -= 1;
            items.swap(end, chosen);
        }
    }
}

/// The output function of SplitMix64.
const fn mix(state: u64) -> u64 {
    let mut z = state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::Chance;

    #[test]
    fn gives_the_numbers_of_the_reference_program() {
        let mut chance = Chance::from_seed(1_234_567);
        let numbers: Vec<u64> = (0..5).map(|_| chance.next_u64()).collect();
        assert_eq!(
            numbers,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821,
            ]
        );
        let mut chance = Chance::from_seed(0);
        assert_eq!(chance.next_u64(), 0xE220_A839_7B1D_CDAF);
        assert_eq!(chance.next_u64(), 0x6E78_9E6A_A1B9_65F4);
        assert_eq!(chance.next_u64(), 0x06C4_5D18_8009_454F);
    }

    #[test]
    fn below_stays_below_and_is_even() {
        let mut chance = Chance::from_seed(7);
        let mut counts = [0_u32; 6];
        for _ in 0..60_000 {
            counts[chance.below(6) as usize] += 1;
        }
        // Six standard deviations of a fair die around 10,000.
        assert!(counts.iter().all(|count| (9_450..=10_550).contains(count)), "{counts:?}");
        assert_eq!(chance.below(0), 0);
        assert_eq!(chance.below(1), 0);
        // Half of the 64-bit range is thrown away here; a biased method would show.
        let bound = (1_u64 << 63) + 1;
        assert!((0..1_000).all(|_| chance.below(bound) < bound));
    }

    #[test]
    fn shuffle_keeps_the_items_and_reaches_every_order() {
        let mut chance = Chance::from_seed(3);
        let mut seen = alloc::collections::BTreeMap::new();
        for _ in 0..24_000 {
            let mut items = [0, 1, 2, 3];
            chance.shuffle(&mut items);
            *seen.entry(items).or_insert(0_u32) += 1;
        }
        assert_eq!(seen.len(), 24);
        assert!(seen.values().all(|count| (800..=1_200).contains(count)), "{seen:?}");
        chance.shuffle::<u8>(&mut []);
    }

    #[test]
    fn purposes_are_streams_of_their_own() {
        let first = Chance::for_purpose(42, 1).next_u64();
        assert_ne!(first, Chance::for_purpose(42, 2).next_u64());
        assert_ne!(first, Chance::for_purpose(43, 1).next_u64());
        assert_eq!(first, Chance::for_purpose(42, 1).next_u64());
    }
}
