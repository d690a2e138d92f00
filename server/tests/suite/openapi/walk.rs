//! Asks every route once with a good key and once with every other: answers have the forms that the document tells, and
//! whoever it does not name is sent away.

use std::io::{Cursor, Write as _};
use std::time::Duration;

use axum::http::{StatusCode, header};
use boon::{Compiler, SchemaIndex, Schemas};
use engawa_protocol::http::PollReply;
use engawa_protocol::{Language, PROTOCOL_VERSION, PersonId, Role};
use engawa_server::auth::LinkGrant;
use engawa_server::http::described::{Asked, Described, Key, Verb};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use uuid::Uuid;

use super::committed;
use super::document::method;
use super::stage::{Held, Sent, Stage, picture};
use crate::support::PATIENCE;

const BASE: &str = "http://document.test/openapi.json";

/// What the document's forms say about values.
struct Forms {
    document: Value,
    schemas: Schemas,
    compiler: Compiler,
}

impl Forms {
    fn new() -> Self {
        let document = committed();
        let mut compiler = Compiler::new();
        compiler.add_resource(BASE, document.clone()).unwrap();
        Self { document, schemas: Schemas::new(), compiler }
    }

    fn at(&mut self, pointer: &str) -> SchemaIndex {
        assert!(self.document.pointer(pointer).is_some(), "the document has nothing at {pointer}");
        let fragment = pointer.replace('{', "%7B").replace('}', "%7D");
        self.compiler
            .compile(&format!("{BASE}#{fragment}"), &mut self.schemas)
            .unwrap_or_else(|error| panic!("{pointer}: {error:#}"))
    }

    fn check(&mut self, pointer: &str, value: &Value) {
        let schema = self.at(pointer);
        if let Err(error) = self.schemas.validate(value, schema) {
            panic!("{pointer}: {error:#}\n{value:#}");
        }
    }
}

fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

fn operation(route: &Described) -> String {
    format!("/paths/{}/{}", escaped(route.path), method(route.verb))
}

/// A good request to a route: who asks, where, with what.
async fn example(stage: &Stage, route: &Described) -> (Held, String, Sent) {
    let coordinator = Held::Personal(Role::Coordinator);
    let meeting = stage.venue.meeting.0.to_string();
    let uri = route.path.replace("{meeting}", &meeting).replace("{round}", "1");
    let device = Uuid::new_v4();
    let hello = || {
        Sent::Json(json!({"type": "hello", "protocol": {"oldest": 1, "newest": PROTOCOL_VERSION},
            "token": stage.token(coordinator), "device": device, "resume": null}))
    };
    let bytes = |text: &str| Sent::Bytes(text.as_bytes().to_vec());
    match (route.verb, route.path) {
        (Verb::Post, "/api/meetings") => (
            Held::Operator,
            uri,
            Sent::Json(json!({"title": "研究会", "language": "ja", "coordinator": "進行 1"})),
        ),
        (Verb::Delete, "/api/meetings/{meeting}") => (Held::Operator, uri, Sent::Nothing),
        (Verb::Delete, "/api/meetings/{meeting}/people/{person}") => {
            // The one who looks on, who came last: no other request needs them.
            (coordinator, uri.replace("{person}", "5") + "?texts=kept", Sent::Nothing)
        }
        (Verb::Get, "/api/meetings/{meeting}/certificate") => {
            let path = format!("/api/meetings/{meeting}");
            let gone = stage.send("DELETE", &path, Held::Operator, Sent::Nothing).await;
            assert_eq!(gone.status(), StatusCode::OK);
            (Held::Operator, uri, Sent::Nothing)
        }
        (
            Verb::Get,
            "/api/certificates" | "/api/meetings/{meeting}/log" | "/api/meetings/{meeting}/backup",
        ) => (Held::Operator, uri, Sent::Nothing),
        (Verb::Get, "/api/meetings/{meeting}/posters/{name}") => {
            (Held::Nothing, uri.replace("{name}", &stage.file), Sent::Nothing)
        }
        (Verb::Get, "/api/record/{name}") => {
            (coordinator, uri.replace("{name}", "record.html?edition=named"), Sent::Nothing)
        }
        (Verb::Get, "/api/rounds/{round}/zoom.csv") => {
            (coordinator, format!("{uri}?header=ja"), Sent::Nothing)
        }
        (Verb::Post, "/api/meetings/{meeting}/follow/preview" | "/api/meetings/{meeting}/follow") => {
            let earlier =
                stage.venue.hub.create("第3回".into(), Language::Ja, "進行 1".into()).await.unwrap();
            let link =
                stage.venue.state.link(&LinkGrant::personal(earlier, Role::Coordinator, PersonId(1), 0));
            (coordinator, uri, Sent::Json(json!({ "earlier_link": link })))
        }
        (Verb::Post, "/api/join/options") => (Held::Shared(Role::Participant), uri, Sent::Json(json!({}))),
        (Verb::Post, "/api/join") => {
            let join = json!({"by": "named", "name": "担当Z", "team": 1});
            let body = json!({"device": device, "client_seq": 1, "join": join});
            (Held::Shared(Role::Participant), uri, Sent::Json(body))
        }
        (Verb::Post, "/api/commands") => {
            let command =
                json!({"type": "edit_meeting", "title": "第6回", "language": null, "starts_at": null});
            (coordinator, uri, Sent::Json(json!({"device": device, "client_seq": 1, "command": command})))
        }
        (Verb::Post, "/api/frames") => {
            let frames = json!([{"type": "ping", "client_time": 5},
                {"type": "submit", "client_seq": 1, "command": {"type": "announce", "text": "あと5分です。"}}]);
            (coordinator, uri, Sent::Json(json!({"device": device, "frames": frames})))
        }
        (Verb::Post, "/api/stream" | "/api/poll") => (Held::Nothing, uri, hello()),
        (Verb::Post, "/api/poll/next") => {
            let first = stage.send("POST", "/api/poll", Held::Nothing, hello()).await;
            let bytes = first.into_body().collect().await.unwrap().to_bytes();
            let reply: PollReply = serde_json::from_slice(&bytes).unwrap();
            (Held::Nothing, uri, Sent::Json(json!({"line": reply.line, "turn": reply.turn})))
        }
        (Verb::Post, "/api/check/stream" | "/api/check/poll") => (Held::Nothing, uri, Sent::Nothing),
        (Verb::Post, "/api/roster/preview" | "/api/rooms/preview") => {
            (coordinator, uri, bytes("部屋,自治体,氏名\n1,弘前市,担当\u{E000}\n"))
        }
        (Verb::Post, "/api/agenda/preview") => {
            (coordinator, uri, bytes("[[round]]\nkind = \"break\"\ntitle = \"休憩\"\n"))
        }
        (Verb::Post, "/api/posters/list") => {
            (coordinator, uri, bytes("自治体,タイトル,ファイル名\n弘前市,一年,01.png\n"))
        }
        (Verb::Post, "/api/posters/files") => (coordinator, uri, Sent::Bytes(picture())),
        (Verb::Post, "/api/posters/zip") => (coordinator, uri, Sent::Bytes(zip_with(&picture()))),
        (Verb::Get, _) if route.keys.is_empty() => (Held::Nothing, uri, Sent::Nothing),
        (Verb::Get, _) => (coordinator, uri, Sent::Nothing),
        (Verb::Post | Verb::Delete | Verb::Socket, path) => panic!("no example for {path}: add one here"),
    }
}

