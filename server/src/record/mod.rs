//! The record as files: one workbook, tables as CSV, Markdown, a page to print, and all of it in one archive. Pure
//! functions from [`Record`](engawa_domain::record::Record), which has decided what is in it, to bytes: the same record
//! gives the same bytes. Must not know meetings, roles or the network.

mod archive;
mod document;
mod html;
mod markdown;
mod sheets;
mod times;
mod told;
mod words;
mod workbook;

use std::fmt;

use engawa_domain::record::{Edition, Record};
use rust_xlsxwriter::XlsxError;
use zip::result::ZipError;

pub(crate) use html::escaped;
use sheets::Cell;
pub use sheets::SheetKind;
use told::Told;

use crate::files::csv_out;

/// One of the files that a record comes as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordFile {
    /// Everything in one archive.
    Zip,
    /// Every table as a sheet of a workbook.
    Xlsx,
    /// One table as CSV.
    Csv(SheetKind),
    /// A text to read and to work on.
    Markdown,
    /// A page to print.
    Html,
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The workbook.
    #[error("workbook: {0}")]
    Workbook(#[from] XlsxError),
    /// The archive.
    #[error("archive: {0}")]
    Archive(#[from] ZipError),
    /// The memory or file it is written to.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// The record's reader has no such table.
    #[error("this record has no such table")]
    NoSuchSheet,
}

impl RecordFile {
    /// The file of a name: `record.zip`, `record.xlsx`, `record.md`, `record.html`, or a table's name with `.csv`.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        match name {
            "record.zip" => Some(Self::Zip),
            "record.xlsx" => Some(Self::Xlsx),
            "record.md" => Some(Self::Markdown),
            "record.html" => Some(Self::Html),
            _ => SheetKind::of_name(name.strip_suffix(".csv")?).map(Self::Csv),
        }
    }

    /// Its media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Zip => "application/zip",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv(_) => "text/csv; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
        }
    }
}

impl fmt::Display for RecordFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zip => f.write_str("record.zip"),
            Self::Xlsx => f.write_str("record.xlsx"),
            Self::Markdown => f.write_str("record.md"),
            Self::Html => f.write_str("record.html"),
            Self::Csv(kind) => write!(f, "{}.csv", kind.name()),
        }
    }
}

/// Writes one of the files of a record. `vote_file` is the text of the vote's ledger, which goes into the archive where its
/// reader may have it.
///
/// # Errors
/// A [`RecordError`].
pub fn write(record: &Record, vote_file: Option<&str>, file: RecordFile) -> Result<Vec<u8>, RecordError> {
    let told = Told::new(record);
    match file {
        RecordFile::Zip => archive::write(&told, vote_file),
        RecordFile::Xlsx => workbook::write(&told),
        RecordFile::Csv(kind) => csv(&told, kind).ok_or(RecordError::NoSuchSheet),
        RecordFile::Markdown => Ok(markdown::write(&told).into_bytes()),
        RecordFile::Html => Ok(html::write(&told).into_bytes()),
    }
}

/// The edition of a name (`named` or `nameless`).
#[must_use]
pub fn edition_of_name(name: &str) -> Option<Edition> {
    match name {
        "named" => Some(Edition::Named),
        "nameless" => Some(Edition::Nameless),
        _ => None,
    }
}

/// A table as CSV; none where the reader has no such table.
fn csv(told: &Told<'_>, kind: SheetKind) -> Option<Vec<u8>> {
    let sheet = sheets::sheet(told, kind)?;
    let header = sheet.columns.iter().map(|column| (*column).to_owned()).collect();
    let rows = sheet.rows.iter().map(|row| row.iter().map(Cell::text).collect::<Vec<String>>());
    Some(csv_out::write(std::iter::once(header).chain(rows)))
}
