//! The agenda: rounds, their order and their life. Owns clocks of rounds; must not know boards or votes.
//!
//! Rounds that have begun stand in front of those that wait. Of those that have begun at most one is running.

mod change;
mod clock;
mod course;
mod decide;
mod evolve;

use alloc::vec::Vec;

use engawa_protocol::view::RoundView;
use engawa_protocol::{RoundId, RoundKind, RoundPhase, RoundPlan, Timestamp};
use serde::{Deserialize, Serialize};

use crate::entry::SystemInput;
use crate::meeting::Meeting;

pub(crate) use change::Change;
pub(crate) use course::Course;
pub use course::Moment;
pub(crate) use decide::*;
pub(crate) use evolve::{edit_plan, end_running, evolve};

/// The rounds in order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Agenda {
    pub(crate) rounds: Vec<Round>,
    pub(crate) last_round: u32,
    /// The round that opened last: the only one whose end can be undone.
    pub(crate) last_opened: Option<RoundId>,
}

/// A round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Round {
    pub(crate) id: RoundId,
    pub(crate) plan: RoundPlan,
    pub(crate) phase: RoundPhase,
    /// What happened to it, for the record.
    #[serde(default)]
    pub(crate) course: Course,
}

impl Agenda {
    /// A round.
    pub(crate) fn round(&self, id: RoundId) -> Option<&Round> {
        self.rounds.iter().find(|round| round.id == id)
    }

    fn round_mut(&mut self, id: RoundId) -> Option<&mut Round> {
        self.rounds.iter_mut().find(|round| round.id == id)
    }

    /// Puts a round before another, or at the end.
    fn insert(&mut self, round: Round, before: Option<RoundId>) {
        let place = before.and_then(|before| self.rounds.iter().position(|other| other.id == before));
        self.rounds.insert(place.unwrap_or(self.rounds.len()), round);
    }

    /// The round that is going on: open, paused or closing. There is at most one.
    pub(crate) fn running(&self) -> Option<&Round> {
        self.rounds.iter().find(|round| round.phase.is_running())
    }

    /// The round that is going on, else the one that ended last.
    pub(crate) fn current(&self) -> Option<&Round> {
        self.running().or_else(|| {
            self.rounds.iter().filter(|round| matches!(round.phase, RoundPhase::Ended { .. })).max_by_key(
                |round| match round.phase {
                    RoundPhase::Ended { ended_at, .. } => (ended_at, round.id),
                    RoundPhase::Waiting {}
                    | RoundPhase::Open { .. }
                    | RoundPhase::Paused { .. }
                    | RoundPhase::Closing { .. } => (Timestamp(0), round.id),
                },
            )
        })
    }

    /// Whether a round of this kind is going on.
    pub(crate) fn is_running(&self, kind: RoundKind) -> bool {
        self.running().is_some_and(|round| round.plan.kind == kind)
    }
}

impl Round {
    /// The round as everyone sees it.
    pub(crate) fn view(&self) -> RoundView {
        RoundView { id: self.id, plan: self.plan.clone(), phase: self.phase }
    }
}

/// The next moment at which a round's clock runs out.
pub(crate) fn next_deadline(m: &Meeting) -> Option<(Timestamp, SystemInput)> {
    let round = m.agenda.running().filter(|_| m.info.ended_at.is_none())?;
    let deadline = clock::deadline(round.phase)?;
    Some((deadline, SystemInput::ExpireRound { round: round.id, deadline }))
}
