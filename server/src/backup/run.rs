//! The commands of the binary that read and write backups on the configured store. Owns opening and closing it; must not
//! know what a backup looks like.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use engawa_domain::record::{Edition, record};
use engawa_protocol::{MeetingId, PersonId, Role};

use super::format::write_private;
use super::{Backup, BackupError, FormatError, export, import};
use crate::api::vote_text;
use crate::clock::SystemClock;
use crate::config::{Config, StoreKind};
use crate::hub::HubError;
use crate::record::{RecordError, RecordFile};
use crate::run::{RunError, open_store};
use crate::store::{Store, StoreError};

/// Why such a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BackupRunError {
    /// The store cannot be opened.
    #[error(transparent)]
    Open(RunError),
    /// The meeting, the file or the store.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The meeting could not be deleted, or what remains of it not be read.
    #[error(transparent)]
    Deletion(#[from] HubError),
    /// Nobody of that number is in the meeting.
    #[error("nobody with the number {0} is in this meeting; `engawa list-people` shows who is")]
    NobodyOfThatNumber(PersonId),
    /// A meeting needs a coordinator.
    #[error("this is the meeting's last coordinator: make somebody else one first, or delete the meeting")]
    LastCoordinator,
    /// The meeting says no.
    #[error("the meeting refuses it: {0}")]
    Refused(String),
    /// What is to be printed cannot be.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// There is nothing behind the settings.
    #[error("store: `memory` keeps nothing between two runs; set `embedded` or `redis`")]
    NoStore,
    /// No record is written in such a form.
    #[error("a record is written as .zip, .xlsx, .md or .html: name the file so")]
    NoForm,
    /// The record.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// A meeting is to take over from itself.
    #[error("a meeting cannot follow itself: name the one that takes over, then the earlier one")]
    FollowsItself,
    /// A server holds the store, and can be asked.
    #[error(
        "the store is open in a server that runs. Ask that server: curl --fail -H \"Authorization: Bearer OPERATORS-KEY\" \
         -H \"Content-Type: application/json\" -d '{{\"earlier_meeting\":\"EARLIER\"}}' ADDRESS/api/meetings/MEETING/follow"
    )]
    AskTheServer,
    /// There is nothing yet.
    #[error("data_dir: {0} does not exist, so there is no meeting")]
    NoFolder(String),
}

impl From<FormatError> for BackupRunError {
    fn from(error: FormatError) -> Self {
        Self::Backup(error.into())
    }
}

impl From<StoreError> for BackupRunError {
    fn from(error: StoreError) -> Self {
        Self::Backup(error.into())
    }
}

/// Opens the configured store.
pub(crate) async fn open(config: &Config, reading: bool) -> Result<Arc<dyn Store>, BackupRunError> {
    match config.store {
        StoreKind::Memory => return Err(BackupRunError::NoStore),
        // Looking must not make a folder, least of all one of a mistyped name.
        StoreKind::Embedded if reading && !config.data_dir.is_dir() => {
            return Err(BackupRunError::NoFolder(config.data_dir.display().to_string()));
        }
        StoreKind::Embedded | StoreKind::Redis => {}
    }
    match open_store(config, Arc::new(SystemClock)).await {
        Ok((store, _)) => Ok(store),
        Err(RunError::Store(error)) => Err(error.into()),
        Err(error) => Err(BackupRunError::Open(error)),
    }
}

/// A line per meeting.
pub(crate) async fn list_meetings(config: &Config) -> Result<String, BackupRunError> {
    let store = open(config, true).await?;
    let (mut text, mut after) = (String::new(), None);
    loop {
        let page = store.meetings(after).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.meeting);
        for head in &page {
            // Writing to a text cannot fail.
            let _ = writeln!(text, "{} {} {}", head.meeting, head.last.seq, head.last_at.0);
        }
    }
    store.close().await?;
    Ok(text)
}

/// Writes a meeting to a file; answers with a sentence.
pub(crate) async fn export_log(
    config: &Config,
    meeting: MeetingId,
    file: &Path,
) -> Result<String, BackupRunError> {
    let store = open(config, true).await?;
    let backup = export(&*store, meeting).await?;
    store.close().await?;
    backup.write(file)?;
    let (last, file) = (backup.state().seq(), file.display());
    Ok(format!("{meeting} up to entry {last} is in {file}\n"))
}

/// Writes the record of a meeting to a file, as its coordinator may read it; answers with a sentence.
pub(crate) async fn export_record(
    config: &Config,
    meeting: MeetingId,
    file: &Path,
    edition: Edition,
) -> Result<String, BackupRunError> {
    let name = file.extension().and_then(|ending| ending.to_str()).map(|ending| format!("record.{ending}"));
    let form = name.and_then(|name| RecordFile::of_name(&name)).ok_or(BackupRunError::NoForm)?;
    let store = open(config, true).await?;
    let backup = export(&*store, meeting).await?;
    store.close().await?;
    let state = backup.state();
    let made = record(state, Role::Coordinator, edition).ok_or(BackupRunError::NoForm)?;
    let bytes = crate::record::write(&made, vote_text(state, Role::Coordinator).as_deref(), form)?;
    write_private(file, &bytes)?;
    let (last, file) = (state.seq(), file.display());
    Ok(format!("the record of {meeting} up to entry {last} is in {file}\n"))
}

/// Takes a meeting from a file; answers with a sentence.
pub(crate) async fn import_log(
    config: &Config,
    file: &Path,
    replace: bool,
) -> Result<String, BackupRunError> {
    let backup = Backup::read(file)?;
    let store = open(config, false).await?;
    let position = import(&*store, &backup, replace).await?;
    store.close().await?;
    Ok(format!("{} stands at entry {} (epoch {})\n", backup.meeting(), position.seq, position.epoch))
}
