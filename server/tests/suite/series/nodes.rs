//! On a shared Redis: one node takes over, another has it, and the earlier meeting goes by a third hand.

use std::sync::Arc;

use engawa_domain::{Meeting, carry_over};
use engawa_protocol::keeping::DeletionReason;
use engawa_server::hub::HubLimits;
use engawa_server::poster_files::PosterFiles;
use engawa_server::store::redis::RedisStore;

use super::{Two, all, two_teams_and_a_poster};
use crate::support::Venue;
use crate::support::redis::{Redis, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ht50_what_one_node_took_over_another_has() {
    let redis = Redis::durable();
    let open = async || Arc::new(RedisStore::open(redis.options()).await.unwrap());
    let folder = tempfile::tempdir().unwrap();
    let files = || PosterFiles::in_folder(folder.path()).unwrap();
    let venue = Venue::over(open().await, HubLimits::default()).await;
    venue.hub.keep_poster_files_in(files());
    let mut two = Two::over(venue).await;
    two.earlier(two_teams_and_a_poster).await;
    let mut other = two.venue.beside(open().await);
    other.hub.keep_poster_files_in(files());
    // It has both meetings before anything happens.
    assert_eq!(other.look(Meeting::earlier_meetings).await, 0);
    let followed = two.take(all()).await;
    assert_eq!((followed.pairs, followed.posters_added, followed.refused), (1, 1, None));
    until("the other node has it", async || {
        let kept =
            other.look(|meeting| (meeting.earlier_meetings(), meeting.earlier_history().pair_count())).await;
        (kept == (1, 1)).then_some(())
    })
    .await;
    let digest = |meeting: &Meeting| engawa_domain::digest(meeting).unwrap();
    let (here, there) = (two.venue.look(digest).await, other.look(digest).await);
    assert_eq!(here, there);

    // Deleted from there; here it is gone for good, and nothing that was taken over went with it.
    other.hub.delete(two.earlier, DeletionReason::Asked).await.unwrap();
    assert!(two.files(two.earlier).await.is_empty());
    assert_eq!(two.files(two.venue.meeting).await.len(), 2);
    let kept = |meeting: &Meeting, _| carry_over(meeting).meetings.len();
    assert_eq!(other.hub.read(two.venue.meeting, kept).await.unwrap(), 2, "it hands both on");
    two.venue.close().await;
    other.close().await;
}
