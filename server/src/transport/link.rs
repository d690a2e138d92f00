//! A way of carrying frames: a WebSocket, a streamed response, a long poll.

use std::future::Future;

use engawa_protocol::CloseCode;

use crate::hub::{FrameText, Frames};
use crate::observe::metrics::TransportKind;

/// What came over a link.
#[derive(Debug, PartialEq, Eq)]
pub enum Received {
    /// A frame's text.
    Text(FrameText),
    /// A sign of life and nothing else.
    Alive,
    /// Something that is no text.
    Garbage,
    /// More than a frame may hold.
    TooLarge,
    /// The other side has gone.
    Gone,
}

/// The other side takes nothing any more.
#[derive(Debug, PartialEq, Eq)]
pub struct LinkError;

/// A way of carrying frames.
pub trait Link: Send {
    /// What kind it is.
    const KIND: TransportKind;
    /// Whether a client that lives is heard over the link itself; otherwise its silence means nothing.
    const IS_HEARD: bool;

    /// Waits for what comes next. Safe to drop while waiting.
    fn receive(&mut self) -> impl Future<Output = Received> + Send;

    /// Sends frames in order, together if the link can. The caller sets a time limit and drops the future when it
    /// is over; nothing but [`Link::close`] may follow then.
    fn send(&mut self, frames: Frames) -> impl Future<Output = Result<(), LinkError>> + Send;

    /// Asks the other side for a sign of life, if the link has a way of its own.
    fn probe(&mut self) -> impl Future<Output = Result<(), LinkError>> + Send;

    /// Closes with a code, and gives the other side a moment to take note of it.
    fn close(self, code: CloseCode) -> impl Future<Output = ()> + Send;
}
