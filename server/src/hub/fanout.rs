//! From what an entry made known to frames in outboxes: each event is encoded once, gathered for the connections
//! that may have it, and put into frames that connections with the same need share.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use engawa_domain::{Audience, Emission, Meeting, Viewer, project};
use engawa_protocol::event::ViewReplaced;
use engawa_protocol::{Ack, CloseCode, Event, PersonId, Rejected, Seq};
use tokio::time::Instant;

use super::advance::Advance;
use super::class_index::QuickHash;
use super::frame::{FrameText, Piece, Pieces, assemble};
use super::latest::{Latest, is_paced};
use super::members::{Connection, ConnectionId, Members};
use super::recent::{Recent, Told};
use super::surroundings::Surroundings;
use super::turns::{Turn, Turns};
use crate::observe::metrics;

/// What is gathered between two flushes.
#[derive(Debug)]
pub(super) struct Fanout {
    /// How many events have been gathered.
    gathered: usize,
    /// Connections for which something has been gathered.
    turns: Turns,
    /// The turn of those for whom something is gathered now.
    next: Turn,
    /// The last flush has left somebody for the next one.
    is_behind: bool,
    /// What goes to many and of which only the last value counts.
    latest: Latest,
    /// Who is told of the position although nothing was for them.
    advance: Advance,
}

/// A connection that has to be closed, and why.
pub(super) type Doomed = (ConnectionId, CloseCode);

impl Fanout {
    /// Nothing gathered.
    #[must_use]
    pub(super) fn new(now: Instant) -> Self {
        Self {
            gathered: 0,
            turns: Turns::new(now),
            next: Turn::default(),
            is_behind: false,
            latest: Latest::default(),
            advance: Advance::default(),
        }
    }

    /// Gathers what an entry made known. Members' classes are those after the entry.
    pub(super) fn gather(
        &mut self,
        seq: Seq,
        emissions: Vec<Emission>,
        regrouped: &[PersonId],
        (members, recent): (&mut Members, &mut Recent),
        around: &Surroundings,
        now: Instant,
    ) {
        self.next = self.turns.after(Duration::ZERO, now);
        let mut told = Vec::with_capacity(emissions.len());
        for (index, emission) in emissions.into_iter().enumerate() {
            match emission {
                Emission::Event { audience, event } => {
                    let piece = Piece::new(audience, &event);
                    if !self.latest.take_in(&piece, (seq, index), members, now) {
                        self.gather_piece(&piece, members);
                    }
                    told.push(Told::Piece(piece));
                }
                Emission::Refresh { audience } => {
                    self.gather_refresh(&audience, members);
                    told.push(Told::Refresh(audience));
                }
            }
        }
        recent.push(seq, told, regrouped);
        self.advance.moved(around.limits.advance_after, now);
    }

    /// Tells a connection that a command of theirs was taken.
    pub(super) fn ack(&mut self, id: ConnectionId, ack: Ack, members: &mut Members) {
        if let Some(connection) = self.list(id, members) {
            connection.gathered.acks.push(ack);
        }
    }

    /// Tells a connection that a command of theirs was not taken.
    pub(super) fn reject(&mut self, id: ConnectionId, rejected: Rejected, members: &mut Members) {
        if let Some(connection) = self.list(id, members) {
            connection.gathered.rejections.push(rejected);
        }
    }

    /// When the next flush is due, or was; none while nothing is to be told.
    #[must_use]
    pub(super) fn due(&self, connections: usize) -> Option<Instant> {
        let behind = self.advance.due().filter(|_| connections > 0);
        [self.turns.due(), self.latest.due(), behind].into_iter().flatten().min()
    }

    /// Whether the last flush has left somebody for the next one: those who were sent something should have their turn first.
    #[must_use]
    pub(super) const fn is_behind(&self) -> bool {
        self.is_behind
    }

