//! The loop that takes connections off a listener. Owns the connection limit, the answer to those above it, and what
//! happens when accepting fails.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection::{self, Drained, Shared};
use super::stream::{self, Stream};
use super::{MAX_HEADER_BYTES_MIN, Options};
use crate::observe::metrics;

const BACK_OFF_FIRST: Duration = Duration::from_millis(50);
const BACK_OFF_MAX: Duration = Duration::from_secs(1);

/// How long a refused peer has to take its answer.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(2);
/// How much of a refused peer's request is read, so that closing does not tear the answer away from it.
const REFUSAL_READ_BYTES_MAX: u64 = 16 * 1024;
const REFUSAL: &[u8] = "HTTP/1.1 503 Service Unavailable\r\n\
    content-type: text/plain; charset=utf-8\r\n\
    cache-control: no-store\r\n\
    retry-after: 10\r\n\
    connection: close\r\n\r\n\
    ただいま混み合っています。しばらくしてからもう一度お試しください。\n\
    The server is full. Please try again in a moment.\n"
    .as_bytes();

/// Where connections come from. Implemented by [`TcpListener`]; tests bring sources that fail.
pub trait Accept: Send {
    /// Waits for the next connection. Must be safe to drop while it waits.
    fn accept(&mut self) -> impl Future<Output = io::Result<(TcpStream, SocketAddr)>> + Send;
}

impl Accept for TcpListener {
    async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
        TcpListener::accept(self).await
    }
}

/// Serves `router` on `listener` until `shutdown` is cancelled, then drains.
///
/// Requests carry [`axum::extract::ConnectInfo<SocketAddr>`] and [`Draining`](super::Draining) as extensions. At
/// shutdown the listener closes, idle connections are closed, running requests are finished, and upgraded connections see
/// the token; this returns when all are gone or [`Options::drain_timeout`] is over.
pub async fn serve(
    mut listener: impl Accept,
    router: Router,
    mut options: Options,
    shutdown: CancellationToken,
) -> Drained {
    options.max_header_bytes = options.max_header_bytes.max(MAX_HEADER_BYTES_MIN);
    let places = Arc::new(Semaphore::new(options.max_connections.min(Semaphore::MAX_PERMITS)));
    let refusals = Arc::new(Semaphore::new(options.max_refusals.min(Semaphore::MAX_PERMITS)));
    let tracker = TaskTracker::new();
    let shared =
        Arc::new(Shared { router, options, draining: shutdown.clone(), abandoned: CancellationToken::new() });

    while let Some((socket, peer)) = next(&mut listener, &shutdown).await {
        metrics::socket_accepted(shared.options.listener);
        match Arc::clone(&places).try_acquire_owned() {
            Ok(place) => {
                stream::tune(&socket, &shared.options);
                let stream = Stream::new(socket, &shared.options, place, tracker.token());
                tokio::spawn(connection::open(stream, peer, Arc::clone(&shared)));
            }
            Err(_full) => {
                metrics::socket_refused(shared.options.listener);
                if let Ok(permit) = Arc::clone(&refusals).try_acquire_owned() {
                    let tls = shared.options.tls.clone();
                    tokio::spawn(async move {
                        let _permit = permit;
                        let refusing = async {
                            match tls {
                                Some(tls) => refuse(tls.shake_hands_http1(socket).await?).await,
                                None => refuse(socket).await,
                            }
                        };
                        let _too_slow = tokio::time::timeout(REFUSAL_TIMEOUT, refusing).await;
                    });
                }
            }
        }
    }

    drop(listener);
    tracker.close();
    if tokio::time::timeout(shared.options.drain_timeout, tracker.wait()).await.is_err() {
        tracing::warn!(connections = tracker.len(), "connections did not end within the drain time");
    }
    shared.abandoned.cancel();
    Drained { left_open: tracker.len() }
}

/// The next connection, or `None` once the shutdown has begun. Waits out failures.
async fn next(listener: &mut impl Accept, shutdown: &CancellationToken) -> Option<(TcpStream, SocketAddr)> {
    let mut back_off = BACK_OFF_FIRST;
    loop {
        let outcome = tokio::select! {
            biased;
            () = shutdown.cancelled() => return None,
            outcome = listener.accept() => outcome,
        };
        match outcome {
            Ok(accepted) => return Some(accepted),
            Err(error) if concerns_one_peer(&error) => metrics::accept_failed(),
            Err(error) => {
                // Most likely out of file descriptors: the connection stays in the queue, so asking again at once would
                // only burn the processor until somebody leaves.
                metrics::accept_failed();
                tracing::warn!(%error, wait_ms = back_off.as_millis(), "accepting connections fails");
                tokio::select! {
                    () = shutdown.cancelled() => return None,
                    () = tokio::time::sleep(back_off) => {}
                }
                back_off = (back_off * 2).min(BACK_OFF_MAX);
            }
        }
    }
}

/// Whether the failure belongs to the connection that was about to be accepted, and the next may well succeed.
fn concerns_one_peer(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

/// Says that the server is full, in a form that browsers show and proxies understand.
async fn refuse(mut socket: impl AsyncRead + AsyncWrite + Unpin) -> io::Result<()> {
    socket.write_all(REFUSAL).await?;
    socket.shutdown().await?;
    tokio::io::copy(&mut socket.take(REFUSAL_READ_BYTES_MAX), &mut tokio::io::sink()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// A listener that is out of file descriptors.
    struct Exhausted(Arc<AtomicUsize>, io::ErrorKind);

    impl Accept for Exhausted {
        async fn accept(&mut self) -> io::Result<(TcpStream, SocketAddr)> {
            // Real accepting takes part in cooperative scheduling; so does this.
            tokio::task::yield_now().await;
            self.0.fetch_add(1, Ordering::Relaxed);
            Err(self.1.into())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_failing_listener_is_asked_about_once_a_second() {
        let asked = Arc::new(AtomicUsize::new(0));
        let shutdown = CancellationToken::new();
        let listener = Exhausted(Arc::clone(&asked), io::ErrorKind::Other);
        let server = tokio::spawn(serve(listener, Router::new(), Options::default(), shutdown.clone()));
        tokio::time::sleep(Duration::from_secs(20)).await;
        let count = asked.load(Ordering::Relaxed);
        assert!((20..=30).contains(&count), "asked {count} times in 20 s");
        shutdown.cancel();
        assert_eq!(server.await.unwrap(), Drained { left_open: 0 });
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_left_does_not_slow_the_next() {
        let asked = Arc::new(AtomicUsize::new(0));
        let shutdown = CancellationToken::new();
        let mut listener = Exhausted(Arc::clone(&asked), io::ErrorKind::ConnectionAborted);
        let started = tokio::time::Instant::now();
        let counting = async {
            while asked.load(Ordering::Relaxed) < 100 {
                tokio::task::yield_now().await;
            }
            shutdown.cancel();
        };
        let (none, ()) = tokio::join!(next(&mut listener, &shutdown), counting);
        assert!(none.is_none());
        assert_eq!(started.elapsed(), Duration::ZERO);
    }
}
