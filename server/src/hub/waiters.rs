//! Who waits for the outcome of which command. Outcomes come from applying entries, never from the append's answer.

use std::collections::{HashMap, VecDeque};

use engawa_domain::Origin;
use engawa_protocol::{ClientSeq, DeviceId, PersonId};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::handle::CallReply;
use super::members::ConnectionId;

/// What names a command for good: who, on which device, under which number. Person 0 stands for those who are
/// nobody yet, as in the domain's dedupe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct CommandKey {
    /// Who; 0 for somebody who is joining.
    pub person: PersonId,
    /// On which device.
    pub device: DeviceId,
    /// Under which number.
    pub client_seq: ClientSeq,
}

impl CommandKey {
    /// The key of what somebody asked for; none for what the system says.
    #[must_use]
    pub(super) const fn of(origin: &Origin) -> Option<Self> {
        match origin {
            Origin::Person { person, device, client_seq, .. } => {
                Some(Self { person: *person, device: *device, client_seq: *client_seq })
            }
            Origin::Link { device, client_seq, .. } => {
                Some(Self { person: PersonId(0), device: *device, client_seq: *client_seq })
            }
            Origin::System { .. } => None,
        }
    }
}

/// Somebody who waits.
#[derive(Debug)]
pub(super) enum Waiter {
    /// A connection.
    Connection(ConnectionId),
    /// A caller outside any connection.
    Caller(oneshot::Sender<CallReply>),
}

/// All who wait.
#[derive(Debug, Default)]
pub(super) struct Waiters {
    waiting: HashMap<CommandKey, Vec<(u64, Waiter)>>,
    order: VecDeque<(Instant, CommandKey, u64)>,
    last: u64,
}

impl Waiters {
    /// Adds one.
    pub(super) fn push(&mut self, key: CommandKey, waiter: Waiter, now: Instant) {
        self.last += 1;
        self.waiting.entry(key).or_default().push((self.last, waiter));
        self.order.push_back((now, key, self.last));
    }

    /// Takes out all who wait for a command.
    pub(super) fn take(&mut self, key: &CommandKey) -> Vec<Waiter> {
        let taken = self.waiting.remove(key).unwrap_or_default();
        if self.waiting.is_empty() {
            self.order.clear();
        }
        taken.into_iter().map(|(_, waiter)| waiter).collect()
    }

    /// Takes out all who have waited since before a moment.
    pub(super) fn take_late(&mut self, before: Instant) -> Vec<(CommandKey, Waiter)> {
        let mut late = Vec::new();
        while let Some((since, key, number)) = self.order.front().copied() {
            if since > before {
                break;
            }
            self.order.pop_front();
            let Some(of_key) = self.waiting.get_mut(&key) else { continue };
            if let Some(index) = of_key.iter().position(|(of, _)| *of == number) {
                late.push((key, of_key.swap_remove(index).1));
            }
            if of_key.is_empty() {
                self.waiting.remove(&key);
            }
        }
        late
    }

    /// Takes out all, in the order in which they came.
    pub(super) fn take_all(&mut self) -> Vec<(CommandKey, Waiter)> {
        self.order.clear();
        let all = std::mem::take(&mut self.waiting).into_iter();
        let mut all: Vec<_> = all
            .flat_map(|(key, of_key)| of_key.into_iter().map(move |(number, w)| (number, key, w)))
            .collect();
        all.sort_unstable_by_key(|(number, ..)| *number);
        all.into_iter().map(|(_, key, waiter)| (key, waiter)).collect()
    }

    /// Since when the first has waited; it may have been answered meanwhile.
    #[must_use]
    pub(super) fn since(&self) -> Option<Instant> {
        self.order.front().map(|(since, ..)| *since)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn key(number: u64) -> CommandKey {
        CommandKey { person: PersonId(1), device: DeviceId(uuid::Uuid::nil()), client_seq: ClientSeq(number) }
    }

    #[tokio::test(start_paused = true)]
    async fn each_is_answered_once() {
        let (mut waiters, now) = (Waiters::default(), Instant::now());
        waiters.push(key(1), Waiter::Connection(ConnectionId(1)), now);
        waiters.push(key(1), Waiter::Connection(ConnectionId(2)), now + Duration::from_secs(1));
        waiters.push(key(2), Waiter::Connection(ConnectionId(1)), now + Duration::from_secs(2));
        let late = waiters.take_late(now);
        assert!(matches!(late[..], [(k, Waiter::Connection(ConnectionId(1)))] if k == key(1)));
        assert!(matches!(waiters.take(&key(1))[..], [Waiter::Connection(ConnectionId(2))]));
        assert!(waiters.take(&key(1)).is_empty());
        assert_eq!(waiters.take_all().len(), 1);
        assert_eq!(waiters.since(), None);
    }
}
