//! TLS and HTTP/2 on real sockets: many lines over one connection, a certificate that is renewed under them,
//! and what an operator is told about files that are no good.

mod limits;

use std::net::SocketAddr;
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use engawa_protocol::http::{CommandReply, FramesReply, FramesRequest, PollReply};
use engawa_protocol::{ClientFrame, ClientSeq, Role, ServerFrame, Submit};
use engawa_server::net::{Certificate, Options, Tls, follow_files, serve};
use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::BodyExt as _;
use hyper::StatusCode;
use hyper::body::Incoming;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use self::limits::Server;
use crate::support::http::{free_address, request};
use crate::support::tls::Identity;
use crate::support::venue::tiny;
use crate::support::{PATIENCE, Person, Venue, note};

/// Lines of each kind over one connection: more than the tabs of anybody's browser.
const LINES: usize = 40;

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("this takes too long")
}

fn hello(person: &Person) -> Vec<u8> {
    serde_json::to_vec(&ClientFrame::Hello(person.hello())).unwrap()
}

/// Reads a stream until `text` has come.
async fn read_until(body: &mut Incoming, seen: &mut Vec<u8>, text: &str) {
    within(async {
        while !seen.windows(text.len()).any(|window| window == text.as_bytes()) {
            let piece = body.frame().await.expect("the stream goes on").unwrap().into_data().unwrap();
            seen.extend_from_slice(&piece);
        }
    })
    .await;
}

#[tokio::test]
async fn tr1_tr2_many_lines_share_one_connection() {
    let identity = Identity::new();
    let mut venue = Venue::quiet(tiny()).await;
    venue.listen_as(identity.settings()).await;
    let mut connection = identity.http2(venue.address.unwrap()).await;
    let mut people = Vec::new();
    for index in 0..LINES {
        let person = venue.invite(&format!("幹事 {index}"), Role::Facilitator).await;
        people.push(Person::outside(&venue, venue.grant(person).await));
    }
    let mut streams = Vec::new();
    for person in &people {
        let response = connection.post("/api/stream", None, hello(person)).await;
        assert_eq!((response.status(), response.version()), (StatusCode::OK, hyper::Version::HTTP_2));
        let (mut body, mut seen) = (response.into_body(), Vec::new());
        read_until(&mut body, &mut seen, "\"welcome\"").await;
        streams.push((body, seen));
    }
    // While the streams are open: polls, and commands of everybody.
    for (index, person) in people.iter().enumerate() {
        let other = Person::outside(&venue, venue.grant(person.grant.grant.person.unwrap()).await);
        let polled =
            connection.post("/api/poll", None, hello(&other)).await.into_body().collect().await.unwrap();
        let polled: PollReply = serde_json::from_slice(&polled.to_bytes()).unwrap();
        assert!(matches!(polled.frames[0], ServerFrame::Welcome(_)));
        let command = note(&format!("札 {index} です")).into();
        let frames = vec![ClientFrame::Submit(Submit { client_seq: ClientSeq(1), command })];
        let body = serde_json::to_vec(&FramesRequest { device: person.device, frames }).unwrap();
        let reply = connection.post("/api/frames", Some(&person.token), body).await;
        let reply = within(reply.into_body().collect()).await.unwrap().to_bytes();
        let reply: FramesReply = serde_json::from_slice(&reply).unwrap();
        assert!(matches!(reply.outcomes[0].reply, CommandReply::Accepted { .. }), "{reply:?}");
    }
    for (body, seen) in &mut streams {
        for index in 0..LINES {
            read_until(body, seen, &format!("札 {index} です")).await;
        }
    }
    // At the end each line is told, though they share a connection.
    let closing = tokio::spawn(async move { venue.close().await });
    for (body, seen) in &mut streams {
        read_until(body, seen, "\"restarting\"").await;
    }
    drop((streams, connection));
    within(closing).await.unwrap();
}

#[tokio::test]
async fn hs1_a_websocket_goes_over_tls_on_a_connection_of_its_own() {
    let identity = Identity::new();
    let mut venue = Venue::quiet(tiny()).await;
    venue.listen_as(identity.settings()).await;
    let address = venue.address.unwrap();
    let member = venue.invite("幹事 1", Role::Facilitator).await;
    let person = Person::outside(&venue, venue.grant(member).await);
    let stream = identity.connect(address, &["http/1.1"]).await.unwrap();
    let url = format!("wss://{address}/ws");
    let (mut socket, _) = within(tokio_tungstenite::client_async(url, stream)).await.unwrap();
    socket.send(Message::text(String::from_utf8(hello(&person)).unwrap())).await.unwrap();
    let welcome = within(socket.next()).await.unwrap().unwrap().into_text().unwrap();
    assert!(welcome.contains("\"welcome\""), "{welcome}");
    drop(socket);
    venue.close().await;
}

