//! The command of the binary that takes over from an earlier meeting, on the configured store. Owns opening and closing
//! it; must not know what taking over takes.

use std::sync::Arc;

use clap::{Args, ValueEnum};
use engawa_protocol::MeetingId;
use engawa_protocol::preparation::FollowParts;
use uuid::Uuid;

use super::{coordinator_of, follow, preview};
use crate::backup::BackupError;
use crate::backup::run::{BackupRunError, open};
use crate::certificates::run::pretty;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::hub::{Hub, HubLimits};
use crate::run::poster_files;

/// What the command line says of taking over.
#[derive(Debug, Clone, Args)]
pub(crate) struct FollowArgs {
    /// The meeting that takes over.
    meeting: Uuid,
    /// The earlier meeting.
    earlier: Uuid,
    /// Take these alone.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PARTS")]
    only: Vec<FollowPart>,
    /// Posters that are there already become those of the earlier meeting.
    #[arg(long)]
    replace_posters: bool,
    /// Take nothing, and say what would come.
    #[arg(long)]
    preview: bool,
}

/// A part of what is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FollowPart {
    /// Teams and people.
    Roster,
    /// Posters with their files.
    Posters,
    /// Who sat with whom.
    Sittings,
    /// The pulse.
    Pulses,
}

impl FollowArgs {
    /// All parts, or those that are named.
    fn parts(&self) -> FollowParts {
        let wanted = |part| self.only.is_empty() || self.only.contains(&part);
        FollowParts {
            roster: wanted(FollowPart::Roster),
            posters: wanted(FollowPart::Posters),
            replace_posters: self.replace_posters,
            sittings: wanted(FollowPart::Sittings),
            pulses: wanted(FollowPart::Pulses),
        }
    }
}

/// Takes over from an earlier meeting, or says what would come; answers with what came as JSON.
pub(crate) async fn follow_meeting(config: &Config, args: &FollowArgs) -> Result<String, BackupRunError> {
    if args.meeting == args.earlier {
        return Err(BackupRunError::FollowsItself);
    }
    let store = open(config, true).await.map_err(|error| match error {
        BackupRunError::Backup(BackupError::Locked) => BackupRunError::AskTheServer,
        error => error,
    })?;
    let files = poster_files(config).await.map_err(BackupRunError::Open)?;
    let hub = Hub::new(Arc::clone(&store), Arc::new(SystemClock), HubLimits::default());
    hub.keep_poster_files_in(files);
    let told = told(&hub, args).await;
    hub.stop().await;
    store.close().await?;
    told
}

async fn told(hub: &Hub, args: &FollowArgs) -> Result<String, BackupRunError> {
    let (meeting, earlier) = (MeetingId(args.meeting), MeetingId(args.earlier));
    if args.preview {
        return pretty(&preview(hub, meeting, earlier, args.parts()).await?);
    }
    let by = coordinator_of(hub, meeting).await?;
    pretty(&follow(hub, (meeting, by), earlier, args.parts()).await?)
}
