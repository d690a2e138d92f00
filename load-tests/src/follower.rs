//! Follows the log while a scenario runs. A server deletes entries that stand in an older snapshot, so whoever wants all
//! of them has to read along.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use engawa_domain::Entry;
use engawa_protocol::{MeetingId, Seq};
use tokio::sync::watch;

use crate::http::Api;
use crate::trouble::{Findings, Promise, Trouble};

/// How often the log is asked for more. Between two snapshots lie hundreds of entries, so this is often enough.
const POLL_INTERVAL: Duration = Duration::from_millis(150);

#[derive(Debug, Default)]
struct Read {
    entries: Vec<Entry>,
    last: Seq,
}

/// A task that reads the log.
#[derive(Debug)]
pub(crate) struct Follower {
    read: Arc<Mutex<Read>>,
    last: watch::Receiver<Seq>,
    task: tokio::task::JoinHandle<()>,
}

impl Follower {
    /// Begins with the first entry.
    pub(crate) fn begin(api: Api, meeting: MeetingId, findings: Findings) -> Self {
        let read = Arc::new(Mutex::new(Read::default()));
        let (tell, last) = watch::channel(Seq(0));
        let task = tokio::spawn(follow(api, meeting, Arc::clone(&read), tell, findings));
        Self { read, last, task }
    }

    /// Waits until everything up to a position has been read.
    pub(crate) async fn until(&self, seq: Seq, limit: Duration) -> Result<(), Trouble> {
        let mut last = self.last.clone();
        let wait = last.wait_for(|last| *last >= seq);
        match tokio::time::timeout(limit, wait).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Trouble::WaitedInVain {
                who: "the log's reader".into(),
                what: format!("entry {seq} to be in the log, which ends at {}", *self.last.borrow()),
                waited: limit,
            }),
        }
    }

    /// Takes what has been read since the last time.
    pub(crate) fn take(&self) -> Vec<Entry> {
        std::mem::take(&mut lock(&self.read).entries)
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn lock(read: &Mutex<Read>) -> MutexGuard<'_, Read> {
    read.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn follow(
    api: Api,
    meeting: MeetingId,
    read: Arc<Mutex<Read>>,
    tell: watch::Sender<Seq>,
    findings: Findings,
) {
    loop {
        let after = lock(&read).last;
        match api.log_after(meeting, after).await {
            Ok(entries) => {
                let mut read = lock(&read);
                read.last = entries.last().map_or(after, |entry| entry.seq);
                read.entries.extend(entries);
                tell.send_replace(read.last);
            }
            Err(trouble) => findings.add(Promise::Durability, format!("reading the log: {trouble}")),
        }
        tokio::time::sleep(POLL_INTERVAL).await;
    }
}
