//! A meeting's backup, for the operator's key: the file that `engawa export-log` writes, from a server that runs.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use engawa_protocol::MeetingId;
use uuid::Uuid;

use super::ApiState;
use super::bearer::{Bearer, OPERATOR};
use super::refusal::from_hub;
use crate::backup::{BackupError, export};
use crate::http::{ApiError, ApiErrorKind, Described, Table};
use crate::hub::HubError;

pub(super) fn routes() -> Table<ApiState> {
    let described = Described::get("/api/meetings/{meeting}/backup", "HT61", "A meeting as one file")
        .says("Snapshot, entries, digest and checksum, as `engawa export-log` writes them; `engawa import-log` takes the file back.")
        .for_keys(OPERATOR)
        .in_path::<MeetingId>("meeting", "The meeting.")
        .refused(&[ApiErrorKind::NotFound])
        .of_a_meeting()
        .gives_file("application/jsonl", "The backup.");
    Table::default().route(described, show)
}

/// `GET /api/meetings/{meeting}/backup` (HT61).
pub(super) async fn show(
    State(state): State<ApiState>,
    Path(meeting): Path<Uuid>,
    bearer: Bearer,
) -> Result<Response, ApiError> {
    bearer.operator(&state)?;
    let meeting = MeetingId(meeting);
    let backup = export(&**state.hub.store(), meeting).await.map_err(|error| match error {
        BackupError::NotFound(_) => ApiErrorKind::NotFound.into(),
        BackupError::Store(error) => from_hub(HubError::Store(error)),
        error => ApiError::new(ApiErrorKind::Internal).caused_by(error),
    })?;
    let bytes = backup.encode().map_err(|error| ApiError::new(ApiErrorKind::Internal).caused_by(error))?;
    let name = format!("attachment; filename=\"{meeting}.engawa-backup\"");
    Ok(([(header::CONTENT_TYPE, "application/jsonl".to_owned()), (header::CONTENT_DISPOSITION, name)], bytes)
        .into_response())
}
