//! Encryption of connections: from a certificate's files to a handshake. Owns which protocols are offered and how a
//! certificate is exchanged while connections live; must not know what goes over them.

mod certificate;
mod follow;

use std::fmt;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::stream::Stream;

pub use certificate::{Certificate, CertificateError, CertificateFiles};
pub use follow::follow_files;

const HTTP1: &[u8] = b"http/1.1";
const HTTP2: &[u8] = b"h2";
/// What every TLS connection begins with: the type of a handshake's record.
const HANDSHAKE: u8 = 0x16;

/// What somebody is told who speaks plain HTTP where TLS is spoken. Without a redirection: the address may be wrong
/// in more than its scheme, and what was sent has been readable on the way.
const PLAIN_SPOKEN: &[u8] = "HTTP/1.1 400 Bad Request\r\n\
    content-type: text/plain; charset=utf-8\r\n\
    cache-control: no-store\r\n\
    connection: close\r\n\r\n\
    このアドレスは https:// で始まります。\n\
    This address begins with https://.\n"
    .as_bytes();

/// Which version of HTTP a peer has chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spoken {
    Http1,
    Http2,
}

/// The certificate in use and all that a handshake needs. Cheap to clone; clones share the certificate.
#[derive(Clone)]
pub struct Tls {
    current: Arc<Current>,
    config: Arc<ServerConfig>,
    /// For those who are only told that the server is full.
    http1_only: Arc<ServerConfig>,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// A [`CertificateError`] that names the setting and the file.
    pub fn open(files: &CertificateFiles) -> Result<Self, CertificateError> {
        let certificate = Certificate::read(files)?;
        certificate.note();
        let current = Arc::new(Current(RwLock::new(certificate.into_key())));
        let config = Arc::new(server_config(&current, &[HTTP2, HTTP1])?);
        let http1_only = Arc::new(server_config(&current, &[HTTP1])?);
        Ok(Self { current, config, http1_only })
    }

    /// Uses another certificate for handshakes from now on. Connections that are open stay as they are.
    pub fn exchange(&self, certificate: Certificate) {
        certificate.note();
        let mut current = self.current.0.write().unwrap_or_else(PoisonError::into_inner);
        *current = certificate.into_key();
    }

    /// Shakes hands. Takes as long as the peer takes: the caller sets a limit.
    ///
    /// # Errors
    /// What went wrong; whoever spoke plain HTTP has been told so.
    pub(super) async fn shake_hands(&self, mut stream: Stream) -> io::Result<(TlsStream<Stream>, Spoken)> {
        if stream.first_byte().await? != Some(HANDSHAKE) {
            stream.write_all(PLAIN_SPOKEN).await?;
            stream.shutdown().await?;
            return Err(io::Error::new(io::ErrorKind::InvalidData, "no TLS is spoken"));
        }
        let stream = TlsAcceptor::from(Arc::clone(&self.config)).accept(stream).await?;
        let spoken = match stream.get_ref().1.alpn_protocol() {
            Some(HTTP2) => Spoken::Http2,
            Some(_) | None => Spoken::Http1,
        };
        Ok((stream, spoken))
    }

    /// Shakes hands over HTTP/1.1 alone.
    pub(super) async fn shake_hands_http1<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        TlsAcceptor::from(Arc::clone(&self.http1_only)).accept(stream).await
    }
}

/// The certificate in use.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn server_config(current: &Arc<Current>, protocols: &[&[u8]]) -> Result<ServerConfig, CertificateError> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(CertificateError::Cryptography)?
        .with_no_client_auth()
        .with_cert_resolver(Arc::clone(current) as Arc<dyn ResolvesServerCert>);
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    // After a restart of a proxy everybody comes back at once: tickets spare most of them the whole handshake, and us a
    // memory of each.
    config.ticketer = ring::Ticketer::new().map_err(CertificateError::Cryptography)?;
    Ok(config)
}
