//! The clock of a round: which phase follows at which moment. Pure; must not know the meeting.
//!
//! Every time here is computed from deadlines and from the entry's time, never from how long it took to notice.
//! A closing countdown that follows a deadline begins at that deadline, so that a late expiry (a node that was
//! down) does not lengthen the round; one that somebody asks for begins when they ask.

use engawa_protocol::{Field, Rejection, RoundPhase, RoundPlan, Timestamp, limits};

/// What is on the clock of a round that was reopened.
const REOPENED_MS: u64 = 60_000;

/// The moment plus a duration.
pub(super) fn after(at: Timestamp, duration_ms: u64) -> Timestamp {
    Timestamp(at.0.saturating_add(duration_ms))
}

/// When the phase is over by itself.
pub(super) const fn deadline(phase: RoundPhase) -> Option<Timestamp> {
    match phase {
        RoundPhase::Open { ends_at, .. } => ends_at,
        RoundPhase::Closing { ends_at, .. } => Some(ends_at),
        RoundPhase::Waiting {} | RoundPhase::Paused { .. } | RoundPhase::Ended { .. } => None,
    }
}

/// A round that opens now.
pub(super) fn opened(plan: &RoundPlan, at: Timestamp) -> RoundPhase {
    RoundPhase::Open { opened_at: at, ends_at: plan.duration_ms.map(|ms| after(at, ms)) }
}

/// A round whose end is undone: one more minute, if it has a clock.
pub(super) fn reopened(plan: &RoundPlan, opened_at: Timestamp, at: Timestamp) -> RoundPhase {
    RoundPhase::Open { opened_at, ends_at: plan.duration_ms.map(|_| after(at, REOPENED_MS)) }
}

/// The countdown that begins at `from`; without a countdown the round is over at once.
pub(super) fn closing(opened_at: Timestamp, from: Timestamp, countdown_ms: u64, at: Timestamp) -> RoundPhase {
    if countdown_ms == 0 {
        RoundPhase::Ended { opened_at, ended_at: at }
    } else {
        RoundPhase::Closing { opened_at, ends_at: after(from, countdown_ms) }
    }
}

/// The phase after a deadline, seen at `at`. None when the phase has no deadline or it has not come yet.
///
/// A round ends when its end is in the log, not before: until then people could still write.
pub(super) fn expired(phase: RoundPhase, plan: &RoundPlan, at: Timestamp) -> Option<RoundPhase> {
    let deadline = deadline(phase).filter(|deadline| *deadline <= at)?;
    match phase {
        RoundPhase::Open { opened_at, .. } => Some(closing(opened_at, deadline, plan.countdown_ms, at)),
        RoundPhase::Closing { opened_at, .. } => Some(RoundPhase::Ended { opened_at, ended_at: at }),
        RoundPhase::Waiting {} | RoundPhase::Paused { .. } | RoundPhase::Ended { .. } => None,
    }
}

/// The clocks stand still. Only an open round can be paused: its countdown is for everyone to rely on.
pub(super) fn paused(phase: RoundPhase, at: Timestamp) -> Result<RoundPhase, Rejection> {
    match phase {
        RoundPhase::Open { opened_at, ends_at } => Ok(RoundPhase::Paused {
            opened_at,
            paused_at: at,
            remaining_ms: ends_at.map(|ends_at| ends_at.since_ms(at)),
        }),
        RoundPhase::Paused { .. } | RoundPhase::Closing { .. } => Err(Rejection::RoundNotInPhase {}),
        RoundPhase::Waiting {} | RoundPhase::Ended { .. } => Err(Rejection::RoundNotRunning {}),
    }
}

/// The clocks go on.
pub(super) fn resumed(phase: RoundPhase, at: Timestamp) -> Result<RoundPhase, Rejection> {
    match phase {
        RoundPhase::Paused { opened_at, remaining_ms, .. } => {
            Ok(RoundPhase::Open { opened_at, ends_at: remaining_ms.map(|ms| after(at, ms)) })
        }
        RoundPhase::Open { .. } | RoundPhase::Closing { .. } => Err(Rejection::RoundNotInPhase {}),
        RoundPhase::Waiting {} | RoundPhase::Ended { .. } => Err(Rejection::RoundNotRunning {}),
    }
}

/// Time is added, or taken away.
///
/// Added time counts from now when the time is over already. An open round left without time goes to closing at
/// once. A paused one keeps 0 on its clock and closes when it goes on. In closing, added time opens the round
/// again with that much on its clock, even if it had none (there is no other way back from a closing begun by
/// mistake), and time taken away shortens the countdown.
pub(super) fn added(
    phase: RoundPhase,
    plan: &RoundPlan,
    delta_ms: i64,
    at: Timestamp,
) -> Result<RoundPhase, Rejection> {
    let phase = match phase {
        RoundPhase::Open { ends_at: None, .. } | RoundPhase::Paused { remaining_ms: None, .. } => {
            return Err(Rejection::RoundHasNoClock {});
        }
        RoundPhase::Open { opened_at, ends_at: Some(ends_at) } => {
            let from = if delta_ms > 0 { ends_at.max(at) } else { ends_at };
            let ends_at = from.plus_ms(delta_ms);
            if ends_at <= at {
                closing(opened_at, at, plan.countdown_ms, at)
            } else {
                RoundPhase::Open { opened_at, ends_at: Some(ends_at) }
            }
        }
        RoundPhase::Paused { opened_at, paused_at, remaining_ms: Some(ms) } => RoundPhase::Paused {
            opened_at,
            paused_at,
            remaining_ms: Some(ms.saturating_add_signed(delta_ms)),
        },
        RoundPhase::Closing { opened_at, .. } if delta_ms > 0 => {
            RoundPhase::Open { opened_at, ends_at: Some(at.plus_ms(delta_ms)) }
        }
        RoundPhase::Closing { opened_at, ends_at } => {
            let ends_at = ends_at.plus_ms(delta_ms);
            if ends_at <= at {
                RoundPhase::Ended { opened_at, ended_at: at }
            } else {
                RoundPhase::Closing { opened_at, ends_at }
            }
        }
        RoundPhase::Waiting {} | RoundPhase::Ended { .. } => return Err(Rejection::RoundNotRunning {}),
    };
    let left_ms = match phase {
        RoundPhase::Open { ends_at, .. } => ends_at.map_or(0, |ends_at| ends_at.since_ms(at)),
        RoundPhase::Paused { remaining_ms, .. } => remaining_ms.unwrap_or(0),
        RoundPhase::Waiting {} | RoundPhase::Closing { .. } | RoundPhase::Ended { .. } => 0,
    };
    if left_ms > limits::ROUND_MS_MAX {
        return Err(Rejection::OutOfRange { field: Field::Duration, min: 0, max: limits::ROUND_MS_MAX });
    }
    Ok(phase)
}

/// When a round that has begun opened.
pub(super) const fn opened_at(phase: RoundPhase) -> Option<Timestamp> {
    match phase {
        RoundPhase::Open { opened_at, .. }
        | RoundPhase::Paused { opened_at, .. }
        | RoundPhase::Closing { opened_at, .. }
        | RoundPhase::Ended { opened_at, .. } => Some(opened_at),
        RoundPhase::Waiting {} => None,
    }
}
