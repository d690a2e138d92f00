//! The commands of the binary that hand out the ways into a meeting and revoke them, on the configured store: for the operator,
//! also where every coordinator has lost their link. Owns opening and closing the store; must not know how links are made.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use engawa_domain::Meeting;
use engawa_protocol::command::RevokeLinks;
use engawa_protocol::http::CommandReply;
use engawa_protocol::{ClientSeq, DeviceId, LinkTarget, MeetingId, PersonId, Role};
use uuid::Uuid;

use crate::api::{link_of, links_at};
use crate::auth::{KeyRing, LinkGrant};
use crate::backup::export;
use crate::backup::run::{BackupRunError, open};
use crate::backup::write_private;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::files::links::{self, LinksSheet};
use crate::hub::{Hub, HubLimits};
use crate::run::RunError;

/// What the operator can do about the ways in.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum WaysInAction {
    /// Write the sheet of links to a file: person, team, link, code; every coordinator's among them.
    ///
    /// The file's ending says which: `.xlsx` or `.csv` (for mail merge). It is readable by its owner alone: whoever has it can come
    /// in as anybody. Links begin with `public_url`, so set it as for the server. With `store = "redis"` this works while servers run;
    /// from a single server that runs, coordinators take it in the browser or by `GET /api/links.xlsx`.
    ExportLinks {
        /// The meeting's id.
        meeting: Uuid,
        /// The file to write; it must not be there yet.
        file: PathBuf,
    },
    /// Make links of a meeting worthless: whoever has come in by them is sent away, and new ones are in `export-links`.
    ///
    /// It stands in the meeting's log as a deed of its first coordinator. With `store = "redis"` this works while servers run; a single
    /// server has to be stopped for it.
    RevokeLinks {
        /// The meeting's id.
        meeting: Uuid,
        #[command(flatten)]
        whose: Whose,
    },
}

/// Whose links.
#[derive(Debug, Clone, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Whose {
    /// The links of the person of this name.
    #[arg(long, value_name = "NAME")]
    person: Option<String>,
    /// The link that everyone of this role shares: coordinator, facilitator, secretariat, participant, observer or screen.
    #[arg(long, value_name = "ROLE", value_parser = role_of_name)]
    shared: Option<Role>,
    /// All of them, those of coordinators among them.
    #[arg(long)]
    everyone: bool,
}

fn role_of_name(name: &str) -> Result<Role, String> {
    serde_json::from_value(serde_json::Value::from(name)).map_err(|_| "is no role".to_owned())
}

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WaysInError {
    /// The store or the file.
    #[error(transparent)]
    Store(#[from] BackupRunError),
    /// No sheet is written in such a form.
    #[error("a sheet of links is written as .xlsx or .csv: name the file so")]
    NoForm,
    /// The workbook.
    #[error("the workbook cannot be written: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// Nobody could be asked for.
    #[error("--person: nobody on the roster is called {0}; names are written as in the roster")]
    Nobody(String),
    /// More than one could be meant.
    #[error(
        "--person: {count} people on the roster are called {name}; revoke the right one's links in the browser"
    )]
    Several {
        /// The name.
        name: String,
        /// How many.
        count: usize,
    },
    /// Commands need somebody who gives them.
    #[error("the meeting has no coordinator any more, so nothing can be changed in it")]
    NoCoordinator,
    /// The meeting says no.
    #[error("the meeting refused: {0}")]
    Refused(String),
}

/// Does what is asked; answers with a sentence.
pub(crate) async fn act(config: &Config, action: WaysInAction) -> Result<String, WaysInError> {
    match action {
        WaysInAction::ExportLinks { meeting, file } => export_links(config, MeetingId(meeting), &file).await,
        WaysInAction::RevokeLinks { meeting, whose } => revoke_links(config, MeetingId(meeting), whose).await,
    }
}

