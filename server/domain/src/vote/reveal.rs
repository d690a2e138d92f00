//! The reveal: the standings cut into steps, each of one place or, before the first three, of all the others.

use alloc::vec::Vec;

use engawa_protocol::view::RevealView;
use engawa_protocol::{RevealOrder, Standing};

use super::Reveal;

/// With `top_three_last` the places below this one come at once.
const LAST_THREE: u32 = 3;

impl Reveal {
    /// What is revealed so far.
    pub(super) fn view(&self, standings: &[Standing]) -> RevealView {
        let steps = steps(self.order, standings);
        let done = (self.done as usize).min(steps.len());
        let last_step = steps[..done].last().map_or(0, |step| u32::try_from(step.len()).unwrap_or(u32::MAX));
        RevealView {
            order: self.order,
            revealed: steps[..done].iter().flatten().copied().collect(),
            next_place: place_after(&steps, done),
            last_step,
        }
    }

    /// The place that comes next: the best of the next step; none when everything has been revealed.
    pub(super) fn next_place(&self, standings: &[Standing]) -> Option<u32> {
        place_after(&steps(self.order, standings), self.done as usize)
    }
}

fn place_after(steps: &[Vec<Standing>], done: usize) -> Option<u32> {
    steps.get(done).and_then(|step| step.iter().map(|standing| standing.place).min())
}

/// The steps, worst places first; posters of one place in order of id. Places that nobody holds are not there.
fn steps(order: RevealOrder, standings: &[Standing]) -> Vec<Vec<Standing>> {
    let mut places: Vec<Vec<Standing>> =
        standings.chunk_by(|a, b| a.place == b.place).map(<[Standing]>::to_vec).collect();
    places.reverse();
    let place_of = |step: &[Standing]| step.first().map_or(0, |standing| standing.place);
    match order {
        RevealOrder::BottomUp { from_place } => {
            places.retain(|step| place_of(step) <= from_place);
            places
        }
        RevealOrder::TopThreeLast {} => {
            let first_of_three = places.partition_point(|step| place_of(step) > LAST_THREE);
            let rest = places.split_off(first_of_three);
            let others: Vec<Standing> = places.into_iter().flatten().collect();
            let first = (!others.is_empty()).then_some(others);
            first.into_iter().chain(rest).collect()
        }
    }
}