#[tokio::test(start_paused = true)]
async fn renewed_files_are_noticed_without_a_word() {
    let mut identity = Identity::new();
    let tls = Tls::open(&identity.files()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (ended, asked) = (CancellationToken::new(), Arc::new(Notify::new()));
    let options = Options { tls: Some(tls.clone()), ..Options::default() };
    let serving = tokio::spawn(serve(listener, Router::new(), options, ended.clone()));
    let following =
        follow_files(tls, identity.files(), "127.0.0.1".into(), Arc::clone(&asked), ended.clone());
    let following = tokio::spawn(following);
    let before = identity.certificate.clone();
    identity.connect(address, &[]).await.unwrap();
    // A key that does not go with the certificate: what was there stays in use.
    let files = identity.files();
    let key = std::fs::read(&files.key).unwrap();
    std::fs::write(&files.key, "half a file").unwrap();
    tokio::time::sleep(Duration::from_secs(30)).await;
    identity.connect(address, &[]).await.expect("the old one");
    std::fs::write(&files.key, key).unwrap();
    identity.renew();
    assert_ne!(identity.certificate, before);
    while identity.connect(address, &[]).await.is_err() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    ended.cancel();
    following.await.unwrap();
    serving.await.unwrap();
}

/// The program with TLS and a store in memory.
struct Program {
    child: tokio::process::Child,
    listen: SocketAddr,
}

fn program(identity: &Identity, listen: &str, internal: &str) -> tokio::process::Command {
    let files = identity.files();
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_engawa"));
    command
        .env("ENGAWA_LISTEN", listen)
        .env("ENGAWA_INTERNAL_LISTEN", internal)
        .env("ENGAWA_STORE", "memory")
        .env("ENGAWA_DATA_DIR", files.key.parent().unwrap())
        .env("ENGAWA_ADMIN_KEY", crate::support::venue::ADMIN_KEY)
        .env("ENGAWA_TLS_CERTIFICATE_FILE", &files.certificate)
        .env("ENGAWA_TLS_KEY_FILE", &files.key)
        .env("ENGAWA_LOG_FILTER", "warn")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

impl Program {
    async fn start(identity: &Identity) -> Self {
        let (listen, internal) = (free_address(), free_address());
        let child = program(identity, &listen, &internal).spawn().unwrap();
        within(async {
            while !request(&internal, "GET", "/readyz", None, "").await.is_ok_and(|(status, _)| status == 200)
            {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await;
        Self { child, listen: listen.parse().unwrap() }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_renews_the_certificate_and_lines_stay() {
    use engawa_protocol::http::MeetingCreated;
    let mut identity = Identity::new();
    let mut program = Program::start(&identity).await;
    let mut connection = identity.http2(program.listen).await;
    let create = r#"{"title":"第5回研究会","language":"ja","coordinator":"進行 1"}"#;
    let admin = crate::support::venue::ADMIN_KEY;
    let created = connection.post("/api/meetings", Some(admin), create.into()).await;
    assert_eq!(created.status(), StatusCode::OK);
    let created: MeetingCreated =
        serde_json::from_slice(&created.into_body().collect().await.unwrap().to_bytes()).unwrap();
    assert!(created.link.starts_with("https://"), "{}", created.link);
    let first = Person::outside_of(&created.token, created.meeting);
    let (mut line, mut seen) =
        (connection.post("/api/stream", None, hello(&first)).await.into_body(), Vec::new());
    read_until(&mut line, &mut seen, "\"welcome\"").await;

    let before = identity.certificate.clone();
    identity.renew();
    let pid = program.child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-HUP", &pid]).status().unwrap().success());
    within(async {
        while identity.connect(program.listen, &["h2"]).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    assert_ne!(identity.certificate, before);
    // The line of before goes on, on its old connection.
    let command = note("証明書の更新の後で").into();
    let frames = vec![ClientFrame::Submit(Submit { client_seq: ClientSeq(1), command })];
    let body = serde_json::to_vec(&FramesRequest { device: first.device, frames }).unwrap();
    assert_eq!(connection.post("/api/frames", Some(&first.token), body).await.status(), StatusCode::OK);
    read_until(&mut line, &mut seen, "証明書の更新の後で").await;
    program.child.start_kill().unwrap();
    program.child.wait().await.unwrap();
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test]
async fn an_operator_is_told_what_is_wrong_with_the_files() {
    let identity = Identity::new();
    let (listen, internal) = (free_address(), free_address());
    let checked = program(&identity, &listen, &internal).arg("check-config").output().await.unwrap();
    assert!(
        checked.status.success() && said(&checked).contains("the settings are good"),
        "{}",
        said(&checked)
    );
    let other = Identity::new();
    std::fs::copy(other.files().key, identity.files().key).unwrap();
    for action in ["check-config", "serve"] {
        let ended = program(&identity, &listen, &internal).arg(action).output().await.unwrap();
        let text = said(&ended);
        assert!(
            !ended.status.success() && text.contains("tls_key_file: ") && text.contains("is not the key"),
            "{text}"
        );
    }
    std::fs::remove_file(identity.files().certificate).unwrap();
    let ended = within(program(&identity, &listen, &internal).output()).await.unwrap();
    let text = said(&ended);
    assert!(
        !ended.status.success() && text.contains("tls_certificate_file: ") && text.contains("chain.pem"),
        "{text}"
    );
    assert!(Certificate::read(&other.files()).is_ok());
}

/// An independent client, where there is one that speaks HTTP/2.
#[tokio::test]
async fn curl_speaks_to_it() {
    let version = std::process::Command::new("curl").arg("--version").output();
    if !version.is_ok_and(|version| String::from_utf8_lossy(&version.stdout).contains("HTTP2")) {
        eprintln!("skipped: there is no curl with HTTP/2");
        return;
    }
    let server = Server::start(Options::default()).await;
    let files = server.identity.files();
    for (flag, expected) in [("--http2", "2"), ("--http1.1", "1.1")] {
        let curl = tokio::process::Command::new("curl")
            .args(["--silent", "--show-error", "--max-time", "10", flag, "--noproxy", "*", "--cacert"])
            .arg(&files.certificate)
            .args([
                "--write-out",
                " %{http_version}",
                &format!("https://127.0.0.1:{}/", server.address.port()),
            ])
            .output();
        let answer = within(curl).await.unwrap();
        assert_eq!(said(&answer), format!("here {expected}"));
    }
    server.stop().await;
}
