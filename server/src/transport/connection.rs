//! One connection from hello to goodbye: frames in at the person's pace and the mailbox's, frames out as the outbox
//! gives them, a heartbeat in between. The same for every kind of link.

use std::pin::pin;
use std::sync::PoisonError;
use std::task::Poll;
use std::time::Duration;

use engawa_protocol::limits::{HEARTBEAT_MS, SILENCE_TIMEOUT_MS};
use engawa_protocol::{
    ClientFrame, CloseCode, Goodbye, Ping, Pong, Refused, Rejected, Rejection, ServerFrame, Submit,
};
use futures_util::poll;
use smallvec::smallvec;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::handshake::{Refusal, shake_hands};
use super::incoming::{Incoming, read};
use super::link::{Link, LinkError, Received};
use crate::auth::KeyRing;
use crate::hub::{FrameText, Frames, Hub, Joined, Outgoing, Request, encode};
use crate::observe::metrics::{self, OpenConnection};

/// Frames that have been handed to a link must be taken within this time.
const SEND_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a goodbye may take.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(3);
/// The longest after which those are told to come back whose meeting the store does not give out, in milliseconds.
const UNAVAILABLE_RETRY_MS: u64 = 3000;
/// Somebody whose commands would have to wait longer than this is refused instead.
const PACE_WAIT_MAX: Duration = Duration::from_secs(5);

/// Serves a link until either side closes it.
///
/// What is done once is kept apart from what a connection holds for hours: thousands of them find more of theirs in the
/// processor's cache.
pub async fn serve_link<L: Link>(mut link: L, hub: &Hub, keys: &KeyRing, draining: &CancellationToken) {
    let goodbye = match Box::pin(let_in(&mut link, hub, keys, draining)).await {
        Ok(joined) => {
            let _open = OpenConnection::new(L::KIND);
            let (handle, connection) = (joined.handle.clone(), joined.attached.connection);
            let goodbye = Pump::new(joined, hub).run(&mut link).await;
            handle.send(Request::Detach(connection)).await;
            goodbye
        }
        Err(code) => code.map(|code| Goodbye::new(code, retry_after_ms(code), "")),
    };
    if let Some(goodbye) = goodbye {
        Box::pin(say_goodbye(link, goodbye)).await;
    }
}

async fn let_in<L: Link>(
    link: &mut L,
    hub: &Hub,
    keys: &KeyRing,
    draining: &CancellationToken,
) -> Result<Joined, Refusal> {
    tokio::select! {
        shaken = shake_hands(link, hub, keys) => shaken,
        () = draining.cancelled() => Err(Some(CloseCode::Restarting)),
    }
}

async fn say_goodbye<L: Link>(mut link: L, goodbye: Goodbye) {
    metrics::connection_closed(goodbye.number);
    let code = goodbye.code;
    let farewell = async {
        let _gone = link.send(smallvec![encode(&ServerFrame::Goodbye(goodbye))]).await;
        link.close(code).await;
    };
    let _too_slow = tokio::time::timeout(GOODBYE_TIMEOUT, farewell).await;
}

/// When whoever was not let in may come back, in milliseconds. A store that is away refuses all of a hall at once; they
/// do not come back at once.
fn retry_after_ms(code: CloseCode) -> u64 {
    if code == CloseCode::Unavailable {
        rand::random_range(1000..=UNAVAILABLE_RETRY_MS)
    } else if code.is_retryable() {
        1000
    } else {
        0
    }
}

/// A connection that has been let in.
struct Pump<'a> {
    joined: Joined,
    hub: &'a Hub,
    heard_at: Instant,
    /// When the next heartbeat is due.
    beat_at: Instant,
    /// A request that waits for its place in the mailbox; nothing is read meanwhile, so pressure reaches the line.
    waiting: Option<Request>,
    /// The person has sent so much that nothing is read before this moment.
    read_after: Option<Instant>,
}

impl<'a> Pump<'a> {
    fn new(joined: Joined, hub: &'a Hub) -> Self {
        let now = Instant::now();
        let beat_at = now + Duration::from_millis(HEARTBEAT_MS);
        Self { joined, hub, heard_at: now, beat_at, waiting: None, read_after: None }
    }

    /// Runs until the connection ends; answers with the goodbye to say, none if nobody is there to hear it.
    async fn run<L: Link>(&mut self, link: &mut L) -> Option<Goodbye> {
        let handle = self.joined.handle.clone();
        // The welcome lies ready. It comes before the answer to anything, and before a goodbye (HS5).
        match self.joined.outbox.next().await {
            Outgoing::Frames(frames) => {
                if let Sent::Gone = self.send(link, frames).await {
                    return None;
                }
            }
            Outgoing::Goodbye(goodbye) => return Some(goodbye),
        }
        // One timer that is seldom moved: this loop runs for each frame.
        let mut alarm = pin!(tokio::time::sleep_until(self.due::<L>()));
        loop {
            if self.read_after.is_some_and(|at| at < alarm.deadline()) {
                alarm.as_mut().reset(self.due::<L>());
            }
            let reading = self.waiting.is_none() && self.read_after.is_none();
            // In this order, because what a connection waits for is mostly a frame, and asking for the others costs time. A frame is
            // never always there: the meeting makes a pause after each.
            let replies = tokio::select! {
                biased;
                outgoing = self.joined.outbox.next() => match outgoing {
                    Outgoing::Frames(frames) => frames,
                    Outgoing::Goodbye(goodbye) => return Some(goodbye),
                },
                () = &mut alarm => {
                    let now = Instant::now();
                    if L::IS_HEARD && self.silent_at() <= now {
                        return Some(Goodbye::new(CloseCode::Silent, 0, ""));
                    }
                    self.read_after = self.read_after.filter(|at| *at > now);
                    let beats = self.beat_at <= now;
                    if beats {
                        self.beat_at = now + Duration::from_millis(HEARTBEAT_MS);
                    }
                    alarm.as_mut().reset(self.due::<L>());
                    if !beats { continue }
                    if probe(link).await.is_err() { return None }
                    smallvec![self.pong(None)]
                }
                received = link.receive(), if reading => match self.take(received) {
                    Ok(replies) => replies,
                    Err(end) => return end,
                },
                permit = handle.reserve(), if self.waiting.is_some() => {
                    // Without an actor the outbox says goodbye.
                    if let (Some(permit), Some(request)) = (permit, self.waiting.take()) {
                        permit.send(request);
                    }
                    continue;
                }
            };
            if replies.is_empty() {
                continue;
            }
            match self.send(link, replies).await {
                Sent::Done => {}
                Sent::Cut => {}
                Sent::Gone => return None,
            }
        }
    }

