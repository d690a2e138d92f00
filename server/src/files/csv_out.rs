//! CSV that Japanese Excel opens right: UTF-8 with a byte-order mark, CRLF, every field in quotes, and no text that a
//! spreadsheet would run as a formula.

use csv::{QuoteStyle, Terminator, WriterBuilder};

/// Signs with which a spreadsheet begins a formula (OWASP), full-width ones too.
const FORMULA_SIGNS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Rows as a file.
#[must_use]
pub(crate) fn write<T: AsRef<str>>(rows: impl Iterator<Item = Vec<T>>) -> Vec<u8> {
    let mut bytes = "\u{FEFF}".as_bytes().to_vec();
    let mut writer = WriterBuilder::new()
        .quote_style(QuoteStyle::Always)
        .terminator(Terminator::CRLF)
        .flexible(true)
        .from_writer(&mut bytes);
    for row in rows {
        // Writing into memory cannot fail, and rows may differ in length.
        let _ = writer.write_record(row.iter().map(|text| guarded(text.as_ref())));
    }
    drop(writer);
    bytes
}

/// An apostrophe before what would be a formula; taken off again where rosters are read.
fn guarded(text: &str) -> String {
    if text.trim_start_matches([' ', '\u{3000}']).starts_with(FORMULA_SIGNS) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_exact() {
        let rows = [vec!["氏名", "リンク"], vec!["担当\"A\"", "a,b"], vec![]];
        let text = "\u{FEFF}\"氏名\",\"リンク\"\r\n\"担当\"\"A\"\"\",\"a,b\"\r\n";
        assert!(write(rows.into_iter()).starts_with(text.as_bytes()));
    }

    #[test]
    fn nothing_is_run_as_a_formula() {
        for text in ["=1+1", "+81", "-1", "@x", "\tx", "\rx", "\nx", "＝1", "＠x", "  =1", "　=1"] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
        for text in ["", "弘前市", "a=b", "'x", "https://engawa.example.jp/j#AQED"] {
            assert_eq!(guarded(text), text);
        }
    }
}
