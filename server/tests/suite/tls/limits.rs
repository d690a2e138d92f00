//! Limits of the accept loop where there is TLS, on real sockets without meetings: peers that dawdle, ask for too much, or take
//! nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use engawa_server::net::{Drained, Options, Tls, serve};
use http_body_util::BodyExt as _;
use hyper::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::within;
use crate::support::tls::{Http2, Identity};

/// Routes without meetings, at limits of one's own.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) identity: Identity,
    shutdown: CancellationToken,
    task: JoinHandle<Drained>,
    hall: Arc<Hall>,
}

/// Requests to `/wait`: each waits in here until one of the permits is given out.
struct Hall {
    exit: Semaphore,
    came: AtomicUsize,
    inside: AtomicUsize,
    most_inside: AtomicUsize,
}

impl Hall {
    async fn visit(&self) {
        self.came.fetch_add(1, Ordering::SeqCst);
        let inside = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_inside.fetch_max(inside, Ordering::SeqCst);
        self.exit.acquire().await.unwrap().forget();
        self.inside.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Server {
    pub(super) async fn start(options: Options) -> Self {
        let identity = Identity::new();
        let tls = Some(Tls::open(&identity.files()).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let hall = Arc::new(Hall {
            exit: Semaphore::new(0),
            came: AtomicUsize::new(0),
            inside: AtomicUsize::new(0),
            most_inside: AtomicUsize::new(0),
        });
        let visited = Arc::clone(&hall);
        let router = Router::new()
            .route("/", get(|| async { "here" }))
            .route("/wait", get(async move || visited.visit().await))
            .route("/big", get(|| async { vec![b'x'; 4 * 1024 * 1024] }));
        let task = tokio::spawn(serve(listener, router, Options { tls, ..options }, shutdown.clone()));
        Self { address, identity, shutdown, task, hall }
    }

    pub(super) async fn stop(self) {
        self.shutdown.cancel();
        assert_eq!(within(self.task).await.unwrap(), Drained { left_open: 0 });
    }
}

async fn status(connection: &mut Http2, headers: &[(&str, &str)]) -> hyper::Result<StatusCode> {
    connection.send("GET", "/", headers, "").await.map(|response| response.status())
}

#[tokio::test]
async fn who_speaks_no_tls_is_told_so_and_who_says_nothing_is_closed() {
    let options = Options { first_request_timeout: Duration::from_millis(300), ..Options::default() };
    let server = Server::start(options).await;
    let mut plain = TcpStream::connect(server.address).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    let _reset = within(plain.read_to_string(&mut answer)).await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("https://"), "{answer:?}");
    // Nothing at all, and half of a handshake's record.
    for begun in [&b""[..], b"\x16\x03\x01\x02\x00\x01"] {
        let mut silent = TcpStream::connect(server.address).await.unwrap();
        silent.write_all(begun).await.unwrap();
        let mut bytes = Vec::new();
        let _reset = within(silent.read_to_end(&mut bytes)).await;
    }
    // A handshake and nothing behind it: the same time holds for both together.
    for protocol in ["h2", "http/1.1"] {
        let mut silent = server.identity.connect(server.address, &[protocol]).await.unwrap();
        let mut bytes = Vec::new();
        let _reset = within(silent.read_to_end(&mut bytes)).await;
    }
    server.stop().await;
}

#[tokio::test]
async fn one_too_many_is_told_so_over_tls() {
    let server = Server::start(Options { max_connections: 1, ..Options::default() }).await;
    let mut first = server.identity.http2(server.address).await;
    assert_eq!(status(&mut first, &[]).await.unwrap(), StatusCode::OK);
    let mut second = within(server.identity.connect(server.address, &["h2", "http/1.1"])).await.unwrap();
    second.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    let _unclean = within(second.read_to_string(&mut answer)).await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("混み合っています"), "{answer}");
    assert_eq!(status(&mut first, &[]).await.unwrap(), StatusCode::OK);
    drop(first);
    server.stop().await;
}

#[tokio::test]
async fn headers_over_http2_are_bounded() {
    let options = Options { max_header_bytes: 8192, max_header_lines: 10, ..Options::default() };
    let server = Server::start(options).await;
    let mut connection = server.identity.http2(server.address).await;
    let lines = |count: usize| (0..count).map(|_| ("x-many", "1")).collect::<Vec<_>>();
    assert_eq!(status(&mut connection, &lines(10)).await.unwrap(), StatusCode::OK, "at the limit");
    let refused = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    assert_eq!(status(&mut connection, &lines(11)).await.unwrap(), refused, "one above");
    let large = "a".repeat(9000);
    let outcome = status(&mut connection, &[("x-large", &large)]).await;
    assert!(outcome.is_err() || outcome.is_ok_and(|status| status == refused), "too large");
    assert_eq!(status(&mut connection, &[]).await.unwrap(), StatusCode::OK, "and the connection lives");
    drop(connection);
    server.stop().await;
}

#[tokio::test]
async fn requests_over_http2_wait_at_the_peer_beyond_so_many() {
    let server = Server::start(Options { max_requests_at_once: 2, ..Options::default() }).await;
    let mut connection = server.identity.http2(server.address).await;
    // The peer learns the limit with the first answer.
    assert_eq!(status(&mut connection, &[]).await.unwrap(), StatusCode::OK);
    let asking: Vec<_> = (0..10)
        .map(|_| {
            let mut connection = connection.clone();
            tokio::spawn(async move { connection.send("GET", "/wait", &[], "").await.unwrap().status() })
        })
        .collect();
    for left in 0..asking.len() {
        let expected = asking.len().min(left + 2);
        within(async {
            while server.hall.came.load(Ordering::SeqCst) < expected {
                tokio::task::yield_now().await;
            }
        })
        .await;
        server.hall.exit.add_permits(1);
    }
    for asked in asking {
        assert_eq!(within(asked).await.unwrap(), StatusCode::OK);
    }
    assert_eq!(server.hall.most_inside.load(Ordering::SeqCst), 2);
    drop(connection);
    server.stop().await;
}

#[tokio::test]
async fn an_idle_connection_over_http2_is_closed_and_one_with_a_request_is_not() {
    let options = Options { next_request_timeout: Duration::from_millis(200), ..Options::default() };
    let server = Server::start(options).await;
    let mut connection = server.identity.http2(server.address).await;
    assert_eq!(status(&mut connection, &[]).await.unwrap(), StatusCode::OK);
    within(async {
        // Its end shows when the next request finds nobody.
        while status(&mut connection, &[]).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(400)).await;
        }
    })
    .await;
    server.stop().await;
}

#[tokio::test]
async fn a_response_that_nobody_takes_ends_its_connection() {
    let options = Options { write_stall_timeout: Duration::from_millis(300), ..Options::default() };
    let server = Server::start(options).await;
    let mut connection = server.identity.http2(server.address).await;
    // Read from time to time, it comes in whole: slow is not stuck.
    let mut big = connection.send("GET", "/big", &[], "").await.unwrap().into_body();
    let mut size = 0;
    while let Some(piece) = within(big.frame()).await {
        size += piece.unwrap().into_data().unwrap().len();
    }
    assert_eq!(size, 4 * 1024 * 1024);
    // Not read at all, it holds 4 KiB of the peer's window and no more of us than a slice; then the connection is given up.
    let mut stuck = connection.send("GET", "/big", &[], "").await.unwrap().into_body();
    within(async {
        while status(&mut connection, &[]).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    within(async { while let Some(Ok(_)) = stuck.frame().await {} }).await;
    server.stop().await;
}
