//! Chance in a simulation: streams of draws that follow from the plan's seed and a name, so that leaving one thing out of a
//! plan does not change what is drawn for the others.

use engawa_protocol::hash::sha256;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

/// The stream of this name.
pub(crate) fn stream(seed: u64, name: &str, numbers: &[u64]) -> StdRng {
    let numbers: Vec<u8> = numbers.iter().flat_map(|number| number.to_be_bytes()).collect();
    StdRng::from_seed(sha256(&[&seed.to_be_bytes(), name.as_bytes(), &[0], &numbers]))
}

/// Whether something of so many thousandths happens.
pub(crate) fn falls(dice: &mut StdRng, permille: u16) -> bool {
    dice.random_range(0..1000) < permille
}

/// One of these; none of none.
pub(crate) fn one<T: Clone>(dice: &mut StdRng, of: &[T]) -> Option<T> {
    if of.is_empty() { None } else { Some(of[dice.random_range(0..of.len())].clone()) }
}
