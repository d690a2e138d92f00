//! Frames over a WebSocket: one text message each (GN1).

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::header::{AUTHORIZATION, HeaderValue, SEC_WEBSOCKET_PROTOCOL};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error as WsError, Message, Utf8Bytes};

use super::{Opening, WireEnd};
use crate::http::{Address, Source};

/// A WebSocket.
pub(crate) type Socket = WebSocketStream<TcpStream>;

/// Read and write buffer of a connection.
const BUFFER_BYTES: usize = 4 * 1024;

/// Connects and upgrades, for any server: `bearer` says who one is, `subprotocol` what one speaks.
pub(crate) async fn open_socket(
    (address, source): (&Address, Source),
    path: &str,
    bearer: Option<&str>,
    subprotocol: Option<&'static str>,
) -> Result<Socket, String> {
    let stream = address.connect_from(source).await.map_err(|error| format!("connecting: {error}"))?;
    let url = format!("ws://{}{path}", address.authority);
    let mut request =
        url.into_client_request().map_err(|error| format!("asking for the upgrade: {error}"))?;
    let headers = request.headers_mut();
    if let Some(bearer) = bearer {
        // HS1 concerns browsers; a program that sends no Origin shows its token instead.
        let bearer = HeaderValue::from_str(&format!("Bearer {bearer}"));
        headers.insert(AUTHORIZATION, bearer.map_err(|error| format!("a token that is no header: {error}"))?);
    }
    if let Some(name) = subprotocol {
        headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(name));
    }
    let mut config = WebSocketConfig::default();
    config.read_buffer_size = BUFFER_BYTES;
    config.write_buffer_size = BUFFER_BYTES;
    let upgraded = tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await;
    upgraded.map(|(socket, _)| socket).map_err(|error| format!("the upgrade: {error}"))
}

pub(super) async fn open(opening: Opening) -> Result<Socket, WireEnd> {
    let Opening { address, source, token, hello, .. } = opening;
    let socket = open_socket((&address, source), "/ws", Some(&token), None).await;
    let mut socket = socket.map_err(WireEnd::Lost)?;
    send(&mut socket, hello).await?;
    Ok(socket)
}

pub(super) async fn send(socket: &mut Socket, text: String) -> Result<(), WireEnd> {
    let sent = socket.send(Message::text(text)).await;
    sent.map_err(|error| WireEnd::Lost(format!("sending: {error}")))
}

pub(super) async fn next(socket: &mut Socket) -> Result<Utf8Bytes, WireEnd> {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => return Ok(text),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
            Some(Ok(Message::Binary(_))) => return Err(WireEnd::Broken("GN1: a binary message".into())),
            Some(Ok(Message::Close(close))) => {
                return Err(WireEnd::Lost(format!("closed without a goodbye: {close:?}")));
            }
            Some(Err(WsError::ConnectionClosed)) | None => {
                return Err(WireEnd::Lost("the line ended without a goodbye".into()));
            }
            Some(Err(error)) => return Err(WireEnd::Lost(format!("receiving: {error}"))),
        }
    }
}
