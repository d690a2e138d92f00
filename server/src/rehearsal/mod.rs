//! A meeting that is ready to be tried: a roster as large as a real year's, an agenda with real questions, posters.
//! Made through the same commands as any other; owns only what is in it.

mod plan;

use std::fs;
use std::path::Path;
use std::time::Duration;

use engawa_protocol::command::{AddPoster, ImportRoster, SetAgenda};
use engawa_protocol::http::{CommandReply, Links};
use engawa_protocol::{ClientSeq, Command, DeviceId, Language, MeetingId, PersonId, Rejection, Role};
use tokio::time::Instant;
use uuid::Uuid;

use crate::api::{ApiState, links_of};
use crate::auth::LinkGrant;
use crate::http::ApiError;
use crate::hub::HubError;

/// Where the rehearsal's meeting is remembered, so that the next start shows the same links.
const FILE: &str = "rehearsal-meeting";
/// How long a command is sent again that the store cannot take just now: rehearsals are begun on slow and busy machines, too.
const PATIENCE: Duration = Duration::from_secs(60);
/// The pause before it is sent again.
const AGAIN_AFTER: Duration = Duration::from_millis(500);

/// Why there is no rehearsal.
#[derive(Debug, thiserror::Error)]
pub enum RehearsalError {
    /// The hub.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// The links.
    #[error(transparent)]
    Links(#[from] ApiError),
    /// A command of the preparation was refused: a bug, or a store that stays away.
    #[error("{command} was refused: {code}")]
    Refused {
        /// The command's name.
        command: &'static str,
        /// The rejection, as on the wire.
        code: String,
    },
    /// The file that remembers it.
    #[error("{FILE}: {0}")]
    File(#[from] std::io::Error),
}

/// One link per role, and the code to read out.
#[derive(Debug)]
pub struct RehearsalLinks {
    /// Whose link, and the link.
    pub links: Vec<(&'static str, String)>,
    /// The code.
    pub short_code: String,
}

/// Finds the rehearsal's meeting or makes it, and says how to get in.
///
/// # Errors
/// A [`RehearsalError`].
pub async fn rehearse(state: &ApiState, data_dir: &Path) -> Result<RehearsalLinks, RehearsalError> {
    let file = data_dir.join(FILE);
    let remembered = fs::read_to_string(&file).ok().and_then(|text| Uuid::parse_str(text.trim()).ok());
    let meeting = match remembered.map(MeetingId) {
        Some(meeting) if state.hub.read(meeting, |_, _| ()).await.is_ok() => meeting,
        Some(_) | None => {
            let meeting = make(state).await?;
            fs::create_dir_all(data_dir)?;
            fs::write(&file, format!("{meeting}\n"))?;
            meeting
        }
    };
    Ok(pick(links_of(state, meeting).await?))
}

/// Makes the meeting.
async fn make(state: &ApiState) -> Result<MeetingId, RehearsalError> {
    let meeting =
        state.hub.create(plan::TITLE.to_owned(), Language::Ja, plan::FIRST_COORDINATOR.to_owned()).await?;
    let mut desk = Desk { state, meeting, device: DeviceId(Uuid::new_v4()), last: 0 };
    desk.ask(ImportRoster { rows: plan::roster() }).await?;
    desk.ask(SetAgenda { rounds: plan::agenda() }).await?;
    let teams: Vec<_> = state
        .hub
        .read(meeting, |meeting, _| {
            meeting.roster().teams().map(|(id, team)| (id, team.name.clone())).collect::<Vec<_>>()
        })
        .await?;
    for (index, (team, name)) in teams.into_iter().enumerate() {
        let (title, summary) = plan::poster(index, &name);
        desk.ask(AddPoster { team, title, summary, file: None }).await?;
    }
    Ok(meeting)
}

/// The first coordinator, preparing.
struct Desk<'a> {
    state: &'a ApiState,
    meeting: MeetingId,
    device: DeviceId,
    last: u64,
}

impl Desk<'_> {
    async fn ask(&mut self, command: impl Into<Command>) -> Result<(), RehearsalError> {
        self.last += 1;
        let command = command.into();
        let name = command.name();
        let give_up = Instant::now() + PATIENCE;
        loop {
            let grant = LinkGrant::personal(self.meeting, Role::Coordinator, PersonId(1), 0).grant;
            // The same number each time: it is done once, whatever became of the one before.
            let asked = (self.device, ClientSeq(self.last), command.clone());
            match self.state.hub.call_unpaced(self.meeting, grant, asked).await {
                Ok(CommandReply::Accepted { .. }) => return Ok(()),
                Ok(CommandReply::Rejected { rejection: Rejection::Unavailable {} })
                | Err(HubError::Unavailable(_))
                    if Instant::now() < give_up =>
                {
                    tokio::time::sleep(AGAIN_AFTER).await;
                }
                Err(error) => return Err(error.into()),
                Ok(CommandReply::Rejected { rejection }) => {
                    return Err(RehearsalError::Refused {
                        command: name,
                        code: serde_json::to_string(&rejection).unwrap_or_default(),
                    });
                }
            }
        }
    }
}

/// One link of each kind.
fn pick(links: Links) -> RehearsalLinks {
    let personal = |role| links.personal.iter().find(|link| link.role == role).map(|link| link.link.clone());
    let shared = |role| links.shared.iter().find(|link| link.role == role).map(|link| link.link.clone());
    let picked = [
        ("進行・事務局 (coordinator)", personal(Role::Coordinator)),
        ("幹事 (facilitator)", personal(Role::Facilitator)),
        ("集計担当 (secretariat)", personal(Role::Secretariat)),
        ("参加者 (participant)", personal(Role::Participant)),
        ("参加者・共通 (participant, shared: pick a name)", shared(Role::Participant)),
        ("オブザーバー (observer, shared)", shared(Role::Observer)),
        ("投影画面 (screen)", shared(Role::Screen)),
    ];
    RehearsalLinks {
        links: picked.into_iter().filter_map(|(whose, link)| Some((whose, link?))).collect(),
        short_code: links.short_code,
    }
}
