//! Speaking in turn, in one room. Pure: who speaks, how long they have spoken, who is next. Must not know the
//! meeting; who is present is asked of the caller.

use engawa_protocol::view::{TurnState, TurnsView};
use engawa_protocol::{PersonId, Timestamp};

/// What a turn needs to know of its round.
#[derive(Debug, Clone, Copy)]
pub(super) struct TurnClock {
    /// Now.
    pub(super) at: Timestamp,
    /// How long a turn is.
    pub(super) turn_ms: u64,
    /// Whether the round is paused: then a turn begins with its clock at rest.
    pub(super) paused: bool,
}

fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(i64::MAX)
}

/// Who speaks.
pub(super) const fn speaker(state: TurnState) -> Option<PersonId> {
    match state {
        TurnState::Idle {} => None,
        TurnState::Speaking { person, .. } | TurnState::Paused { person, .. } => Some(person),
    }
}

/// A turn that begins.
pub(super) fn begin(person: PersonId, clock: TurnClock) -> TurnState {
    if clock.paused {
        TurnState::Paused { person, spoken_ms: 0, remaining_ms: signed(clock.turn_ms) }
    } else {
        let ends_at = clock.at.plus_ms(signed(clock.turn_ms));
        TurnState::Speaking { person, started_at: clock.at, ends_at }
    }
}

/// Ends the turn that goes on and keeps its time. Nobody speaks in turn then.
pub(super) fn book(turns: &mut TurnsView, at: Timestamp) {
    let (person, ms) = match turns.state {
        TurnState::Idle {} => return,
        TurnState::Speaking { person, started_at, .. } => (person, at.since_ms(started_at)),
        TurnState::Paused { person, spoken_ms, .. } => (person, spoken_ms),
    };
    turns.state = TurnState::Idle {};
    let spoken = turns.spoken_ms.entry(person).or_default();
    *spoken = spoken.saturating_add(ms);
    if !turns.had_turn.contains(&person) {
        turns.had_turn.push(person);
    }
}

/// Who is next behind somebody in the order, round about: the first who is present and has not had a turn.
pub(super) fn next_after(
    turns: &TurnsView,
    person: PersonId,
    present: impl Fn(PersonId) -> bool,
) -> Option<PersonId> {
    let place = turns.order.iter().position(|other| *other == person).map_or(0, |place| place + 1);
    let (before, behind) = turns.order.split_at(place);
    behind
        .iter()
        .chain(before)
        .copied()
        .find(|other| *other != person && present(*other) && !turns.had_turn.contains(other))
}

/// Passes the turn on: to whom it is given, else to the next, else to nobody.
pub(super) fn pass(
    turns: &mut TurnsView,
    to: Option<PersonId>,
    clock: TurnClock,
    present: impl Fn(PersonId) -> bool,
) {
    let Some(from) = speaker(turns.state) else { return };
    book(turns, clock.at);
    if let Some(next) = to.or_else(|| next_after(turns, from, present)) {
        turns.state = begin(next, clock);
    }
}

/// Takes somebody out of the order. If they are speaking, the time counts and the turn passes on.
pub(super) fn remove(
    turns: &mut TurnsView,
    person: PersonId,
    clock: TurnClock,
    present: impl Fn(PersonId) -> bool,
) {
    if speaker(turns.state) == Some(person) {
        pass(turns, None, clock, present);
    }
    turns.order.retain(|other| *other != person);
    turns.had_turn.retain(|other| *other != person);
}

/// The turn's clock stands still.
pub(super) fn pause(state: TurnState, at: Timestamp) -> TurnState {
    match state {
        TurnState::Speaking { person, started_at, ends_at } => TurnState::Paused {
            person,
            spoken_ms: at.since_ms(started_at),
            remaining_ms: signed(ends_at.0).saturating_sub(signed(at.0)),
        },
        TurnState::Idle {} | TurnState::Paused { .. } => state,
    }
}

/// The turn's clock goes on.
pub(super) fn resume(state: TurnState, at: Timestamp) -> TurnState {
    match state {
        TurnState::Paused { person, spoken_ms, remaining_ms } => TurnState::Speaking {
            person,
            started_at: at.plus_ms(signed(spoken_ms).saturating_neg()),
            ends_at: at.plus_ms(remaining_ms),
        },
        TurnState::Idle {} | TurnState::Speaking { .. } => state,
    }
}
