//! Taking over from an earlier meeting of the study group, and who may: whoever could read all of it anyway.

use axum::extract::{Path, State};
use engawa_domain::Grant;
use engawa_protocol::MeetingId;
use engawa_protocol::preparation::{FollowPreview, FollowRequest, Followed};
use uuid::Uuid;

use super::ApiState;
use super::bearer::{Bearer, OPERATOR_OR_COORDINATOR};
use super::refusal::from_hub;
use crate::http::{ApiError, ApiErrorKind, Described, Json, Table};
use crate::hub::HubError;
use crate::series;

pub(super) fn routes() -> Table<ApiState> {
    let following = |path, title| {
        Described::post(path, "HT50", title)
            .for_keys(OPERATOR_OR_COORDINATOR)
            .in_path::<MeetingId>("meeting", "The meeting that takes over.")
            .of_a_meeting()
            .refused(&[ApiErrorKind::NotFound, ApiErrorKind::FollowsItself, ApiErrorKind::EarlierLinkRefused])
            .takes_json::<FollowRequest>()
    };
    let previewed =
        following("/api/meetings/{meeting}/follow/preview", "What would come from an earlier meeting")
            .says("Takes nothing.")
            .gives_json::<FollowPreview>("Teams, people, posters, sittings and pulses, with every doubt.");
    let taken = following("/api/meetings/{meeting}/follow", "Takes over from an earlier meeting")
        .says("Goes on to its end also when whoever asked has gone. Asked again it adds what is missing.")
        .refused(&[ApiErrorKind::TakenInPart])
        .gives_json::<Followed>("What has come.");
    Table::default().route(previewed, preview).route(taken, take)
}

/// `POST /api/meetings/{meeting}/follow/preview` (HT50): what would come. Nothing is taken by it.
pub(super) async fn preview(
    State(state): State<ApiState>,
    Path(meeting): Path<Uuid>,
    bearer: Bearer,
    Json(request): Json<FollowRequest>,
) -> Result<Json<FollowPreview>, ApiError> {
    let meeting = MeetingId(meeting);
    let (_, earlier) = both(&state, meeting, &bearer, &request).await?;
    let _place = state.hub.poster_files().upload_place().await.ok_or(ApiErrorKind::Unavailable)?;
    let preview = series::preview(&state.hub, meeting, earlier, request.parts).await;
    preview.map(Json).map_err(from_hub)
}

/// `POST /api/meetings/{meeting}/follow` (HT50): takes it. Goes on to its end also when whoever asked has gone.
pub(super) async fn take(
    State(state): State<ApiState>,
    Path(meeting): Path<Uuid>,
    bearer: Bearer,
    Json(request): Json<FollowRequest>,
) -> Result<Json<Followed>, ApiError> {
    let meeting = MeetingId(meeting);
    let (by, earlier) = both(&state, meeting, &bearer, &request).await?;
    let taking = tokio::spawn(async move {
        let _place = state.hub.poster_files().upload_place().await.ok_or(ApiErrorKind::Unavailable)?;
        let followed = series::follow(&state.hub, (meeting, by), earlier, request.parts).await;
        followed.map_err(|error| match error {
            HubError::Unavailable(_) | HubError::Store(_) | HubError::PosterFiles(_) => {
                ApiError::new(ApiErrorKind::TakenInPart).caused_by(error)
            }
            error => from_hub(error),
        })
    });
    let followed = taking.await.map_err(|error| ApiError::new(ApiErrorKind::Internal).caused_by(error))??;
    tracing::info!(%meeting, %earlier, "a meeting has taken over from an earlier one");
    Ok(Json(followed))
}

/// Who takes over, and from which meeting: a coordinator of the one with a coordinator's link of the other, or the operator.
async fn both(
    state: &ApiState,
    meeting: MeetingId,
    bearer: &Bearer,
    request: &FollowRequest,
) -> Result<(Grant, MeetingId), ApiError> {
    let operates = bearer.is_operator(state);
    let by = if operates {
        series::coordinator_of(&state.hub, meeting).await.map_err(from_hub)?
    } else {
        let (own, _) = bearer.coordinator(state).await?;
        if own != meeting {
            return Err(ApiErrorKind::NotFound.into());
        }
        bearer.grant(state)?.grant
    };
    let earlier = match (&request.earlier_link, request.earlier_meeting) {
        (Some(link), _) => earlier_of(state, link).await?,
        (None, Some(earlier)) if operates => earlier,
        (None, Some(_)) => return Err(ApiErrorKind::Forbidden.into()),
        (None, None) => return Err(ApiErrorKind::Invalid.into()),
    };
    if earlier == meeting {
        return Err(ApiErrorKind::FollowsItself.into());
    }
    Ok((by, earlier))
}

/// The meeting that a coordinator's link, or the token in it, opens. Whatever is wrong with it is said of this link, not of
/// the asker's own.
async fn earlier_of(state: &ApiState, link: &str) -> Result<MeetingId, ApiError> {
    let token = link.rsplit('#').next().unwrap_or(link).trim().to_owned();
    match Bearer(Some(token)).coordinator(state).await {
        Ok((earlier, _)) => Ok(earlier),
        Err(error) => Err(match error.kind() {
            ApiErrorKind::Unauthorised | ApiErrorKind::Forbidden | ApiErrorKind::Gone => {
                ApiErrorKind::EarlierLinkRefused.into()
            }
            _ => error,
        }),
    }
}
