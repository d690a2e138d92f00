//! How frames travel: a [`Link`] carries texts, [`serve_link`] is the same for every kind of link: WebSocket, streamed
//! response, long poll. Owns handshake, pace, heartbeat and closing; must not know what a command means.

mod bell;
mod connection;
mod handshake;
mod hello;
mod incoming;
mod link;
mod poll;
mod probe;
mod stream;
mod websocket;
mod wire;

use std::sync::Arc;

use axum::http::StatusCode;
use engawa_protocol::http::{PollNext, PollReply};
use engawa_protocol::{ClientFrame, ServerFrame};

pub use connection::serve_link;
pub(crate) use incoming::{Incoming, read};
pub use link::{Link, LinkError, Received};
pub use poll::ParkedLines;
pub use probe::probe_routes;
#[cfg(any(test, feature = "test-support"))]
pub use websocket::echo_route;

use crate::auth::KeyRing;
use crate::http::{ApiErrorKind, Described, Group, Table};
use crate::hub::Hub;

/// What the routes of links need. Cheap to clone.
#[derive(Debug, Clone)]
pub struct LinkState {
    /// The meetings.
    pub hub: Hub,
    /// The keys of links.
    pub keys: Arc<KeyRing>,
    /// Long polls between two answers.
    pub lines: Arc<ParkedLines>,
}

/// The routes that lines are opened at. HTTP/2 opens a WebSocket with CONNECT, so it is for any method.
#[must_use]
pub fn routes(hub: Hub, keys: Arc<KeyRing>) -> Table {
    const HELLO: &str = "The token stands in the hello; what is wrong with it is told by a goodbye.";
    let socket = Described::socket("/ws", "HS1", "A line over a WebSocket")
        .says("Frames of `protocol/SPEC.md`, one a text message, beginning with the client's hello.");
    let streamed = Described::post("/api/stream", "TR1", "A line over a streamed response")
        .says(HELLO)
        .takes_frame::<ClientFrame>()
        .gives_form::<ServerFrame>(
            StatusCode::OK,
            "text/event-stream",
            "Server-sent events, a frame in the data of each.",
        );
    let polled = Described::post("/api/poll", "TR2", "A line of polls")
        .says(HELLO)
        .takes_frame::<ClientFrame>()
        .refused(&[ApiErrorKind::Unavailable, ApiErrorKind::NotFound])
        .gives_json::<PollReply>("The line, and what the server says first.");
    let next = Described::post("/api/poll/next", "TR6", "What comes next on a line of polls")
        .says("Whoever knows the line's id reads what its person may see. 404: the line is not parked here; say hello again.")
        .takes_frame::<PollNext>()
        .refused(&[ApiErrorKind::NotFound, ApiErrorKind::Invalid])
        .gives_json::<PollReply>("What the server has said since.");
    Table::default()
        .route(socket, websocket::upgrade)
        .route(streamed, stream::open)
        .route(polled, poll::open)
        .route(next, poll::next)
        .of(Group::Lines)
        .with_state(LinkState { hub, keys, lines: Arc::default() })
}
