//! The routes of HT42, and the same from the command line.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use axum::http::StatusCode;
use engawa_protocol::command::{ErasedTexts, JoinAs, JoinMeeting};
use engawa_protocol::hash::{hex, sha256};
use engawa_protocol::http::{CommandReply, ErrorBody};
use engawa_protocol::keeping::{
    DeletionCertificate, DeletionReason, ErasureCertificate, ErasureCertificates,
};
use engawa_protocol::{ClientSeq, DeviceId, PersonId, Role};
use engawa_server::auth::LinkGrant;
use engawa_server::clock::SystemClock;
use engawa_server::hub::HubLimits;
use engawa_server::store::Store;
use engawa_server::store::embedded::EmbeddedStore;
use uuid::Uuid;

use super::{NAME, NOTE, invited, send};
use crate::support::venue::ADMIN_KEY;
use crate::support::{Person, Venue, note};

fn code(bytes: &[u8]) -> String {
    serde_json::from_slice::<ErrorBody>(bytes).unwrap().error.code
}

#[tokio::test]
async fn ht42_a_person_is_erased_with_a_certificate() {
    let mut venue = Venue::quiet(HubLimits::default()).await;
    let person = invited(&mut venue).await;
    Person::enter(&venue, person).await.ask(note("残る付箋")).await.unwrap();
    let token_of = |grant: LinkGrant| venue.state.keys.sign(&grant).expose().to_owned();
    let coordinator = token_of(venue.grant(PersonId(1)).await);
    let theirs = token_of(venue.grant(person).await);
    let path = format!("/api/meetings/{}/people/{person}", venue.meeting);
    let list = format!("/api/meetings/{}/erasures", venue.meeting);

    for (path, key, expected) in [
        (format!("{path}?texts=kept"), theirs.as_str(), StatusCode::FORBIDDEN),
        (format!("{path}?texts=kept"), "nonsense", StatusCode::UNAUTHORIZED),
        (path.clone(), &coordinator, StatusCode::BAD_REQUEST),
        (format!("{path}?texts=some"), &coordinator, StatusCode::BAD_REQUEST),
        (
            format!("/api/meetings/{}/people/{person}?texts=kept", Uuid::new_v4()),
            &coordinator,
            StatusCode::NOT_FOUND,
        ),
        (
            format!("/api/meetings/{}/people/999?texts=kept", venue.meeting),
            &coordinator,
            StatusCode::NOT_FOUND,
        ),
        (format!("/api/meetings/{}/people/999?texts=kept", venue.meeting), ADMIN_KEY, StatusCode::NOT_FOUND),
    ] {
        assert_eq!(send(&venue, "DELETE", &path, key).await.0, expected, "{path}");
    }
    for key in [&coordinator, ADMIN_KEY] {
        let last = format!("/api/meetings/{}/people/1?texts=kept", venue.meeting);
        let (status, body) = send(&venue, "DELETE", &last, key).await;
        assert_eq!((status, code(&body).as_str()), (StatusCode::CONFLICT, "last_coordinator"));
    }
    let (status, body) = send(&venue, "DELETE", &format!("{path}?texts=kept"), &coordinator).await;
    assert_eq!(status, StatusCode::OK, "{}", String::from_utf8_lossy(&body));
    let certificate: ErasureCertificate = serde_json::from_slice(&body).unwrap();
    assert_eq!(
        (certificate.meeting, certificate.person, certificate.texts),
        (venue.meeting, person, ErasedTexts::Kept)
    );
    assert_eq!((certificate.kept.notes, certificate.removed.notes), (1, 0));
    let empty = ErasureCertificate { certificate_hash: String::new(), ..certificate.clone() };
    assert_eq!(certificate.certificate_hash, hex(&sha256(&[&serde_json::to_vec(&empty).unwrap()])));
    let floor = venue.hub.store().head(venue.meeting).await.unwrap().floor.seq;
    assert!(floor >= certificate.seq, "it is answered once the log has forgotten");
    // As after a lost answer; what was decided stays decided.
    for (key, texts) in [(coordinator.as_str(), "kept"), (ADMIN_KEY, "removed")] {
        let (status, body) = send(&venue, "DELETE", &format!("{path}?texts={texts}"), key).await;
        assert_eq!((status, serde_json::from_slice(&body).unwrap()), (StatusCode::OK, certificate.clone()));
    }
    assert_eq!(venue.texts().await.unwrap().1, ["残る付箋"]);

    let (status, _) = send(&venue, "GET", &list, &theirs).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "their link opens nothing any more");
    for key in [&coordinator, ADMIN_KEY] {
        let (_, body) = send(&venue, "GET", &list, key).await;
        let told: ErasureCertificates = serde_json::from_slice(&body).unwrap();
        assert_eq!(told.certificates, std::slice::from_ref(&certificate));
    }
    // It remains with what remains of the meeting.
    let last: DeletionCertificate = venue.hub.delete(venue.meeting, DeletionReason::Asked).await.unwrap();
    assert_eq!(last.erasures, [certificate]);
}

