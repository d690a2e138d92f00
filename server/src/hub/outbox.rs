//! The queue between a meeting's actor and one connection: bounded in frames and bytes, never waited for. The
//! actor pushes, the connection's own task takes. A full queue means a reader that is too slow.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use engawa_protocol::{CloseCode, Goodbye};
use smallvec::SmallVec;

use super::frame::FrameText;

/// Frames on their way to one connection, in order: mostly a single one.
pub type Frames = SmallVec<[FrameText; 1]>;

/// The actor's end.
#[derive(Debug)]
pub struct Outbox(Arc<Shared>);

/// The connection's end.
#[derive(Debug)]
pub struct OutboxReader(Arc<Shared>);

/// What the connection has to do next.
#[derive(Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// Send these, in order.
    Frames(Frames),
    /// Say goodbye and close.
    Goodbye(Goodbye),
}

/// The reader is too slow.
#[derive(Debug, PartialEq, Eq)]
pub struct OutboxFull;

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    frames_max: usize,
    bytes_max: usize,
}

/// All that a frame's way to its connection touches lies together: a node with thousands of connections finds none of it in
/// the processor's cache.
#[derive(Debug, Default)]
struct State {
    frames: Frames,
    /// What they count for.
    bytes: usize,
    goodbye: Option<Goodbye>,
    /// The connection is to be closed without sending what is under way.
    is_cut: bool,
    /// The connection's task, while it waits.
    waiting: Option<Waker>,
}

/// Both ends of a new outbox.
#[must_use]
pub fn outbox(frames_max: usize, bytes_max: usize) -> (Outbox, OutboxReader) {
    let shared = Arc::new(Shared { state: Mutex::default(), frames_max, bytes_max });
    (Outbox(Arc::clone(&shared)), OutboxReader(shared))
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // No code under this lock panics.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, and has the connection's task look at it.
    fn change(&self, change: impl FnOnce(&mut State)) {
        let waiting = {
            let mut state = self.state();
            change(&mut state);
            state.waiting.take()
        };
        if let Some(task) = waiting {
            task.wake();
        }
    }
}

impl State {
    /// What is there to do; otherwise the task is woken by the next change.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Outgoing> {
        if !self.frames.is_empty() {
            self.bytes = 0;
            return Poll::Ready(Outgoing::Frames(std::mem::take(&mut self.frames)));
        }
        if let Some(goodbye) = &self.goodbye {
            return Poll::Ready(Outgoing::Goodbye(goodbye.clone()));
        }
        self.wait(cx)
    }

    fn wait<T>(&mut self, cx: &mut Context<'_>) -> Poll<T> {
        if !self.waiting.as_ref().is_some_and(|task| task.will_wake(cx.waker())) {
            self.waiting = Some(cx.waker().clone());
        }
        Poll::Pending
    }
}

impl Outbox {
    /// Queues a frame.
    ///
    /// # Errors
    /// [`OutboxFull`]; the frame is not queued.
    pub fn push(&self, frame: FrameText) -> Result<(), OutboxFull> {
        let bytes = frame.len();
        self.put(frame, bytes)
    }

    /// Queues a view, whose size the meeting decides and not the reader's pace: its bytes are not counted.
    ///
    /// # Errors
    /// [`OutboxFull`]; the frame is not queued.
    pub fn push_view(&self, frame: FrameText) -> Result<(), OutboxFull> {
        self.put(frame, 0)
    }

