//! What `/check` asks (TR9): each transport's own way through the proxies, without a meeting and without a token. Bounded in
//! time, bytes and number, because anybody may ask.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use engawa_protocol::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::hello::LINE_HEADERS;
use super::stream::{event_stream, events};
use crate::clock::Clock;
use crate::http::{ApiError, ApiErrorKind, Described, Group, Query, Table};
use crate::limits::{PROBE_TEXT_BYTES, PROBE_TEXTS, PROBES};

/// When the first ticks of a stream come: enough of them to see whether they come one by one.
const TICKS_MS: [u64; 4] = [0, 500, 1000, 1500];
/// Silence before the last tick, as long as many proxies let a line be silent.
const SILENCE: Duration = Duration::from_secs(35);
/// The longest that a poll is held.
const HOLD_MS_MAX: u64 = 25_000;
/// How long a socket is kept.
const SOCKET_LIFE: Duration = Duration::from_secs(90);
/// Read and write buffers of a socket.
const BUFFER_BYTES: usize = 1024;

#[derive(Debug, Clone)]
struct Probes {
    clock: Arc<dyn Clock>,
    places: Arc<Semaphore>,
}

impl Probes {
    fn place(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        Arc::clone(&self.places).try_acquire_owned().map_err(|_| ApiErrorKind::Unavailable.into())
    }
}

/// The routes of `/api/check`.
#[must_use]
pub fn probe_routes(clock: Arc<dyn Clock>) -> Table {
    let by_socket = Described::socket("/api/check/socket", "TR9", "Whether WebSockets come through")
        .says("Sends back what it is sent, as often as is enough.")
        .refused(&[ApiErrorKind::Unavailable]);
    let by_stream = Described::post("/api/check/stream", "TR9", "Whether streamed responses come through")
        .refused(&[ApiErrorKind::Unavailable])
        .gives_form::<Tick>(StatusCode::OK, "text/event-stream", "Ticks, the last after a long silence.");
    let by_poll = Described::post("/api/check/poll", "TR9", "Whether held answers come through")
        .in_query::<u64>("hold_ms", "For how long the answer is held, in milliseconds; at most 25,000.")
        .refused(&[ApiErrorKind::Unavailable])
        .gives_json::<Polled>("The server's time.");
    Table::default()
        .route(by_socket, socket)
        .route(by_stream, stream)
        .route(by_poll, poll)
        .of(Group::Lines)
        .with_state(Probes { clock, places: Arc::new(Semaphore::new(PROBES)) })
}

async fn socket(State(probes): State<Probes>, upgrade: WebSocketUpgrade) -> Result<Response, ApiError> {
    let place = probes.place()?;
    Ok(upgrade
        .read_buffer_size(BUFFER_BYTES)
        .write_buffer_size(BUFFER_BYTES)
        .max_write_buffer_size(4 * BUFFER_BYTES)
        .max_message_size(PROBE_TEXT_BYTES)
        .max_frame_size(PROBE_TEXT_BYTES)
        .on_upgrade(async move |socket| {
            let _place = place;
            let _over = tokio::time::timeout(SOCKET_LIFE, echo(socket)).await;
        }))
}

/// Sends back what comes, as often as is enough.
async fn echo(mut socket: WebSocket) {
    let mut texts = 0;
    while let Some(Ok(message)) = socket.recv().await {
        match message {
            Message::Text(text) if texts < PROBE_TEXTS => {
                texts += 1;
                if socket.send(Message::Text(text)).await.is_err() {
                    return;
                }
            }
            Message::Ping(_) | Message::Pong(_) => {}
            Message::Text(_) | Message::Binary(_) | Message::Close(_) => return,
        }
    }
}

/// A sign of life of a stream.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "test-support", derive(schemars::JsonSchema))]
struct Tick {
    /// Which, from 0.
    tick: usize,
    /// When it was sent.
    server_time: Timestamp,
}

async fn stream(State(probes): State<Probes>) -> Result<Response, ApiError> {
    let place = probes.place()?;
    let (pieces, response) = event_stream();
    tokio::spawn(async move {
        let _place = place;
        let mut waited = 0;
        for (tick, at) in TICKS_MS.iter().chain([&(TICKS_MS[3] + ms(SILENCE))]).enumerate() {
            let pause = Duration::from_millis(at - waited);
            waited = *at;
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = pieces.closed() => return,
            }
            let text = json(&Tick { tick, server_time: probes.clock.now() });
            if pieces.send(events([text.as_str()].into_iter())).await.is_err() {
                return;
            }
        }
    });
    Ok(response)
}

#[derive(Debug, Deserialize)]
struct PollQuery {
    #[serde(default)]
    hold_ms: u64,
}

/// The answer to a held poll.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "test-support", derive(schemars::JsonSchema))]
struct Polled {
    /// When it was sent.
    server_time: Timestamp,
}

async fn poll(
    State(probes): State<Probes>,
    Query(PollQuery { hold_ms }): Query<PollQuery>,
) -> Result<Response, ApiError> {
    let _place = probes.place()?;
    tokio::time::sleep(Duration::from_millis(hold_ms.min(HOLD_MS_MAX))).await;
    let text = json(&Polled { server_time: probes.clock.now() });
    Ok((LINE_HEADERS, [(CONTENT_TYPE, "application/json")], text).into_response())
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn json<T: Serialize>(value: &T) -> String {
    // A number and a time always have a text.
    serde_json::to_string(value).unwrap_or_default()
}
