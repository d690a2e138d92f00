//! The file of a backup: text, one JSON document a line. Owns its form and its checks; must not know where it lies.
//!
//! 1. the header: format, version, meeting, epoch, the last entry, the digest of the state after it
//! 2. if the header names a snapshot: the state at that entry
//! 3. every entry after it, as `engawa replay` reads them
//! 4. `{"sha256":…}` over every byte before this line

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use engawa_domain::{Entry, Meeting, RULES_VERSION, apply, decode_snapshot, digest, encode_snapshot};
use engawa_protocol::codec::{self, CodecError};
use engawa_protocol::hash::{hex, sha256};
use engawa_protocol::{Epoch, MeetingId, Seq};
use serde::{Deserialize, Serialize};

use crate::limits::BACKUP_BYTES;

const FORMAT: &str = "engawa-backup";
const VERSION: u16 = 1;

/// What the first line says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    format: String,
    version: u16,
    rules_version: u16,
    meeting: MeetingId,
    epoch: Epoch,
    /// The entry of the snapshot on the next line; none if the log begins at its beginning.
    snapshot: Option<Seq>,
    last: Seq,
    /// Digest of the state after the last entry, in hexadecimal digits.
    digest: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trailer {
    sha256: String,
}

/// Why a file is no backup that can be used. Never quotes the file.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// It does not begin like one.
    #[error("this is not a backup of a meeting: its first line is not the header of one")]
    NotABackup,
    /// A newer release wrote it.
    #[error(
        "the backup is of version {version} (rules {rules_version}), which this release does not read; use a newer release"
    )]
    Version {
        /// The version of its form.
        version: u16,
        /// The version of the rules.
        rules_version: u16,
    },
    /// Its end is missing.
    #[error("the backup is cut off: its last line, with the checksum, is missing")]
    Truncated,
    /// It is not what was written.
    #[error("the backup has been altered or damaged: its checksum is not that of its contents")]
    Altered,
    /// A line is not what it should be.
    #[error("line {line} of the backup: {what}")]
    Line {
        /// Which, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// Applying the entries gives another state than it did where the backup was written.
    #[error("the entries of the backup give another state than the digest in its header")]
    Digest,
    /// It is far too large.
    #[error("larger than {BACKUP_BYTES} bytes, so not a backup of a meeting")]
    TooLarge,
    /// The state cannot be encoded or an entry of the store not be read.
    #[error("the meeting: {0}")]
    Codec(#[from] CodecError),
    /// The file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// A meeting, as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    header: Header,
    snapshot: Option<Meeting>,
    entries: Vec<Entry>,
    state: Meeting,
}

impl Backup {
    /// Puts a backup together and computes the state it leads to.
    pub(super) fn new(
        meeting: MeetingId,
        epoch: Epoch,
        snapshot: Option<Meeting>,
        entries: Vec<Entry>,
    ) -> Result<Self, FormatError> {
        let line = |index: usize| 2 + usize::from(snapshot.is_some()) + index;
        let mut state = snapshot.clone();
        for (index, entry) in entries.iter().enumerate() {
            apply(&mut state, entry);
            if state.as_ref().is_none_or(|state| state.seq() != entry.seq) {
                let what = format!("entry {} does not follow the one before it", entry.seq);
                return Err(FormatError::Line { line: line(index), what });
            }
        }
        let state = state.ok_or(FormatError::Truncated)?;
        let header = Header {
            format: FORMAT.to_owned(),
            version: VERSION,
            rules_version: RULES_VERSION,
            meeting,
            epoch,
            snapshot: snapshot.as_ref().map(Meeting::seq),
            last: state.seq(),
            digest: hex(&digest(&state)?),
        };
        Ok(Self { header, snapshot, entries, state })
    }

    /// The same state as a snapshot, and none of the entries that led to it.
    pub(super) fn without_entries(self) -> Self {
        let snapshot = Some(self.state.clone());
        let header = Header { snapshot: Some(self.state.seq()), ..self.header };
        Self { header, snapshot, entries: Vec::new(), state: self.state }
    }

    /// Which meeting.
    #[must_use]
    pub const fn meeting(&self) -> MeetingId {
        self.header.meeting
    }

    /// The epoch it was read in.
    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.header.epoch
    }

    /// The state after the last entry.
    #[must_use]
    pub const fn state(&self) -> &Meeting {
        &self.state
    }

    /// The state after the last entry, by itself.
    #[must_use]
    pub fn into_state(self) -> Meeting {
        self.state
    }

    /// How many entries stand behind the snapshot.
    #[must_use]
    pub const fn entry_count(&self) -> usize {
        self.entries.len()
    }

    /// The file's bytes.
    ///
    /// # Errors
    /// [`FormatError::Codec`].
    pub fn encode(&self) -> Result<Vec<u8>, FormatError> {
        let mut bytes = codec::to_vec(&self.header)?;
        bytes.push(b'\n');
        if let Some(snapshot) = &self.snapshot {
            bytes.extend(encode_snapshot(snapshot)?);
            bytes.push(b'\n');
        }
        for entry in &self.entries {
            bytes.extend(codec::to_vec(entry)?);
            bytes.push(b'\n');
        }
        let sha256 = hex(&sha256(&[&bytes]));
        bytes.extend(codec::to_vec(&Trailer { sha256 })?);
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads a file's bytes and checks everything about them.
    ///
    /// # Errors
    /// A [`FormatError`] that says what is wrong with it.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let header: serde_json::Value = serde_json::from_slice(first).map_err(|_| FormatError::NotABackup)?;
        if header["format"] != FORMAT {
            return Err(FormatError::NotABackup);
        }
        let number = |field: &str| header[field].as_u64().and_then(|number| u16::try_from(number).ok());
        let (version, rules_version) = (number("version").unwrap_or(0), number("rules_version").unwrap_or(0));
        if version != VERSION || rules_version > RULES_VERSION {
            return Err(FormatError::Version { version, rules_version });
        }
        let body = check_sum(bytes)?;
        let header: Header = codec::from_slice(first)
            .map_err(|error| FormatError::Line { line: 1, what: error.to_string() })?;
        let (snapshot, entries) = read_body(body, &header)?;
        let backup = Self::new(header.meeting, header.epoch, snapshot, entries)?;
        if backup.state.info().id != header.meeting {
            return Err(FormatError::Line { line: 1, what: "the state is another meeting's".to_owned() });
        }
        if backup.header.digest != header.digest || backup.header.last != header.last {
            return Err(FormatError::Digest);
        }
        Ok(Self { header, ..backup })
    }

    /// Writes the file, for its owner alone (mode 0600): whole or not at all, and never over another.
    ///
    /// # Errors
    /// [`FormatError::File`], also if it exists; [`FormatError::Codec`].
    pub fn write(&self, path: &Path) -> Result<(), FormatError> {
        write_private(path, &self.encode()?)
    }

    /// Reads a file.
    ///
    /// # Errors
    /// A [`FormatError`].
    pub fn read(path: &Path) -> Result<Self, FormatError> {
        let failed = |source| FormatError::File { path: path.to_owned(), source };
        let file = fs::File::open(path).map_err(failed)?;
        let mut bytes = Vec::new();
        file.take(BACKUP_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > BACKUP_BYTES {
            return Err(FormatError::TooLarge);
        }
        Self::decode(&bytes)
    }
}

/// Writes a file that only its owner may read, whole or not at all; it must not be there yet.
///
/// # Errors
/// [`FormatError::File`].
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), FormatError> {
    let failed = |source| FormatError::File { path: path.to_owned(), source };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Promised by `tempfile` on Unix: only the owner may read it.
    let mut file = tempfile::Builder::new().prefix(".engawa-").tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist_noclobber(path).map_err(|error| failed(error.error))?;
    #[cfg(unix)]
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
    Ok(())
}

