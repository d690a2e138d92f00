//! The short code of a meeting, to be read out loud and typed. Owns its alphabet and how typed text becomes a code;
//! must not know where codes are kept or which meeting one belongs to.
//!
//! The alphabet has twenty signs: the ten digits and `C F H K M R T W X Y`. Left out are letters that look like a
//! digit (O, Q, D, I, L, S, Z, B, G), that sound alike when named in Japanese (N beside M, A and J beside K, P, V, E beside
//! T and C), and vowels, so that no words come out. Eight signs give 25.6 thousand million codes; guessing is limited
//! where codes are looked up.

use std::fmt;

/// Signs in a code, not counting the dash in the middle.
pub const SHORT_CODE_CHARS: usize = 8;

const ALPHABET: &[u8; 20] = b"0123456789CFHKMRTWXY";

/// The longest text that is looked at, in characters: room for spaces and dashes between all signs.
const TYPED_CHARS_MAX: usize = 40;

/// A join code in its one normal form. `Debug` does not show it, since it lets people in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShortCode([u8; SHORT_CODE_CHARS]);

/// Why a typed text is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShortCodeError {
    /// Not [`SHORT_CODE_CHARS`] signs once spaces and dashes are gone.
    #[error("a join code has {SHORT_CODE_CHARS} signs")]
    Length,
    /// A sign that stands for nothing in a code.
    #[error("a join code has digits and Latin letters only")]
    Sign,
}

impl ShortCode {
    /// A code from 64 random bits. The remainder's bias is below one in 7 × 10⁸.
    #[must_use]
    pub fn from_random(mut bits: u64) -> Self {
        let mut code = [0; SHORT_CODE_CHARS];
        for sign in &mut code {
            *sign = ALPHABET[(bits % ALPHABET.len() as u64) as usize];
            bits /= ALPHABET.len() as u64;
        }
        Self(code)
    }

    /// Reads what somebody typed: half or full width, either case, with or without dashes and spaces, and with the usual
    /// mistakes (O for 0, I or L for 1, S for 5, Z for 2, B for 8, G for 6, N for M).
    ///
    /// # Errors
    /// A [`ShortCodeError`] that says whether length or signs are wrong.
    pub fn parse(typed: &str) -> Result<Self, ShortCodeError> {
        if typed.chars().nth(TYPED_CHARS_MAX).is_some() {
            return Err(ShortCodeError::Length);
        }
        let mut code = [0; SHORT_CODE_CHARS];
        let mut length = 0;
        for sign in typed.chars().filter(|sign| !is_separator(*sign)) {
            let sign = normalise(sign).ok_or(ShortCodeError::Sign)?;
            *code.get_mut(length).ok_or(ShortCodeError::Length)? = sign;
            length += 1;
        }
        if length == SHORT_CODE_CHARS { Ok(Self(code)) } else { Err(ShortCodeError::Length) }
    }

    /// The eight signs without a dash: the form to store and to compare.
    #[must_use]
    pub fn compact(&self) -> String {
        self.0.iter().copied().map(char::from).collect()
    }
}

/// The form to show: `4C7K-02HX`.
impl fmt::Display for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, sign) in self.0.iter().enumerate() {
            if index == SHORT_CODE_CHARS / 2 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(*sign))?;
        }
        Ok(())
    }
}

impl fmt::Debug for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShortCode(redacted)")
    }
}

/// Spaces of any width and everything that a Japanese keyboard gives for a dash.
fn is_separator(sign: char) -> bool {
    sign.is_whitespace()
        || matches!(
            sign,
            '-' | '_' | '.' | '\u{2010}'
                ..='\u{2015}'
                    | '\u{2212}'
                    | '\u{30fc}'
                    | '\u{30fb}'
                    | '\u{ff70}'
                    | '\u{ff0d}'
                    | '\u{ff3f}'
                    | '\u{ff0e}'
                    | '\u{200b}'
                    | '\u{feff}'
        )
}

fn normalise(sign: char) -> Option<u8> {
    // Full-width forms lie at a fixed distance from ASCII (Unicode block Halfwidth and Fullwidth Forms).
    let sign = match sign {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(sign) - 0xfee0)?,
        other => other,
    };
    let sign = match sign.to_ascii_uppercase() {
        'O' | 'Q' | '〇' => '0',
        'I' | 'L' | '|' => '1',
        'Z' => '2',
        'S' => '5',
        'G' => '6',
        'B' => '8',
        'N' => 'M',
        other => other,
    };
    u8::try_from(sign).ok().filter(|sign| ALPHABET.contains(sign))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn forgives_what_people_type() {
        let code = ShortCode::parse("0152-86MX").unwrap();
        for typed in [
            "015286MX",
            "oISz-bgnx",
            "０１５２－８６ＭＸ",
            "ｏｌｓｚーｂｇｎｘ",
            " 0152 86mx\n",
            "0152　86mx",
            "〇|52‐86Mx",
            "0-1-5-2-8-6-M-X",
        ] {
            assert_eq!(ShortCode::parse(typed), Ok(code), "{typed}");
        }
        assert_eq!(code.to_string(), "0152-86MX");
        assert_eq!(code.compact(), "015286MX");
        assert_eq!(format!("{code:?}"), "ShortCode(redacted)");
    }

    #[test]
    fn says_what_is_wrong() {
        assert_eq!(ShortCode::parse(""), Err(ShortCodeError::Length));
        assert_eq!(ShortCode::parse("0152-86M"), Err(ShortCodeError::Length));
        assert_eq!(ShortCode::parse("0152-86MXX"), Err(ShortCodeError::Length));
        assert_eq!(ShortCode::parse("縁側縁側"), Err(ShortCodeError::Sign));
        assert_eq!(ShortCode::parse("0152-86M!"), Err(ShortCodeError::Sign));
        assert_eq!(ShortCode::parse(&" ".repeat(10_000)), Err(ShortCodeError::Length));
    }

    #[test]
    fn alphabet_has_no_two_signs_that_are_read_as_one() {
        for sign in ALPHABET {
            assert_eq!(normalise(char::from(*sign)), Some(*sign));
        }
    }

    proptest! {
        #[test]
        fn every_code_comes_back(bits in any::<u64>()) {
            let code = ShortCode::from_random(bits);
            prop_assert_eq!(ShortCode::parse(&code.to_string()), Ok(code));
            prop_assert_eq!(ShortCode::parse(&code.compact().to_lowercase()), Ok(code));
        }

        #[test]
        fn arbitrary_text_never_panics(typed in any::<String>()) {
            if let Ok(code) = ShortCode::parse(&typed) {
                prop_assert_eq!(ShortCode::parse(&code.compact()), Ok(code));
            }
        }
    }
}
