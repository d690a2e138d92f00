//! Files that a meeting is prepared from: read, and told what is in them; taken later by ordinary commands.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use engawa_domain::Meeting;
use engawa_protocol::RoundPlan;
use engawa_protocol::limits::{AGENDA_FILE_BYTES_MAX, ROSTER_FILE_BYTES_MAX};
use engawa_protocol::preparation::{AgendaReading, AgendaTemplates, RoomsReading, RosterReading};

use super::ApiState;
use super::bearer::{Bearer, COORDINATOR};
use super::refusal::from_hub;
use super::uploads::Upload;
use crate::files::agenda;
use crate::files::rooms::{self, Seated};
use crate::files::roster::{self, Known};
use crate::http::{ApiError, ApiErrorKind, Described, Json, Language, Table};

/// What tables of people and files come as.
pub(super) const TABLES: &[&str] =
    &["text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"];
const TOML: &str = "application/toml; charset=utf-8";

/// Routes that take files.
pub(super) fn file_routes() -> Table<ApiState> {
    let preview = |path, rule, title| Described::post(path, rule, title).for_keys(COORDINATOR).of_a_meeting();
    let roster = preview("/api/roster/preview", "HT9", "Reads a roster")
        .says("Takes nothing: the rows in the answer are taken by the command `import_roster`.")
        .takes_file(TABLES, ROSTER_FILE_BYTES_MAX)
        .gives_json::<RosterReading>("The rows, what each would change, every repair and doubt by line.");
    let rooms = preview("/api/rooms/preview", "HT30", "Reads the rooms of a round")
        .says("Takes nothing: the rooms in the answer are given to a round by the command `set_grouping`.")
        .takes_file(TABLES, ROSTER_FILE_BYTES_MAX)
        .gives_json::<RoomsReading>("The rooms, and what is doubtful, by line.");
    let agenda = preview("/api/agenda/preview", "HT10", "Reads an agenda")
        .says("Takes nothing: the rounds in the answer are taken by the command `set_agenda`.")
        .takes_file(&["application/toml"], AGENDA_FILE_BYTES_MAX)
        .gives_json::<AgendaReading>("The rounds, or what is wrong, with line and character.");
    Table::default().route(roster, preview_roster).route(rooms, preview_rooms).route(agenda, preview_agenda)
}

pub(super) fn routes() -> Table<ApiState> {
    let file = Described::get("/api/agenda", "HT10", "The agenda as a file that can be read in again")
        .for_keys(COORDINATOR)
        .of_a_meeting()
        .gives_file(TOML, "The agenda as TOML.");
    let templates = Described::get("/api/agenda/templates", "HT10", "The built-in agendas")
        .says("In the language of `Accept-Language`.")
        .gives_json::<AgendaTemplates>("Each with its title and rounds.");
    Table::default().route(file, agenda).route(templates, agenda_templates)
}

/// `POST /api/roster/preview` (HT9).
pub(super) async fn preview_roster(
    State(state): State<ApiState>,
    bearer: Bearer,
    upload: Upload,
) -> Result<Json<RosterReading>, ApiError> {
    let (meeting, _) = bearer.coordinator(&state).await?;
    let _place = state.hub.poster_files().upload_place().await.ok_or(ApiErrorKind::Unavailable)?;
    let bytes = upload.read(ROSTER_FILE_BYTES_MAX).await?;
    let known = state.hub.read(meeting, |meeting, _| known_roster(meeting)).await.map_err(from_hub)?;
    apart(move || roster::read(&bytes, &known)).await.map(Json)
}

/// `POST /api/agenda/preview` (HT10).
pub(super) async fn preview_agenda(
    State(state): State<ApiState>,
    bearer: Bearer,
    upload: Upload,
) -> Result<Json<AgendaReading>, ApiError> {
    bearer.coordinator(&state).await?;
    let bytes = upload.read(AGENDA_FILE_BYTES_MAX).await?;
    apart(move || agenda::read(&bytes)).await.map(Json)
}

/// `POST /api/rooms/preview` (HT30).
pub(super) async fn preview_rooms(
    State(state): State<ApiState>,
    bearer: Bearer,
    upload: Upload,
) -> Result<Json<RoomsReading>, ApiError> {
    let (meeting, _) = bearer.coordinator(&state).await?;
    let _place = state.hub.poster_files().upload_place().await.ok_or(ApiErrorKind::Unavailable)?;
    let bytes = upload.read(ROSTER_FILE_BYTES_MAX).await?;
    let seated = |meeting: &Meeting, _| {
        let mut seated = Seated::new(known_roster(meeting));
        for (id, person) in meeting.roster().present_or_not() {
            seated.add(id, &person.name, person.team, person.role, person.email.as_deref());
        }
        seated
    };
    let seated = state.hub.read(meeting, seated).await.map_err(from_hub)?;
    apart(move || rooms::read(&bytes, &seated)).await.map(Json)
}

/// `GET /api/agenda` (HT10): the agenda as a file that can be read in again.
pub(super) async fn agenda(State(state): State<ApiState>, bearer: Bearer) -> Result<Response, ApiError> {
    let (meeting, _) = bearer.coordinator(&state).await?;
    let write = |meeting: &Meeting, _| {
        let rounds: Vec<RoundPlan> = meeting.plans().cloned().collect();
        agenda::write(meeting.title(), &rounds)
    };
    let text = state.hub.read(meeting, write).await.map_err(from_hub)?;
    let headers = [(CONTENT_TYPE, TOML), (CONTENT_DISPOSITION, "attachment; filename=\"agenda.toml\"")];
    Ok((headers, text).into_response())
}

/// `GET /api/agenda/templates` (HT10): nothing in them is anybody's, so no token is asked for.
pub(super) async fn agenda_templates(headers: HeaderMap) -> Json<AgendaTemplates> {
    let language = match Language::from_headers(&headers) {
        Language::Ja => engawa_protocol::Language::Ja,
        Language::En => engawa_protocol::Language::En,
    };
    Json(AgendaTemplates { templates: agenda::templates(language) })
}

/// Who is on the roster, as the reader of files wants it.
pub(crate) fn known_roster(meeting: &Meeting) -> Known {
    let roster = meeting.roster();
    let mut known = Known::default();
    for (id, team) in roster.teams() {
        known.add_team(id, &team.name, team.region.as_deref());
    }
    for (_, person) in roster.present_or_not().chain(roster.removed()) {
        known.add_person(&person.name, person.team, person.role, person.email.as_deref(), person.removed);
    }
    known
}

/// Reading a large file takes a while: not on a thread that serves others.
pub(super) async fn apart<T: Send + 'static>(
    read: impl FnOnce() -> T + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(read)
        .await
        .map_err(|error| ApiError::new(ApiErrorKind::Internal).caused_by(error))
}
