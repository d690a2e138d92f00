//! The record as a workbook: every table a sheet, texts as texts, moments as moments, fit to print on A4.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::sheets::{Cell, Sheet, SheetKind, sheet};
use super::told::Told;
use super::{RecordError, times};

/// Most characters of a cell; what is longer is cut, and says so.
const CELL_CHARS_MAX: usize = 32_767;
/// Stands at the end of what was cut.
const CUT: &str = "…";
/// A4, as workbooks number papers.
const A4: u8 = 9;
/// Widths of columns in characters: the narrowest and the widest.
const WIDTHS: (f64, f64) = (7.0, 60.0);
/// Rows that are looked at to find a column's width.
const ROWS_MEASURED: usize = 200;

struct Formats {
    header: Format,
    text: Format,
    time: Format,
}

pub(super) fn write(told: &Told<'_>) -> Result<Vec<u8>, RecordError> {
    let formats = Formats {
        header: Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top),
        text: Format::new().set_text_wrap().set_align(FormatAlign::Top),
        time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss").set_align(FormatAlign::Top),
    };
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_timestamp(times::seconds(told.record.at))?;
    // The time of the record, not of its writing: the same record gives the same bytes.
    book.set_properties(
        &DocProperties::new().set_title(&told.record.meeting.title).set_creation_datetime(&made),
    );
    for table in SheetKind::ALL.into_iter().filter_map(|kind| sheet(told, kind)) {
        put(book.add_worksheet(), &table, &formats)?;
    }
    Ok(book.save_to_buffer()?)
}

fn put(page: &mut Worksheet, table: &Sheet<'_>, formats: &Formats) -> Result<(), XlsxError> {
    page.set_name(table.title)?;
    page.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0);
    page.set_repeat_rows(0, 0)?.set_freeze_panes(1, 0)?;
    for (column, name) in (0_u16..).zip(table.columns) {
        page.write_string_with_format(0, column, *name, &formats.header)?;
        page.set_column_width(column, width(table, usize::from(column)))?;
    }
    for (line, row) in (1_u32..).zip(&table.rows) {
        for (column, cell) in (0_u16..).zip(row) {
            match cell {
                Cell::Empty => {}
                Cell::Text(text) => {
                    page.write_string_with_format(line, column, cut(text), &formats.text)?;
                }
                Cell::Number(number) => {
                    page.write_number_with_format(line, column, *number, &formats.text)?;
                }
                Cell::Time(at) => {
                    let moment = ExcelDateTime::from_timestamp(times::seconds(*at))?;
                    page.write_datetime_with_format(line, column, &moment, &formats.time)?;
                }
            }
        }
    }
    let rows = u32::try_from(table.rows.len()).unwrap_or(u32::MAX);
    let last = u16::try_from(table.columns.len()).unwrap_or(1).saturating_sub(1);
    if rows > 0 && table.kind != SheetKind::About {
        page.autofilter(0, 0, rows, last)?;
    }
    Ok(())
}

/// A text that a cell can hold.
fn cut(text: &str) -> std::borrow::Cow<'_, str> {
    if text.chars().count() <= CELL_CHARS_MAX {
        return text.into();
    }
    text.chars().take(CELL_CHARS_MAX - 1).chain(CUT.chars()).collect::<String>().into()
}

/// How wide a column should be: as its widest line, Japanese signs counted double, within bounds.
fn width(table: &Sheet<'_>, column: usize) -> f64 {
    let wide = |text: &str| {
        let line = |line: &str| line.chars().map(|sign| if sign.is_ascii() { 1_u32 } else { 2 }).sum();
        text.lines().map(line).max().unwrap_or(0)
    };
    let cells = table.rows.iter().take(ROWS_MEASURED).filter_map(|row| row.get(column));
    let texts = cells.map(|cell| wide(&cell.text()));
    let title = table.columns.get(column).map_or(0, |title| wide(title));
    f64::from(texts.max().unwrap_or(0).max(title) + 2).clamp(WIDTHS.0, WIDTHS.1)
}
