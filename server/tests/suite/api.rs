//! The HTTP API on a real node: meetings, joining, links, large commands, the operator's log.

use crate::support::venue::ADMIN_KEY;
use crate::support::{Person, Venue};
use axum::body::Body;
use axum::http::{Request, StatusCode};
use engawa_domain::{Entry, Meeting};
use engawa_protocol::command::{ImportRoster, JoinAs, RosterRow};
use engawa_protocol::hash::hex;
use engawa_protocol::http::{
    CommandReply, CommandRequest, CreateMeeting, JoinOptions, JoinRequest, Joined, Links, MeetingCreated,
    WayIn,
};
use engawa_protocol::keeping::{DeletionCertificate, DeletionCertificates, DeletionReason, Information};
use engawa_protocol::{ClientSeq, DeviceId, Language, PersonId, Role, Timestamp};
use engawa_server::api::AboutHost;
use engawa_server::auth::LinkGrant;
use engawa_server::hub::HubLimits;
use engawa_server::run::routes;
use http_body_util::BodyExt as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower::ServiceExt as _;
use uuid::Uuid;

async fn send(
    venue: &Venue,
    method: &str,
    path: &str,
    bearer: Option<&str>,
    body: &impl Serialize,
) -> (StatusCode, Vec<u8>) {
    let routes = routes(venue.state.clone());
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    if let Some(bearer) = bearer {
        request = request.header("authorization", format!("Bearer {bearer}"));
    }
    let request = request.body(Body::from(serde_json::to_vec(body).unwrap())).unwrap();
    let response = routes.usual.merge(routes.large).oneshot(request).await.unwrap();
    let status = response.status();
    (status, response.into_body().collect().await.unwrap().to_bytes().to_vec())
}

async fn ask<T: DeserializeOwned>(
    venue: &Venue,
    method: &str,
    path: &str,
    bearer: Option<&str>,
    body: &impl Serialize,
) -> T {
    let (status, bytes) = send(venue, method, path, bearer, body).await;
    assert!(status.is_success(), "{path}: {status} {}", String::from_utf8_lossy(&bytes));
    serde_json::from_slice(&bytes).unwrap()
}

fn code(bytes: &[u8]) -> String {
    let body: engawa_protocol::http::ErrorBody = serde_json::from_slice(bytes).unwrap();
    body.error.code
}

fn token_of(link: &str) -> &str {
    link.split_once("/j#").expect("LN1").1
}

fn join(device: DeviceId, join: JoinAs) -> JoinRequest {
    JoinRequest { device, client_seq: ClientSeq(1), join }
}

#[tokio::test]
async fn ht5_ht6_ht4_ln2_a_meeting_is_made_filled_and_removed() {
    let venue = Venue::quiet(HubLimits::default()).await;
    let create = CreateMeeting {
        title: "研究会".into(),
        language: Language::Ja,
        coordinator: "進行 1".into(),
        keep_until: None,
    };
    let (status, _) = send(&venue, "POST", "/api/meetings", Some("not the operator's key"), &create).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let empty = CreateMeeting { title: "　".into(), ..create.clone() };
    let (status, _) = send(&venue, "POST", "/api/meetings", Some(ADMIN_KEY), &empty).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let made: MeetingCreated = ask(&venue, "POST", "/api/meetings", Some(ADMIN_KEY), &create).await;
    assert_eq!(token_of(&made.link), made.token);

    let rows: Vec<_> = (0..2000)
        .map(|n| RosterRow {
            team: format!("第{}の自治体", n / 3),
            region: Some("東北".into()),
            name: format!("担当{}", n % 3),
            role: Role::Participant,
            email: None,
        })
        .collect();
    let request = CommandRequest {
        device: DeviceId(Uuid::new_v4()),
        client_seq: ClientSeq(1),
        command: ImportRoster { rows }.into(),
    };
    assert!(serde_json::to_vec(&request).unwrap().len() > 100_000);
    let reply: CommandReply = ask(&venue, "POST", "/api/commands", Some(&made.token), &request).await;
    assert!(matches!(reply, CommandReply::Accepted { .. }), "{reply:?}");
    let again: CommandReply = ask(&venue, "POST", "/api/commands", Some(&made.token), &request).await;
    assert_eq!(again, reply, "CM2");

    let links: Links = ask(&venue, "GET", "/api/links", Some(&made.token), &()).await;
    assert_eq!(links.personal.len(), 2001);
    assert_eq!(links.shared.len(), 6);
    assert_eq!(links.short_code, made.short_code);
    let member = links.personal.iter().find(|link| link.role == Role::Participant).unwrap();
    let (status, _) = send(&venue, "GET", "/api/links", Some(token_of(&member.link)), &()).await;
    ht12_the_way_in_is_for_screens_and_staff(&venue, &made, &links, token_of(&member.link)).await;
    assert_eq!(status, StatusCode::FORBIDDEN);

    let log = format!("/api/meetings/{}/log?after=0", made.meeting);
    let (status, _) = send(&venue, "GET", &log, Some(&made.token), &()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "the log is the operator's alone");
    let (_, lines) = send(&venue, "GET", &log, Some(ADMIN_KEY), &()).await;
    let mut replayed: Option<Meeting> = None;
    for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let entry: Entry = serde_json::from_slice(line).unwrap();
        engawa_domain::apply(&mut replayed, &entry);
    }
    let digest =
        venue.hub.read(made.meeting, |meeting, _| engawa_domain::digest(meeting).unwrap()).await.unwrap();
    assert_eq!(engawa_domain::digest(&replayed.unwrap()).unwrap(), digest, "the log tells the whole state");
    let mut printed = Vec::new();
    engawa_server::replay::replay(&lines[..], &mut printed).unwrap();
    assert!(String::from_utf8(printed).unwrap().contains(&hex(&digest)));

    let path = format!("/api/meetings/{}", made.meeting);
    let (status, _) = send(&venue, "DELETE", &path, Some(token_of(&member.link)), &()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    ht40_what_remains_is_a_certificate(&venue, &made, token_of(&member.link), &hex(&digest)).await;
    let (status, _) = send(&venue, "GET", "/api/links", Some(&made.token), &()).await;
    assert_eq!(status, StatusCode::GONE);
}

