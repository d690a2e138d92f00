//! A live meeting: its state, who is connected, and everything that follows from an entry. All of it synchronous; the
//! actor around it does the waiting.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use engawa_domain::{
    Admission, Applied, Entry, Meeting, Origin, SystemInput, Viewer, admit, apply, class_of,
};
use engawa_protocol::http::CommandReply;
use engawa_protocol::{
    CloseCode, Goodbye, MeetingId, PersonId, Position, Refused, Rejected, Rejection, Seq, ServerFrame, codec,
};
use tokio::time::Instant;

use super::attendance::Comings;
use super::batch::{Batch, payload};
use super::bucket::Bucket;
use super::deadlines::Deadlines;
use super::early::EarlyRequests;
use super::fanout::{Doomed, Fanout};
use super::frame::encode;
use super::history::History;
use super::keeping::Keeping;
use super::members::{ConnectionId, Members};
use super::neighbours::{HeldGestures, Neighbours, Telling};
use super::presence::PresenceNews;
use super::recent::Recent;
use super::surroundings::Surroundings;
use super::waiters::{CommandKey, Waiter, Waiters};
use crate::observe::metrics;
use crate::store::LogEntry;

/// An entry that cannot be applied: a bug of ours, or a log that is not what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The rules panicked.
    #[error("the rules stumbled over entry {0}")]
    Panicked(Seq),
    /// The entry is not in a form that this release reads.
    #[error("entry {0} cannot be read")]
    Unreadable(Seq),
    /// The entry does not follow the state.
    #[error("entry {0} does not follow the state")]
    OutOfOrder(Seq),
}

impl Fault {
    /// The entry.
    #[must_use]
    pub const fn seq(self) -> Seq {
        match self {
            Self::Panicked(seq) | Self::Unreadable(seq) | Self::OutOfOrder(seq) => seq,
        }
    }
}

/// A live meeting.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) id: MeetingId,
    pub(super) around: Surroundings,
    /// None only before the first entry.
    pub(super) meeting: Option<Meeting>,
    pub(super) position: Position,
    pub(super) members: Members,
    pub(super) recent: Recent,
    pub(super) history: History,
    pub(super) fanout: Fanout,
    pub(super) batch: Batch,
    pub(super) waiters: Waiters,
    pub(super) comings: Comings,
    pub(super) deadlines: Deadlines,
    pub(super) presence: PresenceNews,
    pub(super) neighbours: Neighbours,
    pub(super) telling: Telling,
    pub(super) held: HeldGestures,
    pub(super) early: EarlyRequests,
    pub(super) keeping: Keeping,
    pub(super) paces: HashMap<PersonId, Arc<Mutex<Bucket>>>,
    pub(super) gesture_budget: Bucket,
    /// An entry cannot be applied: it can be read up to there, and nothing is taken any more.
    pub(super) parked: bool,
    /// Whether digests are compared with other nodes: not while loading, and not with a store of our own.
    pub(super) compares_digests: bool,
    /// Since when nobody has been here.
    pub(super) idle_since: Instant,
    /// Links have changed since this was last asked: what leads here by a code may have, too.
    pub(super) links_changed: bool,
}

impl Live {
    /// A meeting at a position, nobody connected.
    #[must_use]
    pub(super) fn new(
        id: MeetingId,
        around: Surroundings,
        meeting: Option<Meeting>,
        position: Position,
    ) -> Self {
        let (limits, now) = (Arc::clone(&around.limits), Instant::now());
        Self {
            id,
            position,
            members: Members::default(),
            history: History::new(position.seq, meeting.as_ref()),
            recent: Recent::new(position.seq, limits.ring_entries, limits.ring_bytes),
            fanout: Fanout::new(now),
            batch: Batch::new(limits.batch_waiting, limits.retry_first, limits.retry_max),
            waiters: Waiters::default(),
            comings: Comings::default(),
            deadlines: Deadlines::new(limits.place_delay, limits.retry_max.max(limits.place_delay)),
            presence: PresenceNews::default(),
            neighbours: Neighbours::default(),
            telling: Telling::new(&limits, now),
            held: HeldGestures::default(),
            early: EarlyRequests::default(),
            keeping: Keeping::new(position.seq, 0),
            paces: HashMap::new(),
            gesture_budget: Bucket::new(
                limits.gesture_deliveries_per_second,
                limits.gesture_deliveries_per_second,
            ),
            parked: false,
            compares_digests: false,
            idle_since: now,
            links_changed: true,
            around,
            meeting,
        }
    }

