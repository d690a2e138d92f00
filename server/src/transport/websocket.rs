//! Frames over a WebSocket: one text message each.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::response::Response;
use bytes::Bytes;
use engawa_protocol::CloseCode;
use engawa_protocol::limits::CLIENT_FRAME_BYTES_MAX;
use futures_util::{SinkExt as _, StreamExt as _};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_util::sync::CancellationToken;

use super::LinkState;
use super::connection::serve_link;
use super::link::{Link, LinkError, Received};
use crate::http::{ApiError, ApiErrorKind};
use crate::hub::FrameText;
use crate::net::Draining;
use crate::observe::metrics::TransportKind;

/// Bytes read from a connection at a time: what people send is seldom larger, and each connection keeps so many at hand.
const READ_BUFFER_BYTES: usize = 1024;
/// Bytes gathered before they are written.
const WRITE_BUFFER_BYTES: usize = 2 * 1024;
/// A longer message goes out in fragments of this size: the library keeps a buffer as large as the largest frame that a
/// connection was ever sent, and everybody is sent a view once.
const FRAGMENT_BYTES: usize = 2 * 1024;
/// Bytes that may wait in the library for a slow line.
const WRITE_BUFFER_BYTES_MAX: usize = 1 << 20;
/// How long the other side has to answer a close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// `/ws` (HS1).
pub(super) async fn upgrade(
    State(LinkState { hub, keys, .. }): State<LinkState>,
    draining: Option<Extension<Draining>>,
    request: Request,
) -> Result<Response, ApiError> {
    let draining = draining.map_or_else(CancellationToken::new, |Extension(Draining(token))| token);
    open(request, CLIENT_FRAME_BYTES_MAX as usize, async move |socket| {
        serve_link(WebSocketLink(socket), &hub, &keys, &draining).await;
    })
}

/// Answers a request for a WebSocket and serves it once the answer is out. The largest message that is taken is given in
/// bytes.
fn open<S>(
    mut request: Request,
    message_bytes_max: usize,
    serve: impl FnOnce(Socket) -> S + Send + 'static,
) -> Result<Response, ApiError>
where
    S: Future<Output = ()> + Send,
{
    let response = create_response_with_body(&request, Body::empty)
        .map_err(|error| ApiError::new(ApiErrorKind::BadRequest).caused_by(error))?;
    let upgrade = hyper::upgrade::on(&mut request);
    let config = WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .max_message_size(Some(message_bytes_max))
        .max_frame_size(Some(message_bytes_max));
    tokio::spawn(async move {
        // Whoever went away before the answer reached them is no news.
        let Ok(upgraded) = upgrade.await else { return };
        let socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config));
        serve(socket.await).await;
    });
    Ok(response)
}

/// A text as messages to hand to the library: itself, or its fragments (RFC 6455, 5.4).
fn parts(text: FrameText) -> impl Iterator<Item = Message> {
    fragments(Bytes::from(text), Data::Text)
}

fn fragments(bytes: Bytes, first: Data) -> impl Iterator<Item = Message> {
    let count = bytes.len().div_ceil(FRAGMENT_BYTES).max(1);
    (0..count).map(move |index| {
        let part = bytes.slice(index * FRAGMENT_BYTES..bytes.len().min((index + 1) * FRAGMENT_BYTES));
        let kind = if index == 0 { first } else { Data::Continue };
        Message::Frame(Frame::message(part, OpCode::Data(kind), index + 1 == count))
    })
}

/// A route that sends back what it is sent, for a conformance suite: the same library with the same buffers and fragments, and
/// room for the suite's own sizes. Not in the server.
#[cfg(any(test, feature = "test-support"))]
pub fn echo_route() -> axum::Router {
    const SUITE_BYTES_MAX: usize = 64 << 20;
    async fn echo(mut socket: Socket) {
        while let Some(Ok(message)) = socket.next().await {
            let parts: Vec<Message> = match message {
                Message::Text(text) => parts(text).collect(),
                Message::Binary(bytes) => fragments(bytes, Data::Binary).collect(),
                Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => continue,
            };
            for part in parts {
                if socket.send(part).await.is_err() {
                    return;
                }
            }
        }
    }
    let answer = |request: Request| async { open(request, SUITE_BYTES_MAX, echo) };
    axum::Router::new().route("/echo", axum::routing::any(answer))
}

/// A WebSocket as a link.
struct WebSocketLink(Socket);

impl Link for WebSocketLink {
    const KIND: TransportKind = TransportKind::WebSocket;
    const IS_HEARD: bool = true;

    async fn receive(&mut self) -> Received {
        match self.0.next().await {
            Some(Ok(Message::Text(text))) => Received::Text(text),
            Some(Ok(Message::Binary(_))) => Received::Garbage,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Received::Alive,
            Some(Err(tungstenite::Error::Capacity(_))) => Received::TooLarge,
            Some(Ok(Message::Close(_) | Message::Frame(_)) | Err(_)) | None => Received::Gone,
        }
    }

    async fn send(&mut self, frames: Vec<FrameText>) -> Result<(), LinkError> {
        for frame in frames {
            for part in parts(frame) {
                self.0.feed(part).await.map_err(|_| LinkError)?;
            }
        }
        self.0.flush().await.map_err(|_| LinkError)
    }

    async fn probe(&mut self) -> Result<(), LinkError> {
        self.0.send(Message::Ping(Bytes::new())).await.map_err(|_| LinkError)
    }

    async fn close(mut self, code: CloseCode) {
        let frame = CloseFrame { code: code.number().into(), reason: "".into() };
        if self.0.send(Message::Close(Some(frame))).await.is_err() {
            return;
        }
        // Reading on until the other side closes too: what lies unread would tear the close away from it.
        let _late =
            tokio::time::timeout(CLOSE_TIMEOUT, async { while let Some(Ok(_)) = self.0.next().await {} })
                .await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_sent_in_fragments_and_a_short_one_whole() {
        let frames = |text: &str| -> Vec<(OpCode, bool, usize)> {
            let header = |message| match message {
                Message::Frame(frame) => {
                    (frame.header().opcode, frame.header().is_final, frame.payload().len())
                }
                other => panic!("{other:?}"),
            };
            parts(text.into()).map(header).collect()
        };
        let (first, next) = (OpCode::Data(Data::Text), OpCode::Data(Data::Continue));
        assert_eq!(frames(""), [(first, true, 0)]);
        assert_eq!(frames("縁側"), [(first, true, 6)]);
        assert_eq!(frames(&"a".repeat(FRAGMENT_BYTES)), [(first, true, FRAGMENT_BYTES)]);
        let long = "a".repeat(2 * FRAGMENT_BYTES + 1);
        assert_eq!(
            frames(&long),
            [(first, false, FRAGMENT_BYTES), (next, false, FRAGMENT_BYTES), (next, true, 1)]
        );
    }
}
