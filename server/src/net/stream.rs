//! A TCP connection that counts as open until it is dropped, and that gives up on a peer that takes nothing.
//! It must not know about HTTP: it stays underneath after an upgrade, which is why the counting sits here.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Sleep;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::Options;
use crate::observe::metrics;

/// Sets what the operating system should do by itself. A socket that refuses an option is used all the same.
pub(super) fn tune(stream: &TcpStream, options: &Options) {
    let socket = SockRef::from(stream);
    let keepalive =
        TcpKeepalive::new().with_time(options.tcp_keepalive).with_interval(options.tcp_keepalive / 3);
    let outcome = stream.set_nodelay(true).and_then(|()| socket.set_tcp_keepalive(&keepalive));
    #[cfg(target_os = "linux")]
    let outcome = outcome.and_then(|()| socket.set_tcp_user_timeout(Some(options.tcp_user_timeout)));
    if let Err(error) = outcome {
        tracing::debug!(%error, "a socket option was refused");
    }
}

/// The stream. Dropping it frees its place under the connection limit and tells the shutdown that it is gone.
pub(super) struct Stream {
    inner: TcpStream,
    write_stall_timeout: Duration,
    /// Exists only while a write is waiting for the peer.
    stalled: Option<Pin<Box<Sleep>>>,
    _open: metrics::OpenSocket,
    _place: OwnedSemaphorePermit,
    _tracked: TaskTrackerToken,
}

impl Stream {
    pub(super) fn new(
        inner: TcpStream,
        options: &Options,
        place: OwnedSemaphorePermit,
        tracked: TaskTrackerToken,
    ) -> Self {
        Self {
            inner,
            write_stall_timeout: options.write_stall_timeout,
            stalled: None,
            _open: metrics::OpenSocket::new(options.listener),
            _place: place,
            _tracked: tracked,
        }
    }

    /// Waits for the first byte and leaves it to be read. None if the peer has closed without any.
    pub(super) async fn first_byte(&self) -> io::Result<Option<u8>> {
        let mut byte = [0];
        Ok((self.inner.peek(&mut byte).await? > 0).then_some(byte[0]))
    }

    /// Passes a write's outcome on; while the outcome is "wait", runs the clock.
    fn watch<T>(&mut self, cx: &mut Context<'_>, outcome: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.stalled = None;
            return outcome;
        }
        let timeout = self.write_stall_timeout;
        let clock = self.stalled.get_or_insert_with(|| Box::pin(tokio::time::sleep(timeout)));
        ready!(clock.as_mut().poll(cx));
        metrics::write_stalled();
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the peer takes nothing")))
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.watch(cx, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inner).poll_write_vectored(cx, slices);
        self.watch(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Flushing a TCP socket never waits, and must not stop the clock of a waiting write.
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