    /// Takes the next entry of the log: the one place where the state changes.
    ///
    /// # Errors
    /// A [`Fault`]; the state must not be used any more.
    pub(super) fn take_entry(&mut self, log: &LogEntry, now: Instant) -> Result<(), Fault> {
        let input = match self.batch.take_meant(&log.payload) {
            Some(input) => {
                debug_assert_eq!(codec::from_slice(&log.payload).ok().as_ref(), Some(&input));
                input
            }
            None => codec::from_slice(&log.payload).map_err(|_| Fault::Unreadable(log.seq))?,
        };
        let key = CommandKey::of(&input.origin);
        let entry = Entry { seq: log.seq, at: log.at, input };
        #[cfg(any(test, feature = "test-support"))]
        let entry = self.around.sabotage.changed(entry, self.meeting.as_ref());
        let started = std::time::Instant::now();
        // Unwind safety: a state that a panic has left half-changed is thrown away by whoever sees the fault.
        let applied = catch_unwind(AssertUnwindSafe(|| {
            #[cfg(any(test, feature = "test-support"))]
            self.around.sabotage.stumble_over(&entry);
            apply(&mut self.meeting, &entry)
        }))
        .map_err(|_| Fault::Panicked(log.seq))?;
        if self.meeting.as_ref().map(Meeting::seq) != Some(log.seq) {
            return Err(Fault::OutOfOrder(log.seq));
        }
        metrics::entry_applied(started.elapsed());
        self.position.seq = log.seq;
        self.keeping.changed(now);
        let Applied { outcome, emissions, regrouped, links_changed, forget_log } = applied;
        if !regrouped.is_empty() {
            // Whoever was to be told of a value is still known by their class.
            self.fanout.settle(&mut self.members);
        }
        self.regroup(&regrouped, now);
        let to = (&mut self.members, &mut self.recent);
        self.fanout.gather(log.seq, emissions, &regrouped, to, &self.around, now);
        if links_changed {
            self.links_changed = true;
            self.recheck_links(now);
        }
        if forget_log {
            self.keeping.forget(log.seq);
            self.history.forget(&entry.input);
            self.recent.forget(log.seq);
        }
        // The entry that makes the log forget holds nothing to be forgotten, and may have to be put back like any other.
        if let Some(meeting) = &self.meeting {
            self.history.push(meeting, log.payload.clone());
        }
        if self.compares_digests && self.around.limits.compares_digest_at(log.seq) {
            self.keeping.note_digest(self.meeting.as_ref(), self.position);
        }
        if let Origin::System { input } = &entry.input.origin {
            self.comings.settled(input, &self.members, now);
        }
        if let Some(key) = key {
            let told = self.answer(&key, &outcome);
            self.tell_device(&key, &outcome, &told);
        }
        Ok(())
    }

    /// People are somewhere else, or somebody else, now: their connections get another class, or end.
    fn regroup(&mut self, regrouped: &[PersonId], now: Instant) {
        let Some(meeting) = &self.meeting else { return };
        let window = self.around.limits.presence_window;
        let mut removed = Vec::new();
        for person in regrouped {
            match class_of(meeting, Viewer::Person(*person)) {
                Some(class) => self.members.reclass(*person, class),
                None => removed.extend(self.members.of_person(*person)),
            }
            self.neighbours.reclass(*person, meeting);
            if self.members.is_online(*person) || self.neighbours.has(*person) {
                self.presence.changed(*person, window, now);
                for id in self.members.of_person(*person) {
                    self.presence.anew(id, window, now);
                }
            }
        }
        for id in removed {
            self.close_revoked(id, now);
        }
    }

    /// Closes a connection whose person is no more, with the reason.
    fn close_revoked(&mut self, id: ConnectionId, now: Instant) {
        let grant = self.members.get(id).map(|connection| connection.grant);
        let meeting = self.meeting.as_ref();
        let erased = meeting.zip(grant).is_some_and(|(m, grant)| admit(m, &grant) == Admission::Erased);
        self.close(id, if erased { CloseCode::PersonErased } else { CloseCode::LinkRevoked }, now);
    }

    /// Closes every connection whose link opens the meeting no more, or opens it as somebody else.
    fn recheck_links(&mut self, now: Instant) {
        let Some(meeting) = &self.meeting else { return };
        let mut revoked: Vec<ConnectionId> = self
            .members
            .iter_mut()
            .filter(|(_, connection)| {
                admit(meeting, &connection.grant) != Admission::Viewer(connection.viewer)
            })
            .map(|(id, _)| id)
            .collect();
        revoked.sort_unstable();
        for id in revoked {
            self.close_revoked(id, now);
        }
    }

    /// Refuses a command of a connection without asking the log.
    pub(super) fn refuse(&mut self, id: ConnectionId, rejected: Rejected, now: Instant) {
        metrics::command_rejected(rejection_name(&rejected.rejection));
        let frame = encode(&ServerFrame::Refused(Refused { rejections: vec![rejected] }));
        if self.members.get(id).is_some_and(|connection| connection.outbox.push(frame).is_err()) {
            self.close(id, CloseCode::Slow, now);
        }
    }

