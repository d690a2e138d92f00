//! The first frame: who is there, which version they speak, and from where they go on. Until it is accepted a
//! connection may send little and take little time.

use std::time::Duration;

use engawa_protocol::limits::{HELLO_BYTES_MAX, HELLO_TIMEOUT_MS};
use engawa_protocol::{ClientFrame, CloseCode, Hello, VersionRange};

use super::incoming::{Incoming, read};
use super::link::{Link, Received};
use crate::auth::KeyRing;
use crate::hub::{Hub, Joined};

/// Why a connection was not let in; none when the other side has gone.
pub(super) type Refusal = Option<CloseCode>;

/// Waits for the hello and lets the connection in.
pub(super) async fn shake_hands<L: Link>(link: &mut L, hub: &Hub, keys: &KeyRing) -> Result<Joined, Refusal> {
    let limit = Duration::from_millis(HELLO_TIMEOUT_MS);
    let hello = match tokio::time::timeout(limit, first_frame(link)).await {
        Ok(hello) => hello?,
        Err(_elapsed) => return Err(Some(CloseCode::HelloTimeout)),
    };
    let protocol =
        VersionRange::OURS.newest_common(hello.protocol).ok_or(Some(CloseCode::VersionUnsupported))?;
    let link = keys.verify(&hello.token).map_err(|error| {
        tracing::debug!(%error, "a hello with a token that is no good");
        Some(CloseCode::LinkInvalid)
    })?;
    hub.attach(link.meeting, link.grant, (hello.device, protocol, hello.resume)).await.map_err(Some)
}

async fn first_frame<L: Link>(link: &mut L) -> Result<Hello, Refusal> {
    loop {
        match link.receive().await {
            Received::Alive => {}
            Received::Text(text) if text.len() > HELLO_BYTES_MAX as usize => {
                return Err(Some(CloseCode::FrameTooLarge));
            }
            Received::Text(text) => {
                return match read(&text) {
                    Incoming::Frame(frame) => match *frame {
                        ClientFrame::Hello(hello) => Ok(hello),
                        ClientFrame::Submit(_) | ClientFrame::Ping(_) | ClientFrame::Gesture(_) => {
                            Err(Some(CloseCode::BadFrame))
                        }
                    },
                    Incoming::Malformed(_) | Incoming::Garbage => Err(Some(CloseCode::BadFrame)),
                };
            }
            Received::Garbage => return Err(Some(CloseCode::BadFrame)),
            Received::TooLarge => return Err(Some(CloseCode::FrameTooLarge)),
            Received::Gone => return Err(None),
        }
    }
}