    /// When a peer that has not been heard counts as gone.
    fn silent_at(&self) -> Instant {
        self.heard_at + Duration::from_millis(SILENCE_TIMEOUT_MS)
    }

    /// When there is something to do although nothing comes: reading on, a heartbeat, giving up.
    fn due<L: Link>(&self) -> Instant {
        let silent_at = if L::IS_HEARD { self.silent_at() } else { self.beat_at };
        self.read_after.map_or(self.beat_at, |at| at.min(self.beat_at)).min(silent_at)
    }

    /// Sends frames, within a time limit, and gives up at once when the outbox overflows meanwhile.
    async fn send<L: Link>(&mut self, link: &mut L, frames: Frames) -> Sent {
        let mut sending = pin!(link.send(frames));
        // Mostly the line takes it at once, and there is nothing to wait for.
        let outcome = match poll!(sending.as_mut()) {
            Poll::Ready(outcome) => Ok(outcome),
            Poll::Pending => tokio::select! {
                biased;
                outcome = tokio::time::timeout(SEND_TIMEOUT, sending) => outcome,
                () = self.joined.outbox.cut() => return Sent::Cut,
            },
        };
        match outcome {
            Ok(Ok(())) => Sent::Done,
            Ok(Err(LinkError)) | Err(_) => Sent::Gone,
        }
    }

    /// Takes what came; answers with what to send at once, or with the end.
    fn take(&mut self, received: Received) -> Result<Frames, Option<Goodbye>> {
        self.heard_at = Instant::now();
        let text = match received {
            Received::Text(text) => text,
            Received::Alive => return Ok(Frames::new()),
            Received::Garbage => return Err(Some(Goodbye::new(CloseCode::BadFrame, 0, "not a text"))),
            Received::TooLarge => return Err(Some(Goodbye::new(CloseCode::FrameTooLarge, 0, ""))),
            Received::Gone => return Err(None),
        };
        match read(&text) {
            Incoming::Frame(frame) => match *frame {
                ClientFrame::Submit(submit) => Ok(self.submit(submit)),
                ClientFrame::Ping(Ping { client_time }) => Ok(smallvec![self.pong(Some(client_time))]),
                ClientFrame::Gesture(gesture) => {
                    // Dropped rather than waited for.
                    let connection = self.joined.attached.connection;
                    self.joined.handle.offer(Request::Gesture(connection, gesture));
                    Ok(Frames::new())
                }
                ClientFrame::Hello(_) => Err(Some(Goodbye::new(CloseCode::BadFrame, 0, "a second hello"))),
            },
            Incoming::Malformed(rejected) => Ok(smallvec![refused(rejected)]),
            Incoming::Garbage => Err(Some(Goodbye::new(CloseCode::BadFrame, 0, "no frame"))),
        }
    }

    fn submit(&mut self, submit: Submit) -> Frames {
        let wait = {
            // Nothing that panics runs under this lock.
            let mut pace = self.joined.attached.pace.lock().unwrap_or_else(PoisonError::into_inner);
            pace.take(self.heard_at, PACE_WAIT_MAX)
        };
        match wait {
            Some(wait) => {
                self.read_after = (!wait.is_zero()).then(|| self.heard_at + wait);
                self.waiting = Some(Request::Submit(self.joined.attached.connection, submit));
                Frames::new()
            }
            None => {
                let rejected = Rejected { client_seq: submit.client_seq, rejection: Rejection::TooFast {} };
                smallvec![refused(rejected)]
            }
        }
    }

    fn pong(&self, client_time: Option<engawa_protocol::Timestamp>) -> FrameText {
        encode(&ServerFrame::Pong(Pong { client_time, server_time: self.hub.clock().now() }))
    }
}

enum Sent {
    Done,
    /// The outbox has overflowed: the goodbye comes next.
    Cut,
    Gone,
}

async fn probe<L: Link>(link: &mut L) -> Result<(), LinkError> {
    match tokio::time::timeout(SEND_TIMEOUT, link.probe()).await {
        Ok(outcome) => outcome,
        Err(_elapsed) => Err(LinkError),
    }
}

fn refused(rejected: Rejected) -> FrameText {
    encode(&ServerFrame::Refused(Refused { rejections: vec![rejected] }))
}
