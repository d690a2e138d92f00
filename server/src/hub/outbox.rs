//! The queue between a meeting's actor and one connection: bounded in frames and bytes, never waited for. The
//! actor pushes, the connection's own task takes. A full queue means a reader that is too slow.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use engawa_protocol::{CloseCode, Goodbye};
use tokio::sync::{Notify, watch};

use super::frame::FrameText;

/// The actor's end.
#[derive(Debug)]
pub struct Outbox(Arc<Shared>);

/// The connection's end.
#[derive(Debug)]
pub struct OutboxReader {
    shared: Arc<Shared>,
    cut: watch::Receiver<bool>,
}

/// What the connection has to do next.
#[derive(Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// Send these, in order.
    Frames(Vec<FrameText>),
    /// Say goodbye and close.
    Goodbye(Goodbye),
}

/// The reader is too slow.
#[derive(Debug, PartialEq, Eq)]
pub struct OutboxFull;

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    ready: Notify,
    cut: watch::Sender<bool>,
    frames_max: usize,
    bytes_max: usize,
}

/// A queue with room for so many frames is kept at hand while it is empty.
const QUEUE_KEPT: usize = 8;

#[derive(Debug, Default)]
struct State {
    /// Frames with the bytes that each counts for.
    queue: VecDeque<(FrameText, usize)>,
    bytes: usize,
    goodbye: Option<Goodbye>,
}

/// Both ends of a new outbox.
#[must_use]
pub fn outbox(frames_max: usize, bytes_max: usize) -> (Outbox, OutboxReader) {
    let (cut_sender, cut) = watch::channel(false);
    let shared = Arc::new(Shared {
        state: Mutex::default(),
        ready: Notify::new(),
        cut: cut_sender,
        frames_max,
        bytes_max,
    });
    (Outbox(Arc::clone(&shared)), OutboxReader { shared, cut })
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // No code under this lock panics.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
        !self.0.state().queue.is_empty()
    }

    /// Whether more than a quarter is full: a time to leave out what nobody will miss.
    #[must_use]
    pub fn is_pressed(&self) -> bool {
        let state = self.0.state();
        state.queue.len() * 4 > self.0.frames_max || state.bytes * 4 > self.0.bytes_max
    }

    /// Has the connection closed once what waits has been sent.
    pub fn close(&self, goodbye: Goodbye) {
        self.0.state().goodbye.get_or_insert(goodbye);
        self.0.ready.notify_one();
    }

    /// Has the connection closed now, whatever waits.
    pub fn close_now(&self, goodbye: Goodbye) {
        {
            let mut state = self.0.state();
            state.queue.clear();
            state.bytes = 0;
            state.goodbye.get_or_insert(goodbye);
        }
        self.0.cut.send_replace(true);
        self.0.ready.notify_one();
    }

    fn put(&self, frame: FrameText, bytes: usize) -> Result<(), OutboxFull> {
        {
            let mut state = self.0.state();
            // One frame may always wait, or a large one could never be sent.
            let over = state.queue.len() >= self.0.frames_max || state.bytes + bytes > self.0.bytes_max;
            if over && !state.queue.is_empty() {
                return Err(OutboxFull);
            }
            state.bytes += bytes;
            state.queue.push_back((frame, bytes));
        }
        self.0.ready.notify_one();
        Ok(())
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
        loop {
            {
                let mut state = self.shared.state();
                if !state.queue.is_empty() {
                    state.bytes = 0;
                    let frames = state.queue.drain(..).map(|(frame, _)| frame).collect();
                    // Its place is kept for the next frames, unless it has become large.
                    if state.queue.capacity() > QUEUE_KEPT {
                        state.queue = VecDeque::new();
                    }
                    return Outgoing::Frames(frames);
                }
                if let Some(goodbye) = &state.goodbye {
                    return Outgoing::Goodbye(goodbye.clone());
                }
            }
            self.shared.ready.notified().await;
        }
    }

    /// Waits until the connection is to be closed without sending what is under way.
    pub async fn cut(&mut self) {
        // The sender lives in what this holds, so it is never gone.
        let _ = self.cut.wait_for(|cut| *cut).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn frames_come_in_order_and_then_the_goodbye() {
        let (outbox, mut reader) = outbox(2, 100);
        outbox.push("a".into()).unwrap();
        outbox.push("b".into()).unwrap();
        assert_eq!(outbox.push("c".into()), Err(OutboxFull));
        let goodbye = Goodbye::new(CloseCode::LinkRevoked, 0, "");
        outbox.close(goodbye.clone());
        assert_eq!(reader.next().await, Outgoing::Frames(vec!["a".into(), "b".into()]));
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
}
