//! The signed text inside a link. Owns its format, its signing and its checking, and nothing about meetings.
//!
//! Version 1, before base64url without padding:
//!
//! ```text
//! byte 0       version (high 4 bits, = 1) and role (low 4 bits, 1 to 6)
//! byte 1       key id: first byte of SHA-256("engawa key id\0" + key); a hint, not a secret
//! bytes 2-17   meeting id, as in the UUID
//! then         generation, LEB128, 1 to 5 bytes, shortest form
//! then         person, LEB128, 1 to 5 bytes, shortest form; absent for a shared link
//! last 16      HMAC-SHA-256("engawa grant token v1\0" + all bytes before), truncated
//! ```
//!
//! A personal link is 36 to 38 bytes, 48 to 51 characters, for a person number below two million and a small
//! generation. There is no expiry: a link ends when its generation is raised or its meeting is deleted.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use engawa_domain::Grant;
use engawa_protocol::{MeetingId, PersonId};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use uuid::Uuid;

use super::grant::{LinkGrant, role_from_number, role_number};
use super::keys::{KeyRing, TokenKey};

const VERSION: u8 = 1;
const DOMAIN: &[u8] = b"engawa grant token v1\0";
const HEAD_BYTES: usize = 2 + 16;
const MAC_BYTES: usize = 16;
const VARINT_BYTES_MAX: usize = 5;
const TOKEN_BYTES_MIN: usize = HEAD_BYTES + 1 + MAC_BYTES;
const TOKEN_BYTES_MAX: usize = HEAD_BYTES + 2 * VARINT_BYTES_MAX + MAC_BYTES;

/// The shortest text that can be a token, in characters.
pub const TOKEN_CHARS_MIN: usize = (TOKEN_BYTES_MIN * 4).div_ceil(3);
/// The longest text that can be a token, in characters. Longer input is refused before it is decoded.
pub const TOKEN_CHARS_MAX: usize = (TOKEN_BYTES_MAX * 4).div_ceil(3);

/// A signed token, ready to be put into a link. It opens a meeting, so neither `Debug` nor `Display` show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The text itself, for a link or a QR code; never for a log line.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(redacted)")
    }
}

/// Why a text is not a good token. People are told the same sentence for all of them; operators see the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Shorter than [`TOKEN_CHARS_MIN`] or longer than [`TOKEN_CHARS_MAX`]: often a link cut by a mail program.
    #[error("token has an impossible length")]
    Length,
    /// Not base64url without padding, in its one canonical form.
    #[error("token is not base64url")]
    Encoding,
    /// Made by a release that writes another version.
    #[error("token version is not known")]
    Version,
    /// Signed with a key that is neither the current nor the previous one.
    #[error("token key is not known")]
    Key,
    /// The signature does not fit: altered, mistyped or forged.
    #[error("token signature does not fit")]
    Signature,
    /// Well signed, yet not a grant this release understands.
    #[error("token contents are not a grant")]
    Contents,
}

