//! Two nodes with different states: the one whose state is not what the log says loads it anew (RS4).

use engawa_domain::{decode_snapshot, encode_snapshot};
use engawa_protocol::{CloseCode, PersonId};
use engawa_server::hub::HubLimits;
use engawa_server::observe::metrics;

use super::{brisk, named, two_nodes, until_agreed, until_shows};
use crate::support::redis::{Redis, until};
use crate::support::{Person, note};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_odd_one_loads_its_state_anew_and_its_people_get_a_new_view() {
    let metrics = metrics::recorder().unwrap();
    let redis = Redis::durable();
    let (mut one, other) = two_nodes(&redis, HubLimits { digest_entries: 4, ..brisk() }).await;
    one.insist(note("n1")).await;
    until_shows(&other, "the other follows", named("n", 1)).await;
    let mut well = Person::enter(&one, PersonId(1)).await;
    other
        .hub
        .tamper(other.meeting, |meeting| {
            let state = String::from_utf8(encode_snapshot(meeting).unwrap()).unwrap();
            assert!(state.contains("\"n1\""));
            *meeting = decode_snapshot(state.replace("\"n1\"", "\"rotten\"").as_bytes()).unwrap();
        })
        .await
        .unwrap();
    until_shows(&other, "the state is spoilt", vec!["rotten".into()]).await;
    let mut misled = Person::enter(&other, PersonId(1)).await;
    for text in &named("n", 8)[1..] {
        well.ask(note(text)).await.unwrap();
    }
    assert_eq!(misled.until_closed().await, CloseCode::EpochChanged);
    misled.position = None;
    misled.come(&other).await;
    until_shows(&other, "the state is the log's again", named("n", 8)).await;
    misled.check(&other).await;
    assert!(misled.view().plenary.notes.values().all(|note| note.text != "rotten"));
    until_agreed([&one, &other]).await;
    // Those whose state was right notice nothing.
    well.ask(note("n9")).await.unwrap();
    well.check(&one).await;
    assert!(well.goodbye.is_none());
    until("the difference is counted", async || {
        metrics.render().lines().any(|line| line.starts_with("engawa_digest_mismatches_total ")).then_some(())
    })
    .await;
}