fn zip_with(picture: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in [("01.png", picture), ("02.png", b"broken")] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn ht60_real_requests_and_answers_have_the_forms_of_the_document() {
    let mut forms = Forms::new();
    let all = Stage::new().await.routes().described;
    for route in all.iter().filter(|route| route.verb != Verb::Socket) {
        // What one request changes is no business of the next.
        let stage = Stage::new().await;
        let (held, uri, sent) = example(&stage, route).await;
        let operation = operation(route);
        if let (Sent::Json(body), Some(Asked::Json(_) | Asked::Frame(_))) = (&sent, &route.asked) {
            forms.check(&format!("{operation}/requestBody/content/application~1json/schema"), body);
        }
        let response = stage.send(&method(route.verb).to_uppercase(), &uri, held, sent).await;
        let status = response.status();
        let media_type = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        let place = format!("{operation}/responses/{}/content/{}", status.as_u16(), escaped(&media_type));
        let Some(told) = forms.document.pointer(&place).cloned() else {
            panic!("{uri}: the document knows no {status} with {media_type}");
        };
        // The vote is open still; everything else goes well.
        let refused = [StatusCode::CONFLICT].contains(&status) && route.path == "/api/vote-file";
        assert!(status.is_success() || refused, "{uri}: {status}");
        if told.get("schema").is_some() {
            for value in values(response.into_body(), &media_type).await {
                forms.check(&format!("{place}/schema"), &value);
            }
        }
    }
}

/// The JSON values in a body: one, one a line, or the first of a stream that goes on.
async fn values(mut body: axum::body::Body, media_type: &str) -> Vec<Value> {
    let mut bytes = Vec::new();
    let streamed = media_type == "text/event-stream";
    let read = async {
        while let Some(frame) = body.frame().await {
            bytes.extend_from_slice(frame.unwrap().data_ref().map_or(&[][..], |data| data));
            if streamed && bytes.windows(6).any(|part| part == b"data: ") && bytes.ends_with(b"\n\n") {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, read).await.expect("a body");
    let text = String::from_utf8(bytes).unwrap();
    let lines: Vec<Value> = match media_type {
        "text/event-stream" => text
            .lines()
            .filter_map(|line| line.strip_prefix("data: "))
            .map(|data| serde_json::from_str(data).unwrap())
            .collect(),
        "application/jsonl" => text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        _ => vec![serde_json::from_str(&text).unwrap()],
    };
    assert!(!lines.is_empty(), "{media_type} without a value");
    lines
}

/// Whether the document says that this opens the route.
fn opens(route: &Described, held: Held) -> bool {
    match held {
        Held::Nothing => route.open,
        Held::Nonsense => false,
        Held::Operator => route.keys.contains(&Key::Operator),
        Held::Personal(role) => {
            route.keys.iter().any(|key| matches!(key, Key::Personal(roles) if roles.contains(&role)))
        }
        Held::Shared(role) => {
            route.keys.iter().any(|key| matches!(key, Key::Shared(roles) if roles.contains(&role)))
        }
    }
}

#[tokio::test]
async fn ht1_ht60_whoever_the_document_does_not_name_is_sent_away() {
    let mut forms = Forms::new();
    let all = Stage::new().await.routes().described;
    let kept: Vec<&Described> = all.iter().filter(|route| !route.keys.is_empty()).collect();
    assert!(kept.len() > 20, "most routes ask for a key");
    for route in kept {
        for held in Held::all() {
            let stage = Stage::new().await;
            let (_, uri, sent) = example(&stage, route).await;
            // Without a key there must be a code.
            let sent = match (route.path, held) {
                ("/api/join/options", Held::Nothing) => {
                    let code = engawa_server::hub::code_of(stage.venue.meeting, 0).to_string();
                    Sent::Json(json!({ "short_code": code }))
                }
                _ => sent,
            };
            let response = stage.send(&method(route.verb).to_uppercase(), &uri, held, sent).await;
            let status = response.status();
            let sent_away = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
            assert_eq!(
                !sent_away,
                opens(route, held),
                "{} {uri} with {held:?}: {status}",
                method(route.verb)
            );
            if sent_away {
                let place = format!(
                    "{}/responses/{}/content/application~1json/schema",
                    operation(route),
                    status.as_u16()
                );
                for value in values(response.into_body(), "application/json").await {
                    forms.check(&place, &value);
                }
            }
        }
    }
}

/// What no example has: a body of the wrong type, an unknown name, another site.
#[tokio::test]
async fn ht1_ht60_refusals_have_the_codes_of_the_document() {
    let mut forms = Forms::new();
    let stage = Stage::new().await;
    let coordinator = Held::Personal(Role::Coordinator);
    let cases = [
        ("post", "/api/commands", "/api/commands", Sent::Bytes(b"{}".to_vec()), 415),
        ("post", "/api/commands", "/api/commands", Sent::Json(json!({"device": 1})), 422),
        ("post", "/api/roster/preview", "/api/roster/preview", Sent::Bytes(vec![b'a'; 9 << 20]), 413),
        ("get", "/api/record/{name}", "/api/record/secrets.csv", Sent::Nothing, 404),
        ("get", "/api/record/{name}", "/api/record/notes.csv?edition=all", Sent::Nothing, 400),
        ("get", "/api/rounds/{round}/zoom", "/api/rounds/9/zoom", Sent::Nothing, 404),
        ("get", "/api/rounds/{round}/zoom", "/api/rounds/one/zoom", Sent::Nothing, 400),
        ("get", "/api/meetings/{meeting}/certificate", "/api/meetings/none/certificate", Sent::Nothing, 400),
        (
            "get",
            "/api/meetings/{meeting}/log",
            "/api/meetings/00000000-0000-0000-0000-000000000000/log",
            Sent::Nothing,
            404,
        ),
    ];
    for (verb, path, uri, sent, expected) in cases {
        let held = if path.ends_with("/log") || path.ends_with("/certificate") {
            Held::Operator
        } else {
            coordinator
        };
        let response = stage.send(&verb.to_uppercase(), uri, held, sent).await;
        assert_eq!(response.status().as_u16(), expected, "{uri}");
        let place =
            format!("/paths/{}/{verb}/responses/{expected}/content/application~1json/schema", escaped(path));
        for value in values(response.into_body(), "application/json").await {
            forms.check(&place, &value);
        }
    }
    tokio::time::timeout(Duration::from_secs(20), stage.venue.hub.stop()).await.unwrap();
}

/// Every form is a JSON Schema (2020-12), also those that no example has.
#[test]
fn ht60_every_form_can_be_read() {
    let mut forms = Forms::new();
    let names: Vec<String> =
        forms.document["components"]["schemas"].as_object().unwrap().keys().cloned().collect();
    assert!(names.len() > 250, "the frames and what is in them are among them");
    for name in names {
        forms.at(&format!("/components/schemas/{name}"));
    }
}
