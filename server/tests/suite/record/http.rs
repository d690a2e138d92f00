//! Files out over HTTP (SPEC HT20 to HT22), and the same from the command line.

use std::process::Command;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use engawa_protocol::command::{AddPerson, AddTeam};
use engawa_protocol::preparation::{ZoomProblem, ZoomReport};
use engawa_protocol::{ClientSeq, Command as Asked, DeviceId, PersonId, Role, TeamId};
use engawa_server::auth::LinkGrant;
use engawa_server::hub::HubLimits;
use engawa_server::run::routes;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::support::Venue;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Answer {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    fn code(&self) -> String {
        let body: Value = serde_json::from_slice(&self.bytes).unwrap();
        body["error"]["code"].as_str().unwrap().to_owned()
    }
}

async fn get(venue: &Venue, path: &str, person: Option<PersonId>) -> Answer {
    let mut request = Request::builder().uri(path);
    if let Some(person) = person {
        let token = venue.state.keys.sign(&venue.grant(person).await).expose().to_owned();
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let request = request.body(Body::empty()).unwrap();
    let response = routes(venue.state.clone()).usual.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status,
        headers: parts.headers,
        bytes: body.collect().await.unwrap().to_bytes().to_vec(),
    }
}

async fn ask(venue: &mut Venue, command: Value) -> Option<u32> {
    let command: Asked = serde_json::from_value(command).unwrap();
    venue.ask(command).await
}

async fn ask_as(venue: &Venue, person: PersonId, command: Value) {
    let grant = venue.grant(person).await;
    let command: Asked = serde_json::from_value(command).unwrap();
    let asked = (DeviceId(Uuid::new_v4()), ClientSeq(1), command);
    let reply = venue.hub.call_unpaced(venue.meeting, grant.grant, asked).await.unwrap();
    assert!(matches!(reply, engawa_protocol::http::CommandReply::Accepted { .. }), "{reply:?}");
}

/// A coordinator (person 1), one of each other role, two teams of one with posters, a dialogue with rooms proposed.
struct Party {
    venue: Venue,
    secretariat: PersonId,
    facilitator: PersonId,
    participants: [PersonId; 2],
}

async fn party() -> Party {
    let mut venue = Venue::quiet(HubLimits::default()).await;
    let secretariat = venue.invite("集計A", Role::Secretariat).await;
    let facilitator = venue.invite("幹事A", Role::Facilitator).await;
    let mut participants = Vec::new();
    for (team, email) in [("弘前市", Some("a@hirosaki.example.jp")), ("甲府市", None)] {
        let id = venue.ask(AddTeam { name: team.into(), region: None }).await.unwrap();
        let person = AddPerson {
            name: format!("{team}担当A"),
            role: Role::Participant,
            team: Some(TeamId(id)),
            email: email.map(Into::into),
        };
        participants.push(PersonId(venue.ask(person).await.unwrap()));
        ask(
            &mut venue,
            json!({"type": "add_poster", "team": id, "title": "一年", "summary": "", "file": null}),
        )
        .await;
    }
    let plan = json!({"kind": "dialogue", "title": "対話", "question": "", "duration_ms": 60_000, "grouping": {"by": "manual"},
        "turn_ms": null, "template": "free", "authors": "shown", "countdown_ms": 0});
    ask(&mut venue, json!({"type": "add_round", "plan": plan, "before": null})).await;
    Party { venue, secretariat, facilitator, participants: participants.try_into().unwrap() }
}

const COORDINATOR: PersonId = PersonId(1);

