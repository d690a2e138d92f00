//! The record in every form: what is in it, what is not, and that every form can be read again.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use calamine::{Data, Reader as _, Xlsx};
use engawa_domain::record::{Edition, record};
use engawa_protocol::{Language, Role};
use engawa_server::record::{RecordFile, SheetKind, write};
use serde_json::json;
use zip::ZipArchive;

use super::stage::{NASTY, Stage, held};
use super::titles;

fn bytes(stage: &Stage, role: Role, edition: Edition, file: RecordFile) -> Vec<u8> {
    let record = record(stage.meeting(), role, edition).unwrap();
    write(&record, None, file).unwrap()
}

fn text(stage: &Stage, edition: Edition, file: RecordFile) -> String {
    String::from_utf8(bytes(stage, Role::Coordinator, edition, file)).unwrap()
}

/// Every sheet by name: all its cells as text.
fn sheets(bytes: Vec<u8>) -> Vec<(String, Vec<Vec<Data>>)> {
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names().clone();
    let rows = |range: calamine::Range<Data>| range.rows().map(<[Data]>::to_vec).collect();
    names.into_iter().map(|name| (name.clone(), rows(book.worksheet_range(&name).unwrap()))).collect()
}

fn csv(stage: &Stage, edition: Edition, kind: SheetKind) -> Vec<Vec<String>> {
    let bytes = bytes(stage, Role::Coordinator, edition, RecordFile::Csv(kind));
    let text = std::str::from_utf8(&bytes).unwrap().strip_prefix('\u{FEFF}').expect("a mark, for Excel");
    assert!(!text.replace("\r\n", "").contains('\r') && text.ends_with("\r\n"));
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn unpacked(bytes: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut read = |name: &String| {
        let mut bytes = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    names.iter().map(|name| (name.clone(), read(name))).collect()
}

#[test]
fn every_sheet_of_the_workbook_reads_back() {
    let stage = held(Language::Ja);
    let sheets = sheets(bytes(&stage, Role::Coordinator, Edition::Named, RecordFile::Xlsx));
    let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
    let expected: Vec<&str> = titles().into_iter().filter(|title| *title != "順位").collect();
    assert_eq!(names, expected, "the standings are not the coordinator's yet");
    let sheet = |name: &str| &sheets.iter().find(|(known, _)| known == name).unwrap().1;
    let notes = sheet("付箋");
    assert_eq!(notes.len(), 1 + 5);
    assert_eq!(notes[1][0], Data::String("1. 対話1".into()));
    assert_eq!(notes[1][4], Data::String("続けること".into()));
    assert_eq!(notes[1][7], Data::Float(1.0), "a mark");
    assert_eq!(notes[1][10], Data::String("弘前担当A".into()));
    assert_eq!(notes[2][5], Data::String(NASTY.into()), "a text, whatever it looks like, byte for byte");
    assert_eq!(notes[4][10], Data::String("（名前は出さない約束のボードです）".into()));
    assert_eq!(notes[5][0], Data::Empty, "the plenary's note");
    assert_eq!(notes[5][9], Data::String("部屋 1".into()), "comes from room 1");
    let Data::DateTime(added) = notes[1][8] else { panic!("{:?}", notes[1][8]) };
    // 2026-11-29 09:01:00 on a wall in Japan.
    assert!((added.as_f64() - (46_355.0 + 541.0 / 1_440.0)).abs() < 1e-6, "{added:?}");
    let agenda = sheet("進行");
    assert_eq!((&agenda[1][6], &agenda[1][9]), (&Data::Float(20.0), &Data::Float(21.0)), "planned, real");
    assert_eq!(sheet("だれがいつどの部屋に").len(), 1 + 10 + 1, "the coordinator visited room 1");
    assert_eq!(
        sheet("モヤモヤ")[1][..3],
        [Data::String("1. 対話1".into()), Data::Float(2.0), Data::Float(45.0)]
    );
    assert_eq!(sheet("アンケート集計").len(), 1 + 5 + 2);
    assert_eq!(
        sheet("アンケート記述")[1][1],
        Data::String("@みんな、ありがとう".into()),
        "in the order of texts"
    );
    for (name, rows) in &sheets {
        assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{name}");
        assert!(!rows.iter().flatten().any(|cell| matches!(cell, Data::Error(_))), "{name}");
    }
}

#[test]
fn standings_come_with_their_time_and_show_ties() {
    let mut stage = held(Language::Ja);
    let of = |stage: &Stage, role| {
        let record = record(stage.meeting(), role, Edition::Nameless).unwrap();
        write(&record, None, RecordFile::Csv(SheetKind::Standings))
            .ok()
            .map(|bytes| String::from_utf8(bytes).unwrap())
    };
    assert_eq!(of(&stage, Role::Coordinator), None);
    let about = csv(&stage, Edition::Nameless, SheetKind::About);
    assert!(about.iter().any(|row| row[1].contains("公表されるまで載りません")), "{about:?}");
    let early = of(&stage, Role::Secretariat).unwrap();
    stage.ask(2, json!({"type": "publish_standings", "scope": "everyone"}));
    assert_eq!(of(&stage, Role::Coordinator), Some(early.clone()));
    let expected = "\u{FEFF}\"順位\",\"同順\",\"都道府県\",\"自治体\",\"題名\",\"票\"\r\n\
        \"1\",\"同順\",\"青森県\",\"弘前市\",\"一年の歩み1\",\"2\"\r\n\
        \"1\",\"同順\",\"山梨県\",\"甲府市\",\"一年の歩み2\",\"2\"\r\n\
        \"1\",\"同順\",\"熊本県\",\"熊本市\",\"一年の歩み3\",\"2\"\r\n";
    assert_eq!(early, expected);
}

#[test]
fn csv_is_safe_from_formulas() {
    let stage = held(Language::Ja);
    let notes = csv(&stage, Edition::Named, SheetKind::Notes);
    assert_eq!(notes[2][5], format!("'{NASTY}"));
    assert_eq!(csv(&stage, Edition::Named, SheetKind::Comments)[1][4], "'+持ち帰ります");
    assert_eq!(csv(&stage, Edition::Named, SheetKind::PulseWords)[1][1], "'=霧");
    assert_eq!(csv(&stage, Edition::Named, SheetKind::Texts)[1][1], "'@みんな、ありがとう");
    for kind in SheetKind::ALL.into_iter().filter(|kind| *kind != SheetKind::Standings) {
        let rows = csv(&stage, Edition::Named, kind);
        assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{}", kind.name());
        let dangerous = |cell: &String| cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '＝']);
        assert!(!rows.iter().flatten().any(dangerous), "{}", kind.name());
    }
}

