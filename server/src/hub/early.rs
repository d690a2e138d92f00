//! Requests that may be ahead of this node: whoever has just joined, or been answered, on another node and comes here
//! may know more of the log than this node has taken from it. They wait a moment for it, instead of being shown an
//! older state or told that their link is no good.

use engawa_domain::{Admission, Grant, admit};
use engawa_protocol::{Position, Seq};
use tokio::time::Instant;

use super::handle::{Attach, Call};
use super::live::Live;
use super::members::ConnectionId;
use crate::limits::EARLY_MAX;

/// Requests that wait for the log.
#[derive(Debug, Default)]
pub(super) struct EarlyRequests {
    waiting: Vec<(Early, Instant)>,
    /// Where the log stood when they were last looked at.
    looked_at: Seq,
}

/// A request that waits for the log.
#[derive(Debug)]
pub(super) enum Early {
    /// Somebody connects.
    Attach(ConnectionId, Attach),
    /// A command from outside any connection.
    Call(Call),
}

impl EarlyRequests {
    /// When the first has waited long enough.
    #[must_use]
    pub(super) fn due(&self) -> Option<Instant> {
        self.waiting.iter().map(|(_, until)| *until).min()
    }
}

impl Live {
    /// Lets a connection in, or lets it wait.
    pub(super) fn take_attach(&mut self, id: ConnectionId, attach: Attach, now: Instant) {
        if self.may_be_ahead(&attach.grant, attach.resume) {
            self.wait(Early::Attach(id, attach), now);
        } else {
            self.attach(id, attach, now);
        }
    }

    /// Takes a command from outside any connection, or lets it wait.
    pub(super) fn take_call(&mut self, call: Call, now: Instant) {
        if self.may_be_ahead(&call.grant, None) {
            self.wait(Early::Call(call), now);
        } else {
            self.call(call, now);
        }
    }

    /// Looks again at those that wait if the log has moved; what has waited long enough is decided by what is known.
    pub(super) fn tick_early(&mut self, now: Instant) {
        let moved = self.early.looked_at != self.position.seq;
        if !moved && self.early.due().is_none_or(|due| due > now) {
            return;
        }
        self.early.looked_at = self.position.seq;
        for (early, until) in std::mem::take(&mut self.early.waiting) {
            let ahead = match &early {
                Early::Attach(_, attach) => self.may_be_ahead(&attach.grant, attach.resume),
                Early::Call(call) => self.may_be_ahead(&call.grant, None),
            };
            match early {
                early if ahead && until > now => self.early.waiting.push((early, until)),
                Early::Attach(id, attach) => self.attach(id, attach, now),
                Early::Call(call) => self.call(call, now),
            }
        }
    }

    fn may_be_ahead(&self, grant: &Grant, resume: Option<Position>) -> bool {
        let Some(meeting) = self.meeting.as_ref() else { return false };
        if self.parked || !self.around.hearsay.reaches_others() {
            return false;
        }
        let holds_more =
            resume.is_some_and(|held| held.epoch == self.position.epoch && held.seq > self.position.seq);
        holds_more || admit(meeting, grant) == Admission::Revoked
    }

    fn wait(&mut self, early: Early, now: Instant) {
        if self.early.waiting.len() < EARLY_MAX {
            self.early.looked_at = self.position.seq;
            self.early.waiting.push((early, now + self.around.limits.catch_up_wait));
            return;
        }
        match early {
            Early::Attach(id, attach) => self.attach(id, attach, now),
            Early::Call(call) => self.call(call, now),
        }
    }
}