    /// Sends what is due, to so many connections at most. Answers with those that are too slow.
    pub(super) fn flush(
        &mut self,
        meeting: Option<&Meeting>,
        to: Seq,
        members: &mut Members,
        around: &Surroundings,
        now: Instant,
    ) -> Vec<Doomed> {
        let limits = &*around.limits;
        let mut doomed = Vec::new();
        let mut round = Round::new(to);
        for audience in self.latest.take_due(around, members, now) {
            // One after the other, as they can be sent: what is for others does not wait behind thousands.
            let mut wait = Duration::ZERO;
            for id in members.resolve(&audience) {
                self.list_from(id, self.turns.after(wait, now), members);
                wait += limits.flush_window_per_frame;
            }
        }
        let (listed, due) = self.turns.take(limits.flush_frames, now);
        self.is_behind = due > listed.len();
        if !listed.is_empty() {
            metrics::flushed(std::mem::take(&mut self.gathered));
        }
        let next = self.turns.after(limits.flush_window(due), now);
        let last = self.turns.after(limits.flush_window_max, now);
        for id in listed {
            let Some(connection) = members.get_mut(id) else { continue };
            if is_held(connection, limits.flush_window_max, now) {
                self.turns.put(id, self.turns.after(HELD_AGAIN, now));
                continue;
            }
            connection.not_before = if connection.gathered.paced { last } else { next };
            doomed.extend(round.send(meeting, &self.latest, connection).map(|code| (id, code)));
        }
        for id in self.advance.take(|| members.ids(), limits.advance_after, now) {
            // For whom something waits already, the position comes with it.
            let Some(connection) = members.get_mut(id).filter(|c| !c.gathered.listed) else { continue };
            doomed.extend(round.send(meeting, &self.latest, connection).map(|code| (id, code)));
        }
        doomed
    }

    /// Sends everything that has been gathered, whether it is due or not.
    pub(super) fn flush_all(
        &mut self,
        meeting: Option<&Meeting>,
        to: Seq,
        members: &mut Members,
    ) -> Vec<Doomed> {
        metrics::flushed(std::mem::take(&mut self.gathered));
        let mut round = Round::new(to);
        let mut doomed = Vec::new();
        for id in self.turns.take_all() {
            let Some(connection) = members.get_mut(id) else { continue };
            doomed.extend(round.send(meeting, &self.latest, connection).map(|code| (id, code)));
        }
        doomed
    }

    fn gather_piece(&mut self, piece: &Arc<Piece>, members: &mut Members) {
        let mut wanted = false;
        let ids = members.resolve(&piece.audience);
        let paced = is_paced(piece.key, ids.len());
        for id in ids {
            let Some(connection) = self.list(id, members) else { continue };
            if !connection.gathered.refresh {
                self.latest.give(connection);
                connection.gathered.pieces.0.push(Arc::clone(piece));
                connection.gathered.paced |= paced;
                wanted = true;
            }
        }
        self.gathered += usize::from(wanted);
    }

    /// Gives everybody the values that they are still to be told, by the classes that they have now; they will have others.
    pub(super) fn settle(&mut self, members: &mut Members) {
        let (latest, audiences) = self.latest.give_up();
        for audience in audiences {
            for id in members.resolve(&audience) {
                if let Some(connection) = self.list(id, members) {
                    latest.give(connection);
                }
            }
        }
    }

    /// The view is made from the state at the flush, so nothing gathered before or after it matters to these viewers.
    fn gather_refresh(&mut self, audience: &Audience, members: &mut Members) {
        for id in members.resolve(audience) {
            if let Some(connection) = self.list(id, members) {
                connection.gathered.refresh = true;
                connection.gathered.pieces.0.clear();
            }
        }
    }

