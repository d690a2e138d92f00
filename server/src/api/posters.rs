//! Files of posters: keeping them, and giving them to the browsers of the meeting.
//!
//! Pictures are fetched by `<img>`, which cannot carry a token. So their address is the secret: it holds the meeting's
//! random id and the SHA-256 of the file, which only those learn to whom the meeting shows the poster. Whoever passes
//! such an address on passes on the one picture, as with a copy of it.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use engawa_protocol::limits::{
    MEETING_FILES_BYTES_MAX, POSTER_FILE_BYTES_MAX, POSTER_ZIP_BYTES_MAX, ROSTER_FILE_BYTES_MAX,
};
use engawa_protocol::preparation::{PosterFileProblem, PosterFileReply, PosterListReading, PosterUnpacking};
use engawa_protocol::{MeetingId, Role};
use uuid::Uuid;

use super::ApiState;
use super::archive;
use super::bearer::{Bearer, OFFICE_KEYS};
use super::preparation::TABLES;
use super::refusal::from_hub;
use super::uploads::Upload;
use crate::files::picture::PictureError;
use crate::http::{ApiError, ApiErrorKind, Described, Json, Table};
use crate::hub::HubError;
use crate::poster_files::{FileName, PosterFileError};

/// Who may add posters.
pub(super) const OFFICE: &[Role] = &[Role::Coordinator, Role::Secretariat];
/// A file never changes under its name. A day: a shared PC need not keep them longer.
const CACHED: &str = "private, max-age=86400, immutable";
/// A picture needs nothing; a document needs the browser's own viewer.
const PICTURE_POLICY: &str = "default-src 'none'; sandbox";
const DOCUMENT_POLICY: &str = "default-src 'none'; object-src 'self'; plugin-types application/pdf; style-src 'unsafe-inline'; frame-ancestors 'self'";

/// Routes that take files.
pub(super) fn file_routes() -> Table<ApiState> {
    let file = Described::post("/api/posters/files", "HT7", "Keeps a poster's file")
        .says("What it is, is found out from its bytes. Pictures are drawn anew without what a camera or a program wrote into them. A file is shown once a poster names it.")
        .for_keys(OFFICE_KEYS)
        .of_a_meeting()
        .takes_file(&["image/png", "image/jpeg", "image/webp", "application/pdf"], POSTER_FILE_BYTES_MAX)
        .gives_json::<PosterFileReply>("The file as it is kept, or why it is not taken.");
    let list = Described::post("/api/posters/list", "HT7", "Reads a list of posters")
        .says("Takes nothing: it says which file of a folder is which team's.")
        .for_keys(OFFICE_KEYS)
        .of_a_meeting()
        .takes_file(TABLES, ROSTER_FILE_BYTES_MAX)
        .gives_json::<PosterListReading>("What is in it, and what is doubtful, by line.");
    let zip = Described::post("/api/posters/zip", "HT7", "Keeps the posters in a zip")
        .says("A line comes when a file has been kept or refused; without the line `end` not all went in.")
        .for_keys(OFFICE_KEYS)
        .of_a_meeting()
        .takes_file(&["application/zip"], POSTER_ZIP_BYTES_MAX)
        .gives_lines::<PosterUnpacking>("What became of each file, as it comes to pass.");
    Table::default().route(file, keep).route(list, read_list).route(zip, archive::unpack)
}

pub(super) fn routes() -> Table<ApiState> {
    let shown = Described::get("/api/meetings/{meeting}/posters/{name}", "HT8", "A poster's file")
        .says("The address is the secret: it is told only with the poster itself. What lies there never changes.")
        .in_path::<MeetingId>("meeting", "The meeting.")
        .in_path::<String>("name", "`{hash}.jpg` (at most 2,400 pixels), `{hash}.small.jpg` (at most 640) or `{hash}.pdf`.")
        .refused(&[ApiErrorKind::NotFound, ApiErrorKind::StoreUnavailable])
        .gives_file("image/jpeg", "The picture.")
        .gives(StatusCode::OK, "application/pdf", "The document.");
    Table::default().route(shown, show)
}

