//! A meeting that is deleted over HTTP leaves nothing of anybody in the files of the embedded store.

use std::path::Path;
use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, header};
use engawa_protocol::Role;
use engawa_server::clock::SystemClock;
use engawa_server::hub::HubLimits;
use engawa_server::run::routes;
use engawa_server::store::Store;
use engawa_server::store::embedded::EmbeddedStore;
use tower::ServiceExt as _;

use crate::support::venue::ADMIN_KEY;
use crate::support::{Venue, note};

const NAME: &str = "弘前市 担当A";
const NOTE: &str = "役所の人が知らない話";

fn is_in_a_file(folder: &Path, text: &str) -> bool {
    let files = std::fs::read_dir(folder).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
    files.into_iter().any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
}

#[tokio::test]
async fn a_deleted_meeting_leaves_no_name_and_no_note_in_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(EmbeddedStore::open(folder.path(), Arc::new(SystemClock)).await.unwrap());
    let mut venue = Venue::over(Arc::clone(&store) as Arc<dyn Store>, HubLimits::default()).await;
    venue.invite(NAME, Role::Participant).await;
    venue.ask(note(NOTE)).await;
    for text in [NAME, NOTE] {
        assert!(is_in_a_file(folder.path(), text), "{text}: not even there before");
    }
    let request = Request::delete(format!("/api/meetings/{}", venue.meeting.0))
        .header(header::AUTHORIZATION, format!("Bearer {ADMIN_KEY}"))
        .body(Body::empty())
        .unwrap();
    let answer = routes(venue.state.clone()).usual.oneshot(request).await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.status());
    for text in [NAME, NOTE] {
        assert!(!is_in_a_file(folder.path(), text), "{text}: still there when the deletion is answered");
    }
    venue.close().await;
    store.close().await.unwrap();
    for text in [NAME, NOTE] {
        assert!(!is_in_a_file(folder.path(), text), "{text}: written again afterwards");
    }
}
