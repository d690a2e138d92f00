//! The rehearsal's meeting is made whatever the machine does meanwhile.

use std::time::Duration;

use engawa_domain::{Viewer, project};
use engawa_protocol::PersonId;
use engawa_server::hub::HubLimits;
use engawa_server::rehearsal::rehearse;
use engawa_server::store::Store as _;

use super::support::venue::Venue;

#[tokio::test(start_paused = true)]
async fn a_store_that_stalls_for_a_while_delays_the_rehearsal_and_doubles_nothing() {
    let venue = Venue::quiet(HubLimits::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let (state, path) = (venue.state.clone(), folder.path().to_owned());
    let making = tokio::spawn(async move { rehearse(&state, &path).await.map(|links| links.links.len()) });
    // Beside the venue's own meeting.
    let meeting = loop {
        let heads = venue.faults.meetings(None).await.unwrap();
        if let Some(head) = heads.into_iter().find(|head| head.meeting != venue.meeting) {
            break head.meeting;
        }
        tokio::task::yield_now().await;
    };
    venue.faults.stall();
    // Far longer than a command waits for the store before it is refused.
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert!(!making.is_finished(), "it asks again");
    venue.faults.release();
    assert_eq!(making.await.unwrap().unwrap(), 7, "a link for each role");
    let view = venue.hub.read(meeting, |meeting, _| project(meeting, Viewer::Person(PersonId(1)))).await;
    let view = view.unwrap().unwrap();
    assert_eq!((view.teams.len(), view.posters.len()), (97, 97));
}
