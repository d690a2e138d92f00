//! The record and the vote's file, to take away. Made off the threads that serve others, and few at a time: a record holds
//! all that a meeting holds.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use engawa_domain::Meeting;
use engawa_domain::record::{Edition, Record, ledger_for, record};
use engawa_protocol::{PersonId, Role};
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::ApiState;
use super::bearer::{Bearer, OFFICE_KEYS};
use super::links::XLSX;
use super::posters::OFFICE;
use super::preparation::apart;
use super::refusal::from_hub;
use crate::http::{ApiError, ApiErrorKind, Described, Query, Table};
use crate::record::{self as files, RecordError, RecordFile};
use crate::vote_file::{self, PosterName};

/// For how long somebody waits for their turn.
const TURN_TIMEOUT: Duration = Duration::from_secs(60);

/// Which edition.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    /// `named` or `nameless`; nothing asked for is without names, so that none goes out by mistake.
    #[serde(default)]
    edition: Option<String>,
}

pub(super) fn routes() -> Table<ApiState> {
    let shown = Described::get("/api/record/{name}", "HT20", "The record as it is now")
        .says("What is in it is what the screens of the asker's role show.")
        .for_keys(OFFICE_KEYS)
        .of_a_meeting()
        .in_path::<String>("name", "`record.zip` (everything), `record.xlsx`, `record.md`, `record.html`, or a table such as `notes.csv`.")
        .in_query::<String>("edition", "`named` or `nameless`; without names unless it is given.")
        .refused(&[ApiErrorKind::NotFound])
        .gives_file("application/zip", "Everything.")
        .gives_file(XLSX, "The workbook.")
        .gives_file("text/markdown; charset=utf-8", "As text.")
        .gives_file("text/html; charset=utf-8", "A page to print.")
        .gives_file("text/csv; charset=utf-8", "One table, UTF-8 with a mark.");
    let vote_described = Described::get("/api/vote-file", "HT21", "The ledger of a closed vote as a text")
        .says("Its form is told in `protocol/vote-file.md`; `engawa verify-vote` checks it.")
        .for_keys(OFFICE_KEYS)
        .of_a_meeting()
        .refused(&[ApiErrorKind::VoteNotPublished])
        .gives_file("text/plain; charset=utf-8", "The file.");
    Table::default().route(shown, show).route(vote_described, vote)
}

/// `GET /api/record/{name}?edition=` (HT20).
pub(super) async fn show(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Query(Asked { edition }): Query<Asked>,
    bearer: Bearer,
) -> Result<Response, ApiError> {
    let (meeting, person) = bearer.person_of(&state, OFFICE).await?;
    let file = RecordFile::of_name(&name).ok_or(ApiErrorKind::NotFound)?;
    let edition = match edition.as_deref() {
        None => Edition::Nameless,
        Some(edition) => files::edition_of_name(edition).ok_or(ApiErrorKind::BadRequest)?,
    };
    let turn = turn(&state.records).await?;
    let make = move |meeting: &Meeting, _| {
        let role = role_of(meeting, person)?;
        Some((record(meeting, role, edition)?, vote_text(meeting, role)))
    };
    let made = state.hub.read(meeting, make).await.map_err(from_hub)?;
    // Their role may have changed since they were let in.
    let (record, vote_text) = made.ok_or(ApiErrorKind::Forbidden)?;
    let bytes = apart(move || write(&record, vote_text.as_deref(), file, turn)).await?;
    let bytes = bytes.map_err(|error| match error {
        RecordError::NoSuchSheet => ApiErrorKind::NotFound.into(),
        error => ApiError::new(ApiErrorKind::Internal).caused_by(error),
    })?;
    Ok(download(bytes, file.media_type(), &file.to_string()))
}

/// `GET /api/vote-file` (HT21).
pub(super) async fn vote(State(state): State<ApiState>, bearer: Bearer) -> Result<Response, ApiError> {
    let (meeting, person) = bearer.person_of(&state, OFFICE).await?;
    let _turn = turn(&state.records).await?;
    let make = move |meeting: &Meeting, _| role_of(meeting, person).and_then(|role| vote_text(meeting, role));
    let text = state.hub.read(meeting, make).await.map_err(from_hub)?;
    let text = text.ok_or(ApiErrorKind::VoteNotPublished)?;
    Ok(download(text.into_bytes(), "text/plain; charset=utf-8", "vote.txt"))
}

/// A place among the few records that are made at a time.
async fn turn(records: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, ApiError> {
    let turn = tokio::time::timeout(TURN_TIMEOUT, Arc::clone(records).acquire_owned()).await;
    match turn {
        Ok(Ok(turn)) => Ok(turn),
        Ok(Err(_)) | Err(_) => Err(ApiErrorKind::Unavailable.into()),
    }
}

/// Writes while holding the turn, also when whoever asked has gone.
fn write(
    record: &Record,
    vote_text: Option<&str>,
    file: RecordFile,
    _turn: OwnedSemaphorePermit,
) -> Result<Vec<u8>, RecordError> {
    files::write(record, vote_text, file)
}

fn role_of(meeting: &Meeting, person: PersonId) -> Option<Role> {
    meeting.roster().person(person).map(|person| person.role)
}

/// The vote's file, for somebody of this role.
pub(crate) fn vote_text(meeting: &Meeting, role: Role) -> Option<String> {
    let ledger = ledger_for(meeting, role)?;
    let names: BTreeMap<_, _> = meeting
        .posters()
        .map(|(poster, team, title)| {
            let team = meeting.roster().team(team).map_or_else(String::new, |team| team.name.clone());
            (poster, PosterName { team, title: title.to_owned() })
        })
        .collect();
    Some(vote_file::write(meeting.title(), ledger, &names))
}

pub(super) fn download(bytes: Vec<u8>, media_type: &'static str, name: &str) -> Response {
    let headers = [
        (CONTENT_TYPE, media_type.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        // It holds names and notes: no cache on the way keeps it.
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::RECORDS_AT_ONCE;

    #[tokio::test(start_paused = true)]
    async fn so_many_records_are_made_at_a_time_and_the_next_waits_its_turn() {
        let records = Arc::new(Semaphore::new(RECORDS_AT_ONCE));
        let mut turns = Vec::new();
        for _ in 0..RECORDS_AT_ONCE {
            turns.push(turn(&records).await.unwrap());
        }
        let next = tokio::spawn({
            let records = Arc::clone(&records);
            async move { turn(&records).await }
        });
        tokio::time::sleep(TURN_TIMEOUT / 2).await;
        assert!(!next.is_finished());
        turns.pop();
        turns.push(next.await.unwrap().unwrap());
        // Nobody waits for ever.
        let from = tokio::time::Instant::now();
        assert_eq!(turn(&records).await.unwrap_err().kind(), ApiErrorKind::Unavailable);
        assert_eq!(from.elapsed(), TURN_TIMEOUT);
    }
}
