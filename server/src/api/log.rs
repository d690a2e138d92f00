//! The operator's log: entries as JSON lines, for replaying and checking. It says who did what, so it is for the
//! operator's key alone.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use engawa_domain::{Entry, Input};
use engawa_protocol::{MeetingId, Position, Seq, codec};
use futures_util::stream;
use serde::Deserialize;
use uuid::Uuid;

use super::ApiState;
use super::bearer::{Bearer, OPERATOR};
use super::refusal::from_hub;
use crate::http::{ApiError, ApiErrorKind, Described, Query, Table};
use crate::hub::HubError;
use crate::limits::STORE_READ_COUNT;
use crate::store::{LogEntry, StoreError};

/// Where to begin.
#[derive(Debug, Deserialize)]
pub(super) struct From {
    /// Entries after this number that the server still has.
    #[serde(default)]
    after: u64,
}

pub(super) fn routes() -> Table<ApiState> {
    let described = Described::get("/api/meetings/{meeting}/log", "HT61", "The log of a meeting")
        .says("An entry a line, as far back as the server still has them. It says who did what.")
        .for_keys(OPERATOR)
        .in_path::<MeetingId>("meeting", "The meeting.")
        .in_query::<u64>("after", "Entries after this number; all there are unless it is given.")
        .refused(&[ApiErrorKind::NotFound])
        .of_a_meeting()
        .gives_file("application/jsonl", "Entries of the log, one a line.");
    Table::default().route(described, show)
}

/// `GET /api/meetings/{meeting}/log?after=0` (HT61): an [`Entry`] a line.
pub(super) async fn show(
    State(state): State<ApiState>,
    Path(meeting): Path<Uuid>,
    Query(From { after }): Query<From>,
    bearer: Bearer,
) -> Result<Response, ApiError> {
    bearer.operator(&state)?;
    let meeting = MeetingId(meeting);
    let head = state.hub.store().head(meeting).await.map_err(|error| match error {
        StoreError::NotFound => ApiErrorKind::NotFound.into(),
        error => from_hub(HubError::Store(error)),
    })?;
    let start = Position { epoch: head.last.epoch, seq: Seq(after.max(head.floor.seq.0)) };
    let store = state.hub.store().clone();
    let pages = stream::try_unfold(start, move |after| {
        let store = store.clone();
        async move {
            let entries = match store.read(meeting, after, STORE_READ_COUNT).await {
                // The close of a vote has made the log forget what was asked for: it goes on where it begins now.
                Err(StoreError::Trimmed { .. }) => {
                    let floor = store.head(meeting).await.map_err(std::io::Error::other)?.floor;
                    let after = Position { seq: floor.seq, ..after };
                    store.read(meeting, after, STORE_READ_COUNT).await
                }
                read => read,
            };
            let entries = entries.map_err(std::io::Error::other)?;
            let Some(last) = entries.last() else { return Ok::<_, std::io::Error>(None) };
            let next = Position { seq: last.seq, ..after };
            Ok(Some((lines(&entries)?, next)))
        }
    });
    Ok(([(header::CONTENT_TYPE, "application/jsonl")], Body::from_stream(pages)).into_response())
}

fn lines(entries: &[LogEntry]) -> std::io::Result<Bytes> {
    let mut text = Vec::new();
    for LogEntry { seq, at, payload } in entries {
        let input: Input = codec::from_slice(payload).map_err(std::io::Error::other)?;
        let entry = Entry { seq: *seq, at: *at, input };
        text.extend(codec::to_vec(&entry).map_err(std::io::Error::other)?);
        text.push(b'\n');
    }
    Ok(text.into())
}
