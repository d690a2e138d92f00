//! What changes all the time, of which only the last value counts: the tally while a hall votes, and whatever goes to many. Putting each
//! value aside for each viewer would cost every ballot as much as there are viewers; here a value replaces the one before it,
//! and viewers are given what there is when they are sent a frame. Owns those values; must not know what they say.

use std::sync::Arc;
use std::time::Duration;

use engawa_domain::Audience;
use engawa_protocol::Seq;
use engawa_protocol::event::CoalesceKey;
use tokio::time::Instant;

use super::frame::Piece;
use super::limits::HubLimits;
use super::members::{Connection, Members};
use super::surroundings::Surroundings;

/// So many viewers are not sent every single value: nobody can read it, and it costs as many system calls.
const MANY: usize = 50;

/// Whether not every single value of an event goes to its viewers: what a hall's ballots change goes to nobody as often as they
/// come in, however few look.
#[must_use]
pub(super) const fn is_paced(key: Option<CoalesceKey>, viewers: usize) -> bool {
    match key {
        Some(CoalesceKey::Tally | CoalesceKey::Turnout | CoalesceKey::TeamTurnout(_)) => true,
        Some(_) => viewers > MANY,
        None => false,
    }
}

/// Values that are kept; of more each is told as any event is.
const VALUES_MAX: usize = 8;

/// The values, the one that changed last behind all others.
#[derive(Debug, Default)]
pub(super) struct Latest {
    values: Vec<Value>,
    /// Not before this moment viewers are told of values that are kept anew.
    not_before: Option<Instant>,
}

/// An entry, and which of the things that it made known: one entry may change a value behind something else that it tells.
pub(super) type Making = (Seq, usize);

#[derive(Debug)]
struct Value {
    piece: Arc<Piece>,
    /// What made it.
    at: Making,
    /// When its viewers have to be told; none once they are on the list of those who are to be sent something.
    due: Option<Instant>,
    /// Not before this moment they are told again: few do not wait as long as thousands.
    not_before: Option<Instant>,
}

impl Latest {
    /// Takes an event in if it is such a value. One that is not has to be told as any other.
    pub(super) fn take_in(
        &mut self,
        piece: &Arc<Piece>,
        at: Making,
        members: &Members,
        now: Instant,
    ) -> bool {
        let Audience { roles: _, room, team, person, except } = piece.audience;
        if piece.key.is_none() || room.is_some() || team.is_some() || person.is_some() || except.is_some() {
            return false;
        }
        let same = |value: &Value| (value.piece.key, value.piece.audience) == (piece.key, piece.audience);
        let (due, not_before) = match self.values.iter().position(same) {
            Some(place) => {
                let Value { due, not_before, .. } = self.values.remove(place);
                (due, not_before)
            }
            None => {
                // One of each team would leave no room for what goes to thousands.
                let of_a_team = matches!(piece.key, Some(CoalesceKey::TeamTurnout(_)));
                let viewers = || members.resolve(&piece.audience).len();
                if of_a_team || self.values.len() == VALUES_MAX || !is_paced(piece.key, viewers()) {
                    return false;
                }
                (None, self.not_before)
            }
        };
        let due = due.or_else(|| Some(not_before.map_or(now, |at| at.max(now))));
        self.values.push(Value { piece: Arc::clone(piece), at, due, not_before });
        true
    }

    /// When the viewers have to be told.
    #[must_use]
    pub(super) fn due(&self) -> Option<Instant> {
        self.values.iter().filter_map(|value| value.due).min()
    }

    /// Whose turn it is to be told, if it is time. What changes for about as many goes in the same frames.
    pub(super) fn take_due(
        &mut self,
        around: &Surroundings,
        members: &Members,
        now: Instant,
    ) -> Vec<Audience> {
        if self.due().is_none_or(|due| due > now) {
            return Vec::new();
        }
        let changed = self.values.iter_mut().filter(|value| value.due.is_some());
        let changed: Vec<(&mut Value, usize)> = changed
            .map(|value| {
                let viewers = members.resolve(&value.piece.audience).len();
                (value, viewers)
            })
            .collect();
        let due = changed.iter().filter(|(value, _)| value.due.is_some_and(|due| due <= now));
        let most = due.map(|(_, viewers)| *viewers).max().unwrap_or(0);
        let told = changed.into_iter().filter(|(_, viewers)| *viewers <= most + most / 8);
        let told = told.map(|(value, viewers)| {
            value.due = None;
            value.not_before = Some(now + pause(viewers, &around.limits));
            value.piece.audience
        });
        told.collect()
    }

    /// Gives a connection the values that it has not had, before whatever else is put behind them.
    pub(super) fn give(&self, connection: &mut Connection) {
        let Some(newest) = self.values.last().map(|value| value.at) else { return };
        let had = connection.gathered.values_to.max((connection.sent_to, usize::MAX));
        if newest <= had || connection.gathered.refresh {
            return;
        }
        let news = self.values.iter().filter(|value| value.at > had);
        let theirs = news.filter(|value| value.piece.audience.includes(&connection.class));
        connection.gathered.pieces.0.extend(theirs.map(|value| Arc::clone(&value.piece)));
        connection.gathered.values_to = newest;
    }

    /// Everybody's audience, of values that not all may have been given; nothing is kept any more.
    pub(super) fn give_up(&mut self) -> (Self, Vec<Audience>) {
        let kept = std::mem::take(self);
        self.not_before = kept.values.iter().filter_map(|value| value.not_before).max().or(kept.not_before);
        let audiences = kept.values.iter().map(|value| value.piece.audience).collect();
        (kept, audiences)
    }
}

/// How long viewers wait for the next values: a little less often than 20 times a second, because the answer to somebody's own
/// command brings them the values, too; or half as long again as it takes to send to all of them, to leave time for the ballots.
fn pause(viewers: usize, limits: &HubLimits) -> Duration {
    let viewers = u32::try_from(viewers).unwrap_or(u32::MAX);
    let to_all = limits.flush_window_per_frame.saturating_mul(viewers);
    (to_all * 3 / 2).max(limits.flush_window_max * 11 / 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hall_is_told_twenty_times_a_second_and_ten_thousand_as_often_as_it_can_be_sent() {
        let limits = HubLimits::default();
        assert_eq!(pause(300, &limits), Duration::from_millis(55));
        assert_eq!(pause(2_500, &limits), Duration::from_millis(55));
        assert_eq!(pause(10_000, &limits), Duration::from_millis(150));
    }
}
