//! Commands that are too large for a frame, or come from a program without a connection.

use axum::extract::State;
use engawa_protocol::http::{CommandReply, CommandRequest};

use super::ApiState;
use super::bearer::{Bearer, PERSON};
use super::refusal::from_hub;
use crate::http::{ApiError, ApiErrorKind, Described, Json, Table};

pub(super) fn routes() -> Table<ApiState> {
    let described = Described::post("/api/commands", "HT4", "A command that is too large for a frame, or from a program without a connection")
        .says("Each device numbers its commands from 1 upwards and sends one again under the same number until it is answered: it is taken once. \
               Every command there is goes this way too. A rejection has status 200.")
        .for_keys(PERSON)
        .of_a_meeting()
        .takes_json::<CommandRequest>()
        .gives_json::<CommandReply>("Accepted and durable, or rejected.");
    Table::default().route(described, submit)
}

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
