//! Files that hold a secret: made once, readable by the owner alone, never half written.
//! Knows nothing of what the secret is for.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

/// More than any secret of ours; a larger file is something else put there by mistake.
const SECRET_FILE_BYTES_MAX: u64 = 4096;

/// Reads the file, or makes it with `make` if there is none. Two processes starting at once end with the same text.
pub(super) fn read_or_create(path: &Path, make: impl FnOnce() -> String) -> io::Result<String> {
    match read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        outcome => return outcome,
    }
    match write_temporary(path, &make())?.persist_noclobber(path) {
        Ok(_) => sync_folder(path)?,
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error.error),
    }
    read(path)
}

/// Replaces the file in one step: after a crash it holds the old text or the new one.
pub(super) fn replace(path: &Path, text: &str) -> io::Result<()> {
    write_temporary(path, text)?.persist(path).map_err(|error| error.error)?;
    sync_folder(path)
}

pub(super) fn read(path: &Path) -> io::Result<String> {
    let metadata = fs::metadata(path)?;
    if metadata.len() > SECRET_FILE_BYTES_MAX {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the file is too large to hold a key"));
    }
    warn_if_open_to_others(path, &metadata);
    fs::read_to_string(path)
}

/// Temporary files are made with mode 0600 (promised by `tempfile` on Unix) and keep it when renamed.
fn write_temporary(path: &Path, text: &str) -> io::Result<tempfile::NamedTempFile> {
    let folder = folder_of(path);
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(".engawa-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    fs::File::open(folder_of(path))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// A warning and no refusal: some volumes show every file as open and cannot be told otherwise.
#[cfg(unix)]
fn warn_if_open_to_others(path: &Path, metadata: &fs::Metadata) {
    use std::os::unix::fs::PermissionsExt as _;
    if metadata.permissions().mode() & 0o077 != 0 {
        tracing::warn!(file = %path.display(), "a key file can be read by others; set its mode to 0600");
    }
}

#[cfg(not(unix))]
fn warn_if_open_to_others(_path: &Path, _metadata: &fs::Metadata) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn made_once_for_the_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/deep/key");
        assert_eq!(read_or_create(&path, || "first".into()).unwrap(), "first");
        assert_eq!(read_or_create(&path, || "second".into()).unwrap(), "first");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        replace(&path, "third").unwrap();
        assert_eq!(read(&path).unwrap(), "third");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no temporary file is left");
    }

    #[test]
    fn many_starters_agree() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let texts: Vec<String> = std::thread::scope(|scope| {
            let starters: Vec<_> = (0..8)
                .map(|n| {
                    let path = &path;
                    scope.spawn(move || read_or_create(path, || format!("from {n}")).unwrap())
                })
                .collect();
            starters.into_iter().map(|starter| starter.join().unwrap()).collect()
        });
        assert!(texts.iter().all(|text| text == &texts[0]), "{texts:?}");
    }

    #[test]
    fn a_large_file_is_not_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "x".repeat(5000)).unwrap();
        assert_eq!(read(&path).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
