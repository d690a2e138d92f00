//! Deleting a meeting for good: its posters' files, its log and snapshots; and the certificate that remains. Owns the
//! order of these; must not know who may ask for it.

use engawa_domain::{Meeting, Totals};
use engawa_protocol::hash::hex;
use engawa_protocol::keeping::{DeletedTotals, DeletionCertificate, DeletionReason, ErasureCertificate};
use engawa_protocol::{MeetingId, Position};

use super::{Hub, HubError};
use crate::certificates::erasure_certificate;
use crate::observe::metrics;
use crate::store::StoreError;

/// What a meeting last was.
struct Last {
    title: String,
    position: Position,
    totals: Totals,
    state_hash: String,
    erasures: Vec<ErasureCertificate>,
}

impl Hub {
    /// Removes a meeting and everything in it for good. What remains is the certificate.
    ///
    /// # Errors
    /// [`HubError::Gone`] if there is no such meeting and never was one that was deleted; what the store says. Trying
    /// again is safe.
    pub async fn delete(
        &self,
        meeting: MeetingId,
        reason: DeletionReason,
    ) -> Result<DeletionCertificate, HubError> {
        let certificates = self.poster_files().certificates();
        // A retry after a lost answer, or another node was faster; this one may still have it in memory.
        let gone = async || certificates.find(meeting).await?.ok_or(HubError::Gone);
        match self.0.store.head(meeting).await {
            Err(StoreError::NotFound) => return gone().await,
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        let last = match self.last_of(meeting).await {
            Ok(last) => Some(last),
            Err(HubError::Gone) => return gone().await,
            // What cannot be read can still be deleted.
            Err(HubError::Unavailable(_)) => None,
            Err(error) => return Err(error),
        };
        let files = self.poster_files().totals(meeting).await?;
        let (title, log_entries, totals, state_hash, erasures) = match last {
            None => (None, None, None, None, Vec::new()),
            Some(Last { title, position, totals, state_hash, erasures }) => {
                (Some(title), Some(position.seq), Some(totals), Some(state_hash), erasures)
            }
        };
        // Before anything goes: who asks for it is told of it only once the meeting is gone.
        let certificate = certificates
            .keep(DeletionCertificate {
                meeting,
                title,
                deleted_at: self.clock().now(),
                reason,
                totals: totals.map(told),
                log_entries,
                poster_files: files.count,
                poster_files_bytes: files.bytes,
                state_hash,
                erasures,
                certificate_hash: String::new(),
            })
            .await?;
        // Then the files: while they cannot be removed, the meeting is still there to be deleted again.
        self.poster_files().delete(meeting).await?;
        self.0.store.delete(meeting).await.inspect_err(|_| metrics::store_failed("delete"))?;
        self.0.codes.remove(meeting);
        Ok(certificate)
    }

    /// The certificate of a meeting that is gone.
    ///
    /// # Errors
    /// [`HubError::Gone`] if there is none: it is still there, or never was.
    pub async fn certificate(&self, meeting: MeetingId) -> Result<DeletionCertificate, HubError> {
        match self.0.store.head(meeting).await {
            Err(StoreError::NotFound) => {}
            Ok(_) => return Err(HubError::Gone),
            Err(error) => return Err(error.into()),
        }
        self.poster_files().certificates().find(meeting).await?.ok_or(HubError::Gone)
    }

    async fn last_of(&self, meeting: MeetingId) -> Result<Last, HubError> {
        let look = move |state: &Meeting, position: Position| {
            let erasures = state.erasures().iter().map(|erasure| erasure_certificate(meeting, erasure).ok());
            let erasures = erasures.collect::<Option<Vec<_>>>()?;
            let state_hash = engawa_domain::digest(state).ok().map(|digest| hex(&digest))?;
            let (title, totals) = (state.title().clone(), Totals::of(state));
            Some(Last { title, position, totals, state_hash, erasures })
        };
        self.read(meeting, look).await?.ok_or(HubError::Unavailable("its state has no digest"))
    }
}

const fn told(totals: Totals) -> DeletedTotals {
    let Totals { people, teams, notes, posters, comments, answers } = totals;
    DeletedTotals { people, teams, notes, posters, comments, answers }
}
