//! The record as one archive: every file of it, each made, packed and let go before the next.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::sheets::{Cell, SheetKind, comments_on};
use super::told::Told;
use super::{RecordError, csv, html, markdown, times, workbook};
use crate::files::csv_out;

/// Most characters of a team's name in the name of a file.
const NAME_CHARS_MAX: usize = 40;
/// Signs that some system does not take in the name of a file.
const UNFIT: [char; 9] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];

struct Archive {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    options: SimpleFileOptions,
}

impl Archive {
    fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), RecordError> {
        self.zip.start_file(name, self.options)?;
        self.zip.write_all(bytes)?;
        Ok(())
    }
}

pub(super) fn write(told: &Told<'_>, vote_file: Option<&str>) -> Result<Vec<u8>, RecordError> {
    // The time of the record, not of its writing: the same record gives the same bytes.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(times::in_archive(told.record.at));
    let mut archive = Archive { zip: ZipWriter::new(Cursor::new(Vec::new())), options };
    archive.put("record.xlsx", &workbook::write(told)?)?;
    archive.put("record.html", html::write(told).as_bytes())?;
    archive.put("record.md", markdown::write(told).as_bytes())?;
    for (number, kind) in (1..).zip(SheetKind::ALL) {
        if let Some(bytes) = csv(told, kind) {
            archive.put(&format!("csv/{number:02}_{}.csv", kind.name()), &bytes)?;
        }
    }
    for poster in told.record.posters.values().filter(|poster| !poster.comments.is_empty()) {
        let team = told.team_names(Some(poster.team)).0;
        let sheet = comments_on(told, poster.id);
        let header = sheet.columns.iter().map(|column| (*column).to_owned()).collect();
        let rows = sheet.rows.iter().map(|row| row.iter().map(Cell::text).collect::<Vec<String>>());
        let name = format!("comments/{:03}_{}.csv", poster.id.0, file_name(team));
        archive.put(&name, &csv_out::write(std::iter::once(header).chain(rows)))?;
    }
    if let Some(text) = vote_file {
        archive.put("vote.txt", text.as_bytes())?;
    }
    Ok(archive.zip.finish()?.into_inner())
}

/// A name that every system takes for a file.
fn file_name(name: &str) -> String {
    let fit = |sign: char| if UNFIT.contains(&sign) || sign.is_control() { '_' } else { sign };
    let name: String = name.chars().map(fit).take(NAME_CHARS_MAX).collect();
    name.trim_matches(['.', ' ']).to_owned()
}
