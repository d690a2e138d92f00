//! Every metric of the server: its name, its help text, its labels, and the one function that changes it.
//!
//! Labels are fixed words of this crate. No function takes a text from outside, so no meeting, person or note can
//! become a label.

use std::sync::OnceLock;
use std::time::Duration;

use metrics::{Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// Sockets accepted by the accept loop.
pub const SOCKETS_ACCEPTED: &str = "engawa_sockets_accepted_total";
/// Sockets refused because the server was full.
pub const SOCKETS_REFUSED: &str = "engawa_sockets_refused_total";
/// Nodes that are known, this one included.
pub const NODES: &str = "engawa_nodes_known";
/// This node.
pub const NODE: &str = "engawa_node_info";
/// What nodes tell each other, and was dropped.
pub const HEARSAY_DROPPED: &str = "engawa_hearsay_dropped_total";
/// Sockets that are open now.
pub const SOCKETS_OPEN: &str = "engawa_sockets_open";
/// HTTP connections that ended, by reason; an upgraded one ends as `ended` when the WebSocket takes over.
pub const SOCKETS_CLOSED: &str = "engawa_sockets_closed_total";
/// Sockets given up because the peer took nothing of what was written, upgraded ones included.
pub const WRITE_STALLS: &str = "engawa_write_stalls_total";
/// Failures of the accept call.
pub const ACCEPT_FAILURES: &str = "engawa_accept_failures_total";
/// Connections of people that are open now, by transport.
pub const CONNECTIONS: &str = "engawa_connections";
/// Connections of people that were closed, by close code.
pub const CLOSES: &str = "engawa_connection_closes_total";
/// Meetings that live in this node's memory.
pub const LIVE_MEETINGS: &str = "engawa_live_meetings";
/// Inputs waiting in a mailbox when one was taken out.
pub const MAILBOX_DEPTH: &str = "engawa_mailbox_depth";
/// From handing a batch to the store until it is durable.
pub const APPEND_SECONDS: &str = "engawa_append_seconds";
/// Inputs in one appended batch.
pub const APPEND_INPUTS: &str = "engawa_append_inputs";
/// Applying one entry.
pub const APPLY_SECONDS: &str = "engawa_apply_seconds";
/// Size of one frame.
pub const FRAME_BYTES: &str = "engawa_frame_bytes";
/// Events in one flush.
pub const FLUSH_EVENTS: &str = "engawa_flush_events";
/// Outboxes that overflowed and closed their connection.
pub const OUTBOX_OVERFLOWS: &str = "engawa_outbox_overflows_total";
/// Connections that continued from their position.
pub const RESUMES: &str = "engawa_resumes_total";
/// Connections that were sent a whole view.
pub const VIEWS: &str = "engawa_views_total";
/// Rejected commands, by kind of rejection.
pub const REJECTIONS: &str = "engawa_rejections_total";
/// State digests that differed from another node's.
pub const DIGEST_MISMATCHES: &str = "engawa_digest_mismatches_total";
/// Meetings put right after the store had lost a part of them, by whose history became the agreed one.
pub const HEALED: &str = "engawa_meetings_healed_total";
/// Entries of a lost history that were decided again.
pub const OFFERED_AGAIN: &str = "engawa_entries_decided_again_total";
/// Entries of a lost history that could not be decided again.
pub const LEFT_OUT: &str = "engawa_entries_left_out_total";
/// Failures of the store, by operation.
pub const STORE_ERRORS: &str = "engawa_store_errors_total";
/// When the certificate in use ends.
pub const CERTIFICATE_ENDS: &str = "engawa_certificate_ends_timestamp_seconds";
/// HTTP requests that were answered with an error, by its code.
pub const API_ERRORS: &str = "engawa_api_errors_total";

/// Seconds: from 10 µs (apply) over 1 ms (append) to 10 s (store in trouble).
const SECONDS_BUCKETS: [f64; 16] =
    [1e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 0.1, 0.25, 1.0, 2.5, 10.0];
const BYTES_BUCKETS: [f64; 9] =
    [128.0, 512.0, 2048.0, 8192.0, 32_768.0, 131_072.0, 524_288.0, 2_097_152.0, 8_388_608.0];
const COUNT_BUCKETS: [f64; 11] = [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 1024.0];

/// The part of the time in which this node works.
pub const BUSY: &str = "engawa_busy_ratio";

/// Those that change for each entry and each frame are looked up once.
static FRAME_BYTES_HISTOGRAM: OnceLock<Histogram> = OnceLock::new();
static APPLY_SECONDS_HISTOGRAM: OnceLock<Histogram> = OnceLock::new();

/// Why metrics could not be set up.
#[derive(Debug, Clone, thiserror::Error)]
#[error("metrics could not be set up: {0}")]
pub struct MetricsError(String);

/// Installs the recorder for the whole process, at the first call, and gives the handle that renders it.
///
/// # Errors
/// [`MetricsError`] if something else in this process has installed a recorder.
pub fn recorder() -> Result<PrometheusHandle, MetricsError> {
    static HANDLE: OnceLock<Result<PrometheusHandle, MetricsError>> = OnceLock::new();
    HANDLE.get_or_init(|| install().map_err(|error| MetricsError(error.to_string()))).clone()
}

fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS_BUCKETS)?
        .set_buckets_for_metric(Matcher::Suffix("_bytes".into()), &BYTES_BUCKETS)?
        .set_buckets(&COUNT_BUCKETS)?
        .install_recorder()?;
    describe();
    let _first = FRAME_BYTES_HISTOGRAM.set(histogram!(FRAME_BYTES));
    let _first = APPLY_SECONDS_HISTOGRAM.set(histogram!(APPLY_SECONDS));
    Ok(handle)
}