    /// Tells those who have waited too long that nothing can be stored just now.
    pub(super) fn give_up_late(&mut self, now: Instant) {
        let Some(before) = now.checked_sub(self.around.limits.unavailable_after) else { return };
        self.batch.give_up(before);
        for (key, waiter) in self.waiters.take_late(before) {
            self.tell_unavailable(key, waiter, now);
        }
    }

    /// Tells everybody who waits that nothing can be stored.
    pub(super) fn give_up_all(&mut self, now: Instant) {
        self.batch.give_up(now);
        for (key, waiter) in self.waiters.take_all() {
            self.tell_unavailable(key, waiter, now);
        }
    }

    pub(super) fn tell_unavailable(&mut self, key: CommandKey, waiter: Waiter, now: Instant) {
        let rejection = Rejection::Unavailable {};
        match waiter {
            Waiter::Caller(reply) => {
                // As above.
                let _ = reply.send(Ok(CommandReply::Rejected { rejection }));
            }
            Waiter::Connection(id) => {
                if let Some(connection) = self.members.get_mut(id) {
                    connection.unanswered = connection.unanswered.saturating_sub(1);
                    self.refuse(id, Rejected { client_seq: key.client_seq, rejection }, now);
                }
            }
        }
    }

    /// Proposes what the system has to say. What cannot be stored is proposed again by whoever watches it.
    pub(super) fn propose(&mut self, input: SystemInput, now: Instant) {
        if self.batch.proposes(&input) {
            return;
        }
        match payload(Origin::System { input: input.clone() }, &*self.around.chance) {
            Ok(meant) => {
                let _full = self.batch.push_proposal(input, meant, now);
            }
            Err(error) => tracing::error!(%error, "no random bytes"),
        }
    }

    /// Closes a connection.
    pub(super) fn close(&mut self, id: ConnectionId, code: CloseCode, now: Instant) {
        let Some(connection) = self.members.remove(id) else { return };
        let goodbye = Goodbye::new(code, if code.is_retryable() { 500 } else { 0 }, "");
        if code == CloseCode::Slow {
            connection.outbox.close_now(goodbye);
        } else {
            connection.outbox.close(goodbye);
        }
        self.left(connection.class.person, now);
    }

    /// A connection has gone by itself.
    pub(super) fn detach(&mut self, id: ConnectionId, now: Instant) {
        if let Some(connection) = self.members.remove(id) {
            self.left(connection.class.person, now);
        }
    }

    fn left(&mut self, person: Option<PersonId>, now: Instant) {
        if self.members.is_empty() {
            self.idle_since = now;
        }
        let Some(person) = person.filter(|person| !self.members.is_online(*person)) else { return };
        self.moved_here(person, now);
        if !self.neighbours.has(person) {
            self.comings.went(person, now + self.around.limits.departure_after);
            self.presence.changed(person, self.around.limits.presence_window, now);
        }
    }

    pub(super) fn close_all(&mut self, doomed: Vec<Doomed>, now: Instant) {
        for (id, code) in doomed {
            self.close(id, code, now);
        }
    }

    /// Says goodbye to everybody, spread out so that not all come back at once.
    pub(super) fn dismiss(&mut self, code: CloseCode, spread: Duration, now: Instant) {
        self.flush_all(now);
        let ids = self.members.ids();
        let count = ids.len().max(1) as u64;
        let spread_ms = u64::try_from(spread.as_millis()).unwrap_or(u64::MAX);
        for (index, id) in ids.into_iter().enumerate() {
            let Some(connection) = self.members.remove(id) else { continue };
            let retry_after_ms = if code.is_retryable() { 250 + spread_ms * index as u64 / count } else { 0 };
            connection.outbox.close(Goodbye::new(code, retry_after_ms, ""));
        }
        self.idle_since = now;
    }

    fn flush_all(&mut self, now: Instant) {
        let (meeting, to) = (self.meeting.as_ref(), self.position.seq);
        let doomed = self.fanout.flush_all(meeting, to, &mut self.members);
        self.close_all(doomed, now);
    }
}

/// The stable name of a rejection, for metrics: what is in it stays out of them.
pub(super) fn rejection_name(rejection: &Rejection) -> &'static str {
    match rejection {
        Rejection::NotPermitted {} => "not_permitted",
        Rejection::NotFound { .. } => "not_found",
        Rejection::Malformed { .. } => "malformed",
        Rejection::Unavailable {} => "unavailable",
        Rejection::TooFast {} => "too_fast",
        Rejection::NoteConflict { .. } => "note_conflict",
        Rejection::OutcomeForgotten {} => "outcome_forgotten",
        Rejection::TooMany { .. } => "too_many",
        Rejection::VoteNotOpen {} => "vote_not_open",
        Rejection::MeetingEnded {} => "meeting_ended",
        _ => "other",
    }
}
