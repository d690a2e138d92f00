//! Frames over a streamed response: server-sent events, one a frame. What the client says comes by POST and never
//! through here (TR4), so the link hears nothing but the line's end.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use bytes::{BufMut as _, Bytes, BytesMut};
use engawa_protocol::CloseCode;
use engawa_protocol::limits::STREAM_LIFE_MS;
use futures_util::{StreamExt as _, stream};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::LinkState;
use super::connection::serve_link;
use super::hello::{LINE_HEADERS, read_hello};
use super::link::{Link, LinkError, Received};
use crate::http::ApiError;
use crate::hub::{FrameText, Frames};
use crate::net::Draining;
use crate::observe::metrics::TransportKind;

/// Bytes of the comment that opens a stream: some proxies hold the first kilobytes of a response back.
const PADDING_BYTES: usize = 2048;
/// Pieces of a response that wait for the line. One: what cannot go out waits in the outbox, which is bounded.
const PIECES_WAITING: usize = 1;

/// `POST /api/stream` (TR1).
pub(super) async fn open(
    State(LinkState { hub, keys, .. }): State<LinkState>,
    draining: Option<Extension<Draining>>,
    body: Body,
) -> Result<Response, ApiError> {
    let hello = read_hello(body).await?;
    let draining = draining.map_or_else(CancellationToken::new, |Extension(Draining(token))| token);
    let (pieces, response) = event_stream();
    let link = StreamLink {
        hello: Some(hello),
        pieces,
        over_at: Instant::now() + Duration::from_millis(STREAM_LIFE_MS),
    };
    tokio::spawn(async move { serve_link(link, &hub, &keys, &draining).await });
    Ok(response)
}

/// A response that goes on for as long as its sender lives, beginning with the padding.
pub(super) fn event_stream() -> (mpsc::Sender<Bytes>, Response) {
    let (pieces, mut waiting) = mpsc::channel::<Bytes>(PIECES_WAITING);
    let padding = stream::once(std::future::ready(padding()));
    let rest = stream::poll_fn(move |cx| waiting.poll_recv(cx));
    let body = Body::from_stream(padding.chain(rest).map(Ok::<_, Infallible>));
    (pieces, (LINE_HEADERS, [(CONTENT_TYPE, "text/event-stream")], body).into_response())
}

fn padding() -> Bytes {
    let mut text = vec![b' '; PADDING_BYTES];
    text[0] = b':';
    text.extend_from_slice(b"\n\n");
    text.into()
}

/// Texts as events. JSON has no line breaks outside its strings, and none in them that are not escaped.
pub(super) fn events<'a>(texts: impl Iterator<Item = &'a str> + Clone) -> Bytes {
    const AROUND: usize = "data: \n\n".len();
    let mut bytes = BytesMut::with_capacity(texts.clone().map(|text| text.len() + AROUND).sum());
    for text in texts {
        bytes.put_slice(b"data: ");
        bytes.put_slice(text.as_bytes());
        bytes.put_slice(b"\n\n");
    }
    bytes.freeze()
}

/// A streamed response as a link.
struct StreamLink {
    /// What came with the request.
    hello: Option<FrameText>,
    pieces: mpsc::Sender<Bytes>,
    /// When it ends, whoever reads (TR7).
    over_at: Instant,
}

impl Link for StreamLink {
    const KIND: TransportKind = TransportKind::Stream;
    const IS_HEARD: bool = false;

    async fn receive(&mut self) -> Received {
        if let Some(hello) = self.hello.take() {
            return Received::Text(hello);
        }
        tokio::select! {
            () = self.pieces.closed() => {}
            () = tokio::time::sleep_until(self.over_at) => {}
        }
        Received::Gone
    }

    async fn send(&mut self, frames: Frames) -> Result<(), LinkError> {
        self.pieces.send(events(frames.iter().map(FrameText::as_str))).await.map_err(|_| LinkError)
    }

    async fn probe(&mut self) -> Result<(), LinkError> {
        // The heartbeat's own frame finds out as well.
        Ok(())
    }

    async fn close(self, _: CloseCode) {
        // The goodbye has said why; without its sender the response ends.
    }
}

#[cfg(test)]
mod tests {
    use smallvec::smallvec;

    use super::*;

    fn link() -> (StreamLink, mpsc::Receiver<Bytes>) {
        let (pieces, response) = mpsc::channel(PIECES_WAITING);
        let over_at = Instant::now() + Duration::from_millis(STREAM_LIFE_MS);
        (StreamLink { hello: Some("hello".into()), pieces, over_at }, response)
    }

    #[tokio::test(start_paused = true)]
    async fn tr7_a_stream_ends_after_its_life_or_with_its_reader() {
        let (mut long, _response) = link();
        assert_eq!(long.receive().await, Received::Text("hello".into()));
        let started = Instant::now();
        assert_eq!(long.receive().await, Received::Gone);
        assert_eq!(started.elapsed(), Duration::from_millis(STREAM_LIFE_MS));
        let (mut left, response) = link();
        left.receive().await;
        drop(response);
        let started = Instant::now();
        assert_eq!(left.receive().await, Received::Gone);
        assert_eq!(left.send(smallvec!["x".into()]).await, Err(LinkError));
        assert_eq!(started.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_line_does_not_take_is_not_piled_up() {
        let (mut slow, mut response) = link();
        slow.send(smallvec!["a".into(), "b".into()]).await.unwrap();
        let waits = tokio::time::timeout(Duration::from_secs(60), slow.send(smallvec!["c".into()])).await;
        assert!(waits.is_err(), "sending waits for the line");
        assert_eq!(response.recv().await.unwrap(), "data: a\n\ndata: b\n\n");
        slow.send(smallvec!["d".into()]).await.unwrap();
    }

    #[test]
    fn frames_become_events() {
        assert_eq!(events([r#"{"a":"\n"}"#, "縁側"].into_iter()), "data: {\"a\":\"\\n\"}\n\ndata: 縁側\n\n");
        let padding = padding();
        assert!(padding.len() >= PADDING_BYTES && padding.starts_with(b":") && padding.ends_with(b"\n\n"));
        assert_eq!(padding.iter().filter(|byte| **byte == b'\n').count(), 2, "one comment");
    }
}
