//! The primary dies and a sentinel promotes its replica, as people in the meeting see it: with everything replicated, and with
//! entries that only the nodes still have.
//!
//! `cargo test -p engawa-server --test suite healing::failover -- --nocapture` prints how long commands were not taken.

use std::time::{Duration, Instant};

use engawa_domain::Viewer;
use engawa_protocol::http::CommandReply;
use engawa_protocol::{CloseCode, Epoch, PersonId, Rejection, Role};
use engawa_server::hub::HubLimits;
use engawa_server::store::redis::RedisStore;

use super::{until_agreed, until_shows};
use crate::support::redis::until;
use crate::support::sentinel::Watched;
use crate::support::{PATIENCE, Person, Venue, note};

/// Writes a note and does as a client does until it is kept: comes back when the line ends, sends again what was refused only
/// for now. Gives the codes with which lines ended.
async fn insist(person: &mut Person, venue: &Venue, text: &str) -> Vec<CloseCode> {
    let (number, began, mut ends) = (person.submit(note(text)).await, Instant::now(), Vec::new());
    while !matches!(person.outcomes.get(&number), Some(CommandReply::Accepted { .. })) {
        assert!(began.elapsed() < PATIENCE, "{text}: not kept: {:?}", person.outcomes.get(&number));
        if person.outcomes.contains_key(&number) {
            assert_eq!(person.outcome(number).await, Err(Rejection::Unavailable {}));
            tokio::time::sleep(Duration::from_millis(50)).await;
            person.send_refused_again().await;
        } else if !person.step().await {
            ends.extend(person.goodbye.as_ref().map(|goodbye| goodbye.code));
            while person.try_come(venue).await.is_err() {
                assert!(began.elapsed() < PATIENCE, "{text}: not let in: {:?}", person.goodbye);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    ends
}

async fn fails_over(loses: bool) {
    let mut watched = Watched::start().await;
    let store = async || std::sync::Arc::new(RedisStore::open(watched.options()).await.unwrap());
    let mut one = Venue::over(store().await, HubLimits::default()).await;
    let other = one.beside(store().await);
    let mut first = Person::enter(&one, PersonId(1)).await;
    let second = one.invite("幹事 1", Role::Facilitator).await;
    until("the other node knows them", async || other.truth(Viewer::Person(second)).await.1.map(drop)).await;
    let mut second = Person::enter(&other, second).await;
    let mut texts = Vec::new();
    let log = format!("engawa:{{{}}}:log", one.meeting.0.simple());
    for text in ["古い 1", "古い 2"] {
        first.ask(note(text)).await.unwrap();
        texts.push(text.to_owned());
    }
    watched.until_replicated(&log).await;
    if loses {
        watched.cut_off_replica();
        first.ask(note("写しにない 1")).await.unwrap();
        second.ask(note("写しにない 2")).await.unwrap();
        texts.extend(["写しにない 1".to_owned(), "写しにない 2".to_owned()]);
        until_shows(&one, "both nodes hold what the replica lacks", texts.clone()).await;
        until_shows(&other, "both nodes hold what the replica lacks", texts.clone()).await;
    }
    watched.kill_primary();
    let killed = Instant::now();
    let (ends, more) =
        tokio::join!(insist(&mut first, &one, "最中 1"), insist(&mut second, &other, "最中 2"));
    println!(
        "lost: {loses}; kept again on both nodes after {:?}; lines ended with {ends:?}, {more:?}",
        killed.elapsed()
    );
    texts.extend(["最中 1".to_owned(), "最中 2".to_owned()]);
    for node in [&one, &other] {
        until_shows(node, "everything, once", texts.clone()).await;
    }
    until_agreed([&one, &other]).await;
    assert_eq!(one.texts().await.unwrap().0.epoch, Epoch(if loses { 2 } else { 1 }));
    for (person, venue, ends) in [(&mut first, &one, ends), (&mut second, &other, more)] {
        assert_eq!(ends.contains(&CloseCode::EpochChanged), loses, "told plainly: {ends:?}");
        let unexpected =
            ends.iter().find(|code| !matches!(code, CloseCode::EpochChanged | CloseCode::Unavailable));
        assert_eq!(unexpected, None);
        person.check(venue).await;
    }
    one.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failover_with_everything_replicated_is_a_pause() {
    fails_over(false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failover_that_loses_entries_is_healed_and_told() {
    fails_over(true).await;
}
