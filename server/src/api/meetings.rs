//! Making a meeting and removing one.

use axum::extract::{Path, State};
use engawa_protocol::http::{CreateMeeting, MeetingCreated};
use engawa_protocol::keeping::{DeletionCertificate, DeletionCertificates, DeletionReason};
use engawa_protocol::limits::{NAME_GRAPHEMES_MAX, SAFE_INTEGER_MAX, TITLE_GRAPHEMES_MAX};
use engawa_protocol::text::{graphemes, has_control, is_blank};
use engawa_protocol::{MeetingId, PersonId, Role, Timestamp};
use uuid::Uuid;

use super::ApiState;
use super::bearer::{Bearer, COORDINATOR, OPERATOR, OPERATOR_OR_COORDINATOR};
use super::refusal::from_hub;
use crate::auth::LinkGrant;
use crate::http::{ApiError, ApiErrorKind, Described, Json, Key, Table};
use crate::hub::{HubError, code_of};

/// Milliseconds of a day.
const DAY_MS: u64 = 86_400_000;
/// The operator, and whoever had a coordinator's link, personal or shared: the meeting that could tell more is no more.
const WHO_DELETED: &[Key] = &[OPERATOR[0], COORDINATOR[0], Key::Shared(&[Role::Coordinator])];

pub(super) fn routes() -> Table<ApiState> {
    let made = Described::post("/api/meetings", "HT5", "Makes a meeting")
        .for_keys(OPERATOR)
        .refused(&[ApiErrorKind::StoreUnavailable, ApiErrorKind::Unavailable])
        .takes_json::<CreateMeeting>()
        .gives_json::<MeetingCreated>("The meeting, its code, and the way in of its first coordinator.");
    let removed = Described::delete("/api/meetings/{meeting}", "HT40", "Deletes a meeting for good")
        .says("Everything in it goes, its posters' files too. Sent again with the operator's key it answers the same.")
        .for_keys(OPERATOR_OR_COORDINATOR)
        .in_path::<MeetingId>("meeting", "The meeting.")
        .of_a_meeting()
        .refused(&[ApiErrorKind::NotFound])
        .gives_json::<DeletionCertificate>("What remains: counts, time, hashes.");
    let certificate_told =
        Described::get("/api/meetings/{meeting}/certificate", "HT40", "What remains of a deleted meeting")
            .for_keys(WHO_DELETED)
            .in_path::<MeetingId>("meeting", "The meeting.")
            .of_a_meeting()
            .refused(&[ApiErrorKind::NotFound])
            .gives_json::<DeletionCertificate>("Its certificate; 404 while the meeting is still there.");
    let all = Described::get("/api/certificates", "HT40", "What remains of all deleted meetings")
        .for_keys(OPERATOR)
        .refused(&[ApiErrorKind::StoreUnavailable])
        .gives_json::<DeletionCertificates>("The certificates, the newest first.");
    Table::default()
        .route(made, create)
        .route(removed, remove)
        .route(certificate_told, certificate)
        .route(all, certificates)
}

/// `POST /api/meetings` (HT5).
pub(super) async fn create(
    State(state): State<ApiState>,
    bearer: Bearer,
    Json(CreateMeeting { title, language, coordinator, keep_until }): Json<CreateMeeting>,
) -> Result<Json<MeetingCreated>, ApiError> {
    bearer.operator(&state)?;
    check(&title, TITLE_GRAPHEMES_MAX)?;
    check(&coordinator, NAME_GRAPHEMES_MAX)?;
    let now = state.hub.clock().now();
    // A day that has passed would delete it at once, and nobody means that.
    if keep_until.is_some_and(|until| until <= now || until.0 > SAFE_INTEGER_MAX) {
        return Err(ApiErrorKind::Invalid.into());
    }
    let usual = state.about.keep_days.map(|days| Timestamp(now.0 + u64::from(days) * DAY_MS));
    let made = state.hub.create_keeping(title, language, coordinator, keep_until.or(usual)).await;
    let meeting = made.map_err(from_hub)?;
    // A meeting begins with its coordinator as person 1, and all links at their first generation.
    let grant = LinkGrant::personal(meeting, Role::Coordinator, PersonId(1), 0);
    Ok(Json(MeetingCreated {
        meeting,
        short_code: code_of(meeting, 0).to_string(),
        link: state.link(&grant),
        token: state.keys.sign(&grant).expose().to_owned(),
    }))
}

/// `DELETE /api/meetings/{meeting}` (HT40): everything in it goes for good. For the operator and the meeting's
/// coordinators.
pub(super) async fn remove(
    State(state): State<ApiState>,
    Path(meeting): Path<Uuid>,
    bearer: Bearer,
) -> Result<Json<DeletionCertificate>, ApiError> {
    let meeting = MeetingId(meeting);
    if !bearer.is_operator(&state) {
        let (own, _) = bearer.coordinator(&state).await?;
        if own != meeting {
            return Err(ApiErrorKind::NotFound.into());
        }
    }
    let certificate = state.hub.delete(meeting, DeletionReason::Asked).await.map_err(from_hub)?;
    tracing::info!(%meeting, "a meeting was deleted");
    Ok(Json(certificate))
}

/// `GET /api/meetings/{meeting}/certificate` (HT40): what remains of a deleted meeting. For the operator and whoever had a
/// coordinator's link: the meeting that could say whether it was revoked is no more, and nothing of it is in here.
pub(super) async fn certificate(
    State(state): State<ApiState>,
    Path(meeting): Path<Uuid>,
    bearer: Bearer,
) -> Result<Json<DeletionCertificate>, ApiError> {
    let meeting = MeetingId(meeting);
    if !bearer.is_operator(&state) {
        let link = bearer.grant(&state)?;
        if link.meeting != meeting {
            return Err(ApiErrorKind::NotFound.into());
        }
        if link.grant.role != Role::Coordinator {
            return Err(ApiErrorKind::Forbidden.into());
        }
    }
    match state.hub.certificate(meeting).await {
        Err(HubError::Gone) => Err(ApiErrorKind::NotFound.into()),
        certificate => certificate.map(Json).map_err(from_hub),
    }
}

/// `GET /api/certificates` (HT40): all of them, for the operator.
pub(super) async fn certificates(
    State(state): State<ApiState>,
    bearer: Bearer,
) -> Result<Json<DeletionCertificates>, ApiError> {
    bearer.operator(&state)?;
    let all = state.hub.poster_files().certificates().all().await;
    let certificates = all.map_err(|error| from_hub(error.into()))?;
    Ok(Json(DeletionCertificates { certificates }))
}

fn check(text: &str, graphemes_max: u64) -> Result<(), ApiError> {
    let good = !is_blank(text) && !has_control(text, false) && graphemes(text) as u64 <= graphemes_max;
    if good { Ok(()) } else { Err(ApiErrorKind::Invalid.into()) }
}
