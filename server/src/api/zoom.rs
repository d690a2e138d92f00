//! Files for Zoom's breakout rooms, round by round. They hold addresses: for coordinators alone.

use axum::extract::{Path, State};
use axum::response::Response;
use engawa_domain::Meeting;
use engawa_domain::record::rooms_of_round;
use engawa_protocol::preparation::ZoomReport;
use engawa_protocol::{Language, RoundId};
use serde::Deserialize;

use super::ApiState;
use super::bearer::{Bearer, COORDINATOR};
use super::record::download;
use super::refusal::from_hub;
use crate::files::zoom::{self, Person, Room};
use crate::http::{ApiError, ApiErrorKind, Described, Json, Query, Table};

/// For which portal.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// `en` (the usual) or `ja`: the header of Zoom's template in the portal of that language.
    #[serde(default = "english")]
    header: Language,
}

const fn english() -> Language {
    Language::En
}

pub(super) fn routes() -> Table<ApiState> {
    let of_a_round = |path, title| {
        Described::get(path, "HT22", title)
            .for_keys(COORDINATOR)
            .of_a_meeting()
            .in_path::<RoundId>("round", "The round.")
            .refused(&[ApiErrorKind::NotFound])
    };
    let told =
        of_a_round("/api/rounds/{round}/zoom", "What Zoom's file of a round holds, and whom it leaves out")
            .gives_json::<ZoomReport>("Counts, who has no address, why there is no file.");
    let file = of_a_round("/api/rounds/{round}/zoom.csv", "Zoom's file for pre-assignment")
        .in_query::<Language>(
            "header",
            "The header of the template in the portal of this language; English unless it is given.",
        )
        .refused(&[ApiErrorKind::ZoomRefused])
        .gives_file("text/csv; charset=utf-8", "UTF-8 without a mark, CRLF, an address a row.");
    let read_out = of_a_round("/api/rounds/{round}/zoom.txt", "The rooms to read out")
        .gives_file("text/plain; charset=utf-8", "A room a paragraph.");
    let to_go_by = of_a_round("/api/rounds/{round}/zoom-names.csv", "Names to go by in Zoom")
        .gives_file("text/csv; charset=utf-8", "UTF-8 with a mark, a row a person.");
    Table::default().route(told, report).route(file, csv).route(read_out, list).route(to_go_by, names)
}

/// A round with its rooms.
struct Round {
    title: String,
    language: Language,
    rooms: Vec<Room>,
}

/// `GET /api/rounds/{round}/zoom` (HT22).
pub(super) async fn report(
    State(state): State<ApiState>,
    Path(round): Path<u32>,
    bearer: Bearer,
) -> Result<Json<ZoomReport>, ApiError> {
    Ok(Json(zoom::report(&rooms(&state, round, &bearer).await?.rooms)))
}

/// `GET /api/rounds/{round}/zoom.csv?header=` (HT22).
pub(super) async fn csv(
    State(state): State<ApiState>,
    Path(round): Path<u32>,
    Query(Asked { header }): Query<Asked>,
    bearer: Bearer,
) -> Result<Response, ApiError> {
    let rooms = rooms(&state, round, &bearer).await?.rooms;
    if !zoom::report(&rooms).problems.is_empty() {
        return Err(ApiErrorKind::ZoomRefused.into());
    }
    Ok(download(zoom::csv(&rooms, header), "text/csv; charset=utf-8", "zoom.csv"))
}

/// `GET /api/rounds/{round}/zoom.txt` (HT22).
pub(super) async fn list(
    State(state): State<ApiState>,
    Path(round): Path<u32>,
    bearer: Bearer,
) -> Result<Response, ApiError> {
    let Round { title, language, rooms } = rooms(&state, round, &bearer).await?;
    let text = zoom::list(&title, &rooms, language);
    Ok(download(text.into_bytes(), "text/plain; charset=utf-8", "zoom.txt"))
}

/// `GET /api/rounds/{round}/zoom-names.csv` (HT22).
pub(super) async fn names(
    State(state): State<ApiState>,
    Path(round): Path<u32>,
    bearer: Bearer,
) -> Result<Response, ApiError> {
    let Round { language, rooms, .. } = rooms(&state, round, &bearer).await?;
    Ok(download(zoom::display_names(&rooms, language), "text/csv; charset=utf-8", "zoom-names.csv"))
}

async fn rooms(state: &ApiState, round: u32, bearer: &Bearer) -> Result<Round, ApiError> {
    let (meeting, _) = bearer.coordinator(state).await?;
    let look = move |meeting: &Meeting, _| of_round(meeting, RoundId(round));
    let found = state.hub.read(meeting, look).await.map_err(from_hub)?;
    found.ok_or_else(|| ApiErrorKind::NotFound.into())
}

fn of_round(meeting: &Meeting, round: RoundId) -> Option<Round> {
    let rooms = rooms_of_round(meeting, round)?;
    let roster = meeting.roster();
    let person = |id| {
        let person = roster.person(id)?;
        let team = person.team.and_then(|team| roster.team(team)).map_or("", |team| &team.name);
        Some(Person { name: person.name.clone(), team: team.to_owned(), email: person.email.clone() })
    };
    let rooms = rooms
        .into_iter()
        .map(|room| Room {
            number: room.number,
            name: room.name,
            people: room.people.into_iter().filter_map(person).collect(),
        })
        .collect();
    let title = meeting.plan_of(round).map_or_else(String::new, |plan| plan.title.clone());
    Some(Round { title: format!("{} {title}", meeting.title()), language: meeting.info().language, rooms })
}
