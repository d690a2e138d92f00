//! The commands of the binary that delete a meeting or one person's data in it, and show what remains of deleted ones, on the
//! configured store. Owns opening and closing it; must not know what deleting takes.

use std::fmt::Write as _;
use std::sync::Arc;

use engawa_protocol::command::ErasedTexts;
use engawa_protocol::keeping::{DeletionCertificates, DeletionReason};
use engawa_protocol::{MeetingId, PersonId, Rejection};

use crate::backup::export;
use crate::backup::run::{BackupRunError, open};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::hub::{ErasureAsker, Hub, HubError, HubLimits};
use crate::run::poster_files;

/// Deletes a meeting for good; answers with its certificate as JSON.
pub(crate) async fn delete_meeting(config: &Config, meeting: MeetingId) -> Result<String, BackupRunError> {
    let store = open(config, true).await?;
    let files = poster_files(config).await.map_err(BackupRunError::Open)?;
    let hub = Hub::new(Arc::clone(&store), Arc::new(SystemClock), HubLimits::default());
    hub.keep_poster_files_in(files);
    let deleted = hub.delete(meeting, DeletionReason::Asked).await;
    hub.stop().await;
    store.close().await?;
    pretty(&deleted?)
}

/// Takes a person's data out of a meeting; answers with the certificate as JSON.
pub(crate) async fn erase_person(
    config: &Config,
    meeting: MeetingId,
    person: PersonId,
    texts: ErasedTexts,
) -> Result<String, BackupRunError> {
    let store = open(config, true).await?;
    let hub = Hub::new(Arc::clone(&store), Arc::new(SystemClock), HubLimits::default());
    let erased = hub.erase_person(meeting, person, texts, ErasureAsker::Operator).await;
    hub.stop().await;
    store.close().await?;
    let certificate = erased?.map_err(|rejection| match rejection {
        Rejection::NotFound { .. } => BackupRunError::NobodyOfThatNumber(person),
        Rejection::LastCoordinator {} => BackupRunError::LastCoordinator,
        other => BackupRunError::Refused(format!("{other:?}")),
    })?;
    pretty(&certificate)
}

/// The people of a meeting, a line each: number, role, team and name.
pub(crate) async fn list_people(config: &Config, meeting: MeetingId) -> Result<String, BackupRunError> {
    let store = open(config, true).await?;
    let backup = export(&*store, meeting).await?;
    store.close().await?;
    let roster = backup.state().roster();
    let mut text = String::new();
    for (number, person) in roster.present_or_not().chain(roster.removed()) {
        let team = person.team.and_then(|team| roster.team(team)).map_or("-", |team| &team.name);
        let removed = if person.removed { " (removed)" } else { "" };
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{number}\t{:?}\t{team}\t{}{removed}", person.role, person.name);
    }
    Ok(text)
}

/// The certificates that are kept here, as JSON. Needs no store: it works while a server runs.
pub(crate) async fn list_certificates(config: &Config) -> Result<String, BackupRunError> {
    let files = poster_files(config).await.map_err(BackupRunError::Open)?;
    let certificates = files.certificates().all().await.map_err(HubError::Certificate)?;
    pretty(&DeletionCertificates { certificates })
}

/// A value as JSON to read.
pub(crate) fn pretty(value: &impl serde::Serialize) -> Result<String, BackupRunError> {
    let mut text = serde_json::to_string_pretty(value).map_err(std::io::Error::other)?;
    text.push('\n');
    Ok(text)
}
