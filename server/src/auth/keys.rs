//! The keys that sign links: one current, at most one previous. Owns where they come from and how they rotate;
//! knows nothing of what is signed.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore as _;
use rand::rngs::OsRng;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::secret_file;

/// Bytes in a key.
pub const KEY_BYTES: usize = 32;

/// The name of the key file in the data folder.
const KEY_FILE_NAME: &str = "token-keys.toml";

/// One signing key. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenKey([u8; KEY_BYTES]);

impl TokenKey {
    /// A key from bytes that are already good randomness.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// A new key from the operating system's randomness.
    ///
    /// # Errors
    /// [`KeyError::Randomness`] if the operating system has none to give.
    pub fn generate() -> Result<Self, KeyError> {
        let mut bytes = [0; KEY_BYTES];
        OsRng.try_fill_bytes(&mut bytes).map_err(|_| KeyError::Randomness)?;
        Ok(Self(bytes))
    }

    /// Reads a key written as base64url (43 characters; padding is tolerated).
    ///
    /// # Errors
    /// [`KeyError::Format`] if it is not exactly 32 bytes of base64url, or a key that nobody drew at random.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let bytes =
            URL_SAFE_NO_PAD.decode(text.trim().trim_end_matches('=')).map_err(|_| KeyError::Format)?;
        let bytes: [u8; KEY_BYTES] = bytes.try_into().map_err(|_| KeyError::Format)?;
        if bytes.iter().all(|byte| *byte == bytes[0]) {
            return Err(KeyError::Format);
        }
        Ok(Self(bytes))
    }

    /// The id written into tokens, so that the right key is tried. A hint: two keys may share one.
    #[must_use]
    pub fn id(&self) -> u8 {
        let mut hash = Sha256::new();
        hash.update(b"engawa key id\0");
        hash.update(self.0);
        hash.finalize()[0]
    }

    /// The bytes, for computing a signature.
    pub(super) const fn expose(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(redacted)")
    }
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Not 32 bytes of base64url, or all bytes alike.
    #[error("a token key is 32 random bytes written as base64url (43 characters)")]
    Format,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    Randomness,
    /// The key file cannot be read or made.
    #[error("key file {path}: {source}")]
    File {
        /// The file in question.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The key file is there and is not one of ours. It is never overwritten: that would end all links.
    #[error("key file {path} is damaged: it must hold `current` and, if wanted, `previous`")]
    Damaged {
        /// The file in question.
        path: PathBuf,
    },
}

/// Where the keys come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// Given by configuration: needed as soon as several nodes must accept each other's links.
    Given(KeyRing),
    /// A file in the data folder, made at the first start.
    DataFolder(PathBuf),
}

/// The key that signs, and one older key that is still accepted. Cheap to share behind an `Arc`.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRing {
    current: TokenKey,
    previous: Option<TokenKey>,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing(redacted, previous: {})", self.previous.is_some())
    }
}

/// The key file's contents.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    current: String,
    previous: Option<String>,
}

impl KeyRing {
    /// A ring of the key that signs and, if there is one, its predecessor.
    #[must_use]
    pub const fn new(current: TokenKey, previous: Option<TokenKey>) -> Self {
        Self { current, previous }
    }

    /// The key that signs.
    #[must_use]
    pub const fn current(&self) -> &TokenKey {
        &self.current
    }

    /// Every key that is accepted, the current one first.
    pub fn keys(&self) -> impl Iterator<Item = &TokenKey> {
        std::iter::once(&self.current).chain(self.previous.as_ref())
    }

    /// Gets the keys; makes the key file (mode 0600) if the source is a folder that has none.
    ///
    /// # Errors
    /// A [`KeyError`] that names the file.
    pub fn load(source: &KeySource) -> Result<Self, KeyError> {
        match source {
            KeySource::Given(ring) => Ok(ring.clone()),
            KeySource::DataFolder(folder) => {
                let path = folder.join(KEY_FILE_NAME);
                let fresh = Self::new(TokenKey::generate()?, None).to_text();
                let text = secret_file::read_or_create(&path, || fresh)
                    .map_err(|source| KeyError::File { path: path.clone(), source })?;
                Self::from_text(&text, &path)
            }
        }
    }

