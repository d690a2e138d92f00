//! Tables out of files as they come: CSV of several makes, workbooks made here, things that are neither.

use proptest::prelude::*;
use rust_xlsxwriter::{Format, Workbook};

use super::*;

fn cells(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
    read(bytes).unwrap().rows.into_iter().map(|row| (row.line, row.cells)).collect()
}

fn row(line: u32, cells: &[&str]) -> (u32, Vec<String>) {
    (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
}

#[test]
fn csv_keeps_line_numbers_over_quoted_line_breaks_and_empty_lines() {
    let text = "自治体,氏名\r\n\r\n\"弘前市\",\"担当\"\"A\"\"\r\n（兼）\"\r\n,,\r\nむつ市,担当B\r\n";
    assert_eq!(
        cells(text.as_bytes()),
        [
            row(1, &["自治体", "氏名"]),
            row(3, &["弘前市", "担当\"A\"\r\n（兼）"]),
            row(6, &["むつ市", "担当B"])
        ]
    );
}

#[test]
fn tabs_and_semicolons_are_told_from_commas() {
    assert_eq!(cells("a\tb,c\td\n".as_bytes()), [row(1, &["a", "b,c", "d"])]);
    assert_eq!(cells("a;b;c\n1;2;3\n".as_bytes())[1], row(2, &["1", "2", "3"]));
    assert_eq!(cells("担当A\n".as_bytes()), [row(1, &["担当A"])]);
}

#[test]
fn bounds_name_their_line() {
    let wide = format!("a\n{}x\n", ",".repeat(TABLE_COLUMNS));
    assert_eq!(
        read(wide.as_bytes()),
        Err(FileProblem::FileTooManyColumns { line: 2, max: TABLE_COLUMNS as u64 })
    );
    let trailing = format!("a{}\n", ",".repeat(TABLE_COLUMNS * 2));
    let kept = cells(trailing.as_bytes());
    assert_eq!(kept[0].1.len(), TABLE_COLUMNS, "empty columns to the right are nothing, and take no room");
    let long = format!("a\nb\n{}\n", "あ".repeat(TABLE_CELL_CHARS + 1));
    assert_eq!(
        read(long.as_bytes()),
        Err(FileProblem::FileCellTooLong { line: 3, max: TABLE_CELL_CHARS as u64 })
    );
    let many = "あ\n".repeat(TABLE_ROWS + 1);
    assert_eq!(read(many.as_bytes()), Err(FileProblem::FileTooManyRows { max: TABLE_ROWS as u64 }));
    let large = vec![b'a'; ROSTER_FILE_BYTES_MAX as usize + 1];
    assert!(matches!(read(&large), Err(FileProblem::FileTooLarge { .. })));
    assert_eq!(read(b""), Err(FileProblem::FileEmpty {}));
    assert_eq!(read(b"\xEF\xBB\xBF\r\n , \r\n"), Err(FileProblem::FileEmpty {}));
    assert_eq!(read(OLD_EXCEL), Err(FileProblem::FileOldExcel {}));
    assert_eq!(read(b"PK\x03\x04 and nothing that follows"), Err(FileProblem::FileBroken {}));
}

#[test]
fn a_workbook_with_numbers_merged_cells_and_an_empty_first_sheet() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("表紙").unwrap();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "団体コード").unwrap().write(0, 1, "自治体").unwrap().write(0, 2, "氏名").unwrap();
    sheet.merge_range(1, 1, 3, 1, "弘前市", &Format::new()).unwrap();
    sheet.write(1, 0, 22021).unwrap().write(1, 2, "髙橋①").unwrap();
    sheet.write(2, 2, "𠮷田").unwrap();
    sheet.write(4, 0, "011002").unwrap().write(4, 2, "=1+1").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let table = read(&bytes).unwrap();
    assert_eq!(table.form, FileForm::Xlsx);
    let rows: Vec<_> = table.rows.iter().map(|row| (row.line, row.cells.clone())).collect();
    assert_eq!(
        rows,
        [
            row(1, &["団体コード", "自治体", "氏名"]),
            row(2, &["22021", "弘前市", "髙橋①"]),
            row(3, &["", "弘前市", "𠮷田"]),
            row(5, &["011002", "", "=1+1"]),
        ],
        "a row that holds nothing but a merged cell is no row"
    );
    assert_eq!(table.rows[2].merged, BTreeSet::from([1]));
}

#[test]
fn so_many_sheets_are_looked_through_for_one_that_holds_something() {
    let on_sheet = |number: usize| {
        let mut book = Workbook::new();
        for _ in 1..number {
            book.add_worksheet();
        }
        book.add_worksheet().write(0, 0, "氏名").unwrap();
        read(&book.save_to_buffer().unwrap()).map(|table| table.rows.len())
    };
    let sheets = crate::limits::TABLE_SHEETS;
    assert_eq!(on_sheet(sheets), Ok(1));
    assert!(!matches!(on_sheet(sheets + 1), Ok(1..)));
}

#[test]
fn a_cell_in_the_last_corner_is_refused_and_takes_no_memory() {
    let mut book = Workbook::new();
    book.add_worksheet().write(0, 0, "氏名").unwrap().write(1_048_575, 16_383, "x").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    assert_eq!(
        read(&bytes),
        Err(FileProblem::FileTooManyColumns { line: 1_048_576, max: TABLE_COLUMNS as u64 })
    );
}

#[test]
fn a_workbook_that_unpacks_to_too_much_is_refused() {
    use std::io::Write as _;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let zeros = vec![0; 1 << 20];
    for _ in 0..=WORKBOOK_MIB {
        zip.write_all(&zeros).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    assert!(bytes.len() < 1 << 20, "it is small as it comes");
    assert!(matches!(read(&bytes), Err(FileProblem::FileTooLarge { .. })));
}

const WORKBOOK_MIB: u64 = crate::limits::WORKBOOK_BYTES >> 20;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn any_bytes_give_rows_or_a_problem(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }

    #[test]
    fn a_damaged_workbook_gives_rows_or_a_problem(at in 0_usize..6_000, flip in 1_u8..) {
        let mut book = Workbook::new();
        book.add_worksheet().write(0, 0, "氏名").unwrap().write(1, 0, "担当A").unwrap();
        let mut bytes = book.save_to_buffer().unwrap();
        let at = at % bytes.len();
        bytes[at] ^= flip;
        let _ = read(&bytes);
    }
}
