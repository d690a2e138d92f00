//! A whole node on free ports: pages outside, metrics and health inside, and an orderly end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use engawa_server::config::RawConfig;
use engawa_server::net::Drained;
use engawa_server::serve::{Node, Routes, ServeError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(10);

async fn get(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(PATIENCE, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    answer
}

fn free_ports() -> RawConfig {
    RawConfig {
        listen: Some("127.0.0.1:0".into()),
        internal_listen: Some("127.0.0.1:0".into()),
        ..RawConfig::default()
    }
}

#[tokio::test]
async fn outside_and_inside_are_apart() {
    let node = Node::bind(free_ports().validate().unwrap()).await.unwrap();
    let (outside, inside) = (node.address().unwrap(), node.internal_address().unwrap());
    assert_eq!(node.config().public_url.to_string(), format!("http://{outside}"));
    let shutdown = CancellationToken::new();
    let running =
        tokio::spawn(node.run(Routes::default(), Arc::new(|| Err("no store yet")), shutdown.clone()));

    let page = get(outside, "/m/0152-86MX").await;
    assert!(page.starts_with("HTTP/1.1 200 OK") && page.contains("content-security-policy: "), "{page}");
    assert!(get(outside, "/api/none").await.starts_with("HTTP/1.1 404 "));
    let answer = get(outside, "/metrics").await;
    assert!(!answer.contains("engawa_sockets"), "metrics stay inside: {answer}");
    assert!(get(inside, "/healthz").await.starts_with("HTTP/1.1 200 OK"));
    let ready = get(inside, "/readyz").await;
    assert!(ready.starts_with("HTTP/1.1 503 ") && ready.ends_with("no store yet\n"), "{ready}");
    let metrics = get(inside, "/metrics").await;
    // Counted for the whole process, so other tests add to it.
    let accepted = metrics
        .lines()
        .find_map(|line| line.strip_prefix("engawa_sockets_accepted_total{listener=\"public\"} "));
    assert!(accepted.is_some_and(|count| count.parse::<u64>().unwrap() >= 3), "{metrics}");

    shutdown.cancel();
    let drained = tokio::time::timeout(PATIENCE, running).await.unwrap().unwrap().unwrap();
    assert_eq!(drained, Drained { left_open: 0 });
    assert!(TcpStream::connect(inside).await.is_err());
}

#[tokio::test]
async fn a_taken_address_is_named() {
    let first = Node::bind(free_ports().validate().unwrap()).await.unwrap();
    let taken = first.internal_address().unwrap();
    let second = RawConfig { internal_listen: Some(taken.to_string()), ..free_ports() };
    let error = Node::bind(second.validate().unwrap()).await.unwrap_err();
    assert!(matches!(error, ServeError::Bind { field: "internal_listen", .. }));
    assert!(error.to_string().starts_with(&format!("internal_listen: cannot listen on {taken}")), "{error}");
}
