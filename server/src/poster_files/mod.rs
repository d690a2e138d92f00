//! Where the files of posters are kept: an object store (a local folder, a bucket, or memory), a folder a meeting, each file
//! under the hash of its content. Owns names, bounds and the pace of the work; must not know who may see what.

pub(crate) mod fault;
pub mod s3;

use std::collections::BTreeMap;
use std::path::Path as FilePath;
use std::sync::Arc;

use bytes::Bytes;
use engawa_protocol::MeetingId;
use engawa_protocol::limits::MEETING_FILES_BYTES_MAX;
use engawa_protocol::view::{PosterFile, PosterFileKind};
use futures_util::TryStreamExt as _;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::certificates::Certificates;
use crate::files::picture::{self, PictureError};
use crate::limits::{PICTURE_DRAWERS, UPLOADS_AT_ONCE};

/// Characters of a hash.
const HASH_CHARS: usize = 64;

/// Why a file could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum PosterFileError {
    /// It is not one that is taken.
    #[error(transparent)]
    Refused(#[from] PictureError),
    /// The meeting has as many bytes as it may.
    #[error("the meeting's files are full")]
    Full,
    /// There is no such file.
    #[error("no such file")]
    NotFound,
    /// The store failed.
    #[error("the store of files: {}", fault::cause_of(.0))]
    Store(object_store::Error),
    /// Whoever drew the picture failed.
    #[error("drawing a picture failed")]
    Drawing,
}

impl From<object_store::Error> for PosterFileError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::NotFound,
            error => Self::Store(error),
        }
    }
}

/// The name of a file at a meeting: what it is stands behind the dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileName<'a> {
    hash: &'a str,
    suffix: &'static str,
    /// What the bytes are.
    pub content_type: &'static str,
}

const FULL: &str = "jpg";
const SMALL: &str = "small.jpg";
const DOCUMENT: &str = "pdf";

impl<'a> FileName<'a> {
    /// Reads a name such as `{hash}.jpg`, `{hash}.small.jpg` or `{hash}.pdf`; anything else is none.
    #[must_use]
    pub fn parse(name: &'a str) -> Option<Self> {
        let (hash, suffix) = name.split_at_checked(HASH_CHARS)?;
        let well_formed = hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let (suffix, content_type) = match suffix {
            ".jpg" => (FULL, "image/jpeg"),
            ".small.jpg" => (SMALL, "image/jpeg"),
            ".pdf" => (DOCUMENT, "application/pdf"),
            _ => return None,
        };
        well_formed.then_some(Self { hash, suffix, content_type })
    }
}

/// How many files a meeting has, a picture's small form among them, and how large they are together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileTotals {
    /// How many.
    pub count: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// The names of a meeting's files, with their bytes.
pub type Inventory = BTreeMap<String, u64>;

/// The names of the files that make up a poster's: a picture's small form, then the whole.
#[must_use]
pub fn files_of(file: &PosterFile) -> Vec<String> {
    let suffixes: &[&str] = match file.kind {
        PosterFileKind::Pdf => &[DOCUMENT],
        PosterFileKind::Png | PosterFileKind::Jpeg | PosterFileKind::Webp => &[SMALL, FULL],
    };
    suffixes.iter().map(|suffix| format!("{}.{suffix}", file.hash)).collect()
}

/// The files of posters. Cheap to clone.
#[derive(Debug, Clone)]
pub struct PosterFiles {
    store: Arc<dyn ObjectStore>,
    drawers: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
}

