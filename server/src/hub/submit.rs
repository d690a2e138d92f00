//! Taking a command towards the log: who asks, whether it can ever be valid, then the batch. The outcome comes later,
//! from applying the entry.

use std::sync::PoisonError;

#[cfg(any(test, feature = "test-support"))]
use engawa_domain::Outcome;
use engawa_domain::{Admission, Grant, Origin, Viewer, admit, class_of, precheck, recall};
use engawa_protocol::http::CommandReply;
use engawa_protocol::{Rejected, Rejection, Submit};
use tokio::time::Instant;

use super::batch::payload;
use super::handle::{Call, CallRefused};
use super::live::Live;
use super::members::ConnectionId;
#[cfg(any(test, feature = "test-support"))]
use super::sabotage::Bug;
use super::waiters::{CommandKey, Waiter};
use crate::limits::STORE_PAYLOAD_BYTES;

impl Live {
    /// A connection asks for something.
    pub(super) fn submit(&mut self, id: ConnectionId, submit: Submit, now: Instant) {
        let Submit { client_seq, command } = submit;
        let Some(connection) = self.members.get_mut(id) else { return };
        let pending = connection.unanswered;
        connection.unanswered += 1;
        let taken = match connection.viewer {
            _ if pending >= self.around.limits.commands_pending => Err(Rejection::TooFast {}),
            Viewer::Screen => Err(Rejection::NotPermitted {}),
            Viewer::Person(person) => {
                let device = connection.device;
                self.take(Origin::Person { person, device, client_seq, command }, Waiter::Connection(id), now)
                    .map_err(|(rejection, _)| rejection)
            }
        };
        if let Err(rejection) = taken {
            if let Some(connection) = self.members.get_mut(id) {
                connection.unanswered = pending;
            }
            self.refuse(id, Rejected { client_seq, rejection }, now);
        }
    }

    /// Somebody asks for something outside any connection.
    pub(super) fn call(&mut self, call: Call, now: Instant) {
        let Call { grant, device, client_seq, command, paced, reply } = call;
        let origin = match self.admission(&grant, paced, now) {
            Err(refused) => {
                let _gone = reply.send(Err(refused));
                return;
            }
            Ok(Admission::Viewer(Viewer::Person(person))) => {
                Origin::Person { person, device, client_seq, command }
            }
            Ok(Admission::Joining(role)) => {
                Origin::Link { role, generation: grant.generation, device, client_seq, command }
            }
            Ok(Admission::Viewer(Viewer::Screen) | Admission::Revoked | Admission::Erased) => {
                let _gone = reply.send(Err(CallRefused::Revoked));
                return;
            }
        };
        if let Err((rejection, Waiter::Caller(reply))) = self.take(origin, Waiter::Caller(reply), now) {
            let _gone = reply.send(Ok(CommandReply::Rejected { rejection }));
        }
    }

    fn admission(&mut self, grant: &Grant, paced: bool, now: Instant) -> Result<Admission, CallRefused> {
        let meeting = self.meeting.as_ref().ok_or(CallRefused::Revoked)?;
        let admission = admit(meeting, grant);
        if let Admission::Viewer(viewer) = admission {
            let class = class_of(meeting, viewer).ok_or(CallRefused::Revoked)?;
            let pace = self.pace(&class);
            // Nothing that panics runs under this lock.
            if paced && !pace.lock().unwrap_or_else(PoisonError::into_inner).try_take(now, 1) {
                return Err(CallRefused::TooFast);
            }
        }
        match admission {
            Admission::Revoked | Admission::Erased => Err(CallRefused::Revoked),
            Admission::Viewer(_) | Admission::Joining(_) => Ok(admission),
        }
    }

    /// Puts a command into the batch; whoever waits hears of it when its entry has been applied.
    fn take(&mut self, origin: Origin, waiter: Waiter, now: Instant) -> Result<(), (Rejection, Waiter)> {
        let Some(meeting) = self.meeting.as_ref().filter(|_| !self.parked) else {
            return Err((Rejection::Unavailable {}, waiter));
        };
        if let Err(rejection) = precheck(meeting, &origin) {
            return Err((rejection, waiter));
        }
        let key = CommandKey::of(&origin);
        if let (Some(key), Some(outcome)) = (key, recall(meeting, &origin)) {
            // Sent again, and decided long ago: the answer does not need the log.
            self.waiters.push(key, waiter, now);
            self.answer(&key, &outcome);
            return Ok(());
        }
        let input = match payload(origin, &*self.around.chance) {
            Ok(input) if input.0.len() <= STORE_PAYLOAD_BYTES => input,
            Ok(_) => {
                return Err((Rejection::Malformed { detail: "the command is too large".into() }, waiter));
            }
            Err(error) => {
                tracing::error!(%error, "no random bytes");
                return Err((Rejection::Unavailable {}, waiter));
            }
        };
        if self.batch.push(input, now).is_err() {
            return Err((Rejection::Unavailable {}, waiter));
        }
        if let Some(key) = key {
            self.waiters.push(key, waiter, now);
            #[cfg(any(test, feature = "test-support"))]
            if self.around.sabotage.has(Bug::AcknowledgeEarly) {
                self.answer(&key, &Outcome::Accepted { seq: self.position.seq, created: None });
            }
        }
        Ok(())
    }
}