async fn ht40_what_remains_is_a_certificate(
    venue: &Venue,
    made: &MeetingCreated,
    member: &str,
    state_hash: &str,
) {
    let path = format!("/api/meetings/{}", made.meeting);
    let remains = format!("{path}/certificate");
    let (status, _) = send(venue, "GET", &remains, Some(&made.token), &()).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "it is still there");
    let certificate: DeletionCertificate = ask(venue, "DELETE", &path, Some(&made.token), &()).await;
    assert_eq!(certificate.title.as_deref(), Some("研究会"));
    assert_eq!(certificate.reason, DeletionReason::Asked);
    assert_eq!(certificate.totals.map(|totals| totals.people), Some(2001));
    assert_eq!(certificate.state_hash.as_deref(), Some(state_hash));
    let empty = DeletionCertificate { certificate_hash: String::new(), ..certificate.clone() };
    let sealed = engawa_protocol::hash::sha256(&[&serde_json::to_vec(&empty).unwrap()]);
    assert_eq!(certificate.certificate_hash, hex(&sealed));
    for key in [&made.token, ADMIN_KEY] {
        let again: DeletionCertificate = ask(venue, "GET", &remains, Some(key), &()).await;
        assert_eq!(again, certificate);
    }
    // As after a lost answer.
    let again: DeletionCertificate = ask(venue, "DELETE", &path, Some(ADMIN_KEY), &()).await;
    assert_eq!(again, certificate);
    let all: DeletionCertificates = ask(venue, "GET", "/api/certificates", Some(ADMIN_KEY), &()).await;
    assert_eq!(all.certificates, [certificate]);
    let other = format!("/api/meetings/{}/certificate", venue.meeting);
    for (path, key, expected) in [
        (&remains, Some(member), StatusCode::FORBIDDEN),
        (&remains, None, StatusCode::UNAUTHORIZED),
        (&other, Some(made.token.as_str()), StatusCode::NOT_FOUND),
        (&other, Some(ADMIN_KEY), StatusCode::NOT_FOUND),
        (&"/api/certificates".to_owned(), Some(made.token.as_str()), StatusCode::UNAUTHORIZED),
    ] {
        assert_eq!(send(venue, "GET", path, key, &()).await.0, expected, "{path}");
    }
}