    /// Puts a new key in front; the current one becomes the previous one, and what was previous is accepted no more.
    /// Running servers take the change at their next start.
    ///
    /// # Errors
    /// A [`KeyError`] that names the file; the old file then still stands.
    pub fn rotate(folder: &Path) -> Result<Self, KeyError> {
        let old = Self::load(&KeySource::DataFolder(folder.to_owned()))?;
        let ring = Self::new(TokenKey::generate()?, Some(old.current));
        let path = folder.join(KEY_FILE_NAME);
        secret_file::replace(&path, &ring.to_text()).map_err(|source| KeyError::File { path, source })?;
        Ok(ring)
    }

    fn from_text(text: &str, path: &Path) -> Result<Self, KeyError> {
        let damaged = || KeyError::Damaged { path: path.to_owned() };
        // The parser's own message would quote the line, and with it the key.
        let file: KeyFile = toml::from_str(text).map_err(|_| damaged())?;
        let current = TokenKey::parse(&file.current).map_err(|_| damaged())?;
        let previous = file.previous.map(|text| TokenKey::parse(&text)).transpose().map_err(|_| damaged())?;
        Ok(Self { current, previous })
    }

    fn to_text(&self) -> String {
        let mut text =
            String::from("# The keys that sign Engawa's links. Keep secret; losing them ends every link.\n");
        text.push_str(&format!("current = \"{}\"\n", self.current.to_text()));
        if let Some(previous) = &self.previous {
            text.push_str(&format!("previous = \"{}\"\n", previous.to_text()));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::auth::LinkGrant;

    fn source(folder: &tempfile::TempDir) -> KeySource {
        KeySource::DataFolder(folder.path().to_owned())
    }

    #[test]
    fn made_at_first_start_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let first = KeyRing::load(&source(&folder)).unwrap();
        assert_eq!(KeyRing::load(&source(&folder)).unwrap(), first);
        let other = tempfile::tempdir().unwrap();
        assert_ne!(KeyRing::load(&source(&other)).unwrap(), first, "keys are drawn, not fixed");
    }

    #[test]
    fn links_live_through_one_rotation_and_end_with_the_second() {
        let folder = tempfile::tempdir().unwrap();
        let grant =
            LinkGrant::shared(engawa_protocol::MeetingId(Uuid::nil()), engawa_protocol::Role::Coordinator, 0);
        let token = KeyRing::load(&source(&folder)).unwrap().sign(&grant);
        KeyRing::rotate(folder.path()).unwrap();
        assert_eq!(KeyRing::load(&source(&folder)).unwrap().verify(token.expose()), Ok(grant));
        KeyRing::rotate(folder.path()).unwrap();
        assert!(KeyRing::load(&source(&folder)).unwrap().verify(token.expose()).is_err());
    }

    #[test]
    fn a_damaged_file_is_refused_kept_and_not_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(KEY_FILE_NAME);
        for text in
            ["", "current = \"SECRETSECRET\"", "current = 5", "nonsense SECRETSECRET", "curent = \"x\""]
        {
            std::fs::write(&path, text).unwrap();
            let message = KeyRing::load(&source(&folder)).unwrap_err().to_string();
            assert!(message.contains("damaged") && !message.contains("SECRET"), "{message}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn keys_from_text() {
        let key = TokenKey::generate().unwrap();
        assert_eq!(TokenKey::parse(&key.to_text()).unwrap(), key);
        assert_eq!(TokenKey::parse(&format!(" {}=\n", key.to_text())).unwrap(), key);
        for bad in ["", "short", &"A".repeat(43), &"!".repeat(43), &"A".repeat(86)] {
            assert!(matches!(TokenKey::parse(bad), Err(KeyError::Format)), "{bad}");
        }
    }
}