impl KeyRing {
    /// Signs a grant with the current key. The same grant and key always give the same token.
    #[must_use]
    pub fn sign(&self, link: &LinkGrant) -> Token {
        let LinkGrant { meeting, grant } = link;
        let key = self.current();
        let mut bytes = Vec::with_capacity(TOKEN_BYTES_MAX);
        bytes.push((VERSION << 4) | role_number(grant.role));
        bytes.push(key.id());
        bytes.extend_from_slice(meeting.0.as_bytes());
        write_varint(&mut bytes, grant.generation);
        if let Some(PersonId(person)) = grant.person {
            write_varint(&mut bytes, person);
        }
        let tag = mac(key, &bytes).finalize().into_bytes();
        bytes.extend(tag.iter().take(MAC_BYTES));
        Token(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Checks a token and says what it grants. Takes any text; time does not depend on how much of a signature fits.
    ///
    /// # Errors
    /// A [`TokenError`]; nothing inside the token is looked at before its signature has been found good,
    /// apart from version and key id.
    pub fn verify(&self, text: &str) -> Result<LinkGrant, TokenError> {
        if !(TOKEN_CHARS_MIN..=TOKEN_CHARS_MAX).contains(&text.len()) {
            return Err(TokenError::Length);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Encoding)?;
        let payload_bytes = bytes.len().checked_sub(MAC_BYTES).ok_or(TokenError::Length)?;
        let (payload, tag) = bytes.split_at_checked(payload_bytes).ok_or(TokenError::Length)?;
        let (&[head, key_id], _) = payload.split_first_chunk::<2>().ok_or(TokenError::Length)?;
        if head >> 4 != VERSION {
            return Err(TokenError::Version);
        }
        // Two keys may share an id, so every key with this id is tried.
        let mut error = TokenError::Key;
        for key in self.keys().filter(|key| key.id() == key_id) {
            if mac(key, payload).verify_truncated_left(tag).is_ok() {
                return read_payload(payload).ok_or(TokenError::Contents);
            }
            error = TokenError::Signature;
        }
        Err(error)
    }
}

fn mac(key: &TokenKey, payload: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).expect("any key length will do");
    mac.update(DOMAIN);
    mac.update(payload);
    mac
}

fn read_payload(payload: &[u8]) -> Option<LinkGrant> {
    let (&head, rest) = payload.split_first()?;
    let (_key_id, rest) = rest.split_first()?;
    let (meeting, rest) = rest.split_first_chunk::<16>()?;
    let (generation, rest) = read_varint(rest)?;
    let person = if rest.is_empty() {
        None
    } else {
        let (person, rest) = read_varint(rest)?;
        if !rest.is_empty() {
            return None;
        }
        Some(person)
    };
    let role = role_from_number(head & 0x0f)?;
    let grant = Grant { role, person: person.map(PersonId), generation };
    Some(LinkGrant { meeting: MeetingId(Uuid::from_bytes(*meeting)), grant })
}

fn write_varint(bytes: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        bytes.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Reads the shortest form only, so that a grant has one encoding.
fn read_varint(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut value = 0_u32;
    for (index, &byte) in bytes.iter().enumerate().take(VARINT_BYTES_MAX) {
        let part = u32::from(byte & 0x7f);
        if index == VARINT_BYTES_MAX - 1 && part > 0x0f {
            return None;
        }
        value |= part << (7 * index);
        if byte & 0x80 == 0 {
            let shortest = index == 0 || byte != 0;
            return if shortest { Some((value, bytes.get(index + 1..)?)) } else { None };
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use engawa_protocol::Role;
    use proptest::prelude::*;

    use super::*;

    fn key(byte: u8) -> TokenKey {
        TokenKey::from_bytes([byte; 32])
    }

    fn ring() -> KeyRing {
        KeyRing::new(key(7), None)
    }

    fn link(role: Role, person: Option<u32>, generation: u32) -> LinkGrant {
        LinkGrant { meeting: meeting(), grant: Grant { role, person: person.map(PersonId), generation } }
    }

    fn meeting() -> MeetingId {
        MeetingId(Uuid::from_bytes([
            0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x47, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0,
        ]))
    }

    fn any_grant() -> impl Strategy<Value = LinkGrant> {
        (any::<[u8; 16]>(), 0..Role::ALL.len(), any::<Option<u32>>(), any::<u32>()).prop_map(
            |(meeting, role, person, generation)| LinkGrant {
                meeting: MeetingId(Uuid::from_bytes(meeting)),
                ..link(Role::ALL[role], person, generation)
            },
        )
    }

    /// Published vectors: key = 32 bytes of 0x07. Computed independently of this code (HMAC and base64 of Python's
    /// standard library). A change here breaks every printed link.
    #[test]
    fn published_vectors_hold() {
        let vectors = include_str!("token_vectors.txt");
        let mut count = 0;
        for line in vectors.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [role, person, generation, text] = fields[..] else { panic!("four fields: {line}") };
            let grant = link(
                role_from_number(role.parse().unwrap()).unwrap(),
                (person != "-").then(|| person.parse().unwrap()),
                generation.parse().unwrap(),
            );
            assert_eq!(ring().sign(&grant).expose(), text);
            assert_eq!(ring().verify(text), Ok(grant));
            count += 1;
        }
        assert!(count >= 8, "the vectors are there");
    }

    #[test]
    fn links_of_an_ordinary_meeting_stay_short() {
        let grant = link(Role::Participant, Some(291), 1);
        assert!(ring().sign(&grant).expose().len() <= 50);
    }

    #[test]
    fn previous_key_is_accepted_and_a_third_is_not() {
        let grant = link(Role::Observer, None, 3);
        let old = KeyRing::new(key(1), None).sign(&grant);
        assert_eq!(KeyRing::new(key(2), Some(key(1))).verify(old.expose()), Ok(grant));
        assert!(matches!(
            KeyRing::new(key(2), Some(key(3))).verify(old.expose()),
            Err(TokenError::Key | TokenError::Signature)
        ));
    }

    #[test]
    fn debug_shows_nothing() {
        let token = ring().sign(&link(Role::Screen, None, 0));
        assert_eq!(format!("{token:?}"), "Token(redacted)");
        assert!(!format!("{:?}", ring()).contains('7'));
    }

    #[test]
    fn well_signed_nonsense_is_no_grant() {
        let sign = |payload: &[u8]| {
            let mut bytes = payload.to_vec();
            bytes[1] = key(7).id();
            let tag = mac(&key(7), &bytes).finalize().into_bytes();
            bytes.extend(&tag[..MAC_BYTES]);
            URL_SAFE_NO_PAD.encode(bytes)
        };
        let mut payload = vec![0x11; HEAD_BYTES];
        payload.push(0);
        assert!(ring().verify(&sign(&payload)).is_ok());
        for (case, change) in [
            ("role 0", &(|p: &mut Vec<u8>| p[0] = 0x10) as &dyn Fn(&mut Vec<u8>)),
            ("role 7", &|p| p[0] = 0x17),
            ("longer than shortest generation", &|p| {
                p[HEAD_BYTES] = 0x80;
                p.push(0);
            }),
            ("unfinished person", &|p| p.push(0x80)),
            ("person above u32", &|p| p.extend([0xff, 0xff, 0xff, 0xff, 0x1f])),
            ("bytes left over", &|p| p.extend([1, 1])),
        ] {
            let mut changed = payload.clone();
            change(&mut changed);
            assert_eq!(ring().verify(&sign(&changed)), Err(TokenError::Contents), "{case}");
        }
        payload[0] = 0x21;
        assert_eq!(ring().verify(&sign(&payload)), Err(TokenError::Version));
    }

    proptest! {
        #[test]
        fn what_is_signed_is_read_back(grant in any_grant()) {
            let token = ring().sign(&grant);
            prop_assert!((TOKEN_CHARS_MIN..=TOKEN_CHARS_MAX).contains(&token.expose().len()));
            prop_assert_eq!(ring().verify(token.expose()), Ok(grant));
        }

        #[test]
        fn any_flipped_bit_is_refused(grant in any_grant(), position in any::<prop::sample::Index>(), bit in 0..8_u32) {
            let token = ring().sign(&grant);
            let mut bytes = URL_SAFE_NO_PAD.decode(token.expose()).unwrap();
            let at = position.index(bytes.len());
            bytes[at] ^= 1 << bit;
            prop_assert!(ring().verify(&URL_SAFE_NO_PAD.encode(&bytes)).is_err());
        }

        #[test]
        fn any_changed_character_is_refused(grant in any_grant(), position in any::<prop::sample::Index>(), other in "[ -~]") {
            let token = ring().sign(&grant);
            let mut text = token.expose().to_owned();
            let at = position.index(text.len());
            prop_assume!(text[at..=at] != other);
            text.replace_range(at..=at, &other);
            prop_assert!(ring().verify(&text).is_err());
        }

        #[test]
        fn any_truncation_is_refused(grant in any_grant(), position in any::<prop::sample::Index>()) {
            let token = ring().sign(&grant);
            let at = position.index(token.expose().len());
            prop_assert!(ring().verify(&token.expose()[..at]).is_err());
            prop_assert!(ring().verify(&token.expose()[at + 1..]).is_err());
        }

        #[test]
        fn arbitrary_text_never_panics_and_never_opens(text in any::<String>(), bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(ring().verify(&text).is_err());
            prop_assert!(ring().verify(&URL_SAFE_NO_PAD.encode(&bytes)).is_err());
        }
    }
}
