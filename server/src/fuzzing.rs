//! Every parser of bytes from outside, each as a function that must not panic on any bytes, and says so loudly when what it
//! has read is not what it writes. For `make fuzz` and for the replay of its corpus in the tests; not in the server.

use std::sync::LazyLock;

use bytes::Bytes;
use engawa_domain::{
    Entry, Input, Meeting, Viewer, apply, decode_snapshot, digest, encode_snapshot, next_deadline, project,
};
use engawa_protocol::http::{CommandRequest, JoinRequest, PollNext};
use engawa_protocol::preparation::{AgendaReading, RosterReading};
use engawa_protocol::{ClientFrame, PersonId, VersionRange, codec};

use crate::api::{FramesAsked, unpack_to_nowhere};
use crate::auth::{KeyRing, ShortCode, TokenKey};
use crate::files::{agenda, picture, poster_list, roster, table};
use crate::hub::hears_the_same_again;
use crate::limits::{TABLE_CELL_CHARS, TABLE_COLUMNS, TABLE_ROWS};
use crate::packed::unpack;
use crate::store::redis::read_news;
use crate::transport::{Incoming, read};

/// A parser: its name, which is also its corpus' folder, and what is done with bytes.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: &[Target] = &[
    ("client_frame", client_frame),
    ("hello", hello),
    ("token", token),
    ("frames_request", frames_request),
    ("http_body", http_body),
    ("roster", roster_file),
    ("workbook", workbook),
    ("poster_list", poster_list_file),
    ("agenda", agenda_file),
    ("archive", archive),
    ("picture", picture_file),
    ("log_entry", log_entry),
    ("snapshot", snapshot),
    ("hearsay", hearsay),
    ("redis_news", redis_news),
];

/// A frame of a WebSocket.
fn client_frame(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Incoming::Frame(frame) = read(text) {
        let Ok(written) = codec::to_string(&*frame) else { panic!("a frame that cannot be written") };
        assert!(
            matches!(read(&written), Incoming::Frame(again) if again == frame),
            "a frame that is not what it was"
        );
    }
}

fn keys() -> &'static KeyRing {
    static KEYS: LazyLock<KeyRing> =
        LazyLock::new(|| KeyRing::new(TokenKey::from_bytes([7; 32]), Some(TokenKey::from_bytes([9; 32]))));
    &KEYS
}

/// The first frame, its token and its versions.
fn hello(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Incoming::Frame(frame) = read(text)
        && let ClientFrame::Hello(hello) = *frame
    {
        if let Some(version) = VersionRange::OURS.newest_common(hello.protocol) {
            assert!((hello.protocol.oldest..=hello.protocol.newest).contains(&version), "a version of both");
        }
        token(hello.token.as_bytes());
    }
}

/// A link's token, or a code that is typed.
fn token(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(link) = keys().verify(text) {
        let again = keys().verify(keys().sign(&link).expose());
        assert!(again == Ok(link), "a token that is not what it was");
    }
    if let Ok(code) = ShortCode::parse(text) {
        assert!(ShortCode::parse(&code.compact()) == Ok(code), "a code that is not what it was");
    }
}

/// What goes up beside a stream or a poll.
fn frames_request(bytes: &[u8]) {
    if let Ok(asked) = codec::from_slice::<FramesAsked>(bytes) {
        for text in asked.texts() {
            client_frame(text.as_bytes());
        }
    }
}

/// Bodies of the other routes.
fn http_body(bytes: &[u8]) {
    let _any = codec::from_slice::<PollNext>(bytes);
    let _any = codec::from_slice::<JoinRequest>(bytes);
    if let Ok(request) = codec::from_slice::<CommandRequest>(bytes) {
        let Ok(written) = codec::to_vec(&request) else { panic!("a command that cannot be written") };
        assert!(codec::from_slice::<CommandRequest>(&written).is_ok(), "a command that cannot be read again");
    }
}

