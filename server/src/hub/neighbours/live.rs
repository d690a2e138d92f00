//! A live meeting among other nodes: hears them, tells them, and draws the consequences for who is online and for
//! gestures.

use std::time::Duration;

use engawa_protocol::{Doing, Gesture, PersonId};
use tokio::time::Instant;

use super::NodeId;
use super::words::{Saying, Words};
use crate::hub::live::Live;
use crate::hub::members::ConnectionId;
use crate::observe::metrics;

/// Longer than anybody waits for their turn.
const NOT_YET: Duration = Duration::from_secs(24 * 3600);

impl Live {
    /// How long this node leaves it to others to say what any of them could say.
    pub(in crate::hub) fn turn_after(&self, now: Instant) -> Duration {
        if !self.around.hearsay.reaches_others() {
            return Duration::ZERO;
        }
        let turn = self.around.limits.place_delay * self.neighbours.before(self.around.node, self.id);
        if self.telling.is_introduced_for(turn, now) {
            turn
        } else {
            // The others have not had time to answer, or those that come first have not had theirs since: what was due
            // meanwhile is not said by all at once.
            NOT_YET
        }
    }

    /// Another node, or this one, has said something.
    pub(in crate::hub) fn hear(&mut self, bytes: &[u8], now: Instant) {
        let Some(Words { node, saying }) = Words::decode(bytes) else { return metrics::hearsay_dropped(1) };
        let Some(meeting) = self.meeting.as_ref().filter(|_| node != self.around.node) else { return };
        let until = now + self.around.limits.announce_expiry;
        self.around.known.heard(node, until);
        let moved = match saying {
            Saying::Here { people, asks } => {
                if asks {
                    self.telling.asked(now);
                }
                self.neighbours.replace(node, people.into_iter().collect(), until, meeting)
            }
            Saying::Moved { came, went } => self.neighbours.change(node, came, went, until, meeting),
            Saying::Gestured { connection, person, gesture } => {
                return self.hear_gesture((node, connection), person, gesture, now);
            }
            Saying::Gone => return self.lose_node(node, now),
        };
        self.moved_elsewhere(&moved, now);
    }

    /// Says what is due, and forgets whoever has been silent for too long.
    pub(in crate::hub) fn tick_neighbours(&mut self, now: Instant) {
        if !self.around.hearsay.reaches_others() {
            return;
        }
        let anybody = !self.neighbours.is_empty();
        if let Some(saying) = self.telling.say(&self.members, anybody, &self.around.limits, now) {
            self.say(saying);
        }
        for node in self.neighbours.silent(now) {
            self.lose_node(node, now);
        }
        for (person, board) in self.held.take_over(now) {
            self.pass_on(person, Gesture { board, doing: Doing::Nothing {} }, now);
        }
    }

    /// When [`Live::tick_neighbours`] has something to do.
    pub(in crate::hub) fn neighbours_due(&self, now: Instant) -> Option<Instant> {
        let others = self.around.hearsay.reaches_others();
        let introduced = self.telling.introduced_at(now);
        let due = [Some(self.telling.due()), introduced, self.neighbours.due(), self.held.due()];
        due.into_iter().flatten().min().filter(|_| others)
    }

    /// This node serves the meeting no more.
    pub(in crate::hub) fn take_leave(&self) {
        if self.around.hearsay.reaches_others() {
            self.say(Saying::Gone);
        }
    }

    /// A person's first connection to this node has come, or their last one has gone.
    pub(in crate::hub) fn moved_here(&mut self, person: PersonId, now: Instant) {
        self.telling.moved(person, &self.around.limits, now);
    }

    /// Tells the others of a gesture made here, if there are any and they are not told too much already.
    pub(in crate::hub) fn tell_gesture(
        &mut self,
        (connection, person): (ConnectionId, PersonId),
        gesture: &Gesture,
        now: Instant,
    ) {
        if !self.neighbours.is_empty() && self.telling.gestures.try_take(now, 1) {
            self.say(Saying::Gestured { connection, person, gesture: gesture.clone() });
        }
    }

    /// A gesture made on another node: shown by the same rules as one made here.
    fn hear_gesture(
        &mut self,
        key: (NodeId, ConnectionId),
        person: PersonId,
        gesture: Gesture,
        now: Instant,
    ) {
        if gesture.doing == (Doing::Nothing {}) {
            self.held.release(key);
        } else {
            let until = now + self.around.limits.gesture_expiry;
            self.held.hold(key, (person, gesture.board), until);
        }
        self.pass_on(person, gesture, now);
    }

    fn lose_node(&mut self, node: NodeId, now: Instant) {
        let Some(meeting) = &self.meeting else { return };
        let moved = self.neighbours.remove(node, meeting);
        self.moved_elsewhere(&moved, now);
        for (person, board) in self.held.take_of(node) {
            self.pass_on(person, Gesture { board, doing: Doing::Nothing {} }, now);
        }
    }

    fn moved_elsewhere(&mut self, people: &[PersonId], now: Instant) {
        let limits = &self.around.limits;
        for person in people.iter().filter(|person| !self.members.is_online(**person)) {
            self.presence.changed(*person, limits.presence_window, now);
            if self.neighbours.has(*person) {
                self.comings.is_elsewhere(*person);
            } else {
                self.comings.went(*person, now + limits.departure_after);
            }
        }
    }

    fn say(&self, saying: Saying) {
        let words = Words { node: self.around.node, saying };
        self.around.hearsay.tell(self.id, words.encode());
    }
}
