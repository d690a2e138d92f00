//! How frames travel: over a WebSocket, or by plain HTTP as a streamed response or as answers to a long poll (TR). Owns sockets
//! and requests; must not know what the frames say.

mod plain;
mod websocket;

use engawa_protocol::DeviceId;
use engawa_protocol::http::FramesReply;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use self::plain::Plain;
pub(crate) use self::websocket::{Socket, open_socket};
use crate::http::{Address, Source};

/// A kind of line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Transport {
    /// WebSocket.
    #[default]
    Ws,
    /// Streamed response and POST.
    Stream,
    /// Long poll and POST.
    Poll,
}

impl Transport {
    /// Its name on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ws => "ws",
            Self::Stream => "stream",
            Self::Poll => "poll",
        }
    }
}

/// What is needed to open a line.
#[derive(Debug, Clone)]
pub(super) struct Opening {
    pub(super) transport: Transport,
    pub(super) address: Address,
    pub(super) source: Source,
    pub(super) token: String,
    pub(super) device: DeviceId,
    /// The first frame.
    pub(super) hello: String,
}

/// What comes over a line.
#[derive(Debug)]
pub(super) enum Heard {
    /// A frame.
    Text(Utf8Bytes),
    /// What became of frames that went upwards by POST (TR4).
    Outcomes(FramesReply),
}

/// Why a line is of no more use.
#[derive(Debug)]
pub(super) enum WireEnd {
    /// It is gone, or none could be made.
    Lost(String),
    /// It has lived as long as its kind does (TR7): the next one is opened at once.
    Over,
    /// The other side broke the protocol.
    Broken(String),
}

/// A line.
#[derive(Debug)]
pub(super) enum Wire {
    Socket(Box<Socket>),
    Plain(Plain),
}

impl Wire {
    /// Opens a line and sends the hello.
    pub(super) async fn open(opening: Opening) -> Result<Self, WireEnd> {
        match opening.transport {
            Transport::Ws => websocket::open(opening).await.map(|socket| Self::Socket(Box::new(socket))),
            Transport::Stream | Transport::Poll => Ok(Self::Plain(Plain::open(opening))),
        }
    }

    /// Sends a frame.
    pub(super) async fn send(&mut self, text: String) -> Result<(), WireEnd> {
        match self {
            Self::Socket(socket) => websocket::send(socket, text).await,
            Self::Plain(plain) => plain.send(text).await,
        }
    }

    /// What comes next. Safe to drop while waiting.
    pub(super) async fn next(&mut self) -> Result<Heard, WireEnd> {
        match self {
            Self::Socket(socket) => websocket::next(socket).await.map(Heard::Text),
            Self::Plain(plain) => plain.next().await,
        }
    }

    /// Closes it in order, as far as the transport knows such a thing.
    pub(super) async fn close(&mut self) {
        match self {
            Self::Socket(socket) => {
                let _ = socket.close(None).await;
            }
            // The requests end with the line.
            Self::Plain(_) => {}
        }
    }
}
