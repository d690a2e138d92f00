//! An archive of posters (zip): taken to a temporary file, unpacked one file after the other, each kept and told about as
//! it comes. Names and bounds in the archive are not believed.

use std::io::{Read, Seek};

use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use engawa_protocol::MeetingId;
use engawa_protocol::codec;
use engawa_protocol::limits::{
    MEETING_FILES_BYTES_MAX, POSTER_FILE_BYTES_MAX, POSTER_ZIP_BYTES_MAX, POSTER_ZIP_FILES_MAX,
};
use engawa_protocol::preparation::{PosterFileProblem, PosterFileReply, PosterUnpacking};
use futures_util::stream;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc;
use zip::ZipArchive;
use zip::result::ZipError;

use super::ApiState;
use super::bearer::Bearer;
use super::posters::{OFFICE, keep_bytes};
use super::preparation::{apart, known_roster};
use super::refusal::from_hub;
use super::uploads::Upload;
use crate::files::poster_list;
use crate::files::text::decode_name;
use crate::http::{ApiError, ApiErrorKind};

/// Files that wait, unpacked, for their turn to be drawn.
const WAITING_FILES: usize = 1;
/// Lines that wait for a slow reader.
const WAITING_LINES: usize = 16;

/// What comes out of an archive.
enum Unpacked {
    Opened { files: u32 },
    List { name: String, bytes: Vec<u8> },
    File { name: String, bytes: Result<Vec<u8>, PosterFileProblem> },
    Broken(PosterFileProblem),
}

/// `POST /api/posters/zip` (HT7): JSON lines, one for each file when it has been kept or refused.
pub(super) async fn unpack(
    State(state): State<ApiState>,
    bearer: Bearer,
    upload: Upload,
) -> Result<Response, ApiError> {
    let (meeting, _) = bearer.person_of(&state, OFFICE).await?;
    let failed = |error: std::io::Error| ApiError::new(ApiErrorKind::StoreUnavailable).caused_by(error);
    let file = tempfile::tempfile().map_err(failed)?;
    let mut file = tokio::fs::File::from_std(file);
    let mut parts = upload.begin(POSTER_ZIP_BYTES_MAX)?;
    while let Some(part) = parts.next().await? {
        file.write_all(&part).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)?;
    let mut archive = file.into_std().await;
    archive.rewind().map_err(failed)?;

    let (unpacked, coming) = mpsc::channel(WAITING_FILES);
    tokio::task::spawn_blocking(move || read_archive(archive, &unpacked));
    let (lines, told) = mpsc::channel(WAITING_LINES);
    tokio::spawn(keep_all(state, meeting, coming, lines));
    let lines = stream::unfold(told, |mut told| async move {
        let line: PosterUnpacking = told.recv().await?;
        let mut text = codec::to_vec(&line).unwrap_or_default();
        text.push(b'\n');
        Some((Ok::<_, std::convert::Infallible>(Bytes::from(text)), told))
    });
    Ok(([(CONTENT_TYPE, "application/jsonl"), (X_ACCEL_BUFFERING, "no")], Body::from_stream(lines))
        .into_response())
}

/// Proxies pass the lines on as they come.
const X_ACCEL_BUFFERING: axum::http::HeaderName = axum::http::HeaderName::from_static("x-accel-buffering");

/// Keeps what comes out and tells about it. Ends when whoever asked has gone: their browser shows no more.
async fn keep_all(
    state: ApiState,
    meeting: MeetingId,
    mut coming: mpsc::Receiver<Unpacked>,
    lines: mpsc::Sender<PosterUnpacking>,
) {
    while let Some(unpacked) = coming.recv().await {
        let line = match unpacked {
            Unpacked::Opened { files } => PosterUnpacking::Opened { files },
            Unpacked::Broken(problem) => PosterUnpacking::Broken { problem },
            Unpacked::List { name, bytes } => {
                let Ok(reading) = read_list(&state, meeting, bytes).await else { return };
                PosterUnpacking::List { name, reading }
            }
            Unpacked::File { name, bytes: Err(problem) } => {
                PosterUnpacking::File { name, reply: PosterFileReply::Refused { problem } }
            }
            Unpacked::File { name, bytes: Ok(bytes) } => match keep_bytes(&state, meeting, bytes).await {
                Ok(reply) => PosterUnpacking::File { name, reply },
                // The lines end without an end: the browser says that not all went in.
                Err(error) => {
                    tracing::warn!(
                        code = error.kind().code(),
                        "an archive of posters was not kept to its end"
                    );
                    return;
                }
            },
        };
        if lines.send(line).await.is_err() {
            return;
        }
    }
    // Whoever asked may have gone.
    let _ = lines.send(PosterUnpacking::End {}).await;
}

/// Reads a list of posters against the meeting's teams.
pub(super) async fn read_list(
    state: &ApiState,
    meeting: MeetingId,
    bytes: Vec<u8>,
) -> Result<engawa_protocol::preparation::PosterListReading, ApiError> {
    let known = state.hub.read(meeting, |meeting, _| known_roster(meeting)).await.map_err(from_hub)?;
    apart(move || poster_list::read(&bytes, &known)).await
}