async fn export_links(config: &Config, meeting: MeetingId, file: &Path) -> Result<String, WaysInError> {
    let is_workbook = match file.extension().and_then(|ending| ending.to_str()) {
        Some("xlsx") => true,
        Some("csv") => false,
        Some(_) | None => return Err(WaysInError::NoForm),
    };
    let state = state_of(config, meeting).await?;
    let keys = KeyRing::load(&config.token_keys).map_err(RunError::from).map_err(BackupRunError::Open)?;
    let made = links_at(&state, &|grant| link_of(&config.public_url, &keys, grant));
    let people = made.personal.len();
    let sheet = LinksSheet { title: state.title().clone(), language: state.info().language, links: made };
    let bytes = if is_workbook { links::workbook(&sheet)? } else { links::csv(&sheet) };
    write_private(file, &bytes).map_err(BackupRunError::from)?;
    Ok(format!("the links of {people} people of {meeting} are in {}\n", file.display()))
}

async fn state_of(config: &Config, meeting: MeetingId) -> Result<Meeting, BackupRunError> {
    let store = open(config, true).await?;
    let backup = export(&*store, meeting).await?;
    store.close().await?;
    Ok(backup.into_state())
}

async fn revoke_links(config: &Config, meeting: MeetingId, whose: Whose) -> Result<String, WaysInError> {
    let state = state_of(config, meeting).await?;
    let (coordinator, generation) = first_coordinator(&state).ok_or(WaysInError::NoCoordinator)?;
    let own = LinkTarget::Person { person: coordinator };
    let (targets, told) = match whose {
        Whose { person: Some(name), .. } => {
            let person = person_of(&state, &name)?;
            (vec![LinkTarget::Person { person }], format!("the links of {name}"))
        }
        Whose { shared: Some(role), .. } => {
            (vec![LinkTarget::Shared { role }], "the shared link of the role".to_owned())
        }
        // The command leaves the asker's own; here nobody's is to stay. It goes last, for with it goes the right to ask.
        Whose { .. } => (vec![LinkTarget::Everyone {}, own], "all links".to_owned()),
    };
    let store = open(config, false).await.map_err(WaysInError::Store)?;
    let hub = Hub::new(Arc::clone(&store), Arc::new(SystemClock), HubLimits::default());
    let grant = LinkGrant::personal(meeting, Role::Coordinator, coordinator, generation).grant;
    let device = DeviceId(Uuid::new_v4());
    let mut outcome = Ok(());
    for (number, target) in (1..).zip(targets) {
        let asked = (device, ClientSeq(number), RevokeLinks { target }.into());
        outcome = match hub.call_unpaced(meeting, grant, asked).await {
            Ok(CommandReply::Accepted { .. }) => continue,
            Ok(CommandReply::Rejected { rejection }) => Err(WaysInError::Refused(format!("{rejection:?}"))),
            Err(error) => Err(BackupRunError::from(error).into()),
        };
        break;
    }
    hub.stop().await;
    store.close().await.map_err(BackupRunError::from)?;
    outcome?;
    Ok(format!("{told} of {meeting} are worth nothing any more; `engawa export-links` writes the new ones\n"))
}

fn first_coordinator(state: &Meeting) -> Option<(PersonId, u32)> {
    let mut people = state.roster().present_or_not();
    people
        .find(|(_, known)| known.role == Role::Coordinator)
        .map(|(person, known)| (person, known.generation))
}

fn person_of(state: &Meeting, name: &str) -> Result<PersonId, WaysInError> {
    let found: Vec<PersonId> = state
        .roster()
        .present_or_not()
        .filter(|(_, known)| known.name.trim() == name.trim())
        .map(|(person, _)| person)
        .collect();
    match found[..] {
        [person] => Ok(person),
        [] => Err(WaysInError::Nobody(name.to_owned())),
        [..] => Err(WaysInError::Several { name: name.to_owned(), count: found.len() }),
    }
}
