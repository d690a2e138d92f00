//! Preparing a meeting over HTTP: files in, files out, posters' files and what becomes of them.

use std::io::{Cursor, Write as _};

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use engawa_protocol::command::{AddTeam, ImportRoster, PlannedRoom};
use engawa_protocol::keeping::DeletionCertificate;
use engawa_protocol::limits::{POSTER_FILE_BYTES_MAX, ROSTER_FILE_BYTES_MAX};
use engawa_protocol::preparation::{
    AgendaReading, AgendaTemplates, FindingKind, PosterFileProblem, PosterFileReply, PosterListReading,
    PosterUnpacking, RoomsReading, RosterReading, RowEffect,
};
use engawa_protocol::view::{PosterFile, PosterFileKind};
use engawa_protocol::{PersonId, Role};
use engawa_server::auth::LinkGrant;
use engawa_server::hub::HubLimits;
use engawa_server::run::routes;
use http_body_util::BodyExt as _;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{DynamicImage, ImageEncoder, ImageFormat, RgbaImage};
use serde::de::DeserializeOwned;
use tower::ServiceExt as _;

use crate::support::Venue;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Answer {
    fn json<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, StatusCode::OK, "{}", String::from_utf8_lossy(&self.bytes));
        serde_json::from_slice(&self.bytes).unwrap()
    }
}

async fn send(venue: &Venue, method: &str, path: &str, bearer: &str, body: impl Into<Body>) -> Answer {
    let routes = routes(venue.state.clone());
    let mut request = Request::builder().method(method).uri(path);
    if !bearer.is_empty() {
        request = request.header(header::AUTHORIZATION, format!("Bearer {bearer}"));
    }
    let request = request.body(body.into()).unwrap();
    let response = routes.usual.merge(routes.files).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status, headers: parts.headers, bytes }
}

fn coordinator(venue: &Venue) -> String {
    let grant = LinkGrant::personal(venue.meeting, Role::Coordinator, PersonId(1), 0);
    venue.state.keys.sign(&grant).expose().to_owned()
}

async fn token(venue: &Venue, person: PersonId) -> String {
    venue.state.keys.sign(&venue.grant(person).await).expose().to_owned()
}

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let pixels = RgbaImage::from_fn(width, height, |x, y| image::Rgba([x as u8, y as u8, 90, 200]));
    let drawn = DynamicImage::from(pixels);
    let drawn = if format == ImageFormat::Jpeg { DynamicImage::from(drawn.to_rgb8()) } else { drawn };
    let mut bytes = Cursor::new(Vec::new());
    drawn.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

async fn kept(venue: &Venue, bytes: Vec<u8>) -> PosterFile {
    match send(venue, "POST", "/api/posters/files", &coordinator(venue), bytes).await.json() {
        PosterFileReply::Kept { file } => file,
        PosterFileReply::Refused { problem } => panic!("{problem:?}"),
    }
}

fn address(venue: &Venue, name: &str) -> String {
    format!("/api/meetings/{}/posters/{name}", venue.meeting.0)
}

