//! `engawa follow-meeting`, on the store of a server that has stopped, and what it says while one runs.

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use engawa_protocol::preparation::{FollowPreview, Followed};
use engawa_server::clock::SystemClock;
use engawa_server::hub::HubLimits;
use engawa_server::poster_files::PosterFiles;
use engawa_server::store::Store as _;
use engawa_server::store::embedded::EmbeddedStore;

use super::{Two, two_teams_and_a_poster};
use crate::support::Venue;

fn engawa(data: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_engawa"));
    command.env_clear().env("ENGAWA_DATA_DIR", data).args(args).output().unwrap()
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_of_the_binary_takes_over() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let store = EmbeddedStore::open(data.join("meetings"), Arc::new(SystemClock)).await.unwrap();
    let store = Arc::new(store);
    let venue = Venue::over(store.clone(), HubLimits::default()).await;
    venue.hub.keep_poster_files_in(PosterFiles::in_folder(&data.join("poster-files")).unwrap());
    let mut two = Two::over(venue).await;
    two.earlier(two_teams_and_a_poster).await;
    let (meeting, earlier) = (two.venue.meeting.to_string(), two.earlier.to_string());
    let locked = engawa(data, &["follow-meeting", &meeting, &earlier]);
    assert_eq!(locked.status.code(), Some(1));
    assert!(told(&locked).contains("/api/meetings/MEETING/follow"), "{}", told(&locked));
    two.venue.close().await;
    store.close().await.unwrap();
    drop((two, store));

    let itself = engawa(data, &["follow-meeting", &meeting, &meeting]);
    assert!(
        itself.status.code() == Some(1) && told(&itself).contains("cannot follow itself"),
        "{}",
        told(&itself)
    );
    let nowhere = engawa(data, &["follow-meeting", &meeting, "00000000-0000-0000-0000-000000000001"]);
    assert!(
        nowhere.status.code() == Some(1) && told(&nowhere).contains("no such meeting"),
        "{}",
        told(&nowhere)
    );
    let preview =
        engawa(data, &["follow-meeting", &meeting, &earlier, "--preview", "--only", "roster,sittings"]);
    let preview: FollowPreview =
        serde_json::from_slice(&preview.stdout).unwrap_or_else(|_| panic!("{}", told(&preview)));
    assert_eq!((preview.rows.len(), preview.posters.len(), preview.pairs), (3, 0, 1));
    let taken = |args: &[&str]| -> Followed {
        let output = engawa(data, &[&["follow-meeting", &meeting, &earlier], args].concat());
        assert!(output.status.success(), "{}", told(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let first = taken(&[]);
    assert_eq!((first.people_added, first.posters_added, first.pairs, first.meetings), (3, 1, 1, 1));
    let second = taken(&["--replace-posters"]);
    assert_eq!((second.people_added, second.posters_added, second.posters_changed), (0, 0, 0));
    let files = std::fs::read_dir(data.join("poster-files").join(&meeting)).unwrap().count();
    assert_eq!(files, 2);
}
