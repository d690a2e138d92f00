//! Commands that are neither acknowledged nor rejected (CM1, RS2): numbered once, sent again until answered.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use engawa_protocol::{Ack, ClientSeq, Rejected};
use tokio::sync::oneshot;

use super::skim::Skimming;
use super::{Reply, Taken};
use crate::meter::Stamp;

/// CM4: the pause before a command that was refused for now is sent again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Who is told what becomes of a command.
#[derive(Debug)]
pub(super) enum Answer {
    /// Somebody waits for it.
    Awaited(oneshot::Sender<Reply>),
    /// It is counted.
    Counted(Skimming, Stamp),
}

impl Answer {
    fn give(self, reply: Reply) {
        match self {
            // Nobody may be waiting any more.
            Self::Awaited(waiting) => drop(waiting.send(reply)),
            Self::Counted(skimming, stamp) => skimming.answered(reply, stamp),
        }
    }
}

#[derive(Debug)]
struct Pending {
    frame: String,
    reply: Answer,
    sent: Instant,
    node: Option<usize>,
    straight: bool,
    again_at: Option<Instant>,
}

/// The outbox of one device.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    last: ClientSeq,
    pending: BTreeMap<ClientSeq, Pending>,
}

impl Outbox {
    /// The outbox of a device that has used the numbers up to this one.
    pub(super) fn after(last: ClientSeq) -> Self {
        Self { last, ..Self::default() }
    }

    /// Numbers a command; gives the frame to send. `node` is the one it goes to, or the one whose line is lost.
    pub(super) fn put(&mut self, command: &str, reply: Answer, now: Instant, node: Option<usize>) -> String {
        self.last = self.last.next();
        let frame = format!(r#"{{"type":"submit","client_seq":{},"command":{command}}}"#, self.last);
        let pending =
            Pending { frame: frame.clone(), reply, sent: now, node, straight: true, again_at: None };
        self.pending.insert(self.last, pending);
        frame
    }

    /// RS2: everything unanswered, in order.
    pub(super) fn all_again(&mut self) -> Vec<String> {
        self.pending
            .values_mut()
            .map(|pending| {
                pending.straight = false;
                pending.again_at = None;
                pending.frame.clone()
            })
            .collect()
    }

    /// CM4: what was refused for now and may be tried again.
    pub(super) fn due_again(&mut self, now: Instant) -> Vec<String> {
        let due = self.pending.values_mut().filter(|pending| pending.again_at.is_some_and(|at| at <= now));
        due.map(|pending| {
            pending.again_at = None;
            pending.frame.clone()
        })
        .collect()
    }

    /// An ack. Acks of commands that were answered before are nothing new: they were sent twice.
    pub(super) fn acked(&mut self, ack: &Ack, now: Instant) {
        if let Some(Pending { reply, sent, node, straight, .. }) = self.pending.remove(&ack.client_seq) {
            let Ack { client_seq, seq, created } = *ack;
            reply.give(Ok(Taken { client_seq, seq, created, sent, acked: now, node, straight }));
        }
    }

    /// A rejection; one that is not final keeps the command.
    pub(super) fn rejected(&mut self, rejected: Rejected, now: Instant) {
        if rejected.rejection.is_retryable() {
            if let Some(pending) = self.pending.get_mut(&rejected.client_seq) {
                pending.straight = false;
                pending.again_at = Some(now + AGAIN_AFTER);
            }
        } else if let Some(pending) = self.pending.remove(&rejected.client_seq) {
            pending.reply.give(Err(rejected.rejection));
        }
    }
}

#[cfg(test)]
mod tests {
    use engawa_protocol::{Rejection, Seq};

    use super::*;

    #[test]
    fn numbers_rise_and_unanswered_commands_go_again_in_order() {
        let (mut outbox, now) = (Outbox::default(), Instant::now());
        let (first, mut first_answer) = oneshot::channel();
        let (second, mut second_answer) = oneshot::channel();
        outbox.put("1", Answer::Awaited(first), now, Some(1));
        let frame = outbox.put("2", Answer::Awaited(second), now, None);
        assert_eq!(frame, r#"{"type":"submit","client_seq":2,"command":2}"#);
        assert_eq!(outbox.all_again().len(), 2);
        let ack = Ack { client_seq: ClientSeq(1), seq: Seq(9), created: Some(3) };
        outbox.acked(&ack, now);
        outbox.acked(&ack, now);
        let taken = first_answer.try_recv().unwrap().unwrap();
        assert_eq!((taken.seq, taken.created, taken.straight), (Seq(9), Some(3), false));
        assert_eq!(taken.node, Some(1));
        assert_eq!(outbox.all_again(), std::slice::from_ref(&frame));

        let too_fast = Rejected { client_seq: ClientSeq(2), rejection: Rejection::TooFast {} };
        outbox.rejected(too_fast, now);
        assert!(second_answer.try_recv().is_err(), "not final");
        assert!(outbox.due_again(now).is_empty());
        assert_eq!(outbox.due_again(now + AGAIN_AFTER), [frame]);
        outbox.rejected(Rejected { client_seq: ClientSeq(2), rejection: Rejection::AlreadySo {} }, now);
        assert_eq!(second_answer.try_recv().unwrap().unwrap_err(), Rejection::AlreadySo {});
        assert!(outbox.all_again().is_empty());
    }
}
