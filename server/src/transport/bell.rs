//! Keeps a connection's task from asking for what comes each time when it is woken for what goes: with thousands of
//! connections a question is many steps through memory that is in no cache, down to the socket and back for nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;

/// What a source rings when there is something to ask it for.
#[derive(Debug)]
pub(super) struct Bell {
    inner: Arc<Inner>,
    /// Rings it.
    waker: Waker,
}

#[derive(Debug)]
struct Inner {
    has_rung: AtomicBool,
    task: AtomicWaker,
}

impl Bell {
    /// One that has rung: nobody has asked yet.
    pub(super) fn new() -> Self {
        let inner = Arc::new(Inner { has_rung: AtomicBool::new(true), task: AtomicWaker::new() });
        Self { waker: Waker::from(Arc::clone(&inner)), inner }
    }

    /// Asks the source if it has rung since it last had nothing, and waits for it to ring otherwise. The source must wake
    /// whoever it has told to wait, even if that question was given up meanwhile.
    pub(super) fn answer<T>(
        &self,
        cx: &mut Context<'_>,
        ask: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        self.inner.task.register(cx.waker());
        if !self.inner.has_rung.swap(false, Ordering::AcqRel) {
            return Poll::Pending;
        }
        let answer = ask(&mut Context::from_waker(&self.waker));
        if answer.is_ready() {
            // There may be more behind it.
            self.inner.has_rung.store(true, Ordering::Release);
        }
        answer
    }
}

impl Wake for Inner {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.has_rung.store(true, Ordering::Release);
        self.task.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_source_is_asked_once_until_it_rings() {
        let (sender, mut source) = mpsc::channel::<u32>(4);
        let (bell, mut asked) = (Bell::new(), 0);
        let mut ask = |cx: &mut Context<'_>| {
            bell.answer(cx, |cx| {
                asked += 1;
                source.poll_recv(cx)
            })
        };
        for _ in 0..3 {
            assert_eq!(futures_util::poll!(poll_fn(&mut ask)), Poll::Pending);
        }
        // Two at once: the second does not ring a second time.
        sender.send(1).await.unwrap();
        sender.send(2).await.unwrap();
        assert_eq!(poll_fn(&mut ask).await, Some(1));
        assert_eq!(poll_fn(&mut ask).await, Some(2));
        assert_eq!(futures_util::poll!(poll_fn(&mut ask)), Poll::Pending);
        assert_eq!(asked, 4, "once when new, twice for what came, once to find that it was all");
    }

    #[tokio::test]
    async fn whoever_waits_is_woken_also_after_a_question_that_was_given_up() {
        let (sender, mut source) = mpsc::channel::<u32>(1);
        let bell = Bell::new();
        assert_eq!(
            futures_util::poll!(poll_fn(|cx| bell.answer(cx, |cx| source.poll_recv(cx)))),
            Poll::Pending
        );
        let sending = tokio::spawn(async move { sender.send(7).await });
        assert_eq!(poll_fn(|cx| bell.answer(cx, |cx| source.poll_recv(cx))).await, Some(7));
        sending.await.unwrap().unwrap();
        assert_eq!(poll_fn(|cx| bell.answer(cx, |cx| source.poll_recv(cx))).await, None);
    }
}
