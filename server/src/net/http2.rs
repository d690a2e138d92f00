//! HTTP/2 on a connection: how many requests, how much may wait for a peer that does not read, and when a connection on which
//! nothing happens is over. The library bounds neither of the last two.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use bytes::Bytes;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use super::Options;
use super::connection::{Conversation, Desk};
use crate::observe::metrics;

/// How much of a response lies in the library at a time, in bytes; the rest waits with us, as a share of what there is once.
const SLICE_BYTES: usize = 16 * 1024;
/// What the peer may send ahead, of one request and of all together, in bytes.
const STREAM_WINDOW_BYTES: u32 = 256 * 1024;
const CONNECTION_WINDOW_BYTES: u32 = 512 * 1024;
/// How often a silent peer is asked whether it is there, and how long it has to answer.
const ASK_AFTER: Duration = Duration::from_secs(20);

/// A connection that speaks HTTP/2.
pub(super) fn conversation<T>(
    stream: T,
    desk: Desk,
    options: &Options,
    activity: Arc<Activity>,
) -> impl Conversation + use<T>
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let header_lines = options.max_header_lines;
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let open = Open::new(Arc::clone(&activity));
        // Lines are not counted by the library.
        let answer = (request.headers().len() <= header_lines).then(|| desk.answer(request));
        async move {
            let response = match answer {
                Some(answer) => answer.await,
                None => {
                    let mut refusal = Response::new(Body::empty());
                    *refusal.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
                    refusal
                }
            };
            Ok::<_, Infallible>(response.map(|body| Sliced::new(body, open)))
        }
    });
    http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(options.max_requests_at_once)
        .max_header_list_size(u32::try_from(options.max_header_bytes).unwrap_or(u32::MAX))
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(SLICE_BYTES)
        .keep_alive_interval(ASK_AFTER)
        .keep_alive_timeout(ASK_AFTER)
        .serve_connection(TokioIo::new(stream), service)
}

impl<S, T> Conversation for http2::Connection<TokioIo<T>, S, TokioExecutor>
where
    S: hyper::service::HttpService<Incoming, ResBody = Sliced> + 'static,
    S::Future: Send + 'static,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    fn wind_up(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// What happens on a connection.
#[derive(Debug)]
pub(super) struct Activity(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Requests that have been begun and whose response has not been handed over to its end.
    open: usize,
    /// Since when there are none.
    idle_since: Instant,
    next_number: u64,
    /// Responses of which the peer has not made room for a slice, and since when.
    waiting: BTreeMap<u64, Instant>,
}

impl Default for Activity {
    fn default() -> Self {
        Self(Mutex::new(State {
            open: 0,
            idle_since: Instant::now(),
            next_number: 0,
            waiting: BTreeMap::new(),
        }))
    }
}

impl Activity {
    /// Nothing that panics runs under this lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until no request has been open for as long as a connection is kept, or a response has been taken nothing of for
    /// as long as a peer may stall. Notices it a quarter of that time late at most.
    pub(super) async fn is_over(&self, options: &Options) {
        let (keep, stall) = (options.next_request_timeout, options.write_stall_timeout);
        let mut ticks = tokio::time::interval(keep.min(stall).max(Duration::from_millis(4)) / 4);
        loop {
            ticks.tick().await;
            let state = self.state();
            let now = Instant::now();
            if state.open == 0 && now.duration_since(state.idle_since) >= keep {
                return;
            }
            if state.waiting.values().any(|since| now.duration_since(*since) >= stall) {
                metrics::write_stalled();
                return;
            }
        }
    }
}

/// A request, from its beginning until its response has been handed over.
#[derive(Debug)]
struct Open {
    activity: Arc<Activity>,
    number: u64,
}

impl Open {
    fn new(activity: Arc<Activity>) -> Self {
        let mut state = activity.state();
        state.open += 1;
        state.next_number += 1;
        let number = state.next_number;
        drop(state);
        Self { activity, number }
    }

    /// The peer has to make room before more is asked of the response.
    fn wait(&self) {
        self.activity.state().waiting.insert(self.number, Instant::now());
    }

    /// There is room.
    fn go_on(&self) {
        self.activity.state().waiting.remove(&self.number);
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut state = self.activity.state();
        state.waiting.remove(&self.number);
        state.open -= 1;
        state.idle_since = Instant::now();
    }
}

/// A response in slices. The library asks for the next one when the peer has made room for it, so the time between two says
/// whether the peer takes anything; and what it has not asked for does not lie in its buffers.
#[derive(Debug)]
pub(super) struct Sliced {
    body: Body,
    rest: Bytes,
    open: Open,
}

impl Sliced {
    fn new(body: Body, open: Open) -> Self {
        open.wait();
        Self { body, rest: Bytes::new(), open }
    }
}

impl hyper::body::Body for Sliced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.open.go_on();
        if self.rest.is_empty() {
            let frame = match ready!(pin!(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => frame,
                end @ (Some(Err(_)) | None) => return Poll::Ready(end),
            };
            match frame.into_data() {
                Ok(data) => self.rest = data,
                Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
            }
        }
        let length = self.rest.len().min(SLICE_BYTES);
        let slice = self.rest.split_to(length);
        self.open.wait();
        Poll::Ready(Some(Ok(Frame::data(slice))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        let rest = self.rest.len() as u64;
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(hint.lower() + rest);
        hint
    }
}
