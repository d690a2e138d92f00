//! One connection, from its first byte to its end or its upgrade. Knows the limits of time, not the requests.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tower::Service as _;

use super::stream::Stream;
use super::tls::Spoken;
use super::{Options, http2};
use crate::observe::metrics::{self, SocketClose};

/// Request extension: cancelled when the server has begun to shut down. A handler whose response or upgraded
/// connection lives long must watch it and end within the drain time.
#[derive(Debug, Clone)]
pub struct Draining(pub CancellationToken);

/// Request extension: the request came to us over TLS. Without it nothing is known: a proxy in front may speak TLS.
#[derive(Debug, Clone, Copy)]
pub struct Encrypted;

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

/// Where requests of a connection go.
#[derive(Clone)]
pub(super) struct Desk {
    shared: Arc<Shared>,
    peer: SocketAddr,
    encrypted: bool,
    first: Arc<FirstRequest>,
}

impl Desk {
    /// Has a request answered.
    pub(super) fn answer(
        &self,
        mut request: Request<Incoming>,
    ) -> impl Future<Output = Response<Body>> + use<> {
        self.first.note();
        let extensions = request.extensions_mut();
        extensions.insert(ConnectInfo(self.peer));
        extensions.insert(Draining(self.shared.draining.clone()));
        if self.encrypted {
            extensions.insert(Encrypted);
        }
        let answer = self.shared.router.clone().call(request.map(Body::new));
        async move { answer.await.unwrap_or_else(|never: Infallible| match never {}) }
    }
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

/// A connection of either version of HTTP.
pub(super) trait Conversation: Future<Output = hyper::Result<()>> {
    /// Finishes what has been begun and takes no more.
    fn wind_up(self: Pin<&mut Self>);
}

impl<S, T> Conversation for http1::UpgradeableConnection<TokioIo<T>, S>
where
    S: hyper::service::HttpService<Incoming, ResBody = Body>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    fn wind_up(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// Serves a connection until either side closes, a limit is passed or an upgrade takes the socket away.
pub(super) async fn open(stream: Stream, peer: SocketAddr, shared: Arc<Shared>) {
    let listener = shared.options.listener;
    let too_late = Instant::now() + shared.options.first_request_timeout;
    // Whoever says nothing costs a socket and no more: what a conversation needs is made when there is something to read.
    let spoken = tokio::select! {
        biased;
        spoken = tokio::time::timeout_at(too_late, stream.first_byte()) => spoken,
        () = shared.draining.cancelled() => return metrics::socket_closed(listener, SocketClose::Shutdown),
    };
    metrics::socket_closed(
        listener,
        match spoken {
            Ok(Ok(Some(_))) => Box::pin(converse(stream, peer, shared, too_late)).await,
            Ok(Ok(None)) => SocketClose::Ended,
            Ok(Err(_)) => SocketClose::Broken,
            Err(_elapsed) => SocketClose::NoRequest,
        },
    );
}

async fn converse(stream: Stream, peer: SocketAddr, shared: Arc<Shared>, too_late: Instant) -> SocketClose {
    let desk = |encrypted| Desk { shared: Arc::clone(&shared), peer, encrypted, first: Arc::default() };
    let Some(tls) = &shared.options.tls else { return over_http1(stream, desk(false), too_late).await };
    let shaken = tokio::select! {
        shaken = tokio::time::timeout_at(too_late, tls.shake_hands(stream)) => shaken,
        () = shared.draining.cancelled() => return SocketClose::Shutdown,
    };
    match shaken {
        Ok(Ok((stream, Spoken::Http1))) => over_http1(stream, desk(true), too_late).await,
        Ok(Ok((stream, Spoken::Http2))) => over_http2(stream, desk(true), too_late).await,
        Ok(Err(error)) => {
            tracing::debug!(%error, "a handshake failed");
            SocketClose::NoHandshake
        }
        Err(_elapsed) => SocketClose::NoRequest,
    }
}

async fn over_http1<T>(stream: T, desk: Desk, too_late: Instant) -> SocketClose
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let options = &desk.shared.options;
    let answering = desk.clone();
    let service = hyper::service::service_fn(move |request| {
        let answer = answering.answer(request);
        async move { Ok::<_, Infallible>(answer.await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(options.next_request_timeout.max(options.first_request_timeout))
        .max_buf_size(options.max_header_bytes)
        .max_headers(options.max_header_lines)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    // Between two requests the library itself watches the time.
    drive(connection, &desk, too_late, std::future::pending()).await
}

async fn over_http2<T>(stream: T, desk: Desk, too_late: Instant) -> SocketClose
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let options = &desk.shared.options;
    let activity = Arc::new(http2::Activity::default());
    let connection = http2::conversation(stream, desk.clone(), options, Arc::clone(&activity));
    drive(connection, &desk, too_late, activity.is_over(options)).await
}

/// Lets a conversation run, within the limits of time.
async fn drive(
    conversation: impl Conversation,
    desk: &Desk,
    too_late: Instant,
    over: impl Future<Output = ()>,
) -> SocketClose {
    let Shared { options, draining, abandoned, .. } = &*desk.shared;
    let mut conversation = pin!(conversation);
    // Until the first request: a short time limit, and nothing to lose at shutdown.
    tokio::select! {
        // The conversation comes first, so that a request that is there is seen before its time is found to be over.
        biased;
        outcome = conversation.as_mut() => return reason(outcome),
        () = desk.first.arrived.notified() => {}
        () = tokio::time::sleep_until(too_late) => return SocketClose::NoRequest,
        () = draining.cancelled() => return SocketClose::Shutdown,
    }
    tokio::select! {
        outcome = conversation.as_mut() => return reason(outcome),
        () = draining.cancelled() => conversation.as_mut().wind_up(),
        () = over => {
            conversation.as_mut().wind_up();
            let _too_slow = tokio::time::timeout(options.write_stall_timeout, conversation).await;
            return SocketClose::Idle;
        }
    }
    tokio::select! {
        outcome = conversation => reason(outcome),
        () = abandoned.cancelled() => SocketClose::Abandoned,
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