/// HT20: the line over the meetings is its column of means, of each meeting the whole first.
#[test]
fn the_pulse_over_meetings_is_in_every_form() {
    let stage = held(Language::Ja);
    let expected = "\u{FEFF}\"ミーティング\",\"開催\",\"ラウンド\",\"人数\",\"平均\",\"0\",\"10\",\"20\",\"30\",\"40\",\"50\",\"60\",\"70\",\"80\",\"90\",\"100\"\r\n\
        \"第3回研究会\",\"2026-10-30 09:00:00\",\"（全ラウンド）\",\"4\",\"75\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"1\",\"0\",\"3\",\"0\",\"0\"\r\n\
        \"第3回研究会\",\"2026-10-30 09:00:00\",\"'=対話\",\"3\",\"80\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"3\",\"0\",\"0\"\r\n\
        \"第3回研究会\",\"2026-10-30 09:00:00\",\"\",\"1\",\"60\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"1\",\"0\",\"0\",\"0\",\"0\"\r\n\
        \"第4回研究会\",\"2026-11-29 09:00:00\",\"（全ラウンド）\",\"4\",\"45\",\"0\",\"0\",\"0\",\"2\",\"0\",\"0\",\"2\",\"0\",\"0\",\"0\",\"0\"\r\n\
        \"第4回研究会\",\"2026-11-29 09:00:00\",\"対話1\",\"2\",\"45\",\"0\",\"0\",\"0\",\"1\",\"0\",\"0\",\"1\",\"0\",\"0\",\"0\",\"0\"\r\n\
        \"第4回研究会\",\"2026-11-29 09:00:00\",\"対話2\",\"2\",\"45\",\"0\",\"0\",\"0\",\"1\",\"0\",\"0\",\"1\",\"0\",\"0\",\"0\",\"0\"\r\n";
    let csv = text(&stage, Edition::Nameless, RecordFile::Csv(SheetKind::Series));
    assert_eq!(csv, expected);
    let sheets = sheets(bytes(&stage, Role::Secretariat, Edition::Nameless, RecordFile::Xlsx));
    let (_, rows) = sheets.iter().find(|(name, _)| name == "モヤモヤ（回をまたいで）").unwrap();
    assert_eq!(rows[2][2..5], [Data::String("=対話".into()), Data::Float(3.0), Data::Float(80.0)]);
    let markdown = text(&stage, Edition::Nameless, RecordFile::Markdown);
    assert!(
        markdown.contains("| 第3回研究会 | 2026-10-30 09:00:00 | （全ラウンド） | 4 | 75 | 0 |"),
        "{markdown}"
    );
    let page = text(&stage, Edition::Nameless, RecordFile::Html);
    assert!(page.contains("<h2>モヤモヤ（回をまたいで）</h2>") && page.contains("<td>=対話</td>"));
    // Who sat with whom before is in no form.
    let named =
        serde_json::to_string(&record(stage.meeting(), Role::Coordinator, Edition::Named).unwrap()).unwrap();
    assert!(!named.contains("sittings") && !named.contains("seats"));
    let alone = record(Stage::new(Language::Ja).meeting(), Role::Coordinator, Edition::Named).unwrap();
    assert!(write(&alone, None, RecordFile::Csv(SheetKind::Series)).is_err(), "it follows none");
}

