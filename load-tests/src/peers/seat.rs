//! One connection to another server, with its task.

use std::sync::Arc;
use std::time::Instant;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;

use super::dialect::{Dialect, Step};
use crate::client::{Socket, open_socket};
use crate::http::{Address, Source};
use crate::meter::Meter;
use crate::trouble::{Findings, Promise};

/// Messages that may wait for a connection's task.
const WAITING_MAX: usize = 64;
/// About as many bytes as a note of Engawa's has on its way up.
const FILLING: &str = "若手が異動の理由を知らされない。まず自分の係で";

/// A connection.
#[derive(Debug)]
pub(super) struct Seat {
    viewer: usize,
    room: usize,
    dialect: Dialect,
    meter: Arc<Meter>,
    says: mpsc::Sender<Message>,
}

impl Seat {
    /// Connects and takes a seat in a room.
    pub(super) async fn take(
        dialect: Dialect,
        address: &Address,
        (viewer, room, source): (usize, usize, Source),
        (meter, findings): (&Arc<Meter>, &Findings),
    ) -> Result<Self, String> {
        let path = dialect.path(room);
        let mut socket = open_socket((address, source), &path, None, dialect.subprotocol()).await?;
        let failed = |error| format!("taking a seat: {error}");
        if let Some(greeting) = dialect.greeting(viewer) {
            socket.send(greeting).await.map_err(failed)?;
        }
        loop {
            let heard = socket.next().await.ok_or("the line ended")?.map_err(failed)?;
            match dialect.take_seat(room, &heard) {
                Step::Wait => {}
                Step::Say(message) => socket.send(message).await.map_err(failed)?,
                Step::Seated => break,
                Step::Refused => return Err(format!("a seat was refused: {heard:?}")),
            }
        }
        let (says, orders) = mpsc::channel(WAITING_MAX);
        tokio::spawn(sit(dialect, socket, orders, (viewer, Arc::clone(meter), findings.clone())));
        Ok(Self { viewer, room, dialect, meter: Arc::clone(meter), says })
    }

    /// Writes a message to the room; false when this program has fallen too far behind.
    pub(super) fn write(&self, due: Instant) -> bool {
        let stamp = self.meter.stamp(self.viewer, due);
        let text = format!(
            r#"{{"type":"note_added","board":{},"note":{{"id":{},"author":{},"text":"{FILLING}{stamp}","color":"yellow"}}}}"#,
            self.room, stamp.number, self.viewer
        );
        let sent = self.says.try_send(self.dialect.message(self.room, &text)).is_ok();
        if !sent {
            self.meter.refused(self.viewer, stamp, "generator_full");
        }
        sent
    }
}

async fn sit(
    dialect: Dialect,
    mut socket: Socket,
    mut orders: mpsc::Receiver<Message>,
    (viewer, meter, findings): (usize, Arc<Meter>, Findings),
) {
    loop {
        tokio::select! {
            heard = socket.next() => match heard {
                Some(Ok(message)) => {
                    meter.arrived(viewer, bytes_of(&message), Instant::now());
                    if let Some(answer) = dialect.answer(&message) && socket.send(answer).await.is_err() {
                        break;
                    }
                }
                Some(Err(_)) | None => break,
            },
            order = orders.recv() => match order {
                Some(message) => if socket.send(message).await.is_err() { break },
                None => return,
            },
        }
    }
    // Whoever was told to leave may see the server go first.
    if orders.is_closed() {
        return;
    }
    findings.add(Promise::Progress, format!("viewer {viewer} of {dialect:?} has lost the line"));
}

fn bytes_of(message: &Message) -> &[u8] {
    match message {
        Message::Text(text) => text.as_bytes(),
        Message::Binary(bytes) => bytes,
        Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => &[],
    }
}
