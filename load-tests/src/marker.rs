//! Markers: short unique signs inside the texts that simulated people write, by which any text can be found again in
//! whatever bytes a person receives.

use std::fmt;

use engawa_protocol::PersonId;

/// What kind of text carries a marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum MarkedText {
    /// A note.
    Note,
    /// A comment on a poster.
    Comment,
    /// A free answer of the questionnaire.
    Answer,
}

impl MarkedText {
    const fn letter(self) -> char {
        match self {
            Self::Note => 'n',
            Self::Comment => 'c',
            Self::Answer => 'a',
        }
    }

    const fn from_letter(letter: u8) -> Option<Self> {
        match letter {
            b'n' => Some(Self::Note),
            b'c' => Some(Self::Comment),
            b'a' => Some(Self::Answer),
            _ => None,
        }
    }
}

/// A marker. No two texts of a meeting carry the same one, except a note and its copy on the plenary board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Marker {
    /// What kind of text.
    pub(crate) kind: MarkedText,
    /// Who wrote it.
    pub(crate) author: PersonId,
    /// Counted per author.
    pub(crate) number: u32,
}

const BEGIN: &str = "⟦";
const END: &str = "⟧";
/// The longest inside of a marker: a letter, two numbers and a dot.
const INSIDE_BYTES_MAX: usize = 22;

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{BEGIN}{}{}.{}{END}", self.kind.letter(), self.author, self.number)
    }
}

/// All markers in a text, in order.
pub(crate) fn markers_in(text: &str) -> impl Iterator<Item = Marker> {
    text.match_indices(BEGIN).filter_map(move |(at, _)| parse(&text[at + BEGIN.len()..]))
}

fn parse(rest: &str) -> Option<Marker> {
    let window = &rest.as_bytes()[..rest.len().min(INSIDE_BYTES_MAX + END.len())];
    let length = window.windows(END.len()).position(|bytes| bytes == END.as_bytes())?;
    let kind = MarkedText::from_letter(*window.first()?)?;
    let (author, number) = rest.get(1..length)?.split_once('.')?;
    Some(Marker { kind, author: PersonId(author.parse().ok()?), number: number.parse().ok()? })
}

/// All texts of the form `XXXX-XXXX-XXXX` in digits and capital letters: what a receipt of the vote looks like.
pub(crate) fn receipts_in(text: &str) -> impl Iterator<Item = &str> {
    const RECEIPT_BYTES: usize = 14;
    let bytes = text.as_bytes();
    (4..bytes.len().saturating_sub(9)).filter_map(move |dash| {
        if bytes[dash] != b'-' || bytes[dash + 5] != b'-' {
            return None;
        }
        let window = &bytes[dash - 4..dash - 4 + RECEIPT_BYTES];
        let fits = window.iter().enumerate().all(|(index, byte)| match index {
            4 | 9 => *byte == b'-',
            _ => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
        });
        fits.then(|| &text[dash - 4..dash - 4 + RECEIPT_BYTES])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(number: u32) -> Marker {
        Marker { kind: MarkedText::Note, author: PersonId(4_294_967_295), number }
    }

    #[test]
    fn markers_are_found_again_whatever_stands_around_them() {
        let comment = Marker { kind: MarkedText::Comment, ..marker(7) };
        let text = format!("⟦{} 面談⟦ {} ⟦n1.⟧ ⟦x1.2⟧ {comment}⟦n1.2", marker(4_294_967_295), marker(2));
        let found: Vec<Marker> = markers_in(&text).collect();
        assert_eq!(found, [marker(4_294_967_295), marker(2), comment]);
    }

    #[test]
    fn receipts_are_found_and_uuids_are_not() {
        let text = r#"{"receipt":"7K3M-Q9TX-2B4D","id":"0b8e1d3a-57c1-4d0e-8f0a-2f6d3c9b7a11"}7K3M-Q9TX-2B4"#;
        assert_eq!(receipts_in(text).collect::<Vec<_>>(), ["7K3M-Q9TX-2B4D"]);
        assert_eq!(receipts_in("A-B").count(), 0);
        assert_eq!(receipts_in("7K3M-Q9TX-2B4D").count(), 1);
        assert_eq!(receipts_in("あ7K3M-Q9TX-2B4Dあ").count(), 1);
    }
}