#[test]
fn the_edition_without_names_has_none_in_any_form() {
    let mut stage = held(Language::Ja);
    stage.ask(2, json!({"type": "publish_standings", "scope": "everyone"}));
    let archive = |edition| unpacked(bytes(&stage, Role::Coordinator, edition, RecordFile::Zip));
    let names = ["進行A", "集計A", "弘前担当", "甲府担当", "熊本担当"];
    let readable = |name: &str, bytes: &[u8]| match name.rsplit('.').next() {
        Some("xlsx") => unpacked(bytes.to_vec())
            .into_values()
            .map(|part| String::from_utf8_lossy(&part).into_owned())
            .collect::<String>(),
        _ => String::from_utf8(bytes.to_vec()).unwrap(),
    };
    for (name, bytes) in archive(Edition::Nameless) {
        let text = readable(&name, &bytes);
        assert!(names.iter().all(|person| !text.contains(person)), "{name}");
        assert!(!text.contains("example.jp"), "no edition holds addresses: {name}");
    }
    let named = archive(Edition::Named);
    for name in ["record.xlsx", "record.md", "record.html", "csv/06_notes.csv", "comments/002_甲府市.csv"]
    {
        let text = readable(name, &named[name]);
        assert!(text.contains("弘前担当A") && !text.contains("example.jp"), "{name}");
    }
    // Who wrote on the board that hides it is nowhere: the text stands there alone.
    let row = csv(&stage, Edition::Named, SheetKind::Notes)
        .into_iter()
        .find(|row| row[5] == "言いにくいこと")
        .unwrap();
    assert_eq!(
        (row[10].as_str(), row[11].as_str(), row[12].as_str()),
        ("（名前は出さない約束のボードです）", "", "")
    );
}

/// ER3: what stays of somebody who was erased has no name in any form, and says so where others have theirs.
#[test]
fn er3_of_the_erased_the_record_has_texts_without_a_name() {
    let mut stage = held(Language::Ja);
    let of_theirs = |stage: &Stage| -> Vec<Vec<String>> {
        let notes = csv(stage, Edition::Named, SheetKind::Notes);
        notes.into_iter().filter(|row| row[10] == "弘前担当A").collect()
    };
    let before = of_theirs(&stage);
    assert!(!before.is_empty());
    stage.ask(1, json!({"type": "erase_person", "person": 3, "texts": "kept"}));
    for (name, bytes) in unpacked(bytes(&stage, Role::Coordinator, Edition::Named, RecordFile::Zip)) {
        let text = match name.ends_with(".xlsx") {
            true => unpacked(bytes).values().map(|part| String::from_utf8_lossy(part).into_owned()).collect(),
            false => String::from_utf8(bytes).unwrap(),
        };
        assert!(!text.contains("弘前担当A"), "{name}");
    }
    assert_eq!(of_theirs(&stage), Vec::<Vec<String>>::new());
    let after = csv(&stage, Edition::Named, SheetKind::Notes);
    for row in before.iter().filter(|row| row[9].is_empty()) {
        let now = after.iter().find(|now| now[5] == row[5] && now[9].is_empty()).expect("its text stays");
        assert_eq!((now[10].as_str(), now[11].as_str()), ("（書いた人の名前は消去されました）", ""));
    }
    let comments = csv(&stage, Edition::Named, SheetKind::Comments);
    assert!(comments[1..].iter().all(|row| !row[row.len() - 1].is_empty()), "{comments:?}");
}

