//! Which faults happen when: probabilities drawn from a seed. The same seed and the same order of calls give
//! the same faults.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// Probabilities of faults, in thousandths. The default is no faults at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FaultPlan {
    /// What the draws start from.
    pub seed: u64,
    /// A write fails before it reached the store.
    pub fail_write_permille: u16,
    /// A write takes effect and its answer is lost.
    pub lose_answer_permille: u16,
    /// A read (entries, snapshots, heads, the opening of a tail, health) fails.
    pub fail_read_permille: u16,
    /// A tail is cut instead of handing on its next entry.
    pub cut_tail_permille: u16,
    /// A call is delayed before it does anything.
    pub delay_permille: u16,
    /// The longest such delay. Runs on tokio's clock, so that a paused clock makes it free.
    pub delay_max_ms: u64,
}

/// What happens to one write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WriteFate {
    Done,
    FailBefore,
    LoseAnswer,
}

/// The draws of one store, or of one tail.
#[derive(Debug)]
pub(super) struct Dice {
    plan: FaultPlan,
    random: StdRng,
}

impl Dice {
    pub(super) fn new(plan: FaultPlan) -> Self {
        Self { plan, random: StdRng::seed_from_u64(plan.seed) }
    }

    pub(super) fn write(&mut self) -> WriteFate {
        // Always the same number of draws, so that changing one probability leaves the other draws alone.
        let fails = self.falls(self.plan.fail_write_permille);
        let loses = self.falls(self.plan.lose_answer_permille);
        match (fails, loses) {
            (true, _) => WriteFate::FailBefore,
            (false, true) => WriteFate::LoseAnswer,
            (false, false) => WriteFate::Done,
        }
    }

    pub(super) fn read_fails(&mut self) -> bool {
        self.falls(self.plan.fail_read_permille)
    }

    pub(super) fn tail_is_cut(&mut self) -> bool {
        self.falls(self.plan.cut_tail_permille)
    }

    pub(super) fn delay(&mut self) -> Option<Duration> {
        let falls = self.falls(self.plan.delay_permille);
        let ms = self.random.random_range(0..=self.plan.delay_max_ms);
        falls.then(|| Duration::from_millis(ms))
    }

    /// Dice of their own for something that lives beside the calls.
    pub(super) fn fork(&mut self) -> Self {
        Self::new(FaultPlan { seed: self.random.random(), ..self.plan })
    }

    fn falls(&mut self, permille: u16) -> bool {
        self.random.random_range(0..1000) < permille
    }
}
