//! Clients that mean harm or are broken: others are served all the same, and what each can make the server hold is bounded by
//! numbers and not by time.

use std::sync::Arc;
use std::time::Duration;

use engawa_protocol::limits::{
    AGENDA_FILE_BYTES_MAX, CLIENT_FRAME_BYTES_MAX, COMMANDS_BURST, FRAMES_REQUEST_BYTES_MAX, HELLO_BYTES_MAX,
    HELLO_TIMEOUT_MS, POSTER_FILE_BYTES_MAX, ROSTER_FILE_BYTES_MAX, SILENCE_TIMEOUT_MS,
};
use engawa_protocol::{ClientFrame, CloseCode, PersonId, Ping, Role, ServerFrame, Timestamp};
use engawa_server::hub::{FrameText, Frames, HubLimits};
use engawa_server::observe::metrics::TransportKind;
use engawa_server::transport::{Link, LinkError, Received, serve_link};
use http_body_util::BodyExt as _;
use hyper::StatusCode;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use crate::support::http_line::post;
use crate::support::{PATIENCE, Person, Venue, note};

/// Sockets that never say hello.
const SILENT: usize = 300;

/// A link in memory, so that minutes pass in no time.
struct Wire {
    up: mpsc::Receiver<Received>,
    down: mpsc::UnboundedSender<FrameText>,
    /// Takes nothing of what is sent to it, as a reader who is stuck.
    stuck: bool,
}

impl Link for Wire {
    const KIND: TransportKind = TransportKind::WebSocket;
    const IS_HEARD: bool = true;

    async fn receive(&mut self) -> Received {
        match self.up.recv().await {
            Some(received) => received,
            None => std::future::pending().await,
        }
    }

    async fn send(&mut self, frames: Frames) -> Result<(), LinkError> {
        if self.stuck {
            std::future::pending::<()>().await;
        }
        for frame in frames {
            self.down.send(frame).map_err(|_| LinkError)?;
        }
        Ok(())
    }

    async fn probe(&mut self) -> Result<(), LinkError> {
        // A half-open socket takes a ping and never answers.
        Ok(())
    }

    async fn close(self, _: CloseCode) {}
}

/// Serves a link; answers with what it can be told, what it says, and when it ends.
fn serve(
    venue: &Venue,
    stuck: bool,
) -> (mpsc::Sender<Received>, mpsc::UnboundedReceiver<FrameText>, tokio::task::JoinHandle<()>) {
    let (say, up) = mpsc::channel(16);
    let (down, hear) = mpsc::unbounded_channel();
    let (hub, keys) = (venue.hub.clone(), Arc::clone(&venue.state.keys));
    let serving = tokio::spawn(async move {
        serve_link(Wire { up, down, stuck }, &hub, &keys, &CancellationToken::new()).await;
    });
    (say, hear, serving)
}

fn goodbye(hear: &mut mpsc::UnboundedReceiver<FrameText>) -> Option<CloseCode> {
    let mut last = None;
    while let Ok(text) = hear.try_recv() {
        if let ServerFrame::Goodbye(goodbye) = serde_json::from_str(&text).unwrap() {
            last = Some(goodbye.code);
        }
    }
    last
}

async fn hello(venue: &Venue) -> String {
    let first = Person::outside(venue, venue.grant(PersonId(1)).await);
    serde_json::to_string(&ClientFrame::Hello(first.hello())).unwrap()
}

