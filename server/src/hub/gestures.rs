//! What somebody is about to do, shown to those who see the same board. Never stored; the first thing to be dropped.

use engawa_domain::{Viewer, gesture_audience};
use engawa_protocol::{Doing, Gesture, Gestured, PersonId, ServerFrame};
use tokio::time::Instant;

use super::frame::encode;
use super::live::Live;
use super::members::ConnectionId;

impl Live {
    /// Passes a gesture on, if that may be and there is room.
    pub(super) fn gesture(&mut self, id: ConnectionId, gesture: Gesture, now: Instant) {
        let Some(connection) = self.members.get_mut(id) else { return };
        if !connection.gestures.try_take(now, 1) {
            return;
        }
        connection.gesture = (gesture.doing != Doing::Nothing {}).then(|| gesture.clone());
        self.show(id, gesture, now);
    }

    /// Takes back the last gesture of a connection that is going.
    pub(super) fn end_gesture(&mut self, id: ConnectionId, now: Instant) {
        let Some(last) = self.members.get_mut(id).and_then(|connection| connection.gesture.take()) else {
            return;
        };
        self.show(id, Gesture { doing: Doing::Nothing {}, ..last }, now);
    }

    /// Shows a gesture here and lets the other nodes show it there.
    fn show(&mut self, id: ConnectionId, gesture: Gesture, now: Instant) {
        let Some(person) = self.members.get(id).and_then(|connection| connection.class.person) else {
            return;
        };
        self.tell_gesture((id, person), &gesture, now);
        self.pass_on(person, gesture, now);
    }

    /// Passes a gesture on to those on this node who may see it, wherever it was made.
    pub(super) fn pass_on(&mut self, person: PersonId, gesture: Gesture, now: Instant) {
        let Some(meeting) = &self.meeting else { return };
        let Some((audience, person)) = gesture_audience(meeting, Viewer::Person(person), gesture.board)
        else {
            return;
        };
        let recipients = self.members.resolve(&audience);
        let count = u32::try_from(recipients.len()).unwrap_or(u32::MAX);
        if !self.gesture_budget.try_take(now, count) {
            return;
        }
        let Gesture { board, doing } = gesture;
        let frame = encode(&ServerFrame::Gestured(Gestured { person, board, doing }));
        for other in recipients {
            if let Some(connection) = self.members.get(other).filter(|other| !other.outbox.is_pressed()) {
                // One that is full is found by the next frame that matters.
                let _ = connection.outbox.push(frame.clone());
            }
        }
    }
}