fn roster_file(bytes: &[u8]) {
    let mut known = roster::Known::default();
    known.add_team(engawa_protocol::TeamId(1), "弘前市", Some("青森県"));
    known.add_person(
        "担当A",
        Some(engawa_protocol::TeamId(1)),
        engawa_protocol::Role::Participant,
        None,
        false,
    );
    if let RosterReading::Read { rows, .. } = roster::read(bytes, &known) {
        assert!(rows.len() <= TABLE_ROWS, "more rows than are read");
    }
}

/// As [`roster_file`], one step deeper, so that the archive within is what is tried.
fn workbook(bytes: &[u8]) {
    if let Ok(table) = table::read(bytes) {
        assert!(table.rows.len() <= TABLE_ROWS, "more rows than are read");
        for row in &table.rows {
            assert!(row.cells.len() <= TABLE_COLUMNS, "more columns than are read");
            assert!(row.cells.iter().all(|cell| cell.chars().count() <= TABLE_CELL_CHARS), "a cell too long");
        }
    }
}

fn poster_list_file(bytes: &[u8]) {
    let mut known = roster::Known::default();
    known.add_team(engawa_protocol::TeamId(1), "弘前市", Some("青森県"));
    let _reading = poster_list::read(bytes, &known);
}

fn agenda_file(bytes: &[u8]) {
    if let AgendaReading::Read { rounds } = agenda::read(bytes) {
        let written = agenda::write("第5回研究会", &rounds);
        match agenda::read(written.as_bytes()) {
            AgendaReading::Read { rounds: again } => {
                assert!(again == rounds, "an agenda that is not what it was")
            }
            AgendaReading::Refused { problems } => {
                panic!("an agenda that cannot be read again: {problems:?}")
            }
        }
    }
}

fn archive(bytes: &[u8]) {
    let _size = unpack_to_nowhere(bytes);
}

fn picture_file(bytes: &[u8]) {
    let _kept = picture::keep(bytes.to_vec());
}

/// A meeting with rounds, rooms, notes and a vote.
fn meeting() -> &'static Meeting {
    static MEETING: LazyLock<Meeting> = LazyLock::new(|| {
        let log = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/domain/tests/logs/generated.jsonl"));
        let mut meeting = None;
        for line in log.lines().take(300) {
            if let Ok(entry) = codec::from_slice::<Entry>(line.as_bytes()) {
                apply(&mut meeting, &entry);
            }
        }
        let Some(meeting) = meeting else { panic!("the log makes a meeting") };
        meeting
    });
    &MEETING
}

/// An entry's payload, as a store gives it back, decided in a meeting.
fn log_entry(bytes: &[u8]) {
    let Ok(input) = codec::from_slice::<Input>(bytes) else { return };
    let before = meeting();
    let entry = Entry { seq: before.seq().next(), at: before.at(), input };
    let mut after = Some(before.clone());
    apply(&mut after, &entry);
    let Some(after) = after else { panic!("a meeting is not forgotten by an entry") };
    hold(&after);
}

fn snapshot(bytes: &[u8]) {
    let Ok(state) = unpack(bytes) else { return };
    if let Ok(meeting) = decode_snapshot(&state) {
        hold(&meeting);
    }
}

/// What holds of every state.
fn hold(meeting: &Meeting) {
    let Ok(bytes) = encode_snapshot(meeting) else { panic!("a state that cannot be written") };
    let Ok(again) = decode_snapshot(&bytes) else { panic!("a state that cannot be read again") };
    assert!(digest(&again).ok() == digest(meeting).ok(), "a state that is not what it was");
    let _deadline = next_deadline(meeting);
    for viewer in [Viewer::Screen, Viewer::Person(PersonId(1)), Viewer::Person(PersonId(2))] {
        let _view = project(meeting, viewer);
    }
}

fn hearsay(bytes: &[u8]) {
    assert!(hears_the_same_again(bytes), "words that are not what they were");
}

fn redis_news(bytes: &[u8]) {
    let _report = read_news(&Bytes::copy_from_slice(bytes));
}
