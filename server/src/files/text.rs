//! Bytes of a text file → text. The rule: byte-order mark, else valid UTF-8, else CP932 without a single error, else
//! refused with the line. Must not know what the text is.

use encoding_rs::{DecoderResult, Encoding, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};
use engawa_protocol::preparation::FileForm;

/// The text of a file and how it was written.
///
/// # Errors
/// The first line, from 1, that cannot be read.
pub fn decode(bytes: &[u8]) -> Result<(String, FileForm), u32> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let form = if encoding == UTF_8 { FileForm::Utf8 } else { FileForm::Utf16 };
        debug_assert!([UTF_8, UTF_16LE, UTF_16BE].contains(&encoding), "no other has a mark");
        return strict(encoding, bytes.get(mark..).unwrap_or_default()).map(|text| (text, form));
    }
    let (text, form) = match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), FileForm::Utf8),
        Err(_) => (strict(SHIFT_JIS, bytes)?, FileForm::Cp932),
    };
    // Neither has a place in a text: NUL says "not a text file", U+0080 comes from a byte that CP932 does not have.
    match text.find(['\0', '\u{80}']) {
        Some(at) => Err(line_of(text.as_bytes(), at)),
        None => Ok((text, form)),
    }
}

/// A file's name inside an archive: UTF-8, or CP932 as Japanese Windows writes it; what cannot be read becomes �.
#[must_use]
pub fn decode_name(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes)
        .map_or_else(|_| SHIFT_JIS.decode_without_bom_handling(bytes).0.into_owned(), ToOwned::to_owned)
}

fn strict(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, u32> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let Some(room) = decoder.max_utf8_buffer_length_without_replacement(bytes.len()) else { return Err(1) };
    let mut text = String::with_capacity(room);
    let (outcome, read) = decoder.decode_to_string_without_replacement(bytes, &mut text, true);
    match outcome {
        DecoderResult::InputEmpty => Ok(text),
        DecoderResult::OutputFull | DecoderResult::Malformed(..) => {
            Err(line_of(bytes, read.saturating_sub(1)))
        }
    }
}

fn line_of(bytes: &[u8], at: usize) -> u32 {
    let breaks = bytes.iter().take(at).filter(|byte| **byte == b'\n').count();
    u32::try_from(breaks + 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rare characters as they really lie in CP932 files: NEC and IBM doubles, circled digits, half-width kana.
    #[test]
    fn cp932_as_excel_writes_it() {
        let cases: &[(&[u8], &str)] = &[
            (b"\xFB\xFC", "髙"),
            (b"\xFA\xB1", "﨑"),
            (b"\xED\x95", "﨑"),
            (b"\x87\x40", "①"),
            (b"\x87\x8A", "㈱"),
            (b"\x81\x60", "～"),
            (b"\xB6\xDE", "ｶﾞ"),
            (b"\x83\x5C\x94\x5C", "ソ能"),
            (b"\xF0\x40", "\u{E000}"),
        ];
        for (bytes, text) in cases {
            assert_eq!(decode(bytes), Ok(((*text).to_owned(), FileForm::Cp932)), "{bytes:02X?}");
        }
    }

    #[test]
    fn marks_come_first_then_utf8() {
        assert_eq!(decode("\u{FEFF}髙①".as_bytes()), Ok(("髙①".into(), FileForm::Utf8)));
        assert_eq!(decode("𠮷田葛󠄀城".as_bytes()), Ok(("𠮷田葛󠄀城".into(), FileForm::Utf8)));
        let little: Vec<u8> = "\u{FEFF}弘前\t市".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&little), Ok(("弘前\t市".into(), FileForm::Utf16)));
        assert_eq!(decode(b""), Ok((String::new(), FileForm::Utf8)));
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_line() {
        for (bytes, line) in [
            (&b"a\nb\nc\xFFd\n"[..], 3),
            (b"\x80", 1),
            (b"\x82\xA0\n\x82", 2),
            (b"\xA0", 1),
            (b"a\n\0", 2),
            (b"\xEF\xBB\xBFok\n\xFF", 2),
        ] {
            assert_eq!(decode(bytes), Err(line), "{bytes:02X?}");
        }
    }

    #[test]
    fn names_in_archives() {
        assert_eq!(decode_name("弘前市.png".as_bytes()), "弘前市.png");
        assert_eq!(decode_name(b"\x8D\x4F\x91\x4F\x8E\x73.png"), "弘前市.png");
    }
}
