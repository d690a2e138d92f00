//! How frames travel: a [`Link`] carries texts both ways, [`serve_link`] is the same for every kind of link. Owns
//! handshake, pace, heartbeat and closing; must not know what a command means.

mod connection;
mod handshake;
mod incoming;
mod link;
mod websocket;

pub use connection::serve_link;
pub use link::{Link, LinkError, Received};
pub use websocket::{WsState, routes};
