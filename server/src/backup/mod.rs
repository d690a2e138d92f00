//! A meeting as one file, and back: for backups, and for moving a meeting from one store to another. Owns the order of
//! the steps against the store; the file's form is `format`.
//!
//! An export holds the newest good snapshot and every entry after it. An import applies them, compares the digest, and
//! gives the store the outcome as the snapshot that begins a new epoch, so that whoever still shows the old history loads
//! anew. Neither touches any other meeting.

mod format;
pub(crate) mod run;

use bytes::Bytes;
use engawa_domain::{
    CreateMeeting, Entropy, Entry, Input, Meeting, Origin, SystemInput, digest, encode_snapshot,
};
use engawa_protocol::{MeetingId, Position, Role, Seq, codec};

pub(crate) use self::format::write_private;
pub use self::format::{Backup, FormatError};
use crate::limits::STORE_READ_COUNT;
use crate::packed::{meeting_in, pack};
use crate::store::{Epoch, Snapshot, StateDigest, Store, StoreError};

/// Times an export begins anew because snapshots moved on under it.
const EXPORT_ATTEMPTS: u32 = 8;
/// Epochs that may have begun since the file was written, in the history that is being replaced or was lost. A client that
/// comes back with a position of one of them must not be taken for one that knows the restored history.
const EPOCHS_SKIPPED: u64 = 8;

/// Why a meeting could not be exported or imported.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// There is no such meeting.
    #[error("there is no meeting {0} in this store; `engawa list-meetings` shows those that are")]
    NotFound(MeetingId),
    /// There is such a meeting already.
    #[error(
        "meeting {0} is in this store already; nothing was changed. With --replace it goes back to what the file holds, \
         and everything since is lost"
    )]
    Exists(MeetingId),
    /// No snapshot of the meeting is good, and the entries before it are gone.
    #[error("no snapshot of this meeting is good, and the log begins behind it")]
    NothingGood,
    /// Another program holds the store.
    #[error(
        "the store is open in a server that runs. To export, ask that server: \
         curl --fail -H \"Authorization: Bearer OPERATORS-KEY\" ADDRESS/api/meetings/MEETING/backup -o FILE. \
         To import, stop the server first"
    )]
    Locked,
    /// The store.
    #[error("store: {0}")]
    Store(StoreError),
}

impl From<StoreError> for BackupError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Locked => Self::Locked,
            error => Self::Store(error),
        }
    }
}

/// Reads a meeting out of a store. Works while nodes serve it.
///
/// Once the meeting's vote has closed, or a person's data have been taken out of it, what comes out holds the state alone: no
/// entry from before, so no ballot with a name and nothing of that person. While a vote is open it does hold ballots.
///
/// # Errors
/// A [`BackupError`].
pub async fn export(store: &dyn Store, meeting: MeetingId) -> Result<Backup, BackupError> {
    let mut attempts = 1;
    loop {
        match try_export(store, meeting).await {
            Err(BackupError::Store(StoreError::Trimmed { .. } | StoreError::EpochChanged { .. }))
                if attempts < EXPORT_ATTEMPTS =>
            {
                attempts += 1;
            }
            Err(BackupError::Store(StoreError::NotFound)) => return Err(BackupError::NotFound(meeting)),
            outcome => return outcome,
        }
    }
}

async fn try_export(store: &dyn Store, meeting: MeetingId) -> Result<Backup, BackupError> {
    let head = store.head(meeting).await?;
    let epoch = head.last.epoch;
    let newest = good(store.latest_snapshot(meeting).await?, epoch);
    let snapshot = match newest {
        Some(newest) => Some(newest),
        None => good(store.previous_snapshot(meeting).await?, epoch),
    };
    if snapshot.is_none() && head.floor.seq > Seq(0) {
        return Err(BackupError::NothingGood);
    }
    let mut at = Position { epoch, seq: snapshot.as_ref().map_or(Seq(0), Meeting::seq) };
    let mut entries = Vec::new();
    // What comes in meanwhile is for the next export: a busy meeting must not keep this one from ending.
    while at.seq < head.last.seq {
        let page = store.read(meeting, at, STORE_READ_COUNT).await?;
        let Some(last) = page.last() else { break };
        at.seq = last.seq;
        for stored in page {
            let input: Input = codec::from_slice(&stored.payload).map_err(FormatError::from)?;
            entries.push(Entry { seq: stored.seq, at: stored.at, input });
        }
    }
    let backup = Backup::new(meeting, epoch, snapshot, entries)?;
    // Forgetting may be under way: it must not be undone by a file.
    let erased = backup.state().erased_up_to().is_some();
    if erased || backup.state().forgets_its_log() { Ok(backup.without_entries()) } else { Ok(backup) }
}

/// The state in a snapshot, if its digest is right.
fn good(snapshot: Option<Snapshot>, epoch: Epoch) -> Option<Meeting> {
    let snapshot = snapshot.filter(|snapshot| snapshot.position.epoch == epoch)?;
    meeting_in(&snapshot).ok().map(|(meeting, _)| meeting)
}

/// Puts a meeting into a store, under an epoch that nobody has seen. With `replace` a meeting that is there already goes
/// back to what the backup holds; nodes that serve it load it anew. Answers with where it stands now.
///
/// # Errors
/// A [`BackupError`]. After one of the store, importing again with `replace` is safe.
pub async fn import(store: &dyn Store, backup: &Backup, replace: bool) -> Result<Position, BackupError> {
    let meeting = backup.meeting();
    let state = backup.state();
    let bytes = pack(encode_snapshot(state).map_err(FormatError::from)?);
    let digest = StateDigest(digest(state).map_err(FormatError::from)?);
    let mut epoch = match store.create(meeting, first_entry(state)?).await {
        Ok(made) => made.first.epoch,
        Err(StoreError::AlreadyExists) if replace => store.head(meeting).await?.last.epoch,
        Err(StoreError::AlreadyExists) => return Err(BackupError::Exists(meeting)),
        Err(error) => return Err(error.into()),
    };
    let unseen = Epoch(backup.epoch().0.max(epoch.0) + EPOCHS_SKIPPED);
    loop {
        let now = store.start_epoch(meeting, epoch, state.seq(), digest, bytes.clone()).await?;
        if now.epoch >= unseen {
            return Ok(now);
        }
        epoch = now.epoch;
    }
}

/// A store begins a meeting with an entry; this one is gone as soon as the epoch of the snapshot begins. Until then it is
/// what a meeting of that name begins with.
fn first_entry(state: &Meeting) -> Result<Bytes, FormatError> {
    let info = state.info();
    // The first coordinator may have had their data taken out; there is always one.
    let mut people = state.roster().present_or_not();
    let coordinator = people.find(|(_, person)| person.role == Role::Coordinator);
    let coordinator = coordinator.map_or_else(String::new, |(_, person)| person.name.clone());
    let create = CreateMeeting {
        meeting: info.id,
        rules_version: engawa_domain::RULES_VERSION,
        title: info.title.clone(),
        language: info.language,
        coordinator,
        keep_until: None,
    };
    let origin = Origin::System { input: SystemInput::CreateMeeting(create) };
    Ok(codec::to_vec(&Input { entropy: Entropy([0, 0]), origin })?.into())
}
