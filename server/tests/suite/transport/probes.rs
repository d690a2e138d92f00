//! TR9: what `/check` asks, without a token, and its bounds.

use std::time::Instant;

use engawa_server::hub::HubLimits;
use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::BodyExt as _;
use hyper::StatusCode;
use tokio_tungstenite::tungstenite::Message;

use crate::support::Venue;
use crate::support::http_line::post;

#[tokio::test]
async fn tr9_a_socket_sends_back_what_it_is_sent_and_no_more_than_that() {
    let venue = Venue::open(HubLimits::default()).await;
    let url = format!("ws://{}/api/check/socket", venue.address.unwrap());
    let (mut socket, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
    for _ in 0..engawa_server::limits::PROBE_TEXTS {
        socket.send(Message::text("縁側")).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), Message::text("縁側"));
    }
    socket.send(Message::text("one too many")).await.unwrap();
    assert!(!matches!(socket.next().await, Some(Ok(Message::Text(_)))));
    let (mut socket, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
    socket.send(Message::text("a".repeat(257))).await.unwrap();
    assert!(!matches!(socket.next().await, Some(Ok(Message::Text(_)))));
}

#[tokio::test]
async fn tr9_a_stream_ticks_and_a_poll_waits() {
    let venue = Venue::open(HubLimits::default()).await;
    let address = venue.address.unwrap();
    let mut body = post(address, "/api/check/stream", None, b"{}".to_vec()).await.unwrap().into_body();
    let (mut text, mut ticks) = (String::new(), Vec::new());
    while ticks.len() < 4 {
        let piece = body.frame().await.unwrap().unwrap().into_data().unwrap();
        text.push_str(std::str::from_utf8(&piece).unwrap());
        let seen = text.matches("\"tick\":").count();
        ticks.extend((ticks.len()..seen).map(|_| Instant::now()));
    }
    assert!(ticks[3] - ticks[0] >= std::time::Duration::from_millis(1000), "they come one by one");
    let polled = post(address, "/api/check/poll?hold_ms=1", None, b"{}".to_vec()).await.unwrap();
    let polled = polled.into_body().collect().await.unwrap().to_bytes();
    assert!(polled.starts_with(b"{\"server_time\":"), "{polled:?}");
}

#[tokio::test]
async fn tr9_probes_are_few_at_a_time() {
    let venue = Venue::open(HubLimits::default()).await;
    let address = venue.address.unwrap();
    let mut open = Vec::new();
    let refused = loop {
        let response = post(address, "/api/check/stream", None, b"{}".to_vec()).await.unwrap();
        if response.status() != StatusCode::OK {
            break response.status();
        }
        open.push(response);
        assert!(open.len() <= engawa_server::limits::PROBES);
    };
    assert_eq!((refused, open.len()), (StatusCode::SERVICE_UNAVAILABLE, engawa_server::limits::PROBES));
    open.clear();
    // Their places come back when they have been seen to go.
    while post(address, "/api/check/poll", None, b"{}".to_vec()).await.unwrap().status() != StatusCode::OK {
        tokio::task::yield_now().await;
    }
}
