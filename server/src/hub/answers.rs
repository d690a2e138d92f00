//! What became of a command, told to whoever asked for it: from applying its entry, never from the append's answer.

use engawa_domain::Outcome;
use engawa_protocol::http::CommandReply;
use engawa_protocol::{Ack, Rejected};

use super::live::{Live, rejection_name};
use super::members::ConnectionId;
use super::waiters::{CommandKey, Waiter};
use crate::observe::metrics;

impl Live {
    /// Tells all who wait for a command what became of it; answers with the connections among them.
    pub(super) fn answer(&mut self, key: &CommandKey, outcome: &Outcome) -> Vec<ConnectionId> {
        let mut told = Vec::new();
        if let Outcome::Rejected { rejection } = outcome {
            metrics::command_rejected(rejection_name(rejection));
        }
        for waiter in self.waiters.take(key) {
            match waiter {
                Waiter::Caller(reply) => {
                    // A caller that has gone asks again or does not care.
                    let _ = reply.send(Ok(match outcome.clone() {
                        Outcome::Accepted { seq, created } => CommandReply::Accepted { seq, created },
                        Outcome::Rejected { rejection } => CommandReply::Rejected { rejection },
                    }));
                }
                Waiter::Connection(id) => {
                    if let Some(connection) = self.members.get_mut(id) {
                        connection.unanswered = connection.unanswered.saturating_sub(1);
                    }
                    self.tell(id, key, outcome);
                    told.push(id);
                }
            }
        }
        told
    }

    /// Tells the other connections of the device: their command may have come by another way, or another node (TR5).
    pub(super) fn tell_device(&mut self, key: &CommandKey, outcome: &Outcome, told: &[ConnectionId]) {
        let others: Vec<_> = self.members.of_device(key.person, key.device).map(|(id, _)| id).collect();
        for id in others.into_iter().filter(|id| !told.contains(id)) {
            self.tell(id, key, outcome);
        }
    }

    fn tell(&mut self, id: ConnectionId, key: &CommandKey, outcome: &Outcome) {
        let client_seq = key.client_seq;
        match outcome.clone() {
            Outcome::Accepted { seq, created } => {
                self.fanout.ack(id, Ack { client_seq, seq, created }, &mut self.members);
            }
            Outcome::Rejected { rejection } => {
                self.fanout.reject(id, Rejected { client_seq, rejection }, &mut self.members);
            }
        }
    }
}
