//! Every way into a meeting, to hand out.

use axum::extract::State;
use engawa_domain::{Admission, Meeting, Viewer, admit};
use engawa_protocol::http::{Links, PersonalLink, SharedLink, WayIn};
use engawa_protocol::{MeetingId, Position, Role};

use super::ApiState;
use super::bearer::Bearer;
use super::refusal::from_hub;
use crate::auth::LinkGrant;
use crate::http::{ApiError, ApiErrorKind, Json};
use crate::hub::Hub;

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
                Admission::Revoked => return Err(ApiErrorKind::Unauthorised),
            }
            let generation = meeting.roster().shared_generation(Role::Participant);
            let shared = LinkGrant::shared(meeting.info().id, Role::Participant, generation);
            Ok(WayIn { short_code: Hub::code_at(meeting, position).to_string(), link: made.link(&shared) })
        })
        .await
        .map_err(from_hub)?;
    Ok(Json(way_in?))
}

/// All links of a meeting.
///
/// # Errors
/// What the hub says.
pub async fn links_of(state: &ApiState, meeting: MeetingId) -> Result<Links, ApiError> {
    let made = state.clone();
    state.hub.read(meeting, move |state, position| make(&made, state, position)).await.map_err(from_hub)
}

fn make(state: &ApiState, meeting_state: &Meeting, position: Position) -> Links {
    let (meeting, roster) = (meeting_state.info().id, meeting_state.roster());
    let shared = Role::ALL
        .into_iter()
        .map(|role| SharedLink {
            role,
            link: state.link(&LinkGrant::shared(meeting, role, roster.shared_generation(role))),
        })
        .collect();
    let personal = roster
        .present_or_not()
        .map(|(person, known)| PersonalLink {
            person,
            name: known.name.clone(),
            team: known.team.and_then(|team| Some(roster.team(team)?.name.clone())),
            role: known.role,
            link: state.link(&LinkGrant::personal(meeting, known.role, person, known.generation)),
        })
        .collect();
    Links { short_code: Hub::code_at(meeting_state, position).to_string(), shared, personal }
}
