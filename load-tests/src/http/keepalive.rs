//! One HTTP connection for one request after the other.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::task::JoinHandle;

use super::{Address, Source};

/// A connection; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Keepalive {
    authority: String,
    sender: SendRequest<Full<Bytes>>,
    driver: JoinHandle<()>,
}

impl Keepalive {
    /// Connects.
    pub(crate) async fn open(address: &Address, source: Source) -> Result<Self, String> {
        let stream = address.connect_from(source).await.map_err(|error| format!("connecting: {error}"))?;
        let (sender, connection) =
            http1::handshake(TokioIo::new(stream)).await.map_err(|error| error.to_string())?;
        // How it ended is seen by whoever makes the next request.
        let driver = tokio::spawn(async move { drop(connection.await) });
        Ok(Self { authority: address.authority.clone(), sender, driver })
    }

    /// Posts JSON; the response's body is the caller's to read.
    pub(crate) async fn post(
        &mut self,
        path: &str,
        bearer: Option<&str>,
        body: Bytes,
    ) -> Result<Response<Incoming>, String> {
        self.send(Method::POST, path, bearer, body).await
    }

    /// Posts JSON and reads the answer.
    pub(crate) async fn ask(
        &mut self,
        path: &str,
        bearer: Option<&str>,
        body: Bytes,
    ) -> Result<(u16, Bytes), String> {
        self.request(Method::POST, path, bearer, body).await
    }

    /// Makes a request and reads the answer.
    pub(crate) async fn request(
        &mut self,
        method: Method,
        path: &str,
        bearer: Option<&str>,
        body: Bytes,
    ) -> Result<(u16, Bytes), String> {
        let response = self.send(method, path, bearer, body).await?;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.map_err(|error| error.to_string())?;
        Ok((status, body.to_bytes()))
    }

    async fn send(
        &mut self,
        method: Method,
        path: &str,
        bearer: Option<&str>,
        body: Bytes,
    ) -> Result<Response<Incoming>, String> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, &self.authority)
            .header(CONTENT_TYPE, "application/json");
        // Without a token a program looks like a page of another site, unless it says where it stands.
        request = match bearer {
            Some(bearer) => request.header(AUTHORIZATION, format!("Bearer {bearer}")),
            None => request.header(ORIGIN, format!("http://{}", self.authority)),
        };
        let request = request.body(Full::new(body)).map_err(|error| error.to_string())?;
        self.sender.ready().await.map_err(|error| error.to_string())?;
        self.sender.send_request(request).await.map_err(|error| error.to_string())
    }
}

impl Drop for Keepalive {
    fn drop(&mut self) {
        self.driver.abort();
    }
}