/// Unpacks an archive into the channel; ends early when nobody takes from it any more.
fn read_archive(file: impl Read + Seek, to: &mpsc::Sender<Unpacked>) {
    let mut archive = match ZipArchive::new(file) {
        Ok(archive) => archive,
        Err(error) => {
            let _ = to.blocking_send(Unpacked::Broken(problem_of(&error)));
            return;
        }
    };
    let names: Vec<(usize, String)> = (0..archive.len())
        .filter_map(|index| {
            // The directory alone is read here, no file.
            let entry = archive.by_index_raw(index).ok()?;
            let name = decode_name(entry.name_raw());
            (entry.is_file() && !is_clutter(&name)).then_some((index, name))
        })
        .collect();
    if names.len() as u64 > POSTER_ZIP_FILES_MAX {
        // Whoever asked may have gone.
        let _ =
            to.blocking_send(Unpacked::Broken(PosterFileProblem::TooManyFiles { max: POSTER_ZIP_FILES_MAX }));
        return;
    }
    // The first list is the list; another would be a file of no known type, and is told as one.
    let list = names.iter().position(|(_, name)| is_list(name));
    let files = u32::try_from(names.len() - usize::from(list.is_some())).unwrap_or(u32::MAX);
    if to.blocking_send(Unpacked::Opened { files }).is_err() {
        return;
    }
    // An archive of a few bytes may unpack to many files of the largest size.
    let mut left = MEETING_FILES_BYTES_MAX;
    let order = list.into_iter().chain((0..names.len()).filter(|index| Some(*index) != list));
    for place in order {
        let Some((index, name)) = names.get(place) else { continue };
        let bytes = read_entry(&mut archive, *index, left);
        left = left.saturating_sub(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64));
        let unpacked = match bytes {
            Ok(bytes) if Some(place) == list => Unpacked::List { name: name.clone(), bytes },
            bytes => Unpacked::File { name: name.clone(), bytes },
        };
        if to.blocking_send(unpacked).is_err() {
            return;
        }
    }
}

fn read_entry(
    archive: &mut ZipArchive<impl Read + Seek>,
    index: usize,
    left: u64,
) -> Result<Vec<u8>, PosterFileProblem> {
    let entry = archive.by_index(index).map_err(|error| problem_of(&error))?;
    if entry.encrypted() {
        return Err(PosterFileProblem::FileLocked {});
    }
    let mut bytes = Vec::new();
    entry
        .take(POSTER_FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|_| PosterFileProblem::FileBroken {})?;
    let size = bytes.len() as u64;
    if size > POSTER_FILE_BYTES_MAX {
        return Err(PosterFileProblem::FileTooLarge { max_bytes: POSTER_FILE_BYTES_MAX });
    }
    if size > left {
        return Err(PosterFileProblem::FilesFull { max_bytes: MEETING_FILES_BYTES_MAX });
    }
    Ok(bytes)
}

/// Unpacks an archive to nowhere. Says how many bytes came out.
#[cfg(any(test, feature = "test-support"))]
pub(crate) fn unpack_to_nowhere(bytes: &[u8]) -> u64 {
    let (to, mut coming) = mpsc::channel(WAITING_FILES);
    std::thread::scope(|scope| {
        scope.spawn(move || read_archive(std::io::Cursor::new(bytes), &to));
        let mut sum = 0;
        while let Some(unpacked) = coming.blocking_recv() {
            sum += match unpacked {
                Unpacked::List { bytes, .. } | Unpacked::File { bytes: Ok(bytes), .. } => bytes.len() as u64,
                Unpacked::Opened { .. } | Unpacked::File { .. } | Unpacked::Broken(_) => 0,
            };
        }
        sum
    })
}

fn problem_of(error: &ZipError) -> PosterFileProblem {
    match error {
        ZipError::UnsupportedArchive(_)
        | ZipError::CompressionMethodNotSupported(_)
        | ZipError::InvalidPassword => PosterFileProblem::FileLocked {},
        _ => PosterFileProblem::FileBroken {},
    }
}

/// What operating systems put into archives by themselves.
fn is_clutter(name: &str) -> bool {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.starts_with("__MACOSX/")
        || base.starts_with('.')
        || base.starts_with("~$")
        || base.eq_ignore_ascii_case("thumbs.db")
        || base.eq_ignore_ascii_case("desktop.ini")
}

fn is_list(name: &str) -> bool {
    let name = name.to_lowercase();
    [".csv", ".tsv", ".txt", ".xlsx"].iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn archive_of(files: u64) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for number in 0..files {
            zip.start_file(format!("{number}.png"), zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(b"x").unwrap();
        }
        // What an operating system puts in does not count.
        zip.start_file("__MACOSX/0.png", zip::write::SimpleFileOptions::default()).unwrap();
        zip.finish().unwrap().into_inner()
    }

    /// How many files an archive is said to hold and how many come out, or why none does.
    fn come_out_of(archive: Vec<u8>) -> Result<(u32, u32), PosterFileProblem> {
        let (to, mut coming) = mpsc::channel(WAITING_FILES);
        std::thread::scope(|scope| {
            scope.spawn(move || read_archive(std::io::Cursor::new(archive), &to));
            let (mut said, mut came) = (0, 0);
            while let Some(unpacked) = coming.blocking_recv() {
                match unpacked {
                    Unpacked::Opened { files } => said = files,
                    Unpacked::List { .. } | Unpacked::File { .. } => came += 1,
                    Unpacked::Broken(problem) => return Err(problem),
                }
            }
            Ok((said, came))
        })
    }

    #[test]
    fn an_archive_holds_so_many_files_and_no_more() {
        let max = u32::try_from(POSTER_ZIP_FILES_MAX).unwrap();
        assert_eq!(come_out_of(archive_of(POSTER_ZIP_FILES_MAX)), Ok((max, max)));
        let problem = PosterFileProblem::TooManyFiles { max: POSTER_ZIP_FILES_MAX };
        assert_eq!(come_out_of(archive_of(POSTER_ZIP_FILES_MAX + 1)), Err(problem));
    }
}
