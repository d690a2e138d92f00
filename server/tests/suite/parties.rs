//! Parties over real sockets: what SPEC promises on the wire.

use std::sync::Arc;

use crate::support::venue::tiny;
use crate::support::{Person, Venue, note, titled};
use engawa_protocol::{ClientFrame, CloseCode, Hello, PersonId, Rejection, Role, Seq, VersionRange};
use engawa_server::auth::LinkGrant;
use engawa_server::clock::SystemClock;
use engawa_server::hub::HubLimits;
use engawa_server::store::embedded::EmbeddedStore;
use tokio_tungstenite::tungstenite::Message;

fn text(text: impl Into<String>) -> Message {
    Message::text(text.into())
}

/// A whole small meeting: people come, write, lose their line, come back; the node restarts in the middle.
async fn hold(mut venue: Venue) {
    venue.listen().await;
    let member = venue.invite("弘前市 担当A", Role::Participant).await;
    let mut first = Person::enter(&venue, PersonId(1)).await;
    let mut member = Person::enter(&venue, member).await;
    for round in 0..5 {
        first.ask(note(&format!("{round}"))).await.unwrap();
    }
    assert_eq!(member.ask(titled("x")).await, Err(Rejection::NotPermitted {}));
    member.vanish().await;
    let pending = first.submit(note("over a restart")).await;
    venue.restart().await;
    assert_eq!(first.until_closed().await, CloseCode::Restarting);
    first.come(&venue).await;
    first.outcome(pending).await.unwrap();
    member.come(&venue).await;
    for person in [&mut first, &mut member] {
        person.check(&venue).await;
        assert_eq!(person.view().plenary.notes.len(), 6);
    }
    venue.close().await;
}

#[tokio::test]
async fn a_party_in_memory() {
    hold(Venue::quiet(tiny()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_party_on_the_embedded_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = EmbeddedStore::open(folder.path(), Arc::new(SystemClock)).await.unwrap();
    hold(Venue::over(Arc::new(store), HubLimits::default()).await).await;
}

/// What the server says to somebody whose first frame is this.
async fn first_frame(venue: &Venue, message: Message) -> CloseCode {
    let mut someone = Person::outside(venue, LinkGrant::shared(venue.meeting, Role::Screen, 0));
    someone.connect_only(venue).await;
    someone.send_raw(message).await;
    someone.until_closed().await
}

fn hello(venue: &Venue, grant: LinkGrant) -> Hello {
    let someone = Person::outside(venue, grant);
    Hello { protocol: VersionRange::OURS, token: someone.token, device: someone.device, resume: None }
}

#[tokio::test]
async fn hs2_to_hs6_a_handshake_that_fails_says_why() {
    let venue = Venue::open(HubLimits::default()).await;
    let json = |hello: Hello| text(serde_json::to_string(&ClientFrame::Hello(hello)).unwrap());
    let good = hello(&venue, LinkGrant::personal(venue.meeting, Role::Coordinator, PersonId(1), 0));
    for (message, code) in [
        (text("hello"), CloseCode::BadFrame),
        (text(r#"{"type":"ping","client_time":1}"#), CloseCode::BadFrame),
        (Message::binary(vec![1, 2]), CloseCode::BadFrame),
        (text(" ".repeat(5_000)), CloseCode::FrameTooLarge),
        (text(" ".repeat(20_000)), CloseCode::FrameTooLarge),
        (
            json(Hello { protocol: VersionRange { oldest: 99, newest: 100 }, ..good.clone() }),
            CloseCode::VersionUnsupported,
        ),
        (json(Hello { token: "x".into(), ..good.clone() }), CloseCode::LinkInvalid),
        (json(hello(&venue, LinkGrant::shared(venue.meeting, Role::Participant, 0))), CloseCode::JoinFirst),
        (
            json(hello(&venue, LinkGrant::personal(venue.meeting, Role::Coordinator, PersonId(1), 9))),
            CloseCode::LinkRevoked,
        ),
        (
            json(hello(
                &venue,
                LinkGrant::shared(engawa_protocol::MeetingId(uuid::Uuid::new_v4()), Role::Screen, 0),
            )),
            CloseCode::MeetingGone,
        ),
    ] {
        assert_eq!(first_frame(&venue, message.clone()).await, code, "{message:.80?}");
    }
}

#[tokio::test]
async fn cm8_hs6_frames_that_cannot_be_read() {
    let venue = Venue::open(HubLimits::default()).await;
    let mut first = Person::enter(&venue, PersonId(1)).await;
    first.send_raw(text(r#"{"type":"submit","client_seq":1,"command":{"type":"fly"}}"#)).await;
    first.last_number = engawa_protocol::ClientSeq(1);
    let outcome = first.outcome(engawa_protocol::ClientSeq(1)).await;
    assert!(matches!(outcome, Err(Rejection::Malformed { .. })), "{outcome:?}");
    first.ask(note("still here")).await.unwrap();
    first.send_raw(text(r#"{"type":"fly"}"#)).await;
    assert_eq!(first.until_closed().await, CloseCode::BadFrame);
    first.come(&venue).await;
    first.send_raw(text(" ".repeat(17_000))).await;
    assert_eq!(first.until_closed().await, CloseCode::FrameTooLarge);
}

#[tokio::test]
async fn cm7_what_comes_too_fast_waits_or_is_refused_and_nothing_is_lost() {
    let limits = HubLimits { commands_per_second: 200, commands_burst: 2, ..tiny() };
    let venue = Venue::open(limits).await;
    let mut first = Person::enter(&venue, PersonId(1)).await;
    let mut numbers = Vec::new();
    for round in 0..40 {
        numbers.push(first.submit(note(&format!("{round}"))).await);
    }
    for number in numbers {
        first.outcome(number).await.unwrap();
    }
    first.check(&venue).await;
    assert_eq!(first.view().plenary.notes.len(), 40);
}

#[tokio::test]
async fn fr2_positions_advance_for_those_who_may_see_nothing() {
    let mut venue = Venue::open(tiny()).await;
    let member = venue.invite("弘前市 担当A", Role::Participant).await;
    let mut member = Person::enter(&venue, member).await;
    let other = venue.invite("むつ市 担当A", Role::Participant).await;
    let _quiet = Person::enter(&venue, other).await;
    let (position, _) = venue.truth(engawa_domain::Viewer::Screen).await;
    member.until_at(Seq(position.seq.0)).await;
    member.check(&venue).await;
}
