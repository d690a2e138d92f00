//! Making what was removed unreadable in the raw file, too. A database only frees the pages of removed rows; their bytes
//! stay until the pages are used again. So whatever is left is copied into a new file, which takes the old one's
//! place, and the old one is overwritten. Owns that exchange and what a crash in it leaves; must not know why
//! something was removed.
//!
//! The request for it is a row of the same transaction that removed the rows (`tables`), and the copy is made without
//! that row: a crash in between does not forget it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use redb::Database;

use super::super::StoreError;
use super::tables::{self, Failure};
use super::{FILE, FILE_NEW, Opened, builder, open_private, opening, sync_folder};

/// Bytes that are overwritten in one call.
const WIPE_BYTES: usize = 1 << 20;

/// Why removed rows may still be in the file.
#[derive(Debug)]
pub(super) enum Unerased {
    /// The file is as it was, and in use. Trying again may help.
    Kept(StoreError),
    /// Which of the two files a crash would leave is not known: nothing may be written any more.
    Unsure(StoreError),
}

/// Replaces the file by a copy of what is in it, and overwrites it. Only for the thread that writes. Whoever reads is
/// waited for at the exchange itself, not while the copy is made. On a storage without a file there is nothing to do.
pub(super) fn erase(opened: &Opened) -> Result<(), Unerased> {
    let Some(folder) = opened.folder.as_deref() else { return Ok(()) };
    let (path, unfinished) = (folder.join(FILE), folder.join(FILE_NEW));
    let fresh = copy(opened, &unfinished).map_err(Unerased::Kept)?;
    let old_file = OpenOptions::new().write(true).open(&path).map_err(kept)?;
    let mut db = opened.write();
    fs::rename(&unfinished, &path).map_err(kept)?;
    sync_folder(folder).map_err(|error| Unerased::Unsure(unavailable(&error)))?;
    let old = std::mem::replace(&mut *db, fresh);
    drop(db);
    // Closing writes; the overwriting comes after it.
    drop(old);
    if let Err(error) = wipe(old_file) {
        // It has no name any more: nobody finds these bytes but on the raw disk.
        tracing::warn!(%error, "the store's old file is gone, but could not be overwritten");
    }
    Ok(())
}

/// Removes what a crash in the middle of a copy has left.
pub(super) fn remove_unfinished(folder: &Path) -> io::Result<()> {
    let unfinished = folder.join(FILE_NEW);
    match OpenOptions::new().write(true).open(&unfinished) {
        Ok(file) => {
            wipe(file)?;
            fs::remove_file(&unfinished)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

fn copy(opened: &Opened, unfinished: &Path) -> Result<Database, StoreError> {
    let file = open_private(unfinished).map_err(|error| unavailable(&error))?;
    file.set_len(0).map_err(|error| unavailable(&error))?;
    let fresh = builder().create_file(file).map_err(opening)?;
    tables::copy(&opened.read(), &fresh).map_err(|failure| match failure {
        Failure::Refused(refusal) => refusal,
        Failure::Broken(error) => StoreError::unavailable(format!("copying the database: {error}")),
    })?;
    Ok(fresh)
}

fn wipe(mut file: File) -> io::Result<()> {
    let zeros = vec![0; WIPE_BYTES];
    let mut left = file.metadata()?.len();
    while left > 0 {
        let now = left.min(WIPE_BYTES as u64);
        file.write_all(&zeros[..now as usize])?;
        left -= now;
    }
    file.sync_all()
}

fn kept(error: io::Error) -> Unerased {
    Unerased::Kept(unavailable(&error))
}

fn unavailable(error: &io::Error) -> StoreError {
    StoreError::unavailable(format!("exchanging the database file: {error}"))
}