/// `POST /api/posters/files` (HT7).
pub(super) async fn keep(
    State(state): State<ApiState>,
    bearer: Bearer,
    upload: Upload,
) -> Result<Json<PosterFileReply>, ApiError> {
    let (meeting, _) = bearer.person_of(&state, OFFICE).await?;
    let files = state.hub.poster_files();
    let _place = files.upload_place().await.ok_or(ApiErrorKind::Unavailable)?;
    let bytes = upload.read(POSTER_FILE_BYTES_MAX).await?;
    let reply = keep_bytes(&state, meeting, bytes).await?;
    Ok(Json(reply))
}

/// Keeps one file of a meeting that is still there.
pub(super) async fn keep_bytes(
    state: &ApiState,
    meeting: MeetingId,
    bytes: Vec<u8>,
) -> Result<PosterFileReply, ApiError> {
    let files = state.hub.poster_files();
    let reply = match files.keep(meeting, bytes).await {
        Ok(file) => PosterFileReply::Kept { file },
        Err(error) => PosterFileReply::Refused { problem: problem_of(error)? },
    };
    // Somebody may have deleted the meeting meanwhile: then nothing of it stays.
    match state.hub.read(meeting, |_, _| ()).await {
        Ok(()) => Ok(reply),
        Err(HubError::Gone) => {
            files.delete(meeting).await.map_err(failed)?;
            Err(ApiErrorKind::Gone.into())
        }
        Err(error) => Err(from_hub(error)),
    }
}

/// `POST /api/posters/list` (HT7): which file of a folder is which team's.
pub(super) async fn read_list(
    State(state): State<ApiState>,
    bearer: Bearer,
    upload: Upload,
) -> Result<Json<PosterListReading>, ApiError> {
    let (meeting, _) = bearer.person_of(&state, OFFICE).await?;
    let bytes = upload.read(ROSTER_FILE_BYTES_MAX).await?;
    archive::read_list(&state, meeting, bytes).await.map(Json)
}

fn problem_of(error: PosterFileError) -> Result<PosterFileProblem, ApiError> {
    Ok(match error {
        PosterFileError::Refused(why) => match why {
            PictureError::Empty => PosterFileProblem::FileEmpty {},
            PictureError::TooLarge => PosterFileProblem::FileTooLarge { max_bytes: POSTER_FILE_BYTES_MAX },
            PictureError::UnknownType => PosterFileProblem::FileUnknownType {},
            PictureError::TooManyPixels => PosterFileProblem::FileTooManyPixels {},
            PictureError::Broken => PosterFileProblem::FileBroken {},
        },
        PosterFileError::Full => PosterFileProblem::FilesFull { max_bytes: MEETING_FILES_BYTES_MAX },
        error => return Err(failed(error)),
    })
}

fn failed(error: PosterFileError) -> ApiError {
    let kind = match error {
        PosterFileError::NotFound => ApiErrorKind::NotFound,
        PosterFileError::Store(_) => ApiErrorKind::StoreUnavailable,
        PosterFileError::Drawing | PosterFileError::Full | PosterFileError::Refused(_) => {
            ApiErrorKind::Internal
        }
    };
    ApiError::new(kind).caused_by(error)
}

/// `GET /api/meetings/{meeting}/posters/{name}` (HT8).
pub(super) async fn show(
    State(state): State<ApiState>,
    Path((meeting, name)): Path<(Uuid, String)>,
) -> Result<Response, ApiError> {
    let name = FileName::parse(&name).ok_or(ApiErrorKind::NotFound)?;
    let bytes = state.hub.poster_files().read(MeetingId(meeting), name).await.map_err(failed)?;
    let is_document = name.content_type == "application/pdf";
    let policy = if is_document { DOCUMENT_POLICY } else { PICTURE_POLICY };
    let headers = [
        (CONTENT_TYPE, name.content_type),
        (CACHE_CONTROL, CACHED),
        (CONTENT_DISPOSITION, "inline"),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    Ok((headers, bytes).into_response())
}
