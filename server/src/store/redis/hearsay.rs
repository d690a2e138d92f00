//! What nodes tell each other, over a sharded channel beside the one for news, heard on the same connection. What
//! cannot be sent now is not sent: nothing waits for a Redis that does not answer.

use std::sync::Weak;

use bytes::Bytes;
use futures_util::future::join_all;
use tokio::sync::mpsc;

use super::RedisStore;
use super::fault::Kind;
use super::shared::Shared;
use crate::limits;
use crate::observe::metrics;
use crate::store::MeetingId;
use crate::store::hearsay::{Ear, Hearsay};

/// Something to be told.
pub(super) type Told = (MeetingId, Bytes);

impl Hearsay for RedisStore {
    fn reaches_others(&self) -> bool {
        true
    }

    fn tell(&self, meeting: MeetingId, words: Bytes) {
        if words.len() > limits::HEARSAY_BYTES || self.telling.try_send((meeting, words)).is_err() {
            metrics::hearsay_dropped(1);
        }
    }

    fn listen(&self, meeting: MeetingId) -> Ear {
        self.shared.ears().hearsay.listen(meeting)
    }
}

/// Sends what is to be told until the store is gone. What gathers while Redis is asked goes together, in order.
pub(super) async fn pass_on(shared: Weak<Shared>, mut queue: mpsc::Receiver<Told>) {
    let mut batch: Vec<Told> = Vec::new();
    while queue.recv_many(&mut batch, limits::REDIS_LIST_COUNT).await > 0 {
        let Some(shared) = shared.upgrade() else { return };
        let sending = batch.drain(..).map(|(meeting, words)| {
            let mut command = redis::cmd("SPUBLISH");
            command.arg(shared.names().hearsay(meeting)).arg(&*words);
            let shared = &shared;
            async move { shared.reads.run(Kind::Read, &command).await }
        });
        let lost = join_all(sending).await.iter().filter(|sent| sent.is_err()).count();
        metrics::hearsay_dropped(lost as u64);
    }
}