impl PosterFiles {
    /// Kept in a local folder, which is made if it is not there.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn in_folder(folder: &FilePath) -> Result<Self, PosterFileError> {
        std::fs::create_dir_all(folder).map_err(|error| {
            PosterFileError::Store(object_store::Error::Generic { store: "folder", source: error.into() })
        })?;
        let store = LocalFileSystem::new_with_prefix(folder)?.with_automatic_cleanup(true);
        Ok(Self::over(Arc::new(store)))
    }

    /// Kept in memory, for tests and trials.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::over(Arc::new(InMemory::new()))
    }

    /// Kept in any store.
    #[must_use]
    pub fn over(store: Arc<dyn ObjectStore>) -> Self {
        let (drawers, uploads) = (Semaphore::new(PICTURE_DRAWERS), Semaphore::new(UPLOADS_AT_ONCE));
        Self { store, drawers: Arc::new(drawers), uploads: Arc::new(uploads) }
    }

    /// A place for one upload in memory; waits for one.
    pub async fn upload_place(&self) -> Option<SemaphorePermit<'_>> {
        // It is never closed; if it were, nothing would be bounded any more and nothing would be taken.
        self.uploads.acquire().await.ok()
    }

    /// Recognises a file, draws it anew and keeps it. Keeping the same file twice keeps one.
    ///
    /// # Errors
    /// A [`PosterFileError`].
    pub async fn keep(&self, meeting: MeetingId, bytes: Vec<u8>) -> Result<PosterFile, PosterFileError> {
        let drawer = Arc::clone(&self.drawers).acquire_owned().await.map_err(|_| PosterFileError::Drawing)?;
        let drawn = tokio::task::spawn_blocking(move || {
            let drawn = picture::keep(bytes);
            drop(drawer);
            drawn
        });
        let kept = drawn.await.map_err(|_| PosterFileError::Drawing)??;
        let more = (kept.full.len() + kept.small.as_ref().map_or(0, Vec::len)) as u64;
        if self.totals(meeting).await?.bytes + more > MEETING_FILES_BYTES_MAX {
            return Err(PosterFileError::Full);
        }
        let hash = &kept.file.hash;
        let suffix = match kept.file.kind {
            PosterFileKind::Pdf => DOCUMENT,
            PosterFileKind::Png | PosterFileKind::Jpeg | PosterFileKind::Webp => FULL,
        };
        // The small one first: where the whole is, both are.
        if let Some(small) = kept.small {
            self.store.put(&path(meeting, hash, SMALL), small.into()).await?;
        }
        self.store.put(&path(meeting, hash, suffix), kept.full.into()).await?;
        Ok(kept.file)
    }

    /// A file's bytes.
    ///
    /// # Errors
    /// A [`PosterFileError`].
    pub async fn read(&self, meeting: MeetingId, name: FileName<'_>) -> Result<Bytes, PosterFileError> {
        Ok(self.store.get(&path(meeting, name.hash, name.suffix)).await?.bytes().await?)
    }

    /// The names of all files of a meeting, with their bytes.
    ///
    /// # Errors
    /// A [`PosterFileError`].
    pub async fn inventory(&self, meeting: MeetingId) -> Result<Inventory, PosterFileError> {
        let found: Vec<_> = self.store.list(Some(&folder(meeting))).try_collect().await?;
        let named =
            |object: object_store::ObjectMeta| Some((object.location.filename()?.to_owned(), object.size));
        Ok(found.into_iter().filter_map(named).collect())
    }

    /// Copies a poster's file from one meeting's folder into another's. What is there already, as its inventory says, is
    /// left alone, and what is not to be found is passed over.
    ///
    /// # Errors
    /// A [`PosterFileError`]; trying again is safe.
    pub async fn copy(
        &self,
        from: MeetingId,
        (to, there): (MeetingId, &Inventory),
        file: &PosterFile,
    ) -> Result<(), PosterFileError> {
        // The small one first, as when it is kept: where the whole is, both are.
        for name in files_of(file).into_iter().filter(|name| !there.contains_key(name)) {
            let (source, target) = (folder(from).join(name.as_str()), folder(to).join(name.as_str()));
            match self.store.copy(&source, &target).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                // A folder copies by links, which not every file system has.
                Err(_) => {
                    let bytes = self.store.get(&source).await?.bytes().await?;
                    self.store.put(&target, bytes.into()).await?;
                }
            }
        }
        Ok(())
    }

    /// Removes all files of a meeting.
    ///
    /// # Errors
    /// A [`PosterFileError`]; trying again is safe.
    pub async fn delete(&self, meeting: MeetingId) -> Result<(), PosterFileError> {
        let found: Vec<_> = self.store.list(Some(&folder(meeting))).try_collect().await?;
        for object in found {
            match self.store.delete(&object.location).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// How much a meeting has.
    ///
    /// # Errors
    /// A [`PosterFileError`].
    pub async fn totals(&self, meeting: MeetingId) -> Result<FileTotals, PosterFileError> {
        let found: Vec<_> = self.store.list(Some(&folder(meeting))).try_collect().await?;
        let bytes = found.iter().map(|object| object.size).sum();
        Ok(FileTotals { count: found.len() as u64, bytes })
    }

    /// The certificates of deleted meetings, kept beside the files.
    #[must_use]
    pub fn certificates(&self) -> Certificates {
        Certificates::over(Arc::clone(&self.store))
    }
}

fn folder(meeting: MeetingId) -> Path {
    Path::from(meeting.0.to_string())
}

fn path(meeting: MeetingId, hash: &str, suffix: &str) -> Path {
    Path::from(format!("{}/{hash}.{suffix}", meeting.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meeting() -> MeetingId {
        MeetingId(uuid::Uuid::from_u128(1))
    }

    fn picture() -> Vec<u8> {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::DynamicImage::new_rgb8(7, 10).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[tokio::test]
    async fn so_many_pictures_are_drawn_at_a_time_and_the_next_waits() {
        let files = PosterFiles::in_memory();
        let mut drawn: Vec<_> =
            (0..PICTURE_DRAWERS).map(|_| Arc::clone(&files.drawers).try_acquire_owned().unwrap()).collect();
        let next = tokio::spawn({
            let files = files.clone();
            async move { files.keep(meeting(), picture()).await.is_ok() }
        });
        // Whatever could run has run, and the one that waits is not among what has.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert!(!next.is_finished());
        drawn.pop();
        assert!(next.await.unwrap());
    }

    #[tokio::test]
    async fn so_many_uploads_are_held_at_a_time_and_the_next_waits() {
        let files = PosterFiles::in_memory();
        let mut places = Vec::new();
        for _ in 0..UPLOADS_AT_ONCE {
            places.push(files.upload_place().await.unwrap());
        }
        let mut next = Box::pin(files.upload_place());
        assert!(futures_util::poll!(&mut next).is_pending());
        places.pop();
        assert!(next.await.is_some());
    }
}