#[tokio::test]
async fn ht7_ht8_a_picture_is_drawn_anew_and_served_to_who_knows_its_address() {
    let venue = Venue::quiet(HubLimits::default()).await;
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let file = kept(&venue, picture(60, 30, format)).await;
        assert_eq!((file.kind, file.width, file.height), (PosterFileKind::Jpeg, 60, 30));
        for end in ["jpg", "small.jpg"] {
            let path = address(&venue, &format!("{}.{end}", file.hash));
            let answer = send(&venue, "GET", &path, "", Body::empty()).await;
            assert_eq!(
                (answer.status, &answer.headers[header::CONTENT_TYPE]),
                (StatusCode::OK, &"image/jpeg".parse().unwrap())
            );
            assert!(answer.headers[header::CACHE_CONTROL].to_str().unwrap().starts_with("private"));
            assert_eq!(image::guess_format(&answer.bytes).unwrap(), ImageFormat::Jpeg);
            if end == "jpg" {
                assert_eq!(
                    engawa_protocol::hash::hex(&engawa_protocol::hash::sha256(&[&answer.bytes])),
                    file.hash
                );
            }
        }
    }
    let large = kept(&venue, picture(3_000, 30, ImageFormat::Png)).await;
    assert_eq!((large.width, large.height), (2_400, 24), "scaled to what is sane");
    let path = address(&venue, &format!("{}.small.jpg", large.hash));
    let small = image::load_from_memory(&send(&venue, "GET", &path, "", Body::empty()).await.bytes).unwrap();
    assert_eq!((small.width(), small.height()), (640, 6));

    for wrong in
        ["../secret", &"0".repeat(64), &format!("{}.jpg", "0".repeat(64)), &format!("{}.png", large.hash)]
    {
        let path = address(&venue, &wrong.replace('/', "%2F"));
        assert_eq!(
            send(&venue, "GET", &path, "", Body::empty()).await.status,
            StatusCode::NOT_FOUND,
            "{wrong}"
        );
    }
    let other = Venue::quiet(HubLimits::default()).await;
    let path = address(&other, &format!("{}.jpg", large.hash));
    assert_eq!(send(&venue, "GET", &path, "", Body::empty()).await.status, StatusCode::NOT_FOUND);
}

/// What a camera writes: the picture lies on its side (orientation 6), and somebody's name.
fn camera_words() -> Vec<u8> {
    const NAME: &[u8] = b"HIROSAKI-OFFICE-PHONE\0";
    let mut exif = b"MM\0*\0\0\0\x08\0\x02".to_vec();
    exif.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0");
    exif.extend(b"\x01\x3b\0\x02\0\0\0\x16\0\0\0\x26\0\0\0\0");
    assert_eq!((exif.len(), NAME.len()), (0x26, 0x16));
    exif.extend(NAME);
    exif
}

fn shot_with(mut encoder: impl ImageEncoder, pixels: &image::RgbImage) {
    encoder.set_exif_metadata(camera_words()).unwrap();
    let (width, height) = pixels.dimensions();
    encoder.write_image(pixels, width, height, image::ExtendedColorType::Rgb8).unwrap();
}

#[tokio::test]
async fn ht7_what_a_camera_wrote_turns_the_picture_and_does_not_stay() {
    let venue = Venue::quiet(HubLimits::default()).await;
    let pixels = image::RgbImage::from_pixel(60, 30, image::Rgb([200, 90, 30]));
    let shot = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP].map(|format| {
        let mut bytes = Vec::new();
        match format {
            ImageFormat::Jpeg => shot_with(JpegEncoder::new(&mut bytes), &pixels),
            ImageFormat::Png => shot_with(PngEncoder::new(&mut bytes), &pixels),
            _ => shot_with(WebPEncoder::new_lossless(&mut bytes), &pixels),
        }
        bytes
    });
    for bytes in shot {
        let says = |bytes: &[u8]| bytes.windows(8).any(|part| part == b"HIROSAKI");
        assert!(says(&bytes));
        let file = kept(&venue, bytes).await;
        assert_eq!((file.width, file.height), (30, 60), "turned the way the camera says");
        for end in ["jpg", "small.jpg"] {
            let path = address(&venue, &format!("{}.{end}", file.hash));
            let answer = send(&venue, "GET", &path, "", Body::empty()).await;
            assert!(answer.status.is_success() && !says(&answer.bytes), "{end}");
        }
    }
}

