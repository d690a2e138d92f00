//! The corpus of `make fuzz`, once through: every parser of bytes from outside reads what made it stumble, or what leads deep
//! into it. `UPDATE_CORPUS=1` writes the seeds anew; what the fuzzer has found is kept beside them.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use engawa_domain::{Entry, apply, encode_snapshot};
use engawa_protocol::http::FramesRequest;
use engawa_protocol::{ClientFrame, DeviceId, Hello, MeetingId, PersonId, Role, VersionRange};
use engawa_server::auth::{KeyRing, LinkGrant, TokenKey};
use engawa_server::fuzzing::TARGETS;
use uuid::Uuid;

/// Bytes of one file of the corpus, and of all.
const FILE_BYTES_MAX: u64 = 64 * 1024;
const CORPUS_BYTES_MAX: u64 = 1024 * 1024;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

#[test]
fn what_the_fuzzer_has_kept_is_read_without_a_stumble() {
    if std::env::var_os("UPDATE_CORPUS").is_some() {
        write_seeds();
    }
    let folders: BTreeSet<String> = fs::read_dir(corpus())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let names: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(folders, names, "a folder for each parser");
    let mut size = 0;
    for (name, parse) in TARGETS {
        let mut count = 0;
        for entry in fs::read_dir(corpus().join(name)).unwrap() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            assert!(bytes.len() as u64 <= FILE_BYTES_MAX, "{} is large", path.display());
            size += bytes.len() as u64;
            // A panic names the file.
            println!("{}", path.display());
            parse(&bytes);
            count += 1;
        }
        assert!(count > 0, "{name} has no corpus");
    }
    assert!(size <= CORPUS_BYTES_MAX, "the corpus is small: {size}");
}

fn write(target: &str, name: &str, bytes: &[u8]) {
    let folder = corpus().join(target);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("seed-{name}")), bytes).unwrap();
}

fn example(name: &str) -> serde_json::Value {
    let path = format!("{}/../protocol/tests/examples/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn picture(format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(8, 6).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Something good for every parser, so that the fuzzer begins behind the first check.
fn write_seeds() {
    let keys = KeyRing::new(TokenKey::from_bytes([7; 32]), None);
    let link = LinkGrant::personal(MeetingId(Uuid::nil()), Role::Participant, PersonId(300), 2);
    let token = keys.sign(&link).expose().to_owned();
    write("token", "personal", token.as_bytes());
    write("token", "code", "85KR-67MX".as_bytes());
    let device = DeviceId(Uuid::from_u128(7));
    let hello = Hello { protocol: VersionRange::OURS, token, device, resume: None };
    write("hello", "good", &serde_json::to_vec(&ClientFrame::Hello(hello)).unwrap());
    let frames = example("client_frames");
    for (index, frame) in frames.as_array().unwrap().iter().enumerate() {
        write("client_frame", &format!("{index:02}"), frame.to_string().as_bytes());
    }
    for (index, command) in example("commands").as_array().unwrap().iter().enumerate() {
        let frame = serde_json::json!({"type": "submit", "client_seq": index + 1, "command": command});
        write("client_frame", &format!("command-{index:02}"), frame.to_string().as_bytes());
        let origin = serde_json::json!({
            "from": "person", "person": 1, "device": device, "client_seq": 9000 + index, "command": command,
        });
        let input = serde_json::json!({"entropy": [7, 9], "origin": origin});
        write("log_entry", &format!("{index:02}"), input.to_string().as_bytes());
    }
    let request = FramesRequest {
        device,
        frames: frames.as_array().unwrap()[1..]
            .iter()
            .map(|frame| serde_json::from_value(frame.clone()).unwrap())
            .collect(),
    };
    write("frames_request", "several", &serde_json::to_vec(&request).unwrap());
    for (index, body) in example("http").as_array().unwrap().iter().enumerate() {
        let body = body.as_object().and_then(|body| body.values().next()).unwrap_or(body);
        if body.to_string().len() < 600 {
            write("http_body", &format!("{index:02}"), body.to_string().as_bytes());
        }
    }
    let roster =
        "都道府県,自治体名,氏名,役割,メール\n青森県,弘前市,担当A,参加者,a@example.jp\n,むつ市,担当B,,\n";
    write("roster", "utf8", roster.as_bytes());
    write("roster", "cp932", &encoding_rs::SHIFT_JIS.encode(roster).0);
    write(
        "poster_list",
        "utf8",
        "自治体名,タイトル,概要,ファイル名\n弘前市,対話でつくる方針,一年,01.png\n".as_bytes(),
    );
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in [["自治体名", "氏名"], ["弘前市", "担当A"]].iter().enumerate() {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write(row as u32, column as u16, *cell).unwrap();
        }
    }
    write("workbook", "good", &book.save_to_buffer().unwrap());
    for template in engawa_server::files::agenda::templates(engawa_protocol::Language::Ja) {
        let text = engawa_server::files::agenda::write(&template.title, &template.rounds);
        write("agenda", &template.name, text.as_bytes());
    }
    let (png, list) = (picture(image::ImageFormat::Png), "自治体名,ファイル名\n弘前市,01.png\n");
    write("archive", "list", &packed(&[("01.png", &png), ("posters.csv", list.as_bytes())]));
    write("picture", "png", &png);
    write("picture", "jpeg", &picture(image::ImageFormat::Jpeg));
    write("picture", "webp", &picture(image::ImageFormat::WebP));
    write("picture", "pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n");
    let log = fs::read_to_string(format!("{}/domain/tests/logs/generated.jsonl", env!("CARGO_MANIFEST_DIR")));
    let mut meeting = None;
    for (index, line) in log.unwrap().lines().enumerate() {
        let entry: Entry = serde_json::from_str(line).unwrap();
        apply(&mut meeting, &entry);
        if [1, 40, 120].contains(&index) {
            write("snapshot", &format!("{index:03}"), &encode_snapshot(meeting.as_ref().unwrap()).unwrap());
        }
    }
    let node = Uuid::from_u128(5);
    for (name, saying) in [
        ("here", r#"{"type":"here","people":[1,9],"asks":true}"#),
        ("moved", r#"{"type":"moved","came":[],"went":[4]}"#),
        ("gone", r#"{"type":"gone"}"#),
        (
            "gestured",
            r#"{"type":"gestured","connection":5,"person":1,"gesture":{"board":3,"doing":{"type":"typing"}}}"#,
        ),
    ] {
        write("hearsay", name, format!(r#"{{"node":"{node}","saying":{saying}}}"#).as_bytes());
    }
    let news = "A 3 41 1700000000000 00000000000000ff\n000000000000001000000002hi000000000000001100000000";
    write("redis_news", "appended", news.as_bytes());
    write("redis_news", "disputed", b"S 2 9\n");
}
