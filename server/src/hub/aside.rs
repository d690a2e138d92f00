//! Where work is done that takes long and waits for nothing: not in a meeting's task, where everybody would wait for it,
//! and not at the expense of those tasks either.

use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, Sender, channel};

#[cfg(target_os = "linux")]
use thread_priority::{
    NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
    thread_native_id,
};
#[cfg(not(target_os = "linux"))]
use thread_priority::{ThreadPriority, set_current_thread_priority};
use tokio::sync::oneshot;

/// Where such work is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// On a thread of its own for the whole process, one piece after the other, which steps back for whoever is in a
    /// hurry: with one core, encoding a large state would hold up every note for as long as it takes.
    Thread,
    /// At once and in line, so that a run can be repeated from its seed.
    InLine,
}

impl Aside {
    /// Does the work. None if it panicked or there is no such thread.
    pub(super) async fn run<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        match self {
            Self::Thread => {
                let (answer, answered) = oneshot::channel();
                let work = Box::new(move || {
                    // Whoever asked may have gone.
                    let _ = answer.send(work());
                });
                thread()?.send(work).ok()?;
                answered.await.ok()
            }
            Self::InLine => Some(work()),
        }
    }
}

type Work = Box<dyn FnOnce() + Send>;

/// The way to the thread. Each meeting has one piece of work there at a time, so what waits is bounded by the meetings.
fn thread() -> Option<&'static Sender<Work>> {
    static THREAD: OnceLock<Option<Sender<Work>>> = OnceLock::new();
    let start = || {
        let (sender, receiver) = channel();
        let thread = std::thread::Builder::new().name("aside".to_owned());
        match thread.spawn(move || work_through(&receiver)) {
            Ok(_running) => Some(sender),
            Err(error) => {
                tracing::error!(%error, "there is no thread for snapshots; the log grows instead");
                None
            }
        }
    };
    THREAD.get_or_init(start).as_ref()
}

fn work_through(queue: &Receiver<Work>) {
    step_back();
    while let Ok(work) = queue.recv() {
        // Unwind safety: nothing is shared with the work; its asker sees that no answer comes.
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err() {
            tracing::error!("work aside has panicked");
        }
    }
}

/// Gives this thread what others leave of a busy core. Where there is such a policy (Linux: `SCHED_IDLE`), it stops at once
/// when they have something to do; niceness alone would let it end its turn of some milliseconds first.
fn step_back() {
    #[cfg(target_os = "linux")]
    let outcome = set_thread_priority_and_policy(
        thread_native_id(),
        ThreadPriority::Min,
        ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle),
    );
    #[cfg(not(target_os = "linux"))]
    let outcome = set_current_thread_priority(ThreadPriority::Min);
    if let Err(error) = outcome {
        tracing::debug!(%error, "snapshots are encoded at the usual priority");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_is_done_and_a_panic_ends_nothing_but_itself() {
        assert_eq!(Aside::InLine.run(|| 1).await, Some(1));
        assert_eq!(Aside::Thread.run(|| 2).await, Some(2));
        assert_eq!(Aside::Thread.run(|| panic!("on purpose")).await, None::<u32>);
        assert_eq!(Aside::Thread.run(|| 3).await, Some(3), "the thread is still there");
    }
}