#[tokio::test]
async fn ht7_what_is_no_poster_is_named_by_its_fault() {
    let mut venue = Venue::quiet(HubLimits::default()).await;
    let whole = picture(60, 30, ImageFormat::Png);
    // Says it is 60,000 pixels wide; nothing of that size is ever made.
    let mut bomb = whole.clone();
    bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    let crc = crc32(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&crc.to_be_bytes());
    let cases = [
        (Vec::new(), PosterFileProblem::FileEmpty {}),
        (b"<svg onload=alert(1)>".to_vec(), PosterFileProblem::FileUnknownType {}),
        (b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), PosterFileProblem::FileUnknownType {}),
        (whole[..whole.len() / 2].to_vec(), PosterFileProblem::FileBroken {}),
        (b"%PDF-1.7 broken off".to_vec(), PosterFileProblem::FileBroken {}),
        (bomb, PosterFileProblem::FileTooManyPixels {}),
    ];
    for (bytes, expected) in cases {
        let answer = send(&venue, "POST", "/api/posters/files", &coordinator(&venue), bytes).await;
        let PosterFileReply::Refused { problem } = answer.json() else { panic!("{expected:?}") };
        assert_eq!(problem, expected);
    }
    let large = Body::from_stream(futures_util::stream::iter(
        (0..=POSTER_FILE_BYTES_MAX >> 20).map(|_| Ok::<_, std::io::Error>(vec![0_u8; 1 << 20])),
    ));
    let answer = send(&venue, "POST", "/api/posters/files", &coordinator(&venue), large).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);

    let member = venue.invite("担当A", Role::Participant).await;
    let tally = venue.invite("集計", Role::Secretariat).await;
    let (member, tally) = (token(&venue, member).await, token(&venue, tally).await);
    for (bearer, status) in [("", 401), ("nonsense", 401), (&member, 403), (&tally, 200)] {
        let answer = send(&venue, "POST", "/api/posters/files", bearer, whole.clone()).await;
        assert_eq!(answer.status.as_u16(), status);
    }
}

/// CRC-32 as PNG has it.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

