//! How frames travel: a [`Link`] carries texts, [`serve_link`] is the same for every kind of link: WebSocket, streamed
//! response, long poll. Owns handshake, pace, heartbeat and closing; must not know what a command means.

mod connection;
mod handshake;
mod hello;
mod incoming;
mod link;
mod poll;
mod probe;
mod stream;
mod websocket;

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, post};

pub use connection::serve_link;
pub(crate) use incoming::{Incoming, read};
pub use link::{Link, LinkError, Received};
pub use poll::ParkedLines;
pub use probe::probe_routes;
#[cfg(any(test, feature = "test-support"))]
pub use websocket::echo_route;

use crate::auth::KeyRing;
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
pub fn routes(hub: Hub, keys: Arc<KeyRing>) -> Router {
    let state = LinkState { hub, keys, lines: Arc::default() };
    Router::new()
        .route("/ws", any(websocket::upgrade))
        .route("/api/stream", post(stream::open))
        .route("/api/poll", post(poll::open))
        .route("/api/poll/next", post(poll::next))
        .with_state(state)
}