fn describe() {
    for (name, help) in [
        (SOCKETS_ACCEPTED, "Sockets accepted."),
        (SOCKETS_REFUSED, "Sockets refused because the server was full."),
        (SOCKETS_CLOSED, "HTTP connections that ended, by reason."),
        (WRITE_STALLS, "Sockets given up because the peer took nothing."),
        (ACCEPT_FAILURES, "Failures of the accept call."),
        (CLOSES, "Connections closed, by close code."),
        (OUTBOX_OVERFLOWS, "Outboxes that overflowed and closed their connection."),
        (RESUMES, "Connections that continued from their position."),
        (VIEWS, "Connections that were sent a whole view."),
        (REJECTIONS, "Rejected commands, by kind."),
        (DIGEST_MISMATCHES, "State digests that differed from another node's."),
        (
            HEALED,
            "Meetings put right after the store had lost a part of them, by whose history (memory, store).",
        ),
        (OFFERED_AGAIN, "Entries of a lost history that were decided again."),
        (LEFT_OUT, "Entries of a lost history that could not be decided again."),
        (STORE_ERRORS, "Failures of the store, by operation."),
        (HEARSAY_DROPPED, "Pieces of what nodes tell each other that found no room or no way."),
        (API_ERRORS, "HTTP requests answered with an error, by code."),
    ] {
        describe_counter!(name, help);
    }
    for (name, help) in [
        (SOCKETS_OPEN, "Sockets open now."),
        (CONNECTIONS, "Connections of people open now, by transport."),
        (LIVE_MEETINGS, "Meetings in this node's memory."),
        (BUSY, "The part of the time in which this node's threads work, of the last quarter of a second."),
        (NODES, "Nodes that are known: this one, and those that serve a meeting in this node's memory, too."),
        (CERTIFICATE_ENDS, "When the certificate in use ends, in seconds since 1970; not there without TLS."),
        (NODE, "Always 1; the label is this node's id, which is drawn anew at each start."),
    ] {
        describe_gauge!(name, help);
    }
    for (name, help) in [
        (MAILBOX_DEPTH, "Inputs waiting in a mailbox when one was taken out."),
        (APPEND_SECONDS, "From handing a batch to the store until it is durable."),
        (APPEND_INPUTS, "Inputs in one appended batch."),
        (APPLY_SECONDS, "Applying one entry."),
        (FRAME_BYTES, "Size of one frame."),
        (FLUSH_EVENTS, "Events in one flush."),
    ] {
        describe_histogram!(name, help);
    }
}

