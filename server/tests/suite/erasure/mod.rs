//! One person's data taken out of a meeting: what whoever is connected is told, what the routes answer, and what is left in
//! stores and files afterwards.

mod bytes;
mod routes;
#[cfg(unix)]
mod shared;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use engawa_domain::{Entropy, Input, Meeting, Origin};
use engawa_protocol::command::{AddPerson, ErasePerson, ErasedTexts};
use engawa_protocol::keeping::ErasureCertificate;
use engawa_protocol::{ClientSeq, CloseCode, Command, DeviceId, PersonId, Role, Seq, codec};
use engawa_server::hub::{ErasureAsker, HubLimits};
use engawa_server::run::routes;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::support::redis::{read_all, until};
use crate::support::{Person, Venue, note};

/// The person's name, address and text: nothing else in a meeting holds these bytes.
const NAME: &str = "しるし花子の名";
const EMAIL: &str = "shirushi@example.jp";
const NOTE: &str = "しるしの付箋";
const MARKERS: [&str; 3] = [NAME, EMAIL, NOTE];

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Puts the person on the roster: a facilitator, who may write at any time.
async fn invited(venue: &mut Venue) -> PersonId {
    let (name, email) = (NAME.into(), Some(EMAIL.into()));
    let person = AddPerson { name, team: None, role: Role::Facilitator, email };
    PersonId(venue.insist(person).await.unwrap())
}

async fn send(venue: &Venue, method: &str, path: &str, bearer: &str) -> (StatusCode, Vec<u8>) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {bearer}"))
        .body(Body::empty())
        .unwrap();
    let response = routes(venue.state.clone()).usual.oneshot(request).await.unwrap();
    let status = response.status();
    (status, response.into_body().collect().await.unwrap().to_bytes().to_vec())
}

/// By the operator; what they wrote goes as well.
async fn erase(venue: &Venue, person: PersonId) -> ErasureCertificate {
    let erased =
        venue.hub.erase_person(venue.meeting, person, ErasedTexts::Removed, ErasureAsker::Operator).await;
    erased.unwrap().unwrap()
}

/// All that the store gives out of the meeting: entries and snapshots.
async fn stored(venue: &Venue) -> Vec<u8> {
    let store = venue.hub.store();
    let head = store.head(venue.meeting).await.unwrap();
    let mut bytes = Vec::new();
    for entry in read_all(&**store, venue.meeting, head.floor).await {
        bytes.extend_from_slice(&entry.payload);
    }
    for snapshot in [
        store.latest_snapshot(venue.meeting).await.unwrap(),
        store.previous_snapshot(venue.meeting).await.unwrap(),
    ]
    .into_iter()
    .flatten()
    {
        bytes.extend_from_slice(&snapshot.bytes);
    }
    bytes
}

fn assert_nothing_of_them(bytes: &[u8], where_: &str) {
    for marker in MARKERS {
        assert!(!holds(bytes, marker), "{marker} is still in {where_}");
    }
}

/// ER6, ER9: their connections end with the reason, and so does every attempt to come back; everybody else sees the meeting
/// without them, also who was away meanwhile.
#[tokio::test]
async fn er6_er9_who_is_erased_is_sent_away_and_others_look_anew() {
    let mut venue = Venue::open(HubLimits::default()).await;
    let person = invited(&mut venue).await;
    let mut theirs = Person::enter(&venue, person).await;
    let mut here = Person::enter(&venue, PersonId(1)).await;
    let another = venue.invite("進行 2", Role::Coordinator).await;
    let mut away = Person::enter(&venue, another).await;
    theirs.ask(note(NOTE)).await.unwrap();
    for viewer in [&mut here, &mut away] {
        viewer.check(&venue).await;
        let view = serde_json::to_vec(viewer.view()).unwrap();
        assert!(holds(&view, NAME) && holds(&view, NOTE), "not even there before");
    }
    away.vanish().await;
    erase(&venue, person).await;
    assert_eq!(theirs.until_closed().await, CloseCode::PersonErased);
    assert_eq!(theirs.try_come(&venue).await, Err(CloseCode::PersonErased));
    away.come(&venue).await;
    assert!(!away.resumed, "what happened before is told to nobody any more");
    for viewer in [&mut here, &mut away] {
        viewer.check(&venue).await;
        assert_nothing_of_them(&serde_json::to_vec(viewer.view()).unwrap(), "a view");
    }
    assert_nothing_of_them(&stored(&venue).await, "the store");
    here.ask(note("つづき")).await.unwrap();
    here.check(&venue).await;
    venue.restart().await;
    here.until_closed().await;
    here.come(&venue).await;
    here.check(&venue).await;
    assert_eq!(theirs.try_come(&venue).await, Err(CloseCode::PersonErased), "after a restart, too");
    venue.close().await;
}

/// ER7: a command of theirs that another node had under way reaches the log behind the erasure. It has no effect, and is
/// forgotten as well.
#[tokio::test]
async fn er7_what_was_under_way_elsewhere_is_purged_too() {
    let mut venue = Venue::quiet(HubLimits::default()).await;
    let person = invited(&mut venue).await;
    erase(&venue, person).await;
    let command = Command::from(note(NOTE));
    let device = DeviceId(Uuid::new_v4());
    let origin = Origin::Person { person, device, client_seq: ClientSeq(1), command };
    let payload = codec::to_vec(&Input { entropy: Entropy([1, 2]), origin }).unwrap().into();
    let store = venue.hub.store().clone();
    let head = store.head(venue.meeting).await.unwrap();
    let appended = store.append(venue.meeting, head.last.epoch, vec![payload]).await.unwrap();
    until("the entry is purged", async || {
        let head = store.head(venue.meeting).await.ok()?;
        (head.floor.seq >= appended.last().seq).then_some(())
    })
    .await;
    assert_nothing_of_them(&stored(&venue).await, "the store");
    assert_eq!(venue.texts().await.unwrap().1, [""; 0]);
}

/// As the command of a coordinator over any line (CM6): the same, only that nobody waits for the log.
#[tokio::test]
async fn er1_er8_the_command_alone_purges_the_log() {
    let mut venue = Venue::quiet(HubLimits::default()).await;
    let person = invited(&mut venue).await;
    let mut other = Person::enter(&venue, person).await;
    other.ask(note(NOTE)).await.unwrap();
    venue.ask(ErasePerson { person, texts: ErasedTexts::Removed }).await;
    let up_to = venue.look(|meeting: &Meeting| meeting.erased_up_to()).await.unwrap();
    until("the log is purged", async || {
        let head = venue.hub.store().head(venue.meeting).await.ok()?;
        (head.floor.seq >= up_to && up_to > Seq(0)).then_some(())
    })
    .await;
    assert_nothing_of_them(&stored(&venue).await, "the store");
}
