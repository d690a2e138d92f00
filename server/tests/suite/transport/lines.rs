//! Streamed responses and long polls on a real node: what SPEC's TR rules promise.

use engawa_protocol::command::AddNote;
use engawa_protocol::http::{CommandReply, FramesReply, FramesRequest, PollNext, PollReply};
use engawa_protocol::{
    ClientFrame, ClientSeq, CloseCode, Command, Doing, Gesture, Hello, LineId, PersonId, Ping, Rejection,
    Role, ServerFrame, Start, Submit, Timestamp, VersionRange,
};
use engawa_server::auth::LinkGrant;
use engawa_server::hub::HubLimits;
use http_body_util::BodyExt as _;
use hyper::StatusCode;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::support::http_line::post;
use crate::support::venue::tiny;
use crate::support::{Person, Venue, Way, note, titled};

/// A person who comes over `way`.
async fn enter(venue: &Venue, person: PersonId, way: Way) -> Person {
    let grant = venue.grant(person).await;
    let mut someone = Person::outside(venue, grant);
    someone.way = way;
    someone.come(venue).await;
    someone
}

/// A whole small meeting: one person over a WebSocket, one over `way`; lines are lost, the node restarts.
async fn hold(way: Way) {
    let mut venue = Venue::open(tiny()).await;
    let member = venue.invite("幹事 1", Role::Facilitator).await;
    let mut first = enter(&venue, PersonId(1), Way::WebSocket).await;
    let mut member = enter(&venue, member, way).await;
    for round in 0..5 {
        member.ask(note(&format!("付箋{round}"))).await.unwrap();
        first.ask(note(&format!("{round}"))).await.unwrap();
    }
    assert_eq!(member.ask(titled("x")).await, Err(Rejection::NotPermitted {}));
    // Effects are there with the ack (TR5).
    assert!(member.view().plenary.notes.len() >= 5);
    member.vanish().await;
    member.come(&venue).await;
    let pending = member.submit(note("再起動をまたいで")).await;
    venue.restart().await;
    while member.step().await {}
    if let Some(goodbye) = &member.goodbye {
        assert_eq!(goodbye.code, CloseCode::Restarting);
    }
    member.come(&venue).await;
    member.outcome(pending).await.unwrap();
    first.until_closed().await;
    first.come(&venue).await;
    for person in [&mut first, &mut member] {
        person.check(&venue).await;
        assert_eq!(person.view().plenary.notes.len(), 11);
    }
    drop((first, member));
    venue.close().await;
}

#[tokio::test]
async fn tr1_a_party_over_a_stream() {
    hold(Way::Stream).await;
}

#[tokio::test]
async fn tr2_a_party_over_a_long_poll() {
    hold(Way::Poll).await;
}

