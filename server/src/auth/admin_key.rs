//! The operator's key: asked for when a meeting is created, when there is no coordinator link yet.
//! Knows nothing of HTTP.

use std::fmt;
use std::io;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::keys::{KeyError, TokenKey};
use super::secret_file;

/// The fewest characters an admin key may have.
pub const ADMIN_KEY_MIN_CHARS: usize = 16;

const ADMIN_KEY_FILE_NAME: &str = "admin-key";

/// Keys that stand in examples; refused so that nobody runs with them.
const SAMPLE_KEYS: [&str; 2] = ["change-me-change-me", "replace-this-admin-key"];

/// The operator's key. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct AdminKey(String);

impl fmt::Debug for AdminKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdminKey(redacted)")
    }
}

/// Why there is no admin key.
#[derive(Debug, thiserror::Error)]
pub enum AdminKeyError {
    /// Too short, not plain printable ASCII (it travels in an HTTP header), or taken from an example.
    #[error(
        "an admin key has at least {ADMIN_KEY_MIN_CHARS} printable ASCII characters without spaces, and is not the one of an example"
    )]
    Format,
    /// A new key could not be drawn.
    #[error(transparent)]
    Generate(#[from] KeyError),
    /// The key file cannot be read or made.
    #[error("admin key file {path}: {source}")]
    File {
        /// The file in question.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The key file is there and holds no key.
    #[error("admin key file {path} does not hold a key; delete it to have a new one made")]
    Damaged {
        /// The file in question.
        path: PathBuf,
    },
}

/// Where the admin key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdminKeySource {
    /// Given by configuration.
    Given(AdminKey),
    /// A file in this folder, made at the first start.
    DataFolder(PathBuf),
}

impl AdminKey {
    /// Reads a key as somebody typed it.
    ///
    /// # Errors
    /// [`AdminKeyError::Format`].
    pub fn parse(text: &str) -> Result<Self, AdminKeyError> {
        let text = text.trim();
        let good = text.len() >= ADMIN_KEY_MIN_CHARS && text.bytes().all(|byte| byte.is_ascii_graphic());
        if good && !SAMPLE_KEYS.contains(&text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(AdminKeyError::Format)
        }
    }

    /// Gets the key; makes the key file (mode 0600) if the source is a folder that has none.
    ///
    /// # Errors
    /// An [`AdminKeyError`] that names the file.
    pub fn load(source: &AdminKeySource) -> Result<Self, AdminKeyError> {
        match source {
            AdminKeySource::Given(key) => Ok(key.clone()),
            AdminKeySource::DataFolder(folder) => {
                let path = folder.join(ADMIN_KEY_FILE_NAME);
                let fresh = URL_SAFE_NO_PAD.encode(TokenKey::generate()?.expose());
                let text = secret_file::read_or_create(&path, || format!("{fresh}\n"))
                    .map_err(|source| AdminKeyError::File { path: path.clone(), source })?;
                Self::parse(&text).map_err(|_| AdminKeyError::Damaged { path })
            }
        }
    }

    /// Whether `candidate` is this key; takes the same time wherever the two differ.
    #[must_use]
    pub fn fits(&self, candidate: &str) -> bool {
        // Comparing signatures of both texts hides length and place of the difference.
        let tag = digest(&self.0).finalize().into_bytes();
        digest(candidate).verify_slice(&tag).is_ok()
    }
}

fn digest(text: &str) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(b"engawa admin key").expect("any key length will do");
    mac.update(text.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_once_and_fits_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let source = AdminKeySource::DataFolder(folder.path().to_owned());
        let key = AdminKey::load(&source).unwrap();
        assert_eq!(AdminKey::load(&source).unwrap(), key);
        let text = std::fs::read_to_string(folder.path().join(ADMIN_KEY_FILE_NAME)).unwrap();
        assert!(key.fits(text.trim()));
        assert!(!key.fits(""));
        assert!(!key.fits(&text.trim()[1..]));
        assert!(!key.fits(&format!("{}x", text.trim())));
        assert_eq!(format!("{key:?}"), "AdminKey(redacted)");
    }

    #[test]
    fn weak_keys_are_refused() {
        for bad in [
            "",
            "short",
            "has a space in the middle",
            "縁側縁側縁側縁側縁側縁側",
            SAMPLE_KEYS[0],
            SAMPLE_KEYS[1],
        ] {
            assert!(matches!(AdminKey::parse(bad), Err(AdminKeyError::Format)), "{bad}");
        }
        assert!(AdminKey::parse("0123456789abcdef").is_ok());
    }

    #[test]
    fn an_empty_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(ADMIN_KEY_FILE_NAME), "\n").unwrap();
        let error = AdminKey::load(&AdminKeySource::DataFolder(folder.path().to_owned())).unwrap_err();
        assert!(matches!(error, AdminKeyError::Damaged { .. }), "{error}");
    }
}
