//! The commands of the binary that delete a meeting and show what remains of deleted ones, on the configured store. Owns
//! opening and closing it; must not know what deleting takes.

use std::sync::Arc;

use engawa_protocol::MeetingId;
use engawa_protocol::keeping::{DeletionCertificates, DeletionReason};

use crate::backup::run::{BackupRunError, open};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::hub::{Hub, HubError, HubLimits};
use crate::run::poster_files;

/// Deletes a meeting for good; answers with its certificate as JSON.
pub(crate) async fn delete_meeting(config: &Config, meeting: MeetingId) -> Result<String, BackupRunError> {
    let store = open(config, true).await?;
    let files = poster_files(config).map_err(HubError::PosterFiles)?;
    let hub = Hub::new(Arc::clone(&store), Arc::new(SystemClock), HubLimits::default());
    hub.keep_poster_files_in(files);
    let deleted = hub.delete(meeting, DeletionReason::Asked).await;
    hub.stop().await;
    store.close().await?;
    pretty(&deleted?)
}

/// The certificates that are kept here, as JSON. Needs no store: it works while a server runs.
pub(crate) async fn list_certificates(config: &Config) -> Result<String, BackupRunError> {
    let files = poster_files(config).map_err(HubError::PosterFiles)?;
    let certificates = files.certificates().all().await.map_err(HubError::Certificate)?;
    pretty(&DeletionCertificates { certificates })
}

fn pretty(value: &impl serde::Serialize) -> Result<String, BackupRunError> {
    let mut text = serde_json::to_string_pretty(value).map_err(std::io::Error::other)?;
    text.push('\n');
    Ok(text)
}