#[tokio::test]
async fn tr3_a_hello_that_is_not_good_is_told_why() {
    let venue = Venue::open(HubLimits::default()).await;
    let address = venue.address.unwrap();
    let good = Person::outside(&venue, LinkGrant::personal(venue.meeting, Role::Coordinator, PersonId(1), 0))
        .hello();
    let json = |hello: Hello| serde_json::to_vec(&ClientFrame::Hello(hello)).unwrap();
    for (body, code) in [
        (b"hello".to_vec(), CloseCode::BadFrame),
        (br#"{"type":"ping","client_time":1}"#.to_vec(), CloseCode::BadFrame),
        (json(Hello { token: "AQED".into(), ..good.clone() }), CloseCode::LinkInvalid),
        (
            json(Hello { protocol: VersionRange { oldest: 99, newest: 100 }, ..good.clone() }),
            CloseCode::VersionUnsupported,
        ),
    ] {
        let polled: PollReply = ask(address, "/api/poll", None, body.clone()).await;
        let response = post(address, "/api/stream", None, body).await.unwrap();
        let text = response.into_body().collect().await.expect("it ends").to_bytes();
        let text = String::from_utf8(text.to_vec()).unwrap();
        let streamed = text.split_once("data: ").expect("an event").1.trim();
        let goodbyes = [serde_json::from_str(streamed).unwrap(), polled.frames[0].clone()];
        for goodbye in goodbyes {
            assert!(
                matches!(&goodbye, ServerFrame::Goodbye(said) if said.code == code && said.number == code.number()),
                "{code:?}: {goodbye:?}"
            );
        }
    }
    for path in ["/api/stream", "/api/poll"] {
        let large = post(address, path, None, vec![b' '; 4097]).await.unwrap();
        assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        let binary = post(address, path, None, vec![0xff; 10]).await.unwrap();
        assert_eq!(binary.status(), StatusCode::BAD_REQUEST, "{path}");
    }
}

async fn ask<T: DeserializeOwned>(
    address: std::net::SocketAddr,
    path: &str,
    token: Option<&str>,
    body: Vec<u8>,
) -> T {
    let response = post(address, path, token, body).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    serde_json::from_slice(&response.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

fn submit(number: u64, command: impl Into<Command>) -> ClientFrame {
    ClientFrame::Submit(Submit { client_seq: ClientSeq(number), command: command.into() })
}

#[tokio::test]
async fn tr4_frames_go_up_in_order_each_with_its_outcome() {
    let mut venue = Venue::open(HubLimits::default()).await;
    let address = venue.address.unwrap();
    let member = venue.invite("幹事 1", Role::Facilitator).await;
    let mut line = enter(&venue, member, Way::Stream).await;
    let frames = vec![
        submit(1, note("一")),
        submit(2, titled("幹事には変えられない")),
        ClientFrame::Ping(Ping { client_time: Timestamp(7) }),
        submit(3, note("二")),
        submit(4, note("三")),
    ];
    let body = serde_json::to_vec(&FramesRequest { device: line.device, frames }).unwrap();
    let reply: FramesReply = ask(address, "/api/frames", Some(&line.token), body.clone()).await;
    let numbers: Vec<_> = reply.outcomes.iter().map(|outcome| outcome.client_seq.0).collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    let refused = CommandReply::Rejected { rejection: Rejection::NotPermitted {} };
    assert_eq!(reply.outcomes[1].reply, refused);
    assert!(reply.pongs[0].client_time == Some(Timestamp(7)) && reply.pongs[0].server_time.0 > 0);
    // Sent again after a lost answer: the same outcomes, nothing doubled.
    let again: FramesReply = ask(address, "/api/frames", Some(&line.token), body).await;
    assert_eq!(again.outcomes, reply.outcomes);
    line.check(&venue).await;
    let texts: Vec<_> = line.view().plenary.notes.values().map(|note| note.text.clone()).collect();
    assert_eq!(texts, ["一", "二", "三"]);

    let garbled = br#","frames":[{"type":"submit","client_seq":9,"command":{"type":"fly"}}]}"#;
    let body = [format!(r#"{{"device":"{}""#, line.device).as_bytes(), garbled].concat();
    let reply: FramesReply = ask(address, "/api/frames", Some(&line.token), body).await;
    assert!(
        matches!(&reply.outcomes[0].reply, CommandReply::Rejected { rejection: Rejection::Malformed { .. } }),
        "CM8"
    );

    let refused = async |token: Option<&str>, frames: Vec<ClientFrame>| {
        let body = serde_json::to_vec(&FramesRequest { device: line.device, frames }).unwrap();
        post(address, "/api/frames", token, body).await.unwrap().status()
    };
    let ping = || ClientFrame::Ping(Ping { client_time: Timestamp(1) });
    let token = Some(line.token.as_str());
    assert_eq!(refused(None, vec![ping()]).await, StatusCode::UNAUTHORIZED);
    assert_eq!(
        refused(token, vec![ClientFrame::Hello(line.hello())]).await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(refused(token, std::iter::repeat_with(ping).take(64).collect()).await, StatusCode::OK);
    assert_eq!(
        refused(token, std::iter::repeat_with(ping).take(65).collect()).await,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let shared = Person::outside(&venue, LinkGrant::shared(venue.meeting, Role::Participant, 0)).token;
    assert_eq!(refused(Some(&shared), vec![ping()]).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn tr4_tr5_a_command_may_land_on_another_node_than_the_line() {
    let mut venue = Venue::open(HubLimits::default()).await;
    let mut other = venue.twin();
    other.listen().await;
    let member = venue.invite("幹事 1", Role::Facilitator).await;
    for way in [Way::Stream, Way::Poll, Way::WebSocket] {
        let mut line = enter(&venue, member, way).await;
        let frames = vec![submit(1, note("別のノードから"))];
        let body = serde_json::to_vec(&FramesRequest { device: line.device, frames }).unwrap();
        let reply: FramesReply = ask(other.address.unwrap(), "/api/frames", Some(&line.token), body).await;
        let CommandReply::Accepted { seq, created } = reply.outcomes[0].reply else { panic!("{reply:?}") };
        // The line brings the ack by itself, with the effect: it derives from the log.
        line.pending.insert(ClientSeq(1), AddNote { ..note("別のノードから") }.into());
        assert_eq!(line.outcome(ClientSeq(1)).await, Ok(created));
        assert!(line.position.unwrap().seq >= seq);
        assert!(line.view().plenary.notes.values().any(|note| Some(note.id.0) == created));
    }
    other.close().await;
}

#[tokio::test]
async fn tr6_a_poll_goes_on_or_says_that_it_cannot() {
    let mut venue = Venue::open(tiny()).await;
    let address = venue.address.unwrap();
    let member = venue.invite("幹事 1", Role::Facilitator).await;
    let grant = venue.grant(member).await;
    let guest = Person::outside(&venue, grant);
    let hello = |hello: Hello| serde_json::to_vec(&ClientFrame::Hello(hello)).unwrap();
    let next = |line: LineId, turn: u64| serde_json::to_vec(&PollNext { line, turn }).unwrap();
    let mut reply: PollReply = ask(address, "/api/poll", None, hello(guest.hello())).await;
    let Some(ServerFrame::Welcome(welcome)) = reply.frames.first().cloned() else { panic!("{reply:?}") };
    venue.ask(note("待っている間に")).await;
    let mut texts = Vec::new();
    while texts.is_empty() {
        reply = ask(address, "/api/poll/next", None, next(reply.line, reply.turn)).await;
        for frame in &reply.frames {
            if let ServerFrame::Frame(frame) = frame {
                texts.extend(
                    serde_json::to_string(&frame.events).unwrap().contains("待っている間に").then_some(()),
                );
            }
        }
    }
    // An answer that was lost on the way: whoever asks from before it is sent back to the hello, and resumes.
    let stale = post(address, "/api/poll/next", None, next(reply.line, reply.turn - 1)).await.unwrap();
    assert_eq!(stale.status(), StatusCode::NOT_FOUND);
    let gone = post(address, "/api/poll/next", None, next(reply.line, reply.turn)).await.unwrap();
    assert_eq!(gone.status(), StatusCode::NOT_FOUND, "the line has ended");
    let resume = Some(welcome.position);
    let resumed: PollReply = ask(address, "/api/poll", None, hello(Hello { resume, ..guest.hello() })).await;
    assert!(
        matches!(&resumed.frames[0], ServerFrame::Welcome(welcome) if welcome.start == Start::Resumed {})
    );
    assert!(serde_json::to_string(&resumed.frames).unwrap().contains("待っている間に"));
    let unknown = post(address, "/api/poll/next", None, next(LineId(Uuid::new_v4()), 1)).await.unwrap();
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    let garbage = post(address, "/api/poll/next", None, b"{}".to_vec()).await.unwrap();
    assert_eq!(garbage.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn pr2_a_gesture_comes_through_the_post() {
    let mut venue = Venue::open(tiny()).await;
    let member = venue.invite("幹事 1", Role::Facilitator).await;
    let mut first = enter(&venue, PersonId(1), Way::Stream).await;
    let mut member = enter(&venue, member, Way::Poll).await;
    let gesture = Gesture { board: engawa_protocol::BoardId::PLENARY, doing: Doing::Nothing {} };
    member.send_frame(&ClientFrame::Gesture(gesture)).await;
    first.until("the gesture", |me| !me.gestures.is_empty()).await;
    // The way up stays usable.
    member.ask(note("続き")).await.unwrap();
}

#[tokio::test]
async fn tr8_lines_are_not_kept_and_not_for_pages_of_other_sites() {
    let venue = Venue::open(HubLimits::default()).await;
    let address = venue.address.unwrap();
    let guest = Person::outside(&venue, venue.grant(PersonId(1)).await);
    let hello = serde_json::to_vec(&ClientFrame::Hello(guest.hello())).unwrap();
    for (path, kind) in [("/api/stream", "text/event-stream"), ("/api/poll", "application/json")] {
        let response = post(address, path, None, hello.clone()).await.unwrap();
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("cache-control"), "no-store, no-transform");
        assert_eq!(header("x-accel-buffering"), "no");
        assert_eq!(header("content-type"), kind);
        assert!(!response.headers().contains_key("content-encoding"));
        let evil = crate::support::http_line::post_from(address, path, "https://evil.example", hello.clone());
        assert_eq!(evil.await.unwrap().status(), StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn pr1_whoever_goes_away_is_gone_at_once() {
    let mut venue = Venue::open(tiny()).await;
    let member = venue.invite("幹事 1", Role::Facilitator).await;
    let mut first = enter(&venue, PersonId(1), Way::Stream).await;
    for way in [Way::Stream, Way::Poll] {
        let mut other = enter(&venue, member, way).await;
        first.until("they are there", |me| me.presence.iter().any(|p| p.online.contains(&member))).await;
        other.ask(note("ここにいます")).await.unwrap();
        // The connection closes; a parked poll has its request open, so that shows as well.
        other.vanish().await;
        if way == Way::Stream {
            first.until("they are gone", |me| me.presence.iter().any(|p| p.offline.contains(&member))).await;
        }
        first.presence.clear();
    }
}
