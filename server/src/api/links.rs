//! Every way into a meeting, to hand out.

use axum::extract::State;
use engawa_domain::Meeting;
use engawa_protocol::http::{Links, PersonalLink, SharedLink};
use engawa_protocol::{MeetingId, Position, Role};

use super::ApiState;
use super::bearer::Bearer;
use super::refusal::from_hub;
use crate::auth::LinkGrant;
use crate::http::{ApiError, Json};
use crate::hub::Hub;

/// `GET /api/links` (HT6).
pub(super) async fn show(State(state): State<ApiState>, bearer: Bearer) -> Result<Json<Links>, ApiError> {
    let (meeting, _) = bearer.coordinator(&state).await?;
    Ok(Json(links_of(&state, meeting).await?))
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
