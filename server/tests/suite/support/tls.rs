//! Certificates of our own making, and clients that trust exactly one of them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use engawa_server::config::RawConfig;
use engawa_server::net::CertificateFiles;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http2::SendRequest;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A certificate for 127.0.0.1 in a folder of its own.
pub struct Identity {
    folder: tempfile::TempDir,
    pub certificate: CertificateDer<'static>,
}

impl Identity {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut identity = Self { folder, certificate: CertificateDer::from(Vec::new()) };
        identity.renew();
        identity
    }

    /// Another certificate with another key in the same files. Clients of before do not trust it.
    pub fn renew(&mut self) {
        let params = CertificateParams::new(vec!["127.0.0.1".to_owned(), "localhost".to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let made = params.self_signed(&key).unwrap();
        let files = self.files();
        std::fs::write(&files.certificate, made.pem()).unwrap();
        std::fs::write(&files.key, key.serialize_pem()).unwrap();
        self.certificate = made.der().clone();
    }

    pub fn files(&self) -> CertificateFiles {
        let at = |name: &str| -> PathBuf { self.folder.path().join(name) };
        CertificateFiles { certificate: at("chain.pem"), key: at("key.pem") }
    }

    pub fn settings(&self) -> RawConfig {
        let files = self.files();
        RawConfig {
            tls_certificate_file: Some(files.certificate.display().to_string()),
            tls_key_file: Some(files.key.display().to_string()),
            ..RawConfig::default()
        }
    }

    /// Connects as somebody who trusts this certificate alone.
    pub async fn connect(
        &self,
        address: SocketAddr,
        protocols: &[&str],
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        let socket = TcpStream::connect(address).await?;
        let name = ServerName::try_from("127.0.0.1").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, socket).await
    }

    /// One HTTP/2 connection.
    pub async fn http2(&self, address: SocketAddr) -> Http2 {
        let stream = self.connect(address, &["h2", "http/1.1"]).await.unwrap();
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]), "both speak HTTP/2");
        Http2::over(stream).await
    }
}

/// One HTTP/2 connection, with windows so small that whoever does not read is seen not to read.
#[derive(Clone)]
pub struct Http2(SendRequest<Full<Bytes>>);

impl Http2 {
    async fn over(stream: TlsStream<TcpStream>) -> Self {
        let (sender, connection) = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
            .initial_stream_window_size(4096)
            .initial_connection_window_size(1 << 20)
            .handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        Self(sender)
    }

    pub async fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> hyper::Result<Response<Incoming>> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("https://127.0.0.1{path}"))
            .version(hyper::Version::HTTP_2);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.0.ready().await?;
        self.0.send_request(request.body(Full::new(body.into())).unwrap()).await
    }

    /// A POST of JSON.
    pub async fn post(&mut self, path: &str, token: Option<&str>, body: Vec<u8>) -> Response<Incoming> {
        let bearer = token.map(|token| format!("Bearer {token}"));
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
        self.send("POST", path, &headers, body).await.unwrap()
    }
}