/// Splits the last line off and compares its checksum with everything before it.
fn check_sum(bytes: &[u8]) -> Result<&[u8], FormatError> {
    let whole = bytes.strip_suffix(b"\n").ok_or(FormatError::Truncated)?;
    let end = whole.iter().rposition(|byte| *byte == b'\n').ok_or(FormatError::Truncated)? + 1;
    let (body, last) = whole.split_at(end);
    let trailer: Trailer = serde_json::from_slice(last).map_err(|_| FormatError::Truncated)?;
    if trailer.sha256 == hex(&sha256(&[body])) { Ok(body) } else { Err(FormatError::Altered) }
}

fn read_body(body: &[u8], header: &Header) -> Result<(Option<Meeting>, Vec<Entry>), FormatError> {
    let mut lines =
        body.split(|byte| *byte == b'\n').enumerate().skip(1).filter(|(_, text)| !text.is_empty());
    let wrong =
        |index: usize, error: &CodecError| FormatError::Line { line: index + 1, what: error.to_string() };
    let snapshot = match header.snapshot {
        None => None,
        Some(seq) => {
            let (index, text) = lines.next().ok_or(FormatError::Truncated)?;
            let state = decode_snapshot(text).map_err(|error| wrong(index, &error))?;
            if state.seq() != seq {
                let what = format!("the snapshot stands at entry {}, the header says {seq}", state.seq());
                return Err(FormatError::Line { line: index + 1, what });
            }
            Some(state)
        }
    };
    let entries = lines.map(|(index, text)| codec::from_slice(text).map_err(|error| wrong(index, &error)));
    Ok((snapshot, entries.collect::<Result<_, _>>()?))
}
