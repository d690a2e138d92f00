//! Buckets that are away, slow, forbidden or half-hearted: what the operator reads at the start, what people read later, and
//! that nothing is half taken.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use engawa_protocol::http::ErrorBody;
use engawa_protocol::limits::MEETING_FILES_BYTES_MAX;
use engawa_protocol::preparation::{PosterFileProblem, PosterFileReply};
use engawa_protocol::{MeetingId, PersonId, Role};
use engawa_server::auth::LinkGrant;
use engawa_server::hub::HubLimits;
use engawa_server::poster_files::PosterFiles;
use engawa_server::poster_files::s3::{self, S3CheckError, S3Options};
use engawa_server::run::routes;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;
use uuid::Uuid;

use super::contract::picture;
use crate::support::Venue;

const SECRET: &str = "a-secret-that-nobody-may-read";

/// How a bucket behaves.
#[derive(Clone)]
enum Mood {
    /// Answers everything like this.
    Refuses(StatusCode, &'static str),
    /// Never answers.
    Silent,
    /// Lists nothing, takes this many files, and refuses the rest.
    Takes(Arc<AtomicUsize>),
    /// Holds one file of so many bytes, and takes more.
    Holds(u64),
}

async fn answer(State(mood): State<Mood>, request: Request) -> Response {
    let refusal = |status: StatusCode, code: &str| {
        let body = format!(
            "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Resource>{}</Resource></Error>",
            request.uri()
        );
        (status, [(header::CONTENT_TYPE, "application/xml")], body).into_response()
    };
    match mood {
        Mood::Refuses(status, code) => refusal(status, code),
        Mood::Silent => std::future::pending().await,
        Mood::Takes(left) => match *request.method() {
            Method::PUT
                if left
                    .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
                    .is_ok() =>
            {
                [(header::ETAG, "\"1\"")].into_response()
            }
            Method::GET => {
                let list = "<ListBucketResult><Name>posters</Name><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>";
                ([(header::CONTENT_TYPE, "application/xml")], list).into_response()
            }
            _ => refusal(StatusCode::FORBIDDEN, "AccessDenied"),
        },
        Mood::Holds(_) if *request.method() == Method::PUT => [(header::ETAG, "\"1\"")].into_response(),
        Mood::Holds(bytes) => {
            let list = format!(
                "<ListBucketResult><Name>posters</Name><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated>\
                 <Contents><Key>a.pdf</Key><Size>{bytes}</Size><ETag>1</ETag>\
                 <LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents></ListBucketResult>"
            );
            ([(header::CONTENT_TYPE, "application/xml")], list).into_response()
        }
    }
}

async fn bucket(mood: Mood) -> S3Options {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer).with_state(mood)).await });
    options(address)
}

fn options(address: SocketAddr) -> S3Options {
    let usual = S3Options::new("posters".into(), "us-east-1".into(), "engawa".into(), SECRET.into());
    S3Options {
        endpoint: Some(format!("http://{address}")),
        request_timeout: Duration::from_millis(400),
        ..usual
    }
}

/// Nobody listens there.
fn away() -> S3Options {
    options(crate::support::http::free_address().parse().unwrap())
}

#[tokio::test]
async fn the_start_says_what_is_wrong_with_a_bucket() {
    let refusing =
        async |status: u16, code| bucket(Mood::Refuses(StatusCode::from_u16(status).unwrap(), code)).await;
    let cases = [
        (away(), "s3_endpoint: ", "cannot be reached"),
        (bucket(Mood::Silent).await, "s3_endpoint: ", "no answer in time"),
        (refusing(404, "NoSuchBucket").await, "s3_bucket: ", "there is no bucket `posters`"),
        (
            refusing(403, "AccessDenied").await,
            "s3_bucket: ",
            "does not let this key write files (403 Forbidden, AccessDenied)",
        ),
        (refusing(403, "InvalidAccessKeyId").await, "s3_access_key_id: ", "InvalidAccessKeyId"),
        (refusing(403, "SignatureDoesNotMatch").await, "s3_access_key_id: ", "s3_secret_access_key"),
        (refusing(400, "AuthorizationHeaderMalformed").await, "s3_region: ", "us-east-1"),
        (refusing(507, "OutOfSpace").await, "s3_bucket: ", "to write a file failed (507"),
        (bucket(Mood::Takes(Arc::new(AtomicUsize::new(1)))).await, "s3_bucket: ", ""),
    ];
    for (options, setting, says) in cases {
        let error = s3::open(&options).await.unwrap_err();
        let told = error.to_string();
        assert!(told.starts_with(setting) && told.contains(says), "{told}");
        assert!(!told.contains(SECRET) && !told.contains("start-checks"), "{told}");
    }
    let missing = S3Options { authorities: Some("nowhere.pem".into()), ..away() };
    assert!(matches!(s3::open(&missing).await, Err(S3CheckError::Authorities { .. })));
    assert!(!format!("{:?}", away()).contains(SECRET));
}