#[tokio::test]
async fn ht20_the_record_is_for_the_office_and_without_names_unless_asked() {
    let Party { mut venue, secretariat, facilitator, participants } = party().await;
    for path in ["/api/record/record.zip", "/api/record/notes.csv", "/api/vote-file"] {
        assert_eq!(get(&venue, path, None).await.status, StatusCode::UNAUTHORIZED);
        for person in [facilitator, participants[0]] {
            assert_eq!(get(&venue, path, Some(person)).await.status, StatusCode::FORBIDDEN, "{path}");
        }
    }
    ask(&mut venue, json!({"type": "announce", "text": "こんにちは"})).await;
    for (file, media_type, begins) in [
        ("record.zip", "application/zip", &b"PK"[..]),
        ("record.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK"),
        ("record.md", "text/markdown; charset=utf-8", "# 第5回研究会".as_bytes()),
        ("record.html", "text/html; charset=utf-8", b"<!doctype html>"),
        ("announcements.csv", "text/csv; charset=utf-8", "\u{FEFF}\"時刻\",\"連絡\"".as_bytes()),
    ] {
        let answer = get(&venue, &format!("/api/record/{file}"), Some(COORDINATOR)).await;
        assert_eq!(
            (answer.status, &answer.headers[header::CONTENT_TYPE]),
            (StatusCode::OK, &media_type.parse().unwrap())
        );
        assert!(answer.bytes.starts_with(begins), "{file}");
        let disposition = format!("attachment; filename=\"{file}\"");
        assert_eq!(answer.headers[header::CONTENT_DISPOSITION], disposition);
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    }
    let named = get(&venue, "/api/record/announcements.csv?edition=named", Some(COORDINATOR)).await;
    assert!(named.text().contains("進行 1"));
    let nameless = get(&venue, "/api/record/announcements.csv", Some(COORDINATOR)).await;
    assert!(!nameless.text().contains("進行 1"));
    let rooms = get(&venue, "/api/record/rooms.csv", Some(secretariat)).await;
    assert_eq!(rooms.status, StatusCode::NOT_FOUND, "the secretariat has no rooms");
    for wrong in ["/api/record/record.pdf", "/api/record/secrets.csv", "/api/record/x"] {
        assert_eq!(get(&venue, wrong, Some(COORDINATOR)).await.status, StatusCode::NOT_FOUND);
    }
    let wrong = get(&venue, "/api/record/record.md?edition=all", Some(COORDINATOR)).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    let screen = LinkGrant::shared(venue.meeting, Role::Screen, 0);
    let token = venue.state.keys.sign(&screen).expose().to_owned();
    let request = Request::builder()
        .uri("/api/record/record.md")
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    let response =
        routes(venue.state.clone()).usual.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn ht21_the_votes_file_waits_for_the_close_and_for_coordinators_for_the_standings() {
    let Party { venue, secretariat, participants, .. } = party().await;
    let status = |answer: &Answer| (answer.status, answer.code());
    let not_yet = (StatusCode::CONFLICT, "vote_not_published".to_owned());
    assert_eq!(status(&get(&venue, "/api/vote-file", Some(secretariat)).await), not_yet, "not open yet");
    ask_as(&venue, secretariat, json!({"type": "open_vote"})).await;
    ask_as(&venue, participants[0], json!({"type": "cast_ballot", "choices": [2]})).await;
    assert_eq!(status(&get(&venue, "/api/vote-file", Some(secretariat)).await), not_yet, "open");
    ask_as(&venue, secretariat, json!({"type": "close_vote"})).await;
    let file = get(&venue, "/api/vote-file", Some(secretariat)).await;
    assert_eq!(file.status, StatusCode::OK);
    let read = engawa_server::vote_file::read(file.text()).unwrap();
    let count = engawa_server::vote_file::verify(&read, Some(&read.last_hash)).unwrap();
    assert_eq!((count.ballots, read.places[0].1), (1, 1));
    assert_eq!(
        status(&get(&venue, "/api/vote-file", Some(COORDINATOR)).await),
        not_yet,
        "counting is for the secretariat"
    );
    ask_as(&venue, secretariat, json!({"type": "publish_standings", "scope": "everyone"})).await;
    assert_eq!(get(&venue, "/api/vote-file", Some(COORDINATOR)).await.bytes, file.bytes);
    let archive = get(&venue, "/api/record/record.zip", Some(COORDINATOR)).await.bytes;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    assert!(archive.by_name("vote.txt").is_ok());
}

#[tokio::test]
async fn ht22_files_for_zoom_follow_the_rooms_of_the_round() {
    let Party { mut venue, secretariat, participants, .. } = party().await;
    let path = |end: &str| format!("/api/rounds/1/zoom{end}");
    for end in ["", ".csv", ".txt", "-names.csv"] {
        assert_eq!(
            get(&venue, &path(end), Some(secretariat)).await.status,
            StatusCode::FORBIDDEN,
            "they hold addresses"
        );
    }
    let report = async |venue: &Venue| -> ZoomReport {
        serde_json::from_slice(&get(venue, &path(""), Some(COORDINATOR)).await.bytes).unwrap()
    };
    assert_eq!(report(&venue).await.problems, [ZoomProblem::NoRooms {}]);
    let refused = get(&venue, &path(".csv"), Some(COORDINATOR)).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::CONFLICT, "zoom_refused".to_owned()));
    let members: Vec<u32> = participants.iter().map(|person| person.0).collect();
    let rooms = json!([{"name": "弘前市・甲府市", "facilitator": null, "members": members}]);
    ask(&mut venue, json!({"type": "set_grouping", "round": 1, "rooms": rooms})).await;
    let proposed = report(&venue).await;
    assert_eq!((proposed.rooms, proposed.people, proposed.problems.len()), (1, 1, 0));
    assert_eq!(proposed.without_email[0].name, "甲府市担当A");
    let csv = get(&venue, &path(".csv"), Some(COORDINATOR)).await;
    let expected = "Pre-assign Room Name,Email Address\r\n01 弘前市・甲府市,a@hirosaki.example.jp\r\n";
    assert_eq!(csv.bytes, expected.as_bytes());
    assert_eq!(csv.headers[header::CONTENT_DISPOSITION], "attachment; filename=\"zoom.csv\"");
    let japanese = get(&venue, &path(".csv?header=ja"), Some(COORDINATOR)).await;
    assert!(japanese.text().starts_with("ルーム名を事前割り当て,メールアドレス\r\n"));
    ask(&mut venue, json!({"type": "open_round", "round": 1})).await;
    assert_eq!(
        get(&venue, &path(".csv"), Some(COORDINATOR)).await.bytes,
        expected.as_bytes(),
        "as they are now"
    );
    let list = get(&venue, &path(".txt"), Some(COORDINATOR)).await;
    assert!(
        list.text().contains("01 弘前市・甲府市: 弘前市担当A（弘前市）、甲府市担当A（甲府市）\r\n"),
        "{}",
        list.text()
    );
    let names = get(&venue, &path("-names.csv"), Some(COORDINATOR)).await;
    assert!(names.text().contains("\"01_弘前市_弘前市担当A\"\r\n"));
    assert_eq!(get(&venue, "/api/rounds/9/zoom", Some(COORDINATOR)).await.status, StatusCode::NOT_FOUND);
}

