//! The limits of the accept loop, in one place.

use std::time::Duration;

use super::tls::Tls;

/// The smallest header buffer that the HTTP implementation accepts, in bytes.
pub const MAX_HEADER_BYTES_MIN: usize = 8192;

/// Limits of [`serve`](super::serve). All of them hold per connection unless they say otherwise.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which listener this is, in metrics: `public` or `internal`.
    pub listener: &'static str,
    /// Connections at one time in total, upgraded ones included; one more is answered 503 and closed.
    pub max_connections: usize,
    /// Connections at one time that are being told that the server is full; beyond, they are closed without a word.
    pub max_refusals: usize,
    /// From accepting a connection until its first request header is complete, TLS included.
    pub first_request_timeout: Duration,
    /// On a connection kept alive: from the end of one response until the next request header is complete.
    /// Longer than the usual 60 s of proxies, so that it is the proxy that closes an idle connection; otherwise a request
    /// may meet a connection that is just being closed.
    pub next_request_timeout: Duration,
    /// All of a request's header, in bytes; more is answered 431. At least [`MAX_HEADER_BYTES_MIN`].
    pub max_header_bytes: usize,
    /// Header lines in a request; one more is answered 431.
    pub max_header_lines: usize,
    /// Requests at one time on a connection that speaks HTTP/2; further ones wait at the peer. All tabs of a browser share one
    /// connection, and each line takes a request.
    pub max_requests_at_once: u32,
    /// How long a peer may take nothing of what is being written to it, before the connection is closed. Over HTTP/2 this
    /// holds for each response as well.
    pub write_stall_timeout: Duration,
    /// How long sent bytes may stay unacknowledged before the system gives the connection up (`TCP_USER_TIMEOUT`, Linux).
    pub tcp_user_timeout: Duration,
    /// Silence after which the system asks whether the peer is still there; asked again every third of it.
    pub tcp_keepalive: Duration,
    /// With TLS, and with HTTP/2 for those who ask for it; otherwise plain HTTP/1.1.
    pub tls: Option<Tls>,
    /// At shutdown: how long running requests and upgraded connections may take to end.
    pub drain_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listener: "public",
            max_connections: 20_000,
            max_refusals: 64,
            first_request_timeout: Duration::from_secs(10),
            next_request_timeout: Duration::from_secs(75),
            max_header_bytes: 16 * 1024,
            max_header_lines: 64,
            max_requests_at_once: 128,
            write_stall_timeout: Duration::from_secs(30),
            tcp_user_timeout: Duration::from_secs(30),
            tcp_keepalive: Duration::from_secs(45),
            tls: None,
            drain_timeout: Duration::from_secs(20),
        }
    }
}
