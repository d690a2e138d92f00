//! The web client's types are generated from this crate (SPEC GN4). `UPDATE=1` rewrites the committed files, without it a
//! difference fails.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use engawa_protocol::{CloseCode, frame, http, keeping, limits, preparation};
use ts_rs::{Config, TS};

const HEADER: &str =
    "// Generated from the crate engawa-protocol. Do not edit: `make bindings` writes it anew.\n";

fn committed(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../web-client/src/protocol").join(file)
}

/// Compares generated text with the committed file, or writes it when asked to.
fn check(file: &str, generated: &str) {
    let path = committed(file);
    if env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, generated).unwrap();
        return;
    }
    let present = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        present == generated,
        "{} differs from the types of this crate; run `make bindings`",
        path.display()
    );
}

#[test]
fn gn4_committed_types_are_those_of_this_crate() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::new().with_large_int("number").with_out_dir(folder.path());
    frame::ClientFrame::export_all(&config).unwrap();
    frame::ServerFrame::export_all(&config).unwrap();
    http::CreateMeeting::export_all(&config).unwrap();
    http::MeetingCreated::export_all(&config).unwrap();
    http::JoinOptionsRequest::export_all(&config).unwrap();
    http::JoinOptions::export_all(&config).unwrap();
    http::JoinRequest::export_all(&config).unwrap();
    http::Joined::export_all(&config).unwrap();
    http::CommandRequest::export_all(&config).unwrap();
    http::CommandReply::export_all(&config).unwrap();
    http::FramesRequest::export_all(&config).unwrap();
    http::FramesReply::export_all(&config).unwrap();
    http::PollNext::export_all(&config).unwrap();
    http::PollReply::export_all(&config).unwrap();
    http::Links::export_all(&config).unwrap();
    http::WayIn::export_all(&config).unwrap();
    preparation::RosterReading::export_all(&config).unwrap();
    preparation::AgendaReading::export_all(&config).unwrap();
    preparation::AgendaTemplates::export_all(&config).unwrap();
    preparation::PosterUnpacking::export_all(&config).unwrap();
    preparation::RoomsReading::export_all(&config).unwrap();
    preparation::FollowRequest::export_all(&config).unwrap();
    preparation::FollowPreview::export_all(&config).unwrap();
    preparation::Followed::export_all(&config).unwrap();
    keeping::DeletionCertificates::export_all(&config).unwrap();
    keeping::ErasureCertificates::export_all(&config).unwrap();
    keeping::Information::export_all(&config).unwrap();
    preparation::ZoomReport::export_all(&config).unwrap();
    http::ErrorBody::export_all(&config).unwrap();
    engawa_protocol::Ledger::export_all(&config).unwrap();
    let text = fs::read_to_string(folder.path().join("protocol.ts")).unwrap();
    let body = text.split_once('\n').map_or("", |(_, rest)| rest);
    check("protocol.ts", &format!("{HEADER}{body}"));
}

#[test]
fn gn4_committed_limits_and_close_codes_are_those_of_this_crate() {
    let mut text =
        format!("{HEADER}\n/** Every limit of the wire and the domain. */\nexport const LIMITS = {{\n");
    for (name, value) in limits::ALL {
        writeln!(text, "  {name}: {value},").unwrap();
    }
    text.push_str("} as const;\n\n/** Close codes by number. */\nexport const CLOSE_CODES = {\n");
    for code in CloseCode::ALL {
        let name = serde_json::to_string(code).unwrap();
        writeln!(text, "  {}: {name},", code.number()).unwrap();
    }
    text.push_str("} as const;\n");
    check("constants.ts", &text);
}
