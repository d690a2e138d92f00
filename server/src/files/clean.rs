//! One cell: kept as written but for what nobody can see, with a finding for each repair and doubt.

use engawa_protocol::preparation::{FileColumn, Finding, FindingGrade, FindingKind};
use unicode_segmentation::UnicodeSegmentation as _;

/// Signs with which a spreadsheet begins a formula; an apostrophe before one was put there to keep it a text.
const FORMULA_SIGNS: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// Cleans a cell of a line and tells what was done.
pub(super) fn clean(cell: &str, column: FileColumn, line: u32, findings: &mut Vec<Finding>) -> String {
    let mut note = |grade, what| findings.push(Finding { line, grade, what });
    let cell = match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULA_SIGNS) => rest,
        _ => cell,
    };
    let seen: String = cell.chars().filter(|c| !is_unseen(*c)).collect();
    if seen.len() != cell.len() {
        note(FindingGrade::Repaired, FindingKind::UnseenRemoved { column });
    }
    // A summary may have lines; everything else is one.
    let text = if column == FileColumn::Summary {
        seen.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
    } else {
        let on_one_line = seen.replace("\r\n", " ").replace(['\r', '\n', '\t'], " ");
        let text = single_spaced(on_one_line.trim());
        if text != seen {
            note(FindingGrade::Repaired, FindingKind::SpacesTrimmed { column });
        }
        text
    };
    for (place, cluster) in (1..).zip(text.graphemes(true)) {
        if let Some(private) = cluster.chars().find(|c| is_private(*c)) {
            let character = format!("U+{:04X}", u32::from(private));
            note(FindingGrade::Doubtful, FindingKind::PrivateCharacter { column, character, place });
        }
    }
    if text.contains('\u{FFFD}') {
        note(FindingGrade::Doubtful, FindingKind::LostCharacter { column });
    }
    text
}

/// Runs of spaces become the first of them: 「弘前　　担当A」 keeps one full-width space.
fn single_spaced(text: &str) -> String {
    let mut single = String::with_capacity(text.len());
    let mut in_space = false;
    for c in text.chars() {
        if !(c.is_whitespace() && in_space) {
            single.push(c);
        }
        in_space = c.is_whitespace();
    }
    single
}

/// Control characters that are no line break or tab, byte-order marks, direction marks.
fn is_unseen(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        || matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// 外字: characters that only the machines have where somebody drew them.
fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}')
}

/// The key under which names look alike: folded as for comparing, variation selectors off, spaces off, and forms of
/// one character made one. For offering, never for matching.
pub(super) fn look_alike_key(name: &str) -> String {
    engawa_protocol::text::comparison_key(name)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}'))
        .map(|c| match c {
            '髙' => '高',
            '﨑' | '嵜' => '崎',
            '邊' | '邉' => '辺',
            '齋' | '齊' | '斎' => '斉',
            '濵' | '濱' => '浜',
            '桒' => '桑',
            '𠮷' => '吉',
            '槗' | '𣘺' => '橋',
            '德' => '徳',
            '栁' => '柳',
            '廣' => '広',
            '澤' => '沢',
            '惠' => '恵',
            '眞' => '真',
            'ヶ' => 'ケ',
            c => c,
        })
        .collect()
}