/// HT5: without a date of its own a meeting is kept as long as the settings say, with one until then.
#[tokio::test]
async fn ht5_how_long_a_new_meeting_is_kept() {
    const DAY_MS: u64 = 86_400_000;
    let mut venue = Venue::quiet(HubLimits::default()).await;
    let create = CreateMeeting {
        title: "研究会".into(),
        language: Language::Ja,
        coordinator: "進行 1".into(),
        keep_until: None,
    };
    let kept_until = async |venue: &Venue, create: &CreateMeeting| {
        let made: MeetingCreated = ask(venue, "POST", "/api/meetings", Some(ADMIN_KEY), create).await;
        venue
            .hub
            .read(made.meeting, |state, _| (state.info().created_at, state.info().keep_until))
            .await
            .unwrap()
    };
    assert_eq!(kept_until(&venue, &create).await.1, None, "the settings say nothing");
    venue.state = venue.state.clone().with_about(AboutHost { keep_days: Some(90), ..AboutHost::default() });
    let (created_at, until) = kept_until(&venue, &create).await;
    let days = until.unwrap().0.abs_diff(created_at.0 + 90 * DAY_MS);
    assert!(days < DAY_MS / 24, "{days} ms beside 90 days");
    let own = Timestamp(created_at.0 + 7 * DAY_MS);
    let create = CreateMeeting { keep_until: Some(own), ..create };
    assert_eq!(kept_until(&venue, &create).await.1, Some(own));
    for wrong in [Timestamp(1), Timestamp(u64::MAX)] {
        let create = CreateMeeting { keep_until: Some(wrong), ..create.clone() };
        let (status, _) = send(&venue, "POST", "/api/meetings", Some(ADMIN_KEY), &create).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn ht41_what_a_municipality_files() {
    let mut venue = Venue::quiet(HubLimits::default()).await;
    let about =
        AboutHost {
            place: Some("弘前市役所".into()), contact: None, in_memory: false, keep_days: Some(90)
        };
    venue.state = venue.state.clone().with_about(about);
    let told: Information = ask(&venue, "GET", "/api/information", None, &()).await;
    assert_eq!((told.place.as_deref(), told.contact, told.in_memory), (Some("弘前市役所"), None, false));
    assert_eq!(told.keep_days, Some(90));
    assert_eq!(format!("http://{}:{}", told.host, told.port), venue.state.public_url.to_string());
}

#[tokio::test]
async fn ht2_ht3_joining_by_code_by_name_and_by_pick() {
    let mut venue = Venue::quiet(HubLimits::default()).await;
    let listed = venue.invite("弘前市 担当A", Role::Participant).await;
    let short_code = engawa_server::hub::code_of(venue.meeting, 0).to_string();
    let by_code = serde_json::json!({ "short_code": short_code.to_lowercase() });
    let options: JoinOptions = ask(&venue, "POST", "/api/join/options", None, &by_code).await;
    assert_eq!((options.meeting, options.role), (venue.meeting, Role::Participant));
    assert!(options.people.iter().any(|one| one.person == listed && !one.taken));
    let shared = options.token.clone();
    let same: JoinOptions =
        ask(&venue, "POST", "/api/join/options", Some(&shared), &serde_json::json!({})).await;
    assert_eq!(same, options);
    let wrong = serde_json::json!({ "short_code": "0000-0000" });
    assert_eq!(send(&venue, "POST", "/api/join/options", None, &wrong).await.0, StatusCode::NOT_FOUND);

    let (mine, theirs) = (DeviceId(Uuid::new_v4()), DeviceId(Uuid::new_v4()));
    let pick = JoinAs::Listed { person: listed };
    let joined: Joined = ask(&venue, "POST", "/api/join", Some(&shared), &join(mine, pick.clone())).await;
    assert_eq!(joined.person, listed);
    let again: Joined = ask(&venue, "POST", "/api/join", Some(&shared), &join(mine, pick.clone())).await;
    assert_eq!(again, joined, "sent again, the same answer");
    let (status, body) = send(&venue, "POST", "/api/join", Some(&shared), &join(theirs, pick)).await;
    assert_eq!((status, code(&body).as_str()), (StatusCode::CONFLICT, "name_taken"));
    let named = JoinAs::Named { name: "むつ市 担当B".into(), team: None };
    let other = JoinRequest { client_seq: ClientSeq(2), ..join(theirs, named) };
    let other: Joined = ask(&venue, "POST", "/api/join", Some(&shared), &other).await;
    assert_ne!(other.person, listed);

    let grant = venue.state.keys.verify(&other.token).unwrap();
    let mut someone = Person::outside(&venue, grant);
    someone.come(&venue).await;
    someone.check(&venue).await;
    assert_eq!(someone.view().me.person, Some(other.person));

    let personal = LinkGrant::personal(venue.meeting, Role::Coordinator, PersonId(1), 0);
    let personal = venue.state.keys.sign(&personal).expose().to_owned();
    let screen =
        venue.state.keys.sign(&LinkGrant::shared(venue.meeting, Role::Screen, 0)).expose().to_owned();
    for token in [&personal, &screen] {
        let join = join(theirs, JoinAs::Named { name: "x".into(), team: None });
        assert_eq!(send(&venue, "POST", "/api/join", Some(token), &join).await.0, StatusCode::FORBIDDEN);
    }
}

/// HT12: what a projector shows to the hall.
async fn ht12_the_way_in_is_for_screens_and_staff(
    venue: &Venue,
    made: &MeetingCreated,
    links: &Links,
    member: &str,
) {
    let shared =
        |role: Role| links.shared.iter().find(|link| link.role == role).map(|link| link.link.clone());
    let screen = shared(Role::Screen).unwrap();
    for token in [token_of(&screen), made.token.as_str()] {
        let way_in: WayIn = ask(venue, "GET", "/api/way-in", Some(token), &()).await;
        assert_eq!(way_in.short_code, made.short_code);
        assert_eq!(Some(way_in.link), shared(Role::Participant));
    }
    let joining = shared(Role::Participant).unwrap();
    for token in [member, token_of(&joining)] {
        let (status, _) = send(venue, "GET", "/api/way-in", Some(token), &()).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    }
    let (status, _) = send(venue, "GET", "/api/way-in", None, &()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}
