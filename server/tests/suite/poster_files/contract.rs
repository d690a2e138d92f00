//! What every store of posters' files promises.

use std::io::Cursor;

use engawa_protocol::MeetingId;
use engawa_protocol::Timestamp;
use engawa_protocol::keeping::{DeletionCertificate, DeletionReason};
use engawa_protocol::view::{PosterFile, PosterFileKind};
use engawa_server::poster_files::{FileName, PosterFileError, PosterFiles};
use uuid::Uuid;

pub(super) const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n";

/// A picture of its own for every shade.
pub(super) fn picture(shade: u8) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let pixels = image::RgbImage::from_pixel(700, 10, image::Rgb([shade, 90, 200]));
    image::DynamicImage::from(pixels).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Reads a file by the end of its name.
pub(super) async fn read(
    files: &PosterFiles,
    meeting: MeetingId,
    file: &PosterFile,
    end: &str,
) -> Result<Vec<u8>, PosterFileError> {
    let name = format!("{}.{end}", file.hash);
    files.read(meeting, FileName::parse(&name).unwrap()).await.map(|bytes| bytes.to_vec())
}

pub(super) async fn holds(files: &PosterFiles) {
    let (one, other) = (MeetingId(Uuid::new_v4()), MeetingId(Uuid::new_v4()));
    assert_eq!(files.totals(one).await.unwrap().count, 0);
    let kept = files.keep(one, picture(1)).await.unwrap();
    assert_eq!((kept.kind, kept.width, kept.height), (PosterFileKind::Jpeg, 700, 10));
    let whole = read(files, one, &kept, "jpg").await.unwrap();
    let small = read(files, one, &kept, "small.jpg").await.unwrap();
    assert_eq!(image::load_from_memory(&small).unwrap().width(), 640);
    assert_eq!(engawa_protocol::hash::hex(&engawa_protocol::hash::sha256(&[&whole])), kept.hash);

    let totals = files.totals(one).await.unwrap();
    assert_eq!((totals.count, totals.bytes), (2, (whole.len() + small.len()) as u64));
    assert_eq!(files.keep(one, picture(1)).await.unwrap(), kept, "the same file twice is one");
    assert_eq!(files.totals(one).await.unwrap(), totals);

    let document = files.keep(one, PDF.to_vec()).await.unwrap();
    assert_eq!(read(files, one, &document, "pdf").await.unwrap(), PDF);
    let missing = read(files, other, &kept, "jpg").await;
    assert!(matches!(missing, Err(PosterFileError::NotFound)), "{missing:?}");

    let theirs = files.keep(other, picture(2)).await.unwrap();
    let certificate = files.certificates().keep(certificate(one)).await.unwrap();
    files.delete(one).await.unwrap();
    files.delete(one).await.unwrap();
    assert_eq!(files.totals(one).await.unwrap().count, 0);
    let gone = read(files, one, &kept, "jpg").await;
    assert!(matches!(gone, Err(PosterFileError::NotFound)), "{gone:?}");
    read(files, other, &theirs, "jpg").await.unwrap();

    assert_eq!(files.certificates().find(one).await.unwrap(), Some(certificate.clone()));
    assert_eq!(files.certificates().find(other).await.unwrap(), None);
    assert!(files.certificates().all().await.unwrap().contains(&certificate));
    files.delete(other).await.unwrap();
}

fn certificate(meeting: MeetingId) -> DeletionCertificate {
    DeletionCertificate {
        meeting,
        title: Some("第5回研究会".into()),
        deleted_at: Timestamp(1_795_910_400_000),
        reason: DeletionReason::Asked,
        totals: None,
        log_entries: None,
        poster_files: 3,
        poster_files_bytes: 1,
        state_hash: None,
        erasures: Vec::new(),
        certificate_hash: String::new(),
    }
}

#[tokio::test]
async fn memory_keeps_files() {
    holds(&PosterFiles::in_memory()).await;
}

#[tokio::test]
async fn a_folder_keeps_files() {
    let folder = tempfile::tempdir().unwrap();
    holds(&PosterFiles::in_folder(&folder.path().join("poster-files")).unwrap()).await;
    let another = PosterFiles::in_folder(&folder.path().join("poster-files")).unwrap();
    assert_eq!(another.certificates().all().await.unwrap().len(), 1, "another program finds what is there");
}