    /// Whether something waits to be taken by the connection's task.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        !self.0.state().frames.is_empty()
    }

    /// Whether more than a quarter is full: a time to leave out what nobody will miss.
    #[must_use]
    pub fn is_pressed(&self) -> bool {
        let state = self.0.state();
        state.frames.len() * 4 > self.0.frames_max || state.bytes * 4 > self.0.bytes_max
    }

    /// Has the connection closed once what waits has been sent.
    pub fn close(&self, goodbye: Goodbye) {
        self.0.change(|state| {
            state.goodbye.get_or_insert(goodbye);
        });
    }

    /// Has the connection closed now, whatever waits.
    pub fn close_now(&self, goodbye: Goodbye) {
        self.0.change(|state| {
            state.frames.clear();
            state.bytes = 0;
            state.goodbye.get_or_insert(goodbye);
            state.is_cut = true;
        });
    }

    fn put(&self, frame: FrameText, bytes: usize) -> Result<(), OutboxFull> {
        let Shared { frames_max, bytes_max, .. } = *self.0;
        let mut outcome = Ok(());
        self.0.change(|state| {
            // One frame may always wait, or a large one could never be sent.
            let over = state.frames.len() >= frames_max || state.bytes + bytes > bytes_max;
            if over && !state.frames.is_empty() {
                outcome = Err(OutboxFull);
                return;
            }
            state.bytes += bytes;
            state.frames.push(frame);
        });
        outcome
    }
}

impl Drop for Outbox {
    /// An actor that goes without a word has stumbled.
    fn drop(&mut self) {
        self.close(Goodbye::new(CloseCode::Faulted, 1000, ""));
    }
}

impl OutboxReader {
    /// Waits for something to do. Safe to drop while waiting.
    pub async fn next(&mut self) -> Outgoing {
        poll_fn(|cx| self.0.state().poll(cx)).await
    }

    /// Waits until the connection is to be closed without sending what is under way. Safe to drop while waiting.
    pub async fn cut(&mut self) {
        poll_fn(|cx| {
            let mut state = self.0.state();
            if state.is_cut { Poll::Ready(()) } else { state.wait(cx) }
        })
        .await;
    }
}

#[cfg(test)]
mod tests {
    use smallvec::smallvec;

    use super::*;

    #[tokio::test]
    async fn frames_come_in_order_and_then_the_goodbye() {
        let (outbox, mut reader) = outbox(2, 100);
        outbox.push("a".into()).unwrap();
        outbox.push("b".into()).unwrap();
        assert_eq!(outbox.push("c".into()), Err(OutboxFull));
        let goodbye = Goodbye::new(CloseCode::LinkRevoked, 0, "");
        outbox.close(goodbye.clone());
        assert_eq!(reader.next().await, Outgoing::Frames(smallvec!["a".into(), "b".into()]));
        assert_eq!(reader.next().await, Outgoing::Goodbye(goodbye));
    }

    #[tokio::test]
    async fn bytes_are_bounded_but_one_large_frame_passes() {
        let (outbox, mut reader) = outbox(10, 4);
        outbox.push("longer than four".into()).unwrap();
        assert_eq!(outbox.push("x".into()), Err(OutboxFull));
        assert!(matches!(reader.next().await, Outgoing::Frames(frames) if frames.len() == 1));
        outbox.push_view("a view of any size".into()).unwrap();
        outbox.push("four".into()).unwrap();
    }

    #[tokio::test]
    async fn closing_now_drops_what_waits_and_a_lost_actor_is_noticed() {
        let (first, mut reader) = outbox(2, 100);
        first.push("a".into()).unwrap();
        first.close_now(Goodbye::new(CloseCode::Slow, 0, ""));
        reader.cut().await;
        assert!(matches!(reader.next().await, Outgoing::Goodbye(g) if g.code == CloseCode::Slow));
        let (second, mut reader) = outbox(2, 100);
        drop(second);
        assert!(matches!(reader.next().await, Outgoing::Goodbye(g) if g.code == CloseCode::Faulted));
    }

    #[tokio::test]
    async fn a_reader_that_waits_is_woken_by_whatever_happens() {
        let (outbox, mut reader) = outbox(2, 100);
        let reading = tokio::spawn(async move {
            let first = reader.next().await;
            reader.cut().await;
            (first, reader.next().await)
        });
        tokio::task::yield_now().await;
        outbox.push("a".into()).unwrap();
        tokio::task::yield_now().await;
        outbox.push("lost".into()).unwrap();
        outbox.close_now(Goodbye::new(CloseCode::Slow, 0, ""));
        let (first, last) = reading.await.unwrap();
        assert_eq!(first, Outgoing::Frames(smallvec!["a".into()]));
        assert!(matches!(last, Outgoing::Goodbye(g) if g.code == CloseCode::Slow));
    }
}