/// Somebody who had joined by name over the shared link, with a device: the joining, sent again, brings nobody back.
#[tokio::test]
async fn er7_a_joining_that_is_sent_again_brings_nobody_back() {
    let venue = Venue::quiet(HubLimits::default()).await;
    let grant = LinkGrant::shared(venue.meeting, Role::Participant, 0).grant;
    let device = DeviceId(Uuid::new_v4());
    let join = JoinMeeting { join: JoinAs::Named { name: NAME.into(), team: None } };
    let asked = (device, ClientSeq(1), join.into());
    let joined = venue.hub.call_unpaced(venue.meeting, grant, asked.clone()).await.unwrap();
    let CommandReply::Accepted { created: Some(person), .. } = joined else { panic!("{joined:?}") };
    super::erase(&venue, PersonId(person)).await;
    let again = venue.hub.call_unpaced(venue.meeting, grant, asked).await.unwrap();
    assert!(matches!(again, CommandReply::Rejected { .. }), "{again:?}");
    let people = venue.look(|meeting| meeting.roster().present_or_not().count()).await;
    assert_eq!(people, 1);
}

fn engawa(data: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_engawa"))
        .env_clear()
        .env("ENGAWA_DATA_DIR", data)
        .args(args)
        .output()
        .unwrap()
}

/// HT42 without a server, on the store in the data folder.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ht42_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let store =
        Arc::new(EmbeddedStore::open(folder.path().join("meetings"), Arc::new(SystemClock)).await.unwrap());
    let mut venue = Venue::over(Arc::clone(&store) as Arc<dyn Store>, HubLimits::default()).await;
    let person = invited(&mut venue).await;
    Person::enter(&venue, person).await.ask(note(NOTE)).await.unwrap();
    let meeting = venue.meeting.to_string();
    venue.close().await;
    store.close().await.unwrap();
    drop(store);

    let told = |output: &Output| {
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    };
    let people = engawa(folder.path(), &["list-people", &meeting]);
    assert!(told(&people).contains(&format!("{person}\tFacilitator\t-\t{NAME}\n")), "{}", told(&people));
    for (number, sentence) in [("999", "nobody with the number 999"), ("1", "last coordinator")] {
        let refused = engawa(folder.path(), &["erase-person", &meeting, number]);
        assert!(refused.status.code() == Some(1) && told(&refused).contains(sentence), "{}", told(&refused));
    }
    let erased = engawa(folder.path(), &["erase-person", &meeting, &person.to_string()]);
    assert!(erased.status.success(), "{}", told(&erased));
    let certificate: ErasureCertificate = serde_json::from_slice(&erased.stdout).unwrap();
    assert_eq!((certificate.person, certificate.removed.notes), (person, 1));
    assert_eq!(told(&engawa(folder.path(), &["list-people", &meeting])).lines().count(), 1);
    let files = std::fs::read_dir(folder.path().join("meetings")).unwrap().map(|file| file.unwrap().path());
    for file in files.filter(|path| path.is_file()) {
        super::assert_nothing_of_them(&std::fs::read(&file).unwrap(), &file.display().to_string());
    }
}
