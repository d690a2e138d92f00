//! Texts as people see them: counted in graphemes, compared after NFKC and white-space folding.
//!
//! The Unicode tables live here, not in the domain, because limits are part of the contract and a client must
//! count the same way (UAX #29 extended grapheme clusters).

use alloc::string::String;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// How many characters a person would count.
#[must_use]
pub fn graphemes(text: &str) -> usize {
    text.graphemes(true).count()
}

/// Whether a text shows nothing: empty, or white space and characters without a shape only.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_shapeless(c))
}

/// Zero-width characters, byte-order marks, joiners and direction marks.
const fn is_shapeless(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{00AD}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether a text carries control characters other than the line breaks and tabs that are allowed in notes.
#[must_use]
pub fn has_control(text: &str, lines_allowed: bool) -> bool {
    text.chars().any(|c| c.is_control() && !(lines_allowed && matches!(c, '\n' | '\t')))
}

/// The key under which names are compared: NFKC, white space folded to single spaces, shapeless characters
/// dropped, lower case. Names themselves are kept as written.
#[must_use]
pub fn comparison_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    let mut gap = false;
    for c in name.nfkc().filter(|c| !is_shapeless(*c)) {
        if c.is_whitespace() {
            gap = !key.is_empty();
            continue;
        }
        if gap {
            key.push(' ');
            gap = false;
        }
        key.extend(c.to_lowercase());
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_a_person_does() {
        assert_eq!(graphemes("👩‍👩‍👧"), 1);
        assert_eq!(graphemes("か\u{3099}"), 1, "か with a combining mark");
        assert_eq!(graphemes("弘前市"), 3);
        assert_eq!(graphemes("a\r\nb"), 3, "one line break");
    }

    #[test]
    fn compares_names_after_folding() {
        assert_eq!(comparison_key("　弘前市　 担当Ａ "), comparison_key("弘前市 担当A"));
        assert_eq!(comparison_key("ﾊﾝｶｸ"), comparison_key("ハンカク"));
        assert_ne!(comparison_key("髙橋"), comparison_key("高橋"));
    }

    #[test]
    fn blank_is_what_shows_nothing() {
        assert!(is_blank(" \u{3000}\u{200B}\n"));
        assert!(!is_blank("。"));
    }

    #[test]
    fn control_characters_are_found() {
        assert!(has_control("a\u{0}b", true));
        assert!(has_control("a\nb", false));
        assert!(!has_control("a\nb\t", true));
    }
}