    fn list<'a>(&mut self, id: ConnectionId, members: &'a mut Members) -> Option<&'a mut Connection> {
        self.list_from(id, self.next, members)
    }

    fn list_from<'a>(
        &mut self,
        id: ConnectionId,
        first: Turn,
        members: &'a mut Members,
    ) -> Option<&'a mut Connection> {
        let connection = members.get_mut(id)?;
        if !connection.gathered.listed {
            connection.gathered.listed = true;
            self.turns.put(id, connection.not_before.max(first));
        }
        Some(connection)
    }
}

/// Those who are held back are looked at again after this time.
const HELD_AGAIN: Duration = Duration::from_millis(2);

/// Whether a connection is left out, for so long at most, because it has not taken what it was sent before.
///
/// When there is more to do than the processor can, what was pushed waits for its connection's task, and another frame
/// behind it would cost another system call. Held back, it becomes part of one fuller frame.
fn is_held(connection: &mut Connection, longest: Duration, now: Instant) -> bool {
    connection.outbox.is_waiting() && *connection.gathered.held_since.get_or_insert(now) + longest > now
}

/// One flush: frames and views that several connections share are made once.
struct Round {
    to: Seq,
    frames: HashMap<(Seq, Pieces), FrameText, QuickHash>,
    views: HashMap<Viewer, Arc<Piece>>,
}

impl Round {
    fn new(to: Seq) -> Self {
        Self { to, frames: HashMap::default(), views: HashMap::new() }
    }

    fn send(
        &mut self,
        meeting: Option<&Meeting>,
        latest: &Latest,
        connection: &mut Connection,
    ) -> Option<CloseCode> {
        latest.give(connection);
        let gathered = std::mem::take(&mut connection.gathered);
        let (from, to) = (connection.sent_to, self.to);
        let answers = !gathered.acks.is_empty() || !gathered.rejections.is_empty();
        if from == to && gathered.pieces.0.is_empty() && !gathered.refresh && !answers {
            return None;
        }
        let outcome = if gathered.refresh {
            let Some(view) = self.view(meeting, connection.viewer) else {
                return Some(CloseCode::LinkRevoked);
            };
            let frame = assemble(from, to, &[view], &gathered.acks, &gathered.rejections);
            metrics::frame_sent(frame.len());
            connection.outbox.push_view(frame)
        } else if answers {
            let frame = assemble(from, to, &gathered.pieces.0, &gathered.acks, &gathered.rejections);
            metrics::frame_sent(frame.len());
            connection.outbox.push(frame)
        } else {
            let frame = self.shared(from, gathered.pieces);
            metrics::frame_sent(frame.len());
            connection.outbox.push(frame)
        };
        connection.sent_to = to;
        outcome.err().map(|_full| {
            metrics::outbox_overflowed();
            CloseCode::Slow
        })
    }

    fn shared(&mut self, from: Seq, pieces: Pieces) -> FrameText {
        let key = (from, pieces);
        if let Some(frame) = self.frames.get(&key) {
            return frame.clone();
        }
        let frame = assemble(from, self.to, &key.1.0, &[], &[]);
        self.frames.insert(key, frame.clone());
        frame
    }

    fn view(&mut self, meeting: Option<&Meeting>, viewer: Viewer) -> Option<Arc<Piece>> {
        if let Some(view) = self.views.get(&viewer) {
            return Some(Arc::clone(view));
        }
        metrics::view_sent();
        let view = Box::new(project(meeting?, viewer)?);
        let piece = Piece::new(Audience::default(), &Event::from(ViewReplaced { view }));
        self.views.insert(viewer, Arc::clone(&piece));
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::super::limits::HubLimits;
    use super::*;

    #[test]
    fn the_window_follows_what_a_frame_costs() {
        let limits = HubLimits::default();
        let (min, max) = (limits.flush_window_min, limits.flush_window_max);
        assert_eq!(limits.flush_window(9), min, "a room's note hardly holds up the next one");
        assert_eq!(limits.flush_window(2_000), Duration::from_millis(20));
        assert_eq!(limits.flush_window(100_000), max);
    }
}