#[test]
fn export_record_writes_the_form_that_the_files_name_says() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let engawa = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_engawa"));
        command.env_clear().arg("--data-dir").arg(&data).args(args).output().unwrap()
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let meeting = runtime.block_on(crate::backup::meeting_in(&data));
    let meeting = meeting.0.to_string();
    for (file, begins) in
        [("r.zip", &b"PK"[..]), ("r.xlsx", b"PK"), ("r.md", b"# "), ("r.html", b"<!doctype")]
    {
        let path = folder.path().join(file);
        let path = path.to_str().unwrap();
        let output = engawa(&["export-record", &meeting, path]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(std::fs::read(path).unwrap().starts_with(begins), "{file}");
        assert!(!engawa(&["export-record", &meeting, path]).status.success(), "never over another file");
    }
    let named = |name: &str, args: &[&str]| {
        let path = folder.path().join(name);
        let args = [&["export-record", &meeting, path.to_str().unwrap()], args].concat();
        assert!(engawa(&args).status.success());
        std::fs::read_to_string(path).unwrap()
    };
    assert_ne!(named("a.md", &["--named"]), named("b.md", &[]));
    let wrong = engawa(&["export-record", &meeting, folder.path().join("r.pdf").to_str().unwrap()]);
    assert!(String::from_utf8_lossy(&wrong.stderr).contains(".zip, .xlsx, .md or .html"));
}
