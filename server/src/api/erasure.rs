//! Taking one person's data out of a meeting, and the certificates of it.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use engawa_protocol::command::ErasedTexts;
use engawa_protocol::http::ErrorBody;
use engawa_protocol::keeping::{ErasureCertificate, ErasureCertificates};
use engawa_protocol::{MeetingId, PersonId, Rejection};
use serde::Deserialize;
use uuid::Uuid;

use super::ApiState;
use super::bearer::{Bearer, OPERATOR_OR_COORDINATOR};
use super::refusal::{from_hub, refuse};
use crate::http::{ApiError, ApiErrorKind, Described, Json, Query, Table};
use crate::hub::ErasureAsker;

pub(super) fn routes() -> Table<ApiState> {
    let removed = Described::delete(
        "/api/meetings/{meeting}/people/{person}",
        "HT42",
        "Takes one person's data out of a meeting for good",
    )
    .says("It reaches the meeting's log, and answers once the store holds nothing of them. Sent again it answers the same.")
    .for_keys(OPERATOR_OR_COORDINATOR)
    .in_path::<MeetingId>("meeting", "The meeting.")
    .in_path::<PersonId>("person", "The person's number in it.")
    .in_query::<ErasedTexts>("texts", "What becomes of what they wrote. It must be given.")
    .of_a_meeting()
    .refused(&[ApiErrorKind::NotFound])
    .gives_json::<ErasureCertificate>("What remains: counts and times, no name.")
    .gives_form::<ErrorBody>(
        StatusCode::CONFLICT,
        "application/json",
        "The meeting says no: `last_coordinator`, for the only one.",
    );
    let shown = Described::get("/api/meetings/{meeting}/erasures", "HT42", "What remains of erased people")
        .for_keys(OPERATOR_OR_COORDINATOR)
        .in_path::<MeetingId>("meeting", "The meeting.")
        .of_a_meeting()
        .refused(&[ApiErrorKind::NotFound])
        .gives_json::<ErasureCertificates>("Their certificates, oldest first.");
    Table::default().route(removed, remove).route(shown, show)
}

/// What becomes of what the person wrote. It must be said: one of the two cannot be undone, the other not be made good.
#[derive(Debug, Deserialize)]
pub(super) struct Texts {
    texts: ErasedTexts,
}

/// `DELETE /api/meetings/{meeting}/people/{person}?texts=kept|removed` (HT42). For the operator and the meeting's
/// coordinators.
pub(super) async fn remove(
    State(state): State<ApiState>,
    Path((meeting, person)): Path<(Uuid, u32)>,
    Query(Texts { texts }): Query<Texts>,
    headers: HeaderMap,
    bearer: Bearer,
) -> Result<Response, ApiError> {
    let (meeting, person) = (MeetingId(meeting), PersonId(person));
    let asker = asker(&state, &bearer, meeting).await?;
    match state.hub.erase_person(meeting, person, texts, asker).await.map_err(from_hub)? {
        Ok(certificate) => {
            tracing::info!(%meeting, "a person's data were taken out of a meeting");
            Ok(Json(certificate).into_response())
        }
        Err(Rejection::NotFound { .. }) => Err(ApiErrorKind::NotFound.into()),
        Err(rejection) => Ok(refuse(&rejection, &headers)),
    }
}

/// `GET /api/meetings/{meeting}/erasures` (HT42).
pub(super) async fn show(
    State(state): State<ApiState>,
    Path(meeting): Path<Uuid>,
    bearer: Bearer,
) -> Result<Json<ErasureCertificates>, ApiError> {
    let meeting = MeetingId(meeting);
    asker(&state, &bearer, meeting).await?;
    let certificates = state.hub.erasures(meeting).await.map_err(from_hub)?;
    Ok(Json(ErasureCertificates { certificates }))
}

/// The operator, or a coordinator of this meeting.
async fn asker(state: &ApiState, bearer: &Bearer, meeting: MeetingId) -> Result<ErasureAsker, ApiError> {
    if bearer.is_operator(state) {
        return Ok(ErasureAsker::Operator);
    }
    let (own, _) = bearer.coordinator(state).await?;
    if own != meeting {
        return Err(ApiErrorKind::NotFound.into());
    }
    Ok(ErasureAsker::Person(bearer.grant(state)?.grant))
}
