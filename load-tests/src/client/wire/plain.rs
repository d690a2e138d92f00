//! Frames over plain HTTP (TR): downwards as events of a streamed response or as answers to a long poll, upwards by
//! POST. Two connections, each with a task of its own that ends with the line.

use std::time::Duration;

use bytes::Bytes;
use engawa_protocol::DeviceId;
use engawa_protocol::http::{FramesReply, PollNext, PollReply};
use engawa_protocol::limits::{FRAMES_PER_REQUEST_MAX, HEARTBEAT_MS};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::{Heard, Opening, Transport, WireEnd};
use crate::http::{Address, Keepalive, Source};

/// What has come and waits to be taken.
const HEARD_WAITING: usize = 64;
/// Frames that wait to go upwards: all that a device may have unanswered, and pings.
const FRAMES_WAITING: usize = 128;
/// A poll that is not answered for this long is lost.
const POLL_TIMEOUT: Duration = Duration::from_millis(2 * HEARTBEAT_MS);

type Hears = mpsc::Sender<Result<Heard, WireEnd>>;

/// A line of requests.
#[derive(Debug)]
pub(crate) struct Plain {
    heard: mpsc::Receiver<Result<Heard, WireEnd>>,
    up: mpsc::Sender<String>,
    tasks: [JoinHandle<()>; 2],
}

impl Plain {
    /// Begins to open a line; whether it could be is heard from it.
    pub(super) fn open(opening: Opening) -> Self {
        let (hears, heard) = mpsc::channel(HEARD_WAITING);
        let (up, frames) = mpsc::channel(FRAMES_WAITING);
        let way = Upward {
            address: opening.address.clone(),
            source: opening.source,
            token: opening.token.clone(),
            device: opening.device,
        };
        let upward = tokio::spawn(carry(way, frames, hears.clone()));
        let downward = tokio::spawn(async move {
            let end = match opening.transport {
                Transport::Poll => poll(&opening, &hears).await,
                Transport::Stream | Transport::Ws => stream(&opening, &hears).await,
            };
            // The line's owner may have gone already.
            let _ = hears.send(Err(end)).await;
        });
        Self { heard, up, tasks: [upward, downward] }
    }

    pub(super) async fn send(&self, text: String) -> Result<(), WireEnd> {
        self.up.send(text).await.map_err(|_| WireEnd::Lost("the way upwards has ended".into()))
    }

    pub(super) async fn next(&mut self) -> Result<Heard, WireEnd> {
        self.heard.recv().await.unwrap_or_else(|| Err(WireEnd::Lost("the line has ended".into())))
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// Reads a streamed response until it ends.
async fn stream(opening: &Opening, hears: &Hears) -> WireEnd {
    let (mut body, _connection) = match post(opening, "/api/stream", opening.hello.clone()).await {
        Ok(opened) => opened,
        Err(end) => return end,
    };
    let mut unread = Vec::new();
    loop {
        let piece = match body.frame().await {
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
            Some(Err(error)) => return WireEnd::Lost(format!("the stream broke: {error}")),
            None => return WireEnd::Over,
        };
        unread.extend_from_slice(&piece);
        let mut begin = 0;
        while let Some(length) = memchr::memmem::find(&unread[begin..], b"\n\n") {
            let event = &unread[begin..begin + length];
            begin += length + 2;
            let Some(text) = event.strip_prefix(b"data: ") else { continue };
            let Ok(text) = String::from_utf8(text.to_vec()) else {
                return WireEnd::Broken("TR1: an event that is not UTF-8".into());
            };
            if hears.send(Ok(Heard::Text(text.into()))).await.is_err() {
                return WireEnd::Lost("nobody reads".into());
            }
        }
        unread.drain(..begin);
    }
}

async fn post(opening: &Opening, path: &str, body: String) -> Result<(Incoming, Keepalive), WireEnd> {
    let mut connection = Keepalive::open(&opening.address, opening.source).await.map_err(WireEnd::Lost)?;
    let response = connection.post(path, None, body.into()).await.map_err(WireEnd::Lost)?;
    if response.status() == 200 {
        Ok((response.into_body(), connection))
    } else {
        Err(WireEnd::Lost(format!("{path} answered {}", response.status())))
    }
}

/// Asks on and on.
async fn poll(opening: &Opening, hears: &Hears) -> WireEnd {
    let mut connection = match Keepalive::open(&opening.address, opening.source).await {
        Ok(connection) => connection,
        Err(why) => return WireEnd::Lost(why),
    };
    let (mut path, mut body) = ("/api/poll", Bytes::from(opening.hello.clone()));
    loop {
        let asked = tokio::time::timeout(POLL_TIMEOUT, connection.ask(path, None, body)).await;
        let answer = match asked {
            Ok(Ok((200, answer))) => answer,
            Ok(Ok((status, _))) => return WireEnd::Lost(format!("{path} answered {status}")),
            Ok(Err(why)) => return WireEnd::Lost(why),
            Err(_) => return WireEnd::Lost(format!("{path} was not answered in {POLL_TIMEOUT:?}")),
        };
        let reply: PollReply = match serde_json::from_slice(&answer) {
            Ok(reply) => reply,
            Err(error) => return WireEnd::Broken(format!("TR2: not a reply: {error}")),
        };
        for frame in &reply.frames {
            let Ok(text) = serde_json::to_string(frame) else { continue };
            if hears.send(Ok(Heard::Text(text.into()))).await.is_err() {
                return WireEnd::Lost("nobody reads".into());
            }
        }
        path = "/api/poll/next";
        let next = PollNext { line: reply.line, turn: reply.turn };
        body = match serde_json::to_vec(&next) {
            Ok(next) => next.into(),
            Err(error) => return WireEnd::Broken(error.to_string()),
        };
    }
}

/// Where frames go upwards, and whose they are.
struct Upward {
    address: Address,
    source: Source,
    token: String,
    device: DeviceId,
}

/// Carries frames upwards, one request at a time (TR4); what could not be carried is sent again with the next line.
async fn carry(way: Upward, mut frames: mpsc::Receiver<String>, hears: Hears) {
    let mut connection = None;
    while let Some(first) = frames.recv().await {
        let mut together = first;
        for _ in 1..FRAMES_PER_REQUEST_MAX {
            let Ok(frame) = frames.try_recv() else { break };
            together.push(',');
            together.push_str(&frame);
        }
        let body = format!(r#"{{"device":"{}","frames":[{together}]}}"#, way.device);
        let outcome = carry_once(&way, &mut connection, body).await;
        let ended = outcome.is_err();
        if hears.send(outcome.map(Heard::Outcomes)).await.is_err() || ended {
            return;
        }
    }
}

async fn carry_once(
    way: &Upward,
    connection: &mut Option<Keepalive>,
    body: String,
) -> Result<FramesReply, WireEnd> {
    let mut open = match connection.take() {
        Some(open) => open,
        None => Keepalive::open(&way.address, way.source).await.map_err(WireEnd::Lost)?,
    };
    let (status, answer) =
        open.ask("/api/frames", Some(&way.token), body.into()).await.map_err(WireEnd::Lost)?;
    *connection = Some(open);
    if status != 200 {
        return Err(WireEnd::Lost(format!("/api/frames answered {status}")));
    }
    serde_json::from_slice(&answer).map_err(|error| WireEnd::Broken(format!("TR4: not a reply: {error}")))
}
