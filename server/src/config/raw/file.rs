//! A settings file, read; what is wrong with it is named by file, line and key.

use std::path::{Path, PathBuf};

use super::{FILE_KEY, RawConfig};

/// A settings file larger than this, in bytes, is something else.
const FILE_BYTES_MAX: u64 = 256 * 1024;

/// Why the settings could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be read.
    #[error("{FILE_KEY}: {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The file is far too large.
    #[error("{FILE_KEY}: {path}: larger than {FILE_BYTES_MAX} bytes, so not a settings file")]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The file is not TOML, has a key that is not known, or a value of the wrong type.
    #[error("{FILE_KEY}: {path}, line {line}: {message}")]
    Toml {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong; never quotes the line.
        message: String,
    },
}

impl RawConfig {
    /// Reads a settings file.
    ///
    /// # Errors
    /// A [`ReadError`] that names file, line and key.
    pub fn from_file(path: &Path) -> Result<Self, ReadError> {
        let file = |source| ReadError::File { path: path.to_owned(), source };
        if std::fs::metadata(path).map_err(file)?.len() > FILE_BYTES_MAX {
            return Err(ReadError::TooLarge { path: path.to_owned() });
        }
        let text = std::fs::read_to_string(path).map_err(file)?;
        toml::from_str(&text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start).min(text.len());
            let line = text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1;
            ReadError::Toml { path: path.to_owned(), line, message: error.message().to_owned() }
        })
    }
}
