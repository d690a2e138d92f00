//! The accept loop: from a listening socket to requests handed to the router.
//!
//! Owns connections as sockets: how many, how long they may dawdle, how they end. It must not know what a request
//! means, who sent it or what a WebSocket carries.
//!
//! `axum::serve` is not used because it has no limit on the time a request header may take, and returns at shutdown
//! while WebSocket tasks are still alive.

mod accept;
mod connection;
mod http2;
mod options;
mod stream;
mod tls;

pub use accept::{Accept, serve};
pub use connection::{Drained, Draining, Encrypted};
pub use options::{MAX_HEADER_BYTES_MIN, Options};
pub use tls::{Certificate, CertificateError, CertificateFiles, Tls, follow_files};
