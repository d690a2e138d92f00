//! The reference point: an axum server with nothing but rooms. Every message is passed on to everybody in the room, the sender
//! included, each written by itself; nothing is kept, checked or ordered.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use serde::Deserialize;
use tokio::sync::broadcast;

use crate::trouble::Trouble;

/// Read and write buffer of a connection, as Engawa's.
const BUFFER_BYTES: usize = 4 * 1024;
/// Messages that a room keeps for those who are slow; who falls further behind is sent away.
const WAITING_MAX: usize = 1_024;

/// What can be asked for.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// Where it listens.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9797")]
    listen: SocketAddr,
}

#[derive(Debug, Clone, Default)]
struct Rooms(Arc<Mutex<HashMap<u32, broadcast::Sender<Utf8Bytes>>>>);

impl Rooms {
    fn enter(&self, room: u32) -> broadcast::Sender<Utf8Bytes> {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.entry(room).or_insert_with(|| broadcast::channel(WAITING_MAX).0).clone()
    }
}

#[derive(Debug, Deserialize)]
struct Place {
    room: u32,
}

/// Serves until it is ended.
pub(crate) async fn serve(options: &Options) -> Result<(), Trouble> {
    let listener = tokio::net::TcpListener::bind(options.listen).await;
    let listener = listener.map_err(Trouble::io(format!("listening on {}", options.listen)))?;
    let router = Router::new().route("/ws", get(upgrade)).with_state(Rooms::default());
    let router = router.into_make_service();
    let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
    axum::serve(listener, router).await.map_err(Trouble::io("serving"))
}

async fn upgrade(
    State(rooms): State<Rooms>,
    Query(Place { room }): Query<Place>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let upgrade = upgrade.read_buffer_size(BUFFER_BYTES).write_buffer_size(BUFFER_BYTES);
    upgrade.on_upgrade(move |socket| sit(socket, rooms.enter(room)))
}

async fn sit(mut socket: WebSocket, room: broadcast::Sender<Utf8Bytes>) {
    let mut heard = room.subscribe();
    if socket.send(Message::Text("seated".into())).await.is_err() {
        return;
    }
    loop {
        tokio::select! {
            message = heard.recv() => match message {
                Ok(text) => if socket.send(Message::Text(text)).await.is_err() { return },
                Err(_) => return,
            },
            received = socket.recv() => match received {
                // There is one receiver at least: this one.
                Some(Ok(Message::Text(text))) => drop(room.send(text)),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
        }
    }
}
