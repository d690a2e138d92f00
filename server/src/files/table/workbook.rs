//! The first sheet of a workbook that holds anything, as rows. Cells are read one by one: a sheet that says it reaches
//! to the last column costs nothing.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Dimensions, Reader as _, Xlsx, XlsxError, open_workbook_from_rs};
use engawa_protocol::limits::ROSTER_FILE_BYTES_MAX;
use engawa_protocol::preparation::FileProblem;
use zip::ZipArchive;

use super::{TableRow, push};
use crate::limits::{TABLE_COLUMNS, TABLE_ROWS, TABLE_SHEETS, WORKBOOK_BYTES};

/// Rows of the first sheet that has any.
pub(super) fn rows(bytes: &[u8]) -> Result<Vec<TableRow>, FileProblem> {
    check_size(bytes)?;
    // A panic of the reader over a file of somebody else's making is a broken file, not a fault of ours.
    catch_unwind(AssertUnwindSafe(|| read(bytes))).unwrap_or(Err(FileProblem::FileBroken {}))
}

/// What is packed may unpack to a thousand times its size; what it says of itself need not be true.
fn check_size(bytes: &[u8]) -> Result<(), FileProblem> {
    let broken = |_| FileProblem::FileBroken {};
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    let mut left = WORKBOOK_BYTES;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(broken)?;
        left -= std::io::copy(&mut file.take(left), &mut std::io::sink())
            .map_err(|_| FileProblem::FileBroken {})?;
        if left == 0 {
            return Err(FileProblem::FileTooLarge { max_bytes: ROSTER_FILE_BYTES_MAX });
        }
    }
    Ok(())
}

fn read(bytes: &[u8]) -> Result<Vec<TableRow>, FileProblem> {
    let mut workbook: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).map_err(why)?;
    for sheet in workbook.sheet_names().into_iter().take(TABLE_SHEETS) {
        let merged = workbook.merge_cells_by_sheet_name(&sheet).unwrap_or_default();
        let rows = sheet_rows(&mut workbook, &sheet, &merged)?;
        if !rows.is_empty() {
            return Ok(rows);
        }
    }
    Ok(Vec::new())
}

#[expect(clippy::needless_pass_by_value, reason = "the form that map_err wants")]
fn why(error: XlsxError) -> FileProblem {
    match error {
        XlsxError::Password => FileProblem::FileOldExcel {},
        _ => FileProblem::FileBroken {},
    }
}

fn sheet_rows(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &str,
    merged: &[Dimensions],
) -> Result<Vec<TableRow>, FileProblem> {
    // Drawings and the like are sheets without cells.
    let Ok(mut cells) = workbook.worksheet_cells_reader(sheet) else { return Ok(Vec::new()) };
    let mut found: BTreeMap<u32, BTreeMap<usize, String>> = BTreeMap::new();
    while let Some(cell) = cells.next_cell().map_err(why)? {
        let (row, column) = cell.get_position();
        let text = text_of(cell.get_value());
        if text.trim().is_empty() {
            continue;
        }
        let line = row.saturating_add(1);
        if column as usize >= TABLE_COLUMNS {
            return Err(FileProblem::FileTooManyColumns { line, max: TABLE_COLUMNS as u64 });
        }
        if found.len() > TABLE_ROWS {
            return Err(FileProblem::FileTooManyRows { max: TABLE_ROWS as u64 });
        }
        found.entry(row).or_default().insert(column as usize, text);
    }
    let spread = spread(&found, merged);
    let mut rows = Vec::new();
    for (row, cells) in found {
        let mut line = TableRow { line: row.saturating_add(1), ..TableRow::default() };
        let filled = spread.get(&row);
        let last = cells.keys().chain(filled.iter().flat_map(|filled| filled.keys())).max().copied();
        for column in 0..=last.unwrap_or(0) {
            let own = cells.get(&column);
            let from = filled.and_then(|filled| filled.get(&column));
            if own.is_none() && from.is_some() {
                line.merged.insert(column);
            }
            line.cells.push(own.or(from).cloned().unwrap_or_default());
        }
        push(&mut rows, line)?;
    }
    Ok(rows)
}

/// Values of merged cells, for the other rows they cover that hold something of their own.
fn spread(
    found: &BTreeMap<u32, BTreeMap<usize, String>>,
    merged: &[Dimensions],
) -> BTreeMap<u32, BTreeMap<usize, String>> {
    let mut spread: BTreeMap<u32, BTreeMap<usize, String>> = BTreeMap::new();
    for area in merged {
        let (row, column) = area.start;
        let column = column as usize;
        let Some(value) = found.get(&row).and_then(|cells| cells.get(&column)) else { continue };
        if area.end.0 <= row {
            continue;
        }
        for (below, _) in found.range(row + 1..=area.end.0) {
            spread.entry(*below).or_default().insert(column, value.clone());
        }
    }
    spread
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        // A code that Excel took for a number comes back without the decimal point.
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTime(moment) => moment.as_f64().to_string(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}
