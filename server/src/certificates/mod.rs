//! What remains of a deleted meeting: a certificate of counts, time and hashes, kept beside the posters' files under a name
//! of its own; and of a person who was taken out of one, whose certificate the meeting itself keeps. Owns their form and
//! keeping; must not know how anything is deleted, and holds nothing that was in it but the title.

pub(crate) mod run;

use std::sync::Arc;

use engawa_domain::{Erasure, Taken};
use engawa_protocol::hash::{hex, sha256};
use engawa_protocol::keeping::{DeletionCertificate, ErasureCertificate};
use engawa_protocol::{MeetingId, codec};
use futures_util::TryStreamExt as _;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _};

use crate::poster_files::fault::cause_of;

/// Meetings' folders are named by ids, so this cannot be one.
const FOLDER: &str = "certificates";

/// Why a certificate could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The store of files failed.
    #[error("the store of files: {}", cause_of(.0))]
    Store(object_store::Error),
    /// What is there is none.
    #[error("a certificate cannot be read: {0}")]
    Unreadable(#[from] codec::CodecError),
}

impl From<object_store::Error> for CertificateError {
    fn from(error: object_store::Error) -> Self {
        Self::Store(error)
    }
}

/// The certificates of deleted meetings. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Certificates {
    store: Arc<dyn ObjectStore>,
}

impl Certificates {
    /// Kept in a store of files.
    #[must_use]
    pub fn over(store: Arc<dyn ObjectStore>) -> Self {
        Self { store }
    }

    /// Seals a certificate and keeps it. What an earlier attempt at the same deletion had counted before it removed the
    /// files stays counted.
    ///
    /// # Errors
    /// A [`CertificateError`].
    pub async fn keep(
        &self,
        mut certificate: DeletionCertificate,
    ) -> Result<DeletionCertificate, CertificateError> {
        if let Some(earlier) = self.find(certificate.meeting).await? {
            certificate.poster_files = certificate.poster_files.max(earlier.poster_files);
            certificate.poster_files_bytes = certificate.poster_files_bytes.max(earlier.poster_files_bytes);
        }
        let sealed = seal(certificate)?;
        self.store.put(&path(sealed.meeting), codec::to_vec(&sealed)?.into()).await?;
        Ok(sealed)
    }

    /// The certificate of a meeting, if it was ever begun to be deleted.
    ///
    /// # Errors
    /// A [`CertificateError`].
    pub async fn find(&self, meeting: MeetingId) -> Result<Option<DeletionCertificate>, CertificateError> {
        match self.store.get(&path(meeting)).await {
            Ok(found) => Ok(Some(codec::from_slice(&found.bytes().await?)?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// All of them, the newest first.
    ///
    /// # Errors
    /// A [`CertificateError`].
    pub async fn all(&self) -> Result<Vec<DeletionCertificate>, CertificateError> {
        let found: Vec<_> = self.store.list(Some(&Path::from(FOLDER))).try_collect().await?;
        let mut certificates = Vec::with_capacity(found.len());
        for object in found {
            let bytes = self.store.get(&object.location).await?.bytes().await?;
            certificates.push(codec::from_slice::<DeletionCertificate>(&bytes)?);
        }
        certificates
            .sort_by_key(|certificate| (std::cmp::Reverse(certificate.deleted_at), certificate.meeting));
        Ok(certificates)
    }
}

/// The certificate of a person's data taken out of a meeting. Made of what the state keeps, so it is the same whenever and
/// wherever it is asked for.
///
/// # Errors
/// None in practice.
pub fn erasure_certificate(
    meeting: MeetingId,
    erasure: &Erasure,
) -> Result<ErasureCertificate, CertificateError> {
    let Erasure { person, seq, at, title, texts, taken } = erasure;
    let Taken { kept, removed, marks, stays, ballots } = *taken;
    let mut certificate = ErasureCertificate {
        meeting,
        title: title.clone(),
        person: *person,
        erased_at: *at,
        seq: *seq,
        texts: *texts,
        kept,
        removed,
        marks,
        stays,
        ballots,
        certificate_hash: String::new(),
    };
    certificate.certificate_hash = hex(&sha256(&[&codec::to_vec(&certificate)?]));
    Ok(certificate)
}

/// Fills in the hash over everything else (SPEC HT40).
fn seal(mut certificate: DeletionCertificate) -> Result<DeletionCertificate, CertificateError> {
    certificate.certificate_hash.clear();
    certificate.certificate_hash = hex(&sha256(&[&codec::to_vec(&certificate)?]));
    Ok(certificate)
}

fn path(meeting: MeetingId) -> Path {
    Path::from(format!("{FOLDER}/{}.json", meeting.0))
}
