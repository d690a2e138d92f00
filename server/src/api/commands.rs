//! Commands that are too large for a frame, or come from a program without a connection.

use axum::extract::State;
use engawa_protocol::http::{CommandReply, CommandRequest};

use super::ApiState;
use super::bearer::Bearer;
use super::refusal::from_hub;
use crate::http::{ApiError, ApiErrorKind, Json};

/// `POST /api/commands` (HT4).
pub(super) async fn submit(
    State(state): State<ApiState>,
    bearer: Bearer,
    Json(CommandRequest { device, client_seq, command }): Json<CommandRequest>,
) -> Result<Json<CommandReply>, ApiError> {
    let link = bearer.grant(&state)?;
    if link.grant.person.is_none() {
        return Err(ApiErrorKind::Forbidden.into());
    }
    let reply = state.hub.call(link.meeting, link.grant, (device, client_seq, command)).await;
    Ok(Json(reply.map_err(from_hub)?))
}
