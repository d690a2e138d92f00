//! Frames over a WebSocket: one text message each.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::response::Response;
use bytes::Bytes;
use engawa_protocol::CloseCode;
use engawa_protocol::limits::CLIENT_FRAME_BYTES_MAX;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::server::create_response_with_body;
use tokio_tungstenite::tungstenite::protocol::frame::coding::Data;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_util::sync::CancellationToken;

use super::LinkState;
use super::connection::serve_link;
use super::link::{Link, LinkError, Received};
use super::wire::Wire;
use crate::http::{ApiError, ApiErrorKind};
use crate::hub::Frames;
use crate::net::Draining;
use crate::observe::metrics::TransportKind;

/// Bytes read from a connection at a time: what people send is seldom larger, and each connection keeps so many at hand.
const READ_BUFFER_BYTES: usize = 1024;
/// Bytes of answers to pings that may wait for a slow line.
const CONTROL_BYTES_MAX: usize = 4 * 1024;
/// How long the other side has to answer a close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// In a box, because a task keeps room for it in each place that it is handed through.
type Socket = Box<Wire<TokioIo<Upgraded>>>;

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
        .write_buffer_size(0)
        .max_write_buffer_size(CONTROL_BYTES_MAX)
        .max_message_size(Some(message_bytes_max))
        .max_frame_size(Some(message_bytes_max));
    tokio::spawn(async move {
        // Whoever went away before the answer reached them is no news.
        let Ok(upgraded) = upgrade.await else { return };
        let socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config));
        serve(Box::new(Wire::new(socket.await))).await;
    });
    Ok(response)
}

/// A route that sends back what it is sent, for a conformance suite: the same library with the same buffers, and
/// room for the suite's own sizes. Not in the server.
#[cfg(any(test, feature = "test-support"))]
pub fn echo_route() -> axum::Router {
    const SUITE_BYTES_MAX: usize = 64 << 20;
    async fn echo(mut socket: Socket) {
        while let Some(Ok(message)) = socket.next().await {
            match message {
                Message::Text(text) => socket.put(Data::Text, text.into()),
                Message::Binary(bytes) => socket.put(Data::Binary, bytes),
                Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => continue,
            }
            if socket.flush().await.is_err() {
                return;
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

    async fn send(&mut self, frames: Frames) -> Result<(), LinkError> {
        for frame in frames {
            self.0.put(Data::Text, frame.into());
        }
        self.0.flush().await.map_err(|_| LinkError)
    }

    async fn probe(&mut self) -> Result<(), LinkError> {
        self.0.control(Message::Ping(Bytes::new())).await.map_err(|_| LinkError)
    }

    async fn close(mut self, code: CloseCode) {
        let frame = CloseFrame { code: code.number().into(), reason: "".into() };
        if self.0.control(Message::Close(Some(frame))).await.is_err() {
            return;
        }
        // Reading on until the other side closes too: what lies unread would tear the close away from it.
        let _late =
            tokio::time::timeout(CLOSE_TIMEOUT, async { while let Some(Ok(_)) = self.0.next().await {} })
                .await;
    }
}