async fn send(venue: &Venue, path: &str, body: Vec<u8>) -> (StatusCode, Vec<u8>) {
    let grant = LinkGrant::personal(venue.meeting, Role::Coordinator, PersonId(1), 0);
    let token = venue.state.keys.sign(&grant).expose().to_owned();
    let request = axum::http::Request::post(path)
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::from(body))
        .unwrap();
    let response = routes(venue.state.clone()).files.oneshot(request).await.unwrap();
    (response.status(), response.into_body().collect().await.unwrap().to_bytes().to_vec())
}

async fn venue_over(options: &S3Options) -> Venue {
    let venue = Venue::quiet(HubLimits::default()).await;
    venue.hub.keep_poster_files_in(PosterFiles::over(Arc::new(s3::client(options).unwrap())));
    venue
}

#[tokio::test]
async fn ht7_people_are_told_that_nothing_was_saved() {
    let forbidden = Mood::Refuses(StatusCode::FORBIDDEN, "AccessDenied");
    for options in [away(), bucket(Mood::Silent).await, bucket(forbidden).await] {
        let venue = venue_over(&options).await;
        let (status, body) = send(&venue, "/api/posters/files", picture(1)).await;
        let ErrorBody { error } = serde_json::from_slice(&body).unwrap();
        assert_eq!((status, error.code.as_str()), (StatusCode::SERVICE_UNAVAILABLE, "store_unavailable"));
        assert!(error.message.contains("何も保存されていません"), "{}", error.message);
        // An archive ends without its last line, which says that not all went in.
        let (status, lines) = send(&venue, "/api/posters/zip", zip(&picture(1))).await;
        let lines = String::from_utf8(lines).unwrap();
        assert_eq!(status, StatusCode::OK);
        assert!(
            lines.contains("\"opened\"") && !lines.contains("\"end\"") && !lines.contains("\"kept\""),
            "{lines}"
        );
        // The meeting itself goes on.
        assert_eq!(venue.look(|meeting| meeting.posters().count()).await, 0);
    }
}

#[tokio::test]
async fn ht7_the_files_of_a_meeting_take_so_many_bytes_and_no_more() {
    let in_memory = PosterFiles::in_memory();
    let meeting = MeetingId(Uuid::nil());
    in_memory.keep(meeting, picture(1)).await.unwrap();
    let left = MEETING_FILES_BYTES_MAX - in_memory.totals(meeting).await.unwrap().bytes;
    for (held, fits) in [(left, true), (left + 1, false)] {
        let venue = venue_over(&bucket(Mood::Holds(held)).await).await;
        let (status, body) = send(&venue, "/api/posters/files", picture(1)).await;
        assert_eq!(status, StatusCode::OK);
        let full = PosterFileProblem::FilesFull { max_bytes: MEETING_FILES_BYTES_MAX };
        match serde_json::from_slice(&body).unwrap() {
            PosterFileReply::Kept { .. } => assert!(fits, "one above"),
            PosterFileReply::Refused { problem } => assert_eq!((problem, fits), (full, false)),
        }
    }
}

#[tokio::test]
async fn ht7_what_was_half_taken_is_not_there_and_goes_in_the_next_time() {
    let left = Arc::new(AtomicUsize::new(1));
    let venue = venue_over(&bucket(Mood::Takes(Arc::clone(&left))).await).await;
    let (status, _) = send(&venue, "/api/posters/files", picture(1)).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "the small picture was taken, the whole one was not");
    assert_eq!(left.load(Ordering::SeqCst), 0);
    left.store(2, Ordering::SeqCst);
    let (status, body) = send(&venue, "/api/posters/files", picture(1)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(matches!(serde_json::from_slice(&body).unwrap(), PosterFileReply::Kept { .. }));
}

fn zip(picture: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("01.png", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(picture).unwrap();
    zip.finish().unwrap().into_inner()
}
