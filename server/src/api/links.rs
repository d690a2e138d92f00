//! Every way into a meeting, to hand out: as data for screens, as a workbook or CSV for mail merge.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use engawa_domain::{Admission, Meeting, Viewer, admit};
use engawa_protocol::http::{Links, PersonalLink, SharedLink, WayIn};
use engawa_protocol::{MeetingId, Role};

use super::ApiState;
use super::bearer::{Bearer, COORDINATOR};
use super::preparation::apart;
use super::refusal::from_hub;
use crate::auth::LinkGrant;
use crate::files::links::{self, LinksSheet};
use crate::http::{ApiError, ApiErrorKind, Described, Json, Key, Table};
use crate::hub::{Hub, code_of};

/// The type of an Excel workbook.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Those who may see the participants' way in.
const SHOWS_THE_WAY: &[Key] = &[
    Key::Personal(&[Role::Coordinator, Role::Facilitator, Role::Secretariat]),
    Key::Shared(&[Role::Screen]),
];

pub(super) fn routes() -> Table<ApiState> {
    let sheet = |path, title| Described::get(path, "HT11", title).for_keys(COORDINATOR).of_a_meeting();
    let all = Described::get("/api/links", "HT6", "Every way into the meeting, to hand out")
        .for_keys(COORDINATOR)
        .of_a_meeting()
        .gives_json::<Links>("The code, shared links, personal links.");
    let way_in_described =
        Described::get("/api/way-in", "HT12", "How participants come in, to be shown to the hall")
            .for_keys(SHOWS_THE_WAY)
            .of_a_meeting()
            .gives_json::<WayIn>("The code to read out and the participants' shared link.");
    Table::default()
        .route(all, show)
        .route(way_in_described, way_in)
        .route(
            sheet("/api/links.xlsx", "The links as a workbook").gives_file(XLSX, "A row a person."),
            workbook,
        )
        .route(
            sheet("/api/links.csv", "The links as CSV for mail merge")
                .gives_file("text/csv; charset=utf-8", "UTF-8 with a mark, a row a person."),
            csv,
        )
}

/// `GET /api/links` (HT6).
pub(super) async fn show(State(state): State<ApiState>, bearer: Bearer) -> Result<Json<Links>, ApiError> {
    let (meeting, _) = bearer.coordinator(&state).await?;
    Ok(Json(links_of(&state, meeting).await?))
}

/// `GET /api/way-in` (HT12).
pub(super) async fn way_in(State(state): State<ApiState>, bearer: Bearer) -> Result<Json<WayIn>, ApiError> {
    let link = bearer.grant(&state)?;
    let made = state.clone();
    let way_in = state
        .hub
        .read(link.meeting, move |meeting, position| {
            match admit(meeting, &link.grant) {
                Admission::Viewer(Viewer::Screen) => {}
                Admission::Viewer(Viewer::Person(person)) => {
                    let role = meeting.roster().person(person).map(|known| known.role);
                    if !role.is_some_and(Role::is_staff) {
                        return Err(ApiErrorKind::Forbidden);
                    }
                }
                Admission::Joining(_) => return Err(ApiErrorKind::Forbidden),
                Admission::Revoked | Admission::Erased => return Err(ApiErrorKind::Unauthorised),
            }
            let generation = meeting.roster().shared_generation(Role::Participant);
            let shared = LinkGrant::shared(meeting.info().id, Role::Participant, generation);
            Ok(WayIn { short_code: Hub::code_at(meeting, position).to_string(), link: made.link(&shared) })
        })
        .await
        .map_err(from_hub)?;
    Ok(Json(way_in?))
}

/// `GET /api/links.xlsx` (HT11).
pub(super) async fn workbook(State(state): State<ApiState>, bearer: Bearer) -> Result<Response, ApiError> {
    let sheet = sheet(&state, &bearer).await?;
    let bytes = apart(move || links::workbook(&sheet)).await?;
    let bytes = bytes.map_err(|error| ApiError::new(ApiErrorKind::Internal).caused_by(error))?;
    Ok(download(bytes, XLSX, "attachment; filename=\"links.xlsx\""))
}

/// `GET /api/links.csv` (HT11).
pub(super) async fn csv(State(state): State<ApiState>, bearer: Bearer) -> Result<Response, ApiError> {
    let bytes = links::csv(&sheet(&state, &bearer).await?);
    Ok(download(bytes, "text/csv; charset=utf-8", "attachment; filename=\"links.csv\""))
}

async fn sheet(state: &ApiState, bearer: &Bearer) -> Result<LinksSheet, ApiError> {
    let (meeting, _) = bearer.coordinator(state).await?;
    let made = links_of(state, meeting).await?;
    let about = |meeting: &Meeting, _| (meeting.title().clone(), meeting.info().language);
    let (title, language) = state.hub.read(meeting, about).await.map_err(from_hub)?;
    Ok(LinksSheet { title, language, links: made })
}

fn download(bytes: Vec<u8>, content_type: &'static str, disposition: &'static str) -> Response {
    ([(CONTENT_TYPE, content_type), (CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

/// All links of a meeting.
///
/// # Errors
/// What the hub says.
pub async fn links_of(state: &ApiState, meeting: MeetingId) -> Result<Links, ApiError> {
    let made = state.clone();
    let make = move |state: &Meeting, _| links_at(state, &|grant| made.link(grant));
    state.hub.read(meeting, make).await.map_err(from_hub)
}

/// All links of a meeting as it is, each made by `link`.
pub(crate) fn links_at(state: &Meeting, link: &dyn Fn(&LinkGrant) -> String) -> Links {
    let (meeting, roster) = (state.info().id, state.roster());
    let shared = Role::ALL
        .into_iter()
        .map(|role| SharedLink {
            role,
            link: link(&LinkGrant::shared(meeting, role, roster.shared_generation(role))),
        })
        .collect();
    let personal = roster
        .present_or_not()
        .map(|(person, known)| (person, known, known.team.and_then(|team| roster.team(team))))
        .map(|(person, known, team)| PersonalLink {
            person,
            name: known.name.clone(),
            team: team.map(|team| team.name.clone()),
            region: team.and_then(|team| team.region.clone()),
            role: known.role,
            link: link(&LinkGrant::personal(meeting, known.role, person, known.generation)),
        })
        .collect();
    let short_code = code_of(meeting, roster.shared_generation(Role::Participant)).to_string();
    Links { short_code, shared, personal }
}
