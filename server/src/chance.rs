//! Chance. The only place in the server's hub that asks the operating system for random bytes; everything else is handed
//! a [`Chance`], so that a test can repeat a run from its seed. Keys and links draw their own: no test repeats those.

use std::fmt::Debug;

use rand::TryRngCore as _;
use rand::rngs::OsRng;

/// Draws random bits.
pub trait Chance: Debug + Send + Sync + 'static {
    /// 128 bits that nobody can foresee.
    ///
    /// # Errors
    /// When there is no chance to be had; nothing should be stored then.
    fn draw(&self) -> Result<[u64; 2], NoChance>;
}

/// The operating system has no random bytes to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gives no random bytes")]
pub struct NoChance;

/// The operating system's random bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemChance;

impl Chance for SystemChance {
    fn draw(&self) -> Result<[u64; 2], NoChance> {
        // One call: it enters the kernel.
        let mut bytes = [0; 16];
        OsRng.try_fill_bytes(&mut bytes).map_err(|_| NoChance)?;
        let (first, second) = bytes.split_at(8);
        let word = |half: &[u8]| half.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
        Ok([word(first), word(second)])
    }
}

/// The same draws for the same seed. For tests only: receipts of ballots are made of these bits.
#[cfg(any(test, feature = "test-support"))]
#[derive(Debug)]
pub struct SeededChance(std::sync::Mutex<rand::rngs::StdRng>);

#[cfg(any(test, feature = "test-support"))]
impl SeededChance {
    /// Draws that follow from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(std::sync::Mutex::new(rand::SeedableRng::seed_from_u64(seed)))
    }
}

#[cfg(any(test, feature = "test-support"))]
impl Chance for SeededChance {
    fn draw(&self) -> Result<[u64; 2], NoChance> {
        // Nothing panics under this lock.
        let mut random = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Ok(rand::Rng::random(&mut *random))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_never_draws_the_same_and_a_seed_always_does() {
        assert_ne!(SystemChance.draw(), SystemChance.draw());
        let (one, other) = (SeededChance::new(7), SeededChance::new(7));
        assert_eq!(one.draw(), other.draw());
        assert_eq!(one.draw(), other.draw());
        assert_ne!(one.draw(), one.draw());
    }
}