#[tokio::test]
async fn ht7_files_go_with_their_meeting() {
    let venue = Venue::quiet(HubLimits::default()).await;
    let pdf = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n".to_vec();
    let file = kept(&venue, pdf.clone()).await;
    assert_eq!(file.kind, PosterFileKind::Pdf);
    let path = address(&venue, &format!("{}.pdf", file.hash));
    let answer = send(&venue, "GET", &path, "", Body::empty()).await;
    assert_eq!(
        (answer.bytes, &answer.headers[header::CONTENT_TYPE]),
        (pdf.clone(), &"application/pdf".parse().unwrap())
    );

    let token = coordinator(&venue);
    let removed =
        send(&venue, "DELETE", &format!("/api/meetings/{}", venue.meeting.0), &token, Body::empty()).await;
    let certificate: DeletionCertificate = removed.json();
    assert!(certificate.poster_files == 1 && certificate.poster_files_bytes > 0, "{certificate:?}");
    assert_eq!(send(&venue, "GET", &path, "", Body::empty()).await.status, StatusCode::NOT_FOUND);
    let late = send(&venue, "POST", "/api/posters/files", &token, pdf).await;
    assert_eq!(late.status, StatusCode::GONE);
    assert_eq!(send(&venue, "GET", &path, "", Body::empty()).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn ht7_an_archive_with_a_list_and_a_broken_file() {
    let mut venue = Venue::quiet(HubLimits::default()).await;
    venue.ask(AddTeam { name: "弘前市".into(), region: Some("青森県".into()) }).await;
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    let mut put = |name: &str, bytes: &[u8]| {
        zip.start_file(name, options).unwrap();
        zip.write_all(bytes).unwrap();
    };
    put("__MACOSX/._01.png", b"clutter");
    put("posters/弘前市.png", &picture(40, 20, ImageFormat::Png));
    put("posters/壊れ.png", b"\x89PNG\r\n\x1a\n and no more");
    put("posters/../../etc/passwd", b"not a picture");
    put("一覧.csv", "自治体,タイトル,ファイル名\n弘前市,対話でつくる方針,弘前市.png\n".as_bytes());
    let bytes = zip.finish().unwrap().into_inner();

    let answer = send(&venue, "POST", "/api/posters/zip", &coordinator(&venue), bytes).await;
    let lines: Vec<PosterUnpacking> = answer
        .bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert_eq!(lines[0], PosterUnpacking::Opened { files: 3 });
    let PosterUnpacking::List { name, reading: PosterListReading::Read { entries, findings } } = &lines[1]
    else {
        panic!("{lines:?}")
    };
    assert_eq!((name.as_str(), entries.len(), findings.len()), ("一覧.csv", 1, 0), "the list comes first");
    let kept = |line: &PosterUnpacking| match line {
        PosterUnpacking::File { name, reply: PosterFileReply::Kept { .. } } => (name.clone(), None),
        PosterUnpacking::File { name, reply: PosterFileReply::Refused { problem } } => {
            (name.clone(), Some(problem.clone()))
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(kept(&lines[2]), ("posters/弘前市.png".into(), None));
    assert_eq!(kept(&lines[3]), ("posters/壊れ.png".into(), Some(PosterFileProblem::FileBroken {})));
    assert_eq!(
        kept(&lines[4]),
        ("posters/../../etc/passwd".into(), Some(PosterFileProblem::FileUnknownType {}))
    );
    assert_eq!(lines[5..], [PosterUnpacking::End {}]);

    // As Windows of old packs: names in CP932, folders in folders. The writer only knows UTF-8, so the name is put in.
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("a/b/xxxxxx.png", options).unwrap();
    zip.write_all(&picture(40, 20, ImageFormat::Png)).unwrap();
    let mut bytes = zip.finish().unwrap().into_inner();
    let places: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"xxxxxx")).collect();
    assert_eq!(places.len(), 2, "where the file is, and in the directory");
    for at in places {
        bytes[at..at + 6].copy_from_slice(b"\x8d\x4f\x91\x4f\x8e\x73");
    }
    let answer = send(&venue, "POST", "/api/posters/zip", &coordinator(&venue), bytes).await;
    let told = String::from_utf8(answer.bytes).unwrap();
    assert!(told.contains("a/b/弘前市.png") && told.contains("\"kept\""), "{told}");

    let answer = send(&venue, "POST", "/api/posters/zip", &coordinator(&venue), "no archive").await;
    assert!(String::from_utf8(answer.bytes).unwrap().contains("\"broken\""));
}

#[tokio::test]
async fn ht9_a_roster_is_looked_at_and_nothing_is_taken_until_it_is_confirmed() {
    let mut venue = Venue::quiet(HubLimits::default()).await;
    let file = "自治体,都道府県,氏名\n弘前市,青森県,担当A\n弘前市,青森県,担当 \u{E000}\n弘前市,,担当A\n";
    let preview = async |venue: &Venue| -> (Vec<_>, Vec<_>) {
        match send(venue, "POST", "/api/roster/preview", &coordinator(venue), file).await.json() {
            RosterReading::Read { rows, findings, .. } => (rows, findings),
            RosterReading::Refused { problem } => panic!("{problem:?}"),
        }
    };
    let (rows, findings) = preview(&venue).await;
    assert_eq!(rows.len(), 3, "the last may be somebody else: the prefecture is missing");
    assert!(matches!(findings[0].what, FindingKind::PrivateCharacter { .. }), "{findings:?}");
    assert_eq!(venue.look(|meeting| meeting.roster().present_or_not().count()).await, 1, "nothing is taken");

    venue.ask(ImportRoster { rows: rows.into_iter().map(|row| row.row).collect() }).await;
    assert_eq!(venue.look(|meeting| meeting.roster().present_or_not().count()).await, 3);
    let (rows, _) = preview(&venue).await;
    assert!(
        rows.iter().all(|row| row.effect == RowEffect::Nothing),
        "a second time there is nothing to do: {rows:?}"
    );

    let member = venue.invite("担当Z", Role::Participant).await;
    let member = token(&venue, member).await;
    assert_eq!(
        send(&venue, "POST", "/api/roster/preview", &member, file).await.status,
        StatusCode::FORBIDDEN
    );
    let huge = Request::post("/api/roster/preview")
        .header(header::AUTHORIZATION, format!("Bearer {}", coordinator(&venue)))
        .header(header::CONTENT_LENGTH, 200_000_000)
        .body(Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>()))
        .unwrap();
    let refused = routes(venue.state.clone()).files.oneshot(huge).await.unwrap();
    assert_eq!(
        refused.status(),
        StatusCode::PAYLOAD_TOO_LARGE,
        "200 MB are refused before a byte of them has come"
    );
    let more = vec![b'a'; ROSTER_FILE_BYTES_MAX as usize + 1];
    let answer = send(&venue, "POST", "/api/roster/preview", &coordinator(&venue), more).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn ht30_a_list_of_rooms_is_looked_at_and_given_to_a_round_by_a_command() {
    let mut venue = Venue::quiet(HubLimits::default()).await;
    let one = venue.invite("担当A", Role::Participant).await;
    let guide = venue.invite("幹事 1", Role::Facilitator).await;
    let file = "部屋,氏名\n部屋 1,担当A\n1,幹事 1\n1,担当X\n";
    let reading: RoomsReading =
        send(&venue, "POST", "/api/rooms/preview", &coordinator(&venue), file).await.json();
    let RoomsReading::Read { rooms, findings, .. } = reading else { panic!("{reading:?}") };
    let expected = PlannedRoom { name: String::new(), facilitator: Some(guide), members: vec![one] };
    assert_eq!(rooms, [expected]);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].what, FindingKind::PersonUnknown { name: "担当X".into() });

    let member = token(&venue, one).await;
    let refused = send(&venue, "POST", "/api/rooms/preview", &member, file).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn ht10_an_agenda_goes_in_and_comes_out() {
    let mut venue = Venue::quiet(HubLimits::default()).await;
    let templates: AgendaTemplates =
        send(&venue, "GET", "/api/agenda/templates", "", Body::empty()).await.json();
    assert_eq!(templates.templates[0].title, "研究会の標準");
    let rounds = templates.templates[0].rounds.clone();
    venue.ask(engawa_protocol::command::SetAgenda { rounds: rounds.clone() }).await;
    let file = send(&venue, "GET", "/api/agenda", &coordinator(&venue), Body::empty()).await;
    let again = send(&venue, "POST", "/api/agenda/preview", &coordinator(&venue), file.bytes).await;
    assert_eq!(again.json::<AgendaReading>(), AgendaReading::Read { rounds });
    let wrong = send(&venue, "POST", "/api/agenda/preview", &coordinator(&venue), "[[round]\n").await;
    let AgendaReading::Refused { problems } = wrong.json() else { panic!() };
    assert_eq!(problems[0].line, 1);
    assert_eq!(send(&venue, "GET", "/api/agenda", "", Body::empty()).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn ht11_the_sheet_of_links() {
    let mut venue = Venue::quiet(HubLimits::default()).await;
    let member = venue.invite("髙橋①", Role::Participant).await;
    let book = send(&venue, "GET", "/api/links.xlsx", &coordinator(&venue), Body::empty()).await;
    let table = engawa_server::files::table::read(&book.bytes).unwrap();
    let row = table.rows.iter().find(|row| row.cell(2) == "髙橋①").expect("the person");
    let token = row.cell(4).split_once("/j#").expect("LN1").1.to_owned();
    assert_eq!(venue.state.keys.verify(&token).unwrap().grant, venue.grant(member).await.grant);
    let csv = send(&venue, "GET", "/api/links.csv", &coordinator(&venue), Body::empty()).await;
    let text = String::from_utf8(csv.bytes).unwrap();
    assert!(text.starts_with('\u{FEFF}') && text.contains(&token), "{text}");
    for path in ["/api/links.xlsx", "/api/links.csv"] {
        assert_eq!(send(&venue, "GET", path, &token, Body::empty()).await.status, StatusCode::FORBIDDEN);
    }
}