#[test]
fn the_archive_holds_every_form_and_is_the_same_every_time() {
    let stage = held(Language::Ja);
    let record = record(stage.meeting(), Role::Secretariat, Edition::Named).unwrap();
    let first = write(&record, Some("engawa vote file 1\n"), RecordFile::Zip).unwrap();
    assert_eq!(write(&record, Some("engawa vote file 1\n"), RecordFile::Zip).unwrap(), first);
    let files = unpacked(first);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let expected = [
        "comments/002_甲府市.csv",
        "csv/01_about.csv",
        "csv/02_agenda.csv",
        "csv/03_course.csv",
        "csv/06_notes.csv",
        "csv/07_announcements.csv",
        "csv/08_posters.csv",
        "csv/09_comments.csv",
        "csv/10_standings.csv",
        "csv/11_turnout.csv",
        "csv/12_turnout_samples.csv",
        "csv/13_pulses.csv",
        "csv/15_answers.csv",
        "csv/16_texts.csv",
        "csv/17_series.csv",
        "record.html",
        "record.md",
        "record.xlsx",
        "vote.txt",
    ];
    assert_eq!(names, expected, "the secretariat's: no rooms, no stays, no words");
    for (name, bytes) in &files {
        let alone = RecordFile::of_name(name).map(|file| write(&record, None, file).unwrap());
        assert!(alone.is_none_or(|alone| alone == *bytes), "{name}");
    }
    let comments = String::from_utf8(files["comments/002_甲府市.csv"].clone()).unwrap();
    assert_eq!(comments.lines().count(), 2, "the team's own comments alone");
}

#[test]
fn the_printable_page_is_whole_and_runs_nothing() {
    let mut stage = held(Language::Ja);
    stage.ask(2, json!({"type": "publish_standings", "scope": "everyone"}));
    let page = text(&stage, Edition::Named, RecordFile::Html);
    assert!(page.starts_with("<!doctype html>\n<html lang=\"ja\">"));
    for wanted in
        ["@page{size:A4", "default-src 'none'", "<h2>1. 対話1</h2>", "<h3>部屋 2 鬼澤部屋</h3>", "同順"]
    {
        assert!(page.contains(wanted), "{wanted}");
    }
    let nasty = "=HYPERLINK(&quot;x&quot;)&lt;b&gt;&amp;|`*\n# 髙﨑①𠮷";
    assert!(page.contains(nasty), "what people wrote is text");
    let body = page.split("<body>").nth(1).unwrap();
    for never in ["<script", "<b>", "http:", "https:", "src=", "href=", "style="] {
        assert!(!body.contains(never), "{never}");
    }
    for element in ["h1", "h2", "h3", "h4", "p", "ul", "li", "table", "tr", "td", "th", "div", "span"] {
        let opened =
            page.matches(&format!("<{element}>")).count() + page.matches(&format!("<{element} ")).count();
        assert_eq!(opened, page.matches(&format!("</{element}>")).count(), "{element}");
    }
}

#[test]
fn markdown_keeps_texts_as_texts() {
    let mut stage = held(Language::Ja);
    stage.ask(2, json!({"type": "publish_standings", "scope": "everyone"}));
    let markdown = text(&stage, Edition::Named, RecordFile::Markdown);
    assert!(
        markdown.starts_with("# 第4回研究会\n\n## 概要\n\n| 項目 | 内容 |\n| --- | --- |\n"),
        "{markdown}"
    );
    let note = "- \\=HYPERLINK(\"x\")\\<b\\>\\&\\|\\`\\*  \n  \\# 髙﨑①𠮷  \n  — 甲府担当A（甲府市）\n";
    assert!(markdown.contains(note), "{markdown}");
    assert!(markdown.contains(
        "#### Keep（続けたいこと）\n\n- 対話を続ける  \n  — 弘前担当A（弘前市） / 共感 1 / #続けること\n"
    ));
    assert!(markdown.contains("- 言いにくいこと\n"), "nothing beside it");
    assert!(markdown.contains("| 1 | 同順 | 青森県 | 弘前市 | 一年の歩み1 | 2 |\n"));
}

#[test]
fn an_empty_meeting_has_a_record_too_in_english_as_well() {
    for language in [Language::Ja, Language::En] {
        let stage = Stage::new(language);
        for (role, edition) in [(Role::Coordinator, Edition::Named), (Role::Secretariat, Edition::Nameless)] {
            let files = unpacked(bytes(&stage, role, edition, RecordFile::Zip));
            assert!(sheets(files["record.xlsx"].clone()).len() >= 10);
        }
    }
    let english = text(&held(Language::En), Edition::Named, RecordFile::Html);
    assert!(english.contains("<h2>Who was where</h2>") && english.contains("<html lang=\"en\">"));
}
