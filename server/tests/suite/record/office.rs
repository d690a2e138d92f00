//! The record in a real spreadsheet program: `make record-office` installs LibreOffice, which is too large for every run.

use std::fs;
use std::path::Path;
use std::process::Command;

use engawa_domain::record::{Edition, record};
use engawa_protocol::{Language, Role};
use engawa_server::record::{RecordFile, SheetKind, write};
use serde_json::json;

use super::stage::held;
use super::titles;

/// LibreOffice's options for CSV: comma, quotes, UTF-8, from the first line, texts in quotes, cells as shown, every sheet
/// (-1) into a file of its own.
const AS_CSV: &str = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false,false,false,-1";

/// The same for reading: comma, quotes, UTF-8, from the first line. Without a screen LibreOffice does not look for a mark.
const FROM_CSV: &str = "--infilter=CSV:44,34,76,1";

fn convert(folder: &Path, form: &str, file: &Path) {
    convert_from(folder, None, form, file);
}

fn convert_from(folder: &Path, filter: Option<&str>, form: &str, file: &Path) {
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let output = Command::new("soffice")
        .args([profile.as_str(), "--headless"])
        .args(filter)
        .args(["--convert-to", form, "--outdir"])
        .arg(folder)
        .arg(file)
        .output()
        .expect("soffice runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// Our own CSV says the same as the workbook; only its guard against formulas is not in a workbook.
fn without_guard(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

#[test]
#[ignore = "needs LibreOffice: make record-office"]
fn every_sheet_opens_in_a_spreadsheet_program_and_says_the_same() {
    let mut stage = held(Language::Ja);
    stage.ask(2, json!({"type": "publish_standings", "scope": "everyone"}));
    let record = record(stage.meeting(), Role::Coordinator, Edition::Named).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("record.xlsx");
    fs::write(&book, write(&record, None, RecordFile::Xlsx).unwrap()).unwrap();
    convert(folder.path(), AS_CSV, &book);
    for (kind, title) in SheetKind::ALL.into_iter().zip(titles()) {
        let ours = String::from_utf8(write(&record, None, RecordFile::Csv(kind)).unwrap()).unwrap();
        let theirs = fs::read_to_string(folder.path().join(format!("record-{title}.csv"))).expect(title);
        let (ours, theirs) = (rows(&ours), rows(&theirs));
        assert_eq!(ours.len(), theirs.len(), "{title}");
        for (ours, theirs) in ours.iter().zip(&theirs) {
            for (column, ours) in ours.iter().enumerate() {
                // Empty cells at the end of a row are left out.
                let theirs = theirs.get(column).map_or("", String::as_str);
                assert_eq!(without_guard(ours), theirs, "{title}");
            }
        }
    }
    // And CSV alone: nothing becomes a formula, an error or another text.
    let notes = folder.path().join("notes.csv");
    let ours = write(&record, None, RecordFile::Csv(SheetKind::Notes)).unwrap();
    fs::write(&notes, &ours).unwrap();
    convert_from(folder.path(), Some(FROM_CSV), "ods", &notes);
    convert(folder.path(), AS_CSV, &folder.path().join("notes.ods"));
    let theirs = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("notes-")));
    let theirs = fs::read_to_string(theirs.expect("a sheet")).unwrap();
    assert!(theirs.contains("'=HYPERLINK") && theirs.contains("髙﨑①𠮷"), "{theirs}");
}
