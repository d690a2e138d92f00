//! A file → rows of cells with their line numbers: CSV in any of Japan's encodings, or the first sheet of a workbook that
//! holds anything. Bounded in rows, columns and the length of a cell before memory is taken. Must not know what the
//! columns mean.

mod workbook;

use std::collections::BTreeSet;

use csv::ReaderBuilder;
use engawa_protocol::limits::ROSTER_FILE_BYTES_MAX;
use engawa_protocol::preparation::{FileForm, FileProblem};

use super::text::decode;
use crate::limits::{TABLE_CELL_CHARS, TABLE_COLUMNS, TABLE_ROWS};

/// What a file of the old Excel, and a workbook with a password, begin with (MS-CFB).
const OLD_EXCEL: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
/// What a zip, and so a workbook, begins with.
const ZIP: &[u8] = b"PK\x03\x04";

/// A file as rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// How it was written.
    pub form: FileForm,
    /// Rows that hold anything, in order.
    pub rows: Vec<TableRow>,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableRow {
    /// Its line, from 1.
    pub line: u32,
    /// Its cells from the left; shorter rows are not filled up.
    pub cells: Vec<String>,
    /// Columns whose cell is part of one that was merged, and took its value from there.
    pub merged: BTreeSet<usize>,
}

impl TableRow {
    /// A cell; empty where there is none.
    #[must_use]
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }
}

/// Reads a file.
///
/// # Errors
/// A [`FileProblem`] with the line where there is one.
pub fn read(bytes: &[u8]) -> Result<Table, FileProblem> {
    if bytes.len() as u64 > ROSTER_FILE_BYTES_MAX {
        return Err(FileProblem::FileTooLarge { max_bytes: ROSTER_FILE_BYTES_MAX });
    }
    let table = if bytes.starts_with(OLD_EXCEL) {
        return Err(FileProblem::FileOldExcel {});
    } else if bytes.starts_with(ZIP) {
        Table { form: FileForm::Xlsx, rows: workbook::rows(bytes)? }
    } else {
        let (text, form) = decode(bytes).map_err(|line| FileProblem::FileNotText { line })?;
        Table { form, rows: csv_rows(&text)? }
    };
    if table.rows.is_empty() { Err(FileProblem::FileEmpty {}) } else { Ok(table) }
}

fn csv_rows(text: &str) -> Result<Vec<TableRow>, FileProblem> {
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    let mut lines = Lines { bytes: text.as_bytes(), counted: 0, line: 1 };
    // The text is UTF-8 and rows may differ in length: nothing is left that could fail, and if it did it would be here.
    while reader.read_record(&mut record).map_err(|_| FileProblem::FileBroken {})? {
        let start = record.position().map_or(0, csv::Position::byte);
        let row = TableRow {
            line: lines.line_at(usize::try_from(start).unwrap_or(usize::MAX)),
            cells: record.iter().map(ToOwned::to_owned).collect(),
            merged: BTreeSet::new(),
        };
        push(&mut rows, row)?;
    }
    Ok(rows)
}

/// Counts lines. The reader says where it began to look for a row; empty lines may come before the row itself.
struct Lines<'a> {
    bytes: &'a [u8],
    counted: usize,
    line: u32,
}

impl Lines<'_> {
    fn line_at(&mut self, start: usize) -> u32 {
        let rest = self.bytes.get(start..).unwrap_or_default();
        let start = start + rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.bytes.get(self.counted..start).unwrap_or_default();
        let breaks = passed.iter().filter(|byte| **byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.counted = self.counted.max(start);
        self.line
    }
}

/// What separates the cells: of comma, tab and semicolon whichever the first line has most of, commas first.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |sign: u8| first.bytes().filter(|byte| *byte == sign).count();
    let mut best = b',';
    for sign in [b'\t', b';'] {
        if count(sign) > count(best) {
            best = sign;
        }
    }
    best
}

/// Takes a row within the bounds; an empty one is dropped.
fn push(rows: &mut Vec<TableRow>, mut row: TableRow) -> Result<(), FileProblem> {
    let line = row.line;
    if row.cells.len() > TABLE_COLUMNS
        && row.cells.iter().skip(TABLE_COLUMNS).any(|cell| !cell.trim().is_empty())
    {
        return Err(FileProblem::FileTooManyColumns { line, max: TABLE_COLUMNS as u64 });
    }
    // What is left to the right is empty.
    row.cells.truncate(TABLE_COLUMNS);
    if row.cells.iter().any(|cell| cell.len() > TABLE_CELL_CHARS && cell.chars().count() > TABLE_CELL_CHARS) {
        return Err(FileProblem::FileCellTooLong { line, max: TABLE_CELL_CHARS as u64 });
    }
    if row.cells.iter().all(|cell| cell.trim().is_empty()) {
        return Ok(());
    }
    if rows.len() >= TABLE_ROWS {
        return Err(FileProblem::FileTooManyRows { max: TABLE_ROWS as u64 });
    }
    rows.push(row);
    Ok(())
}

#[cfg(test)]
mod tests;