#[tokio::test(start_paused = true)]
async fn hs2_who_never_says_hello_is_closed_in_time() {
    let venue = Venue::quiet(HubLimits::default()).await;
    let (say, mut hear, serving) = serve(&venue, false);
    let began = Instant::now();
    // Signs of life are no hello.
    tokio::spawn(async move {
        while say.send(Received::Alive).await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    serving.await.unwrap();
    let waited = began.elapsed().as_millis() as u64;
    assert!((HELLO_TIMEOUT_MS..=HELLO_TIMEOUT_MS + 5).contains(&waited), "{waited}");
    assert_eq!(goodbye(&mut hear), Some(CloseCode::HelloTimeout));
}

#[tokio::test(start_paused = true)]
async fn fr6_who_is_silent_is_closed_and_who_is_asked_is_not() {
    let venue = Venue::quiet(HubLimits::default()).await;
    let (say, mut hear, serving) = serve(&venue, false);
    say.send(Received::Text(hello(&venue).await.into())).await.unwrap();
    let began = Instant::now();
    // Somebody who says the least from time to time stays.
    for _ in 0..5 {
        tokio::time::sleep(Duration::from_millis(SILENCE_TIMEOUT_MS - 1000)).await;
        say.send(Received::Alive).await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert!(!serving.is_finished());
    let last = Instant::now();
    serving.await.unwrap();
    let silent = last.elapsed().as_millis() as u64 + 1;
    assert!((SILENCE_TIMEOUT_MS - 5..=SILENCE_TIMEOUT_MS + 5).contains(&silent), "{silent}");
    assert!(began.elapsed() > Duration::from_secs(300));
    assert_eq!(goodbye(&mut hear), Some(CloseCode::Silent));
}

#[tokio::test(start_paused = true)]
async fn a_reader_who_is_stuck_is_given_up_and_its_place_is_free() {
    let mut venue = Venue::quiet(HubLimits::default()).await;
    let (say, _hear, serving) = serve(&venue, true);
    say.send(Received::Text(hello(&venue).await.into())).await.unwrap();
    // It goes on talking, so that it is not its silence that ends it.
    let talking = tokio::spawn(async move {
        let ping = serde_json::to_string(&ClientFrame::Ping(Ping { client_time: Timestamp(1) })).unwrap();
        while say.send(Received::Text(ping.clone().into())).await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    venue.ask(note("während")).await;
    let began = Instant::now();
    serving.await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    talking.await.unwrap();
}

#[tokio::test]
async fn hs2_sockets_that_say_nothing_keep_nobody_out() {
    let mut venue = Venue::open(HubLimits::default()).await;
    let address = venue.address.unwrap();
    let mut silent = Vec::new();
    for index in 0..SILENT {
        let mut socket = TcpStream::connect(address).await.unwrap();
        // A third says nothing at all, a third half a header, a third is a WebSocket without a hello.
        match index % 3 {
            0 => {}
            1 => socket.write_all(b"POST /api/stream HTTP/1.1\r\nhost: x\r\nx-slow: ").await.unwrap(),
            _ => socket.write_all(UPGRADE).await.unwrap(),
        }
        silent.push(socket);
    }
    let mut first = Person::enter(&venue, PersonId(1)).await;
    for part in 0..10 {
        first.ask(note(&format!("{part}"))).await.unwrap();
    }
    first.check(&venue).await;
    drop((silent, first));
    venue.close().await;
}

const UPGRADE: &[u8] = b"GET /ws HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
    sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
    sec-websocket-extensions: permessage-deflate; client_max_window_bits\r\n\r\n";

/// A WebSocket by hand, for what no library sends. Offers compression.
async fn by_hand(venue: &Venue) -> TcpStream {
    let mut socket = TcpStream::connect(venue.address.unwrap()).await.unwrap();
    socket.write_all(UPGRADE).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    assert!(head.starts_with("http/1.1 101 "), "{head}");
    assert!(!head.contains("sec-websocket-extensions"), "compression is not taken up: {head}");
    socket
}

/// A frame with a mask of zeros.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    match u8::try_from(payload.len()) {
        Ok(size) if size < 126 => bytes.push(0x80 | size),
        _ => {
            bytes.push(0x80 | 126);
            bytes.extend(u16::try_from(payload.len()).unwrap().to_be_bytes());
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(payload);
    bytes
}

async fn read_until_closed(socket: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let _reset = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut bytes)).await.expect("it is closed");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn gn1_a_hello_of_single_bytes_is_a_hello_and_nonsense_is_none() {
    let venue = Venue::open(HubLimits::default()).await;
    let mut socket = by_hand(&venue).await;
    let text = hello(&venue).await;
    for (index, byte) in text.bytes().enumerate() {
        let last = if index + 1 == text.len() { 0x80 } else { 0 };
        let opcode = u8::from(index == 0);
        socket.write_all(&frame(last | opcode, &[byte])).await.unwrap();
    }
    let mut seen = Vec::new();
    tokio::time::timeout(PATIENCE, async {
        while !String::from_utf8_lossy(&seen).contains("\"welcome\"") {
            seen.push(socket.read_u8().await.unwrap());
        }
    })
    .await
    .expect("a welcome");
    // A text that is none; a compressed frame that nobody has agreed on; more in pieces than a message may hold.
    let piece = vec![b' '; 8 * 1024];
    for nonsense in [
        frame(0x81, &[0xff, 0xfe, 0x80]),
        frame(0xc1, b"\x4a\x4c\x4a\x06\x00"),
        [frame(0x01, &piece), frame(0x00, &piece), frame(0x80, &piece)].concat(),
    ] {
        let mut socket = by_hand(&venue).await;
        socket.write_all(&nonsense).await.unwrap();
        let said = read_until_closed(&mut socket).await;
        assert!(!said.contains("\"welcome\""), "{said}");
    }
    let mut first = Person::enter(&venue, PersonId(1)).await;
    let deep = format!("{}{}", "[".repeat(8000), "]".repeat(8000));
    first.send_raw(Message::text(deep)).await;
    assert_eq!(first.until_closed().await, CloseCode::BadFrame);
}

#[tokio::test]
async fn hs2_hs6_frames_are_taken_at_their_size_and_refused_one_byte_above() {
    let venue = Venue::open(HubLimits::default()).await;
    let padded = |text: &str, size: u64| format!("{text}{}", " ".repeat(size as usize - text.len()));
    let text = hello(&venue).await;
    for (size, welcome) in [(HELLO_BYTES_MAX, true), (HELLO_BYTES_MAX + 1, false)] {
        let mut first = Person::outside(&venue, venue.grant(PersonId(1)).await);
        first.connect_only(&venue).await;
        first.send_raw(Message::text(padded(&text, size))).await;
        if welcome {
            let ping = serde_json::to_string(&ClientFrame::Ping(Ping { client_time: Timestamp(1) })).unwrap();
            first.send_raw(Message::text(padded(&ping, CLIENT_FRAME_BYTES_MAX))).await;
            first.send_raw(Message::text(padded(&ping, CLIENT_FRAME_BYTES_MAX + 1))).await;
        }
        let (code, frames) = first.codes_and_kinds().await;
        assert_eq!(code, CloseCode::FrameTooLarge);
        assert_eq!(frames.contains(&"welcome"), welcome, "{frames:?}");
        assert_eq!(frames.contains(&"pong"), welcome, "the frame at the limit was answered: {frames:?}");
    }
}

#[tokio::test]
async fn bodies_are_taken_at_their_size_and_refused_one_byte_above() {
    let venue = Venue::open(HubLimits::default()).await;
    let address = venue.address.unwrap();
    let first = Person::outside(&venue, venue.grant(PersonId(1)).await);
    let frames = format!(r#"{{"device":"{}","frames":[]}}"#, first.device);
    let command = format!(
        r#"{{"device":"{}","client_seq":1,"command":{{"type":"announce","text":"x"}}}}"#,
        first.device
    );
    let large = engawa_server::api::LARGE_BODY_BYTES_MAX as u64;
    for (path, size, body) in [
        ("/api/frames", FRAMES_REQUEST_BYTES_MAX, frames),
        ("/api/commands", large, command),
        ("/api/agenda/preview", AGENDA_FILE_BYTES_MAX, "title = \"x\"\n".to_owned()),
        ("/api/roster/preview", ROSTER_FILE_BYTES_MAX, "自治体名,氏名\n弘前市,担当A\n".to_owned()),
        ("/api/posters/files", POSTER_FILE_BYTES_MAX, "%PDF-1.4\n".to_owned()),
    ] {
        for (size, fits) in [(size, true), (size + 1, false)] {
            let mut bytes = body.clone().into_bytes();
            bytes.resize(size as usize, b' ');
            let response = post(address, path, Some(&first.token), bytes).await;
            // A refusal may come before all has been sent, and tear the line.
            let status = response.map_or(StatusCode::PAYLOAD_TOO_LARGE, |response| response.status());
            assert_eq!(status != StatusCode::PAYLOAD_TOO_LARGE, fits, "{path}: {size} bytes: {status}");
        }
    }
}

#[tokio::test]
async fn packed_bodies_are_not_unpacked() {
    let venue = Venue::open(HubLimits::default()).await;
    // The head of a gzip file; what is behind it is never looked at.
    let bomb = [&b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"[..], &[0; 1000]].concat();
    for path in ["/api/stream", "/api/poll", "/api/frames", "/api/join/options"] {
        let token = hello(&venue).await;
        let response = post(venue.address.unwrap(), path, Some(&token), bomb.clone()).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let refused = status.is_client_error() || String::from_utf8_lossy(&body).contains("bad_frame");
        assert!(refused, "{path}: {status}");
    }
}

#[tokio::test]
async fn cm7_a_flood_of_one_person_leaves_the_others_their_place() {
    // No pause of the other is longer than a command; the flood could go on for half a minute.
    let mut venue = Venue::open(HubLimits::default()).await;
    let flooding = venue.invite("幹事 1", Role::Facilitator).await;
    let other = venue.invite("幹事 2", Role::Facilitator).await;
    let mut flooding = Person::enter(&venue, flooding).await;
    let mut other = Person::enter(&venue, other).await;
    let flood = 10 * COMMANDS_BURST as usize;
    for part in 0..flood {
        flooding.submit(note(&format!("flood {part}"))).await;
    }
    for part in 0..5 {
        other.ask(note(&format!("other {part}"))).await.unwrap();
    }
    other.check(&venue).await;
    let notes = &other.view().plenary.notes;
    let taken = notes.values().filter(|note| note.text.starts_with("flood")).count();
    assert!(taken < flood, "the flood has not been let through before the others: {taken}");
    assert_eq!(notes.values().filter(|note| note.text.starts_with("other")).count(), 5);
}
