//! One connection, from its first byte to its end or its upgrade. Knows the limits of time, not the requests.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tower::Service as _;

use super::Options;
use super::stream::Stream;
use crate::observe::metrics::{self, SocketClose};

/// Request extension: cancelled when the server has begun to shut down. A handler whose response or upgraded
/// connection lives long must watch it and end within the drain time.
#[derive(Debug, Clone)]
pub struct Draining(pub CancellationToken);

/// What [`serve`](super::serve) left behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// Connections that had not ended when the drain time was over. Zero after a clean shutdown.
    pub left_open: usize,
}

/// What all connections of a listener share.
pub(super) struct Shared {
    pub(super) router: Router,
    pub(super) options: Options,
    /// The shutdown has begun.
    pub(super) draining: CancellationToken,
    /// The drain time is over.
    pub(super) abandoned: CancellationToken,
}

/// Says when the first request header has arrived.
#[derive(Default)]
struct FirstRequest {
    seen: AtomicBool,
    arrived: Notify,
}

impl FirstRequest {
    fn note(&self) {
        if !self.seen.swap(true, Ordering::Relaxed) {
            self.arrived.notify_one();
        }
    }
}

/// Serves requests until either side closes, a limit is passed or an upgrade takes the socket away.
pub(super) async fn run(stream: Stream, peer: SocketAddr, shared: Arc<Shared>) {
    let options = &shared.options;
    let closed = |reason| metrics::socket_closed(options.listener, reason);
    let first = FirstRequest::default();
    let service = hyper::service::service_fn(|mut request: Request<Incoming>| {
        first.note();
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(Draining(shared.draining.clone()));
        let answer = shared.router.clone().call(request.map(Body::new));
        async move { Ok::<_, Infallible>(answer.await.unwrap_or_else(|never| match never {})) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(options.next_request_timeout.max(options.first_request_timeout))
        .max_buf_size(options.max_header_bytes)
        .max_headers(options.max_header_lines)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let mut first_arrived = pin!(async {
        first.arrived.notified().await;
    });
    let too_late = pin!(tokio::time::sleep(options.first_request_timeout));

    // Until the first request: a short time limit, and nothing to lose at shutdown.
    tokio::select! {
        // The connection comes first, so that a request that is there is seen before its time is found to be over.
        biased;
        outcome = connection.as_mut() => return closed(reason(outcome)),
        () = first_arrived.as_mut() => {}
        () = too_late => return closed(SocketClose::NoRequest),
        () = shared.draining.cancelled() => return closed(SocketClose::Shutdown),
    }
    tokio::select! {
        outcome = connection.as_mut() => return closed(reason(outcome)),
        () = shared.draining.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    tokio::select! {
        outcome = connection => closed(reason(outcome)),
        () = shared.abandoned.cancelled() => closed(SocketClose::Abandoned),
    }
}

fn reason(outcome: hyper::Result<()>) -> SocketClose {
    match outcome {
        Ok(()) => SocketClose::Ended,
        Err(error) if error.is_timeout() => SocketClose::NoRequest,
        Err(error) if error.is_parse() || error.is_parse_too_large() => SocketClose::BadRequest,
        Err(_) => SocketClose::Broken,
    }
}
