//! Frames over a WebSocket: one text message each.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Extension, State};
use axum::response::Response;
use engawa_protocol::CloseCode;
use engawa_protocol::limits::CLIENT_FRAME_BYTES_MAX;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio_tungstenite::tungstenite;
use tokio_util::sync::CancellationToken;

use super::LinkState;
use super::connection::serve_link;
use super::link::{Link, LinkError, Received};
use crate::hub::FrameText;
use crate::net::Draining;
use crate::observe::metrics::TransportKind;

/// Read and write buffer of a connection: the library's own default costs 130 KiB each.
const BUFFER_BYTES: usize = 4 * 1024;
/// Bytes that may wait in the library for a slow line; a view is larger than any frame.
const WRITE_BUFFER_BYTES_MAX: usize = 64 << 20;
/// How long the other side has to answer a close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// `/ws` (HS1).
pub(super) async fn upgrade(
    State(LinkState { hub, keys, .. }): State<LinkState>,
    draining: Option<Extension<Draining>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let draining = draining.map_or_else(CancellationToken::new, |Extension(Draining(token))| token);
    bounded(upgrade, CLIENT_FRAME_BYTES_MAX as usize).on_upgrade(async move |socket| {
        serve_link(WebSocketLink(socket), &hub, &keys, &draining).await;
    })
}

/// With our buffers, and with messages up to a size.
fn bounded(upgrade: WebSocketUpgrade, message_bytes_max: usize) -> WebSocketUpgrade {
    upgrade
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_write_buffer_size(WRITE_BUFFER_BYTES_MAX)
        .max_message_size(message_bytes_max)
        .max_frame_size(message_bytes_max)
}

/// A route that sends back what it is sent, for a conformance suite: the same library with the same buffers, and room for the
/// suite's own sizes. Not in the server.
#[cfg(any(test, feature = "test-support"))]
pub fn echo_route() -> axum::Router {
    async fn echo(mut socket: WebSocket) {
        while let Some(Ok(message)) = socket.next().await {
            if matches!(message, Message::Text(_) | Message::Binary(_)) && socket.send(message).await.is_err()
            {
                return;
            }
        }
    }
    let open =
        |upgrade: WebSocketUpgrade| async { bounded(upgrade, WRITE_BUFFER_BYTES_MAX).on_upgrade(echo) };
    axum::Router::new().route("/echo", axum::routing::any(open))
}

/// A WebSocket as a link.
struct WebSocketLink(WebSocket);

impl Link for WebSocketLink {
    const KIND: TransportKind = TransportKind::WebSocket;
    const IS_HEARD: bool = true;

    async fn receive(&mut self) -> Received {
        match self.0.next().await {
            Some(Ok(Message::Text(text))) => Received::Text(text),
            Some(Ok(Message::Binary(_))) => Received::Garbage,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Received::Alive,
            Some(Err(error)) if is_too_large(&error) => Received::TooLarge,
            Some(Ok(Message::Close(_)) | Err(_)) | None => Received::Gone,
        }
    }

    async fn send(&mut self, frames: Vec<FrameText>) -> Result<(), LinkError> {
        for frame in frames {
            self.0.feed(Message::Text(frame)).await.map_err(|_| LinkError)?;
        }
        self.0.flush().await.map_err(|_| LinkError)
    }

    async fn probe(&mut self) -> Result<(), LinkError> {
        self.0.send(Message::Ping(bytes::Bytes::new())).await.map_err(|_| LinkError)
    }

    async fn close(mut self, code: CloseCode) {
        let frame = CloseFrame { code: code.number(), reason: "".into() };
        if self.0.send(Message::Close(Some(frame))).await.is_err() {
            return;
        }
        // Reading on until the other side closes too: what lies unread would tear the close away from it.
        let _late =
            tokio::time::timeout(CLOSE_TIMEOUT, async { while let Some(Ok(_)) = self.0.next().await {} })
                .await;
    }
}

/// Whether a message was refused because of its size. The library's error lies behind axum's.
fn is_too_large(error: &axum::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(tungstenite::Error::Capacity(_)) = cause.downcast_ref::<tungstenite::Error>() {
            return true;
        }
        source = cause.source();
    }
    false
}
