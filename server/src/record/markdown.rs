//! The record as Markdown (CommonMark with tables): what people wrote stays text, whatever signs are in it.

use super::document::{Block, tell};
use super::told::Told;

/// Signs that mean something to Markdown wherever they stand.
const SIGNS: [char; 13] = ['\\', '`', '*', '_', '[', ']', '<', '>', '|', '~', '&', '$', '^'];
/// Signs that mean something at the beginning of a line.
const FIRST_SIGNS: [char; 5] = ['#', '+', '-', '=', ':'];

pub(super) fn write(told: &Told<'_>) -> String {
    let mut text = String::new();
    tell(told, &mut |block| {
        match block {
            Block::Heading(depth, title) => {
                text.push_str(&"#".repeat(depth.into()));
                text.push(' ');
                text.push_str(&lines(&title, " "));
                text.push('\n');
            }
            Block::Paragraph(paragraph) => {
                text.push_str(&lines(&paragraph, "  \n"));
                text.push('\n');
            }
            Block::List(items) => {
                for item in items {
                    text.push_str("- ");
                    text.push_str(&lines(item.text, "  \n  "));
                    if !item.aside.is_empty() {
                        text.push_str("  \n  — ");
                        text.push_str(&lines(&item.aside, " "));
                    }
                    text.push('\n');
                }
            }
            Block::Table(table) => {
                let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
                text.push_str(&row(table.columns.iter().map(|title| lines(title, " ")).collect()));
                text.push_str(&row(table.columns.iter().map(|_| "---".to_owned()).collect()));
                for cells in &table.rows {
                    text.push_str(&row(cells.iter().map(|cell| lines(&cell.text(), "<br>")).collect()));
                }
            }
        }
        text.push('\n');
    });
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// A text, each of its lines escaped.
fn lines(text: &str, between: &str) -> String {
    text.lines().map(escaped).collect::<Vec<_>>().join(between)
}

fn escaped(line: &str) -> String {
    let line = line.trim();
    let mut text = String::with_capacity(line.len());
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    for (index, sign) in line.chars().enumerate() {
        let first = index == 0 && FIRST_SIGNS.contains(&sign);
        let numbering = digits > 0 && index == digits && matches!(sign, '.' | ')');
        if first || numbering || SIGNS.contains(&sign) {
            text.push('\\');
        }
        text.push(sign);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_stay_signs() {
        for (text, written) in [
            ("# 見出しではない", "\\# 見出しではない"),
            ("- a\n1. b", "\\- a|1\\. b"),
            ("2026年", "2026年"),
            ("<script>*b*</script>", "\\<script\\>\\*b\\*\\</script\\>"),
            ("a|b", "a\\|b"),
            ("    code", "code"),
            ("", ""),
        ] {
            assert_eq!(lines(text, "|"), written);
        }
    }
}