/// How somebody is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransportKind {
    /// WebSocket.
    WebSocket,
    /// Streamed response and POST.
    Stream,
    /// Long poll and POST.
    Poll,
}

impl TransportKind {
    /// The label.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::WebSocket => "websocket",
            Self::Stream => "stream",
            Self::Poll => "poll",
        }
    }
}

/// Why an HTTP connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SocketClose {
    /// As HTTP provides, or by an upgrade.
    Ended,
    /// No complete request header in time.
    NoRequest,
    /// TLS did not come about.
    NoHandshake,
    /// No request for a while, or a response that nobody took.
    Idle,
    /// The request could not be understood or its header was too large.
    BadRequest,
    /// The peer vanished.
    Broken,
    /// Shutdown, with no request running.
    Shutdown,
    /// The drain time was over.
    Abandoned,
}

impl SocketClose {
    const fn label(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::NoRequest => "no_request",
            Self::NoHandshake => "no_handshake",
            Self::Idle => "idle",
            Self::BadRequest => "bad_request",
            Self::Broken => "broken",
            Self::Shutdown => "shutdown",
            Self::Abandoned => "abandoned",
        }
    }
}

/// Counts an open socket for as long as it is alive.
#[derive(Debug)]
pub struct OpenSocket(&'static str);

impl OpenSocket {
    pub(crate) fn new(listener: &'static str) -> Self {
        gauge!(SOCKETS_OPEN, "listener" => listener).increment(1);
        Self(listener)
    }
}

impl Drop for OpenSocket {
    fn drop(&mut self) {
        gauge!(SOCKETS_OPEN, "listener" => self.0).decrement(1);
    }
}

/// Counts a person's connection for as long as it is alive.
#[derive(Debug)]
pub struct OpenConnection(TransportKind);

impl OpenConnection {
    /// A connection has been opened; drop the value when it closes.
    #[must_use]
    pub fn new(transport: TransportKind) -> Self {
        gauge!(CONNECTIONS, "transport" => transport.label()).increment(1);
        Self(transport)
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        gauge!(CONNECTIONS, "transport" => self.0.label()).decrement(1);
    }
}

pub(crate) fn socket_accepted(listener: &'static str) {
    counter!(SOCKETS_ACCEPTED, "listener" => listener).increment(1);
}

pub(crate) fn socket_refused(listener: &'static str) {
    counter!(SOCKETS_REFUSED, "listener" => listener).increment(1);
}

pub(crate) fn socket_closed(listener: &'static str, reason: SocketClose) {
    counter!(SOCKETS_CLOSED, "listener" => listener, "reason" => reason.label()).increment(1);
}

pub(crate) fn write_stalled() {
    counter!(WRITE_STALLS).increment(1);
}

pub(crate) fn accept_failed() {
    counter!(ACCEPT_FAILURES).increment(1);
}

pub(crate) fn certificate_ends(seconds: u64) {
    gauge!(CERTIFICATE_ENDS).set(seconds as f64);
}

/// A connection was closed with this code.
pub fn connection_closed(code: u16) {
    counter!(CLOSES, "code" => code.to_string()).increment(1);
}

/// This node's id.
pub fn node(id: impl std::fmt::Display) {
    gauge!(NODE, "node" => id.to_string()).set(1.0);
}

/// How many other nodes have been heard of lately.
pub fn nodes_known(others: usize) {
    gauge!(NODES).set((others + 1) as f64);
}

/// Something from or for another node was dropped.
pub fn hearsay_dropped(count: u64) {
    counter!(HEARSAY_DROPPED).increment(count);
}

/// How many meetings live in memory now.
pub fn live_meetings(count: usize) {
    gauge!(LIVE_MEETINGS).set(count as f64);
}

/// An input was taken out of a mailbox that held `depth`.
pub fn mailbox_taken(depth: usize) {
    histogram!(MAILBOX_DEPTH).record(depth as f64);
}

/// A batch of `inputs` became durable after `duration`.
pub fn batch_appended(inputs: usize, duration: Duration) {
    histogram!(APPEND_SECONDS).record(duration);
    histogram!(APPEND_INPUTS).record(inputs as f64);
}

/// An entry was applied.
pub fn entry_applied(duration: Duration) {
    if let Some(histogram) = APPLY_SECONDS_HISTOGRAM.get() {
        histogram.record(duration);
    }
}

/// A frame was sent.
pub fn frame_sent(bytes: usize) {
    if let Some(histogram) = FRAME_BYTES_HISTOGRAM.get() {
        histogram.record(bytes as f64);
    }
}

/// This part of the time, from 0 to 1, this node works.
pub fn busy(part: f64) {
    gauge!(BUSY).set(part);
}

/// A flush went out.
pub fn flushed(events: usize) {
    histogram!(FLUSH_EVENTS).record(events as f64);
}

/// An outbox overflowed.
pub fn outbox_overflowed() {
    counter!(OUTBOX_OVERFLOWS).increment(1);
}

/// A connection continued from its position.
pub fn resumed() {
    counter!(RESUMES).increment(1);
}

/// A connection was sent a whole view.
pub fn view_sent() {
    counter!(VIEWS).increment(1);
}

/// A command was rejected; `kind` is the rejection's name.
pub fn command_rejected(kind: &'static str) {
    counter!(REJECTIONS, "kind" => kind).increment(1);
}

/// A state digest differed.
pub fn digest_mismatched() {
    counter!(DIGEST_MISMATCHES).increment(1);
}

/// A meeting has been put right with the history of `whose`: "memory" or "store".
pub fn meeting_healed(whose: &'static str) {
    counter!(HEALED, "history" => whose).increment(1);
}

/// So many entries of a lost history were decided again.
pub fn entries_offered_again(count: usize) {
    counter!(OFFERED_AGAIN).increment(count as u64);
}

/// So many entries of a lost history could not be decided again.
pub fn entries_left_out(count: usize) {
    counter!(LEFT_OUT).increment(count as u64);
}

/// The store failed at `operation`, the name of the store's method.
pub fn store_failed(operation: &'static str) {
    counter!(STORE_ERRORS, "operation" => operation).increment(1);
}

/// A request was answered with this error code.
pub fn api_failed(code: &'static str) {
    counter!(API_ERRORS, "code" => code).increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_recorded_is_rendered() {
        let handle = recorder().unwrap();
        recorder().expect("installing twice is harmless");
        let open = OpenConnection::new(TransportKind::Poll);
        batch_appended(3, Duration::from_micros(700));
        command_rejected("vote_not_open");
        connection_closed(4001);
        let text = handle.render();
        for line in [
            "engawa_connections{transport=\"poll\"} 1",
            "engawa_append_seconds_bucket{le=\"0.001\"} 1",
            "engawa_append_inputs_bucket{le=\"4\"} 1",
            "engawa_rejections_total{kind=\"vote_not_open\"} 1",
            "engawa_connection_closes_total{code=\"4001\"} 1",
            "# HELP engawa_append_seconds From handing",
        ] {
            assert!(text.contains(line), "{line} is missing in\n{text}");
        }
        drop(open);
        assert!(handle.render().contains("engawa_connections{transport=\"poll\"} 0"));
    }
}
