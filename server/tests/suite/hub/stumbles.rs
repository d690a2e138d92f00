//! A bug in the rules: caught in its meeting, which is loaded anew, and parked when the same entry fails again. Nobody in
//! another meeting notices.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use engawa_domain::{Entry, Origin};
use engawa_protocol::{CloseCode, Command, Language, PersonId, Rejection};
use engawa_server::clock::SystemClock;
use engawa_server::hub::sabotage::Sabotage;
use engawa_server::hub::{Hub, Surroundings};

use crate::support::venue::tiny;
use crate::support::{PATIENCE, Person, Venue, note};

/// A note with this text is what the rules stumble over.
const STONE: &str = "石";

/// A venue whose rules panic over a note, so many times.
async fn stumbling(times: u32) -> Venue {
    let mut venue = Venue::quiet(tiny()).await;
    let left = AtomicU32::new(times);
    let stumble = move |entry: &Entry| {
        let is_stone = matches!(
            &entry.input.origin,
            Origin::Person { command: Command::AddNote(add), .. } if add.text == STONE
        );
        is_stone
            && left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    };
    let around = Surroundings {
        sabotage: Sabotage { stumble: Some(Arc::new(stumble)), bug: None },
        ..Surroundings::new(tiny(), Arc::new(SystemClock))
    };
    venue.hub = Hub::around(Arc::clone(venue.hub.store()), around);
    venue
}

/// Comes back once the meeting lets people in again.
async fn come_back(someone: &mut Person, venue: &Venue) {
    tokio::time::timeout(PATIENCE, async {
        while let Err(code) = someone.try_come(venue).await {
            assert!(code.is_retryable(), "{code:?}");
        }
    })
    .await
    .expect("let in again");
}

#[tokio::test]
async fn a_panic_costs_a_reload_and_nothing_is_lost() {
    let venue = stumbling(1).await;
    let other = venue.hub.create("別の会".into(), Language::Ja, "進行 2".into()).await.unwrap();
    let mut elsewhere = Person::outside(
        &venue,
        engawa_server::auth::LinkGrant::personal(other, engawa_protocol::Role::Coordinator, PersonId(1), 0),
    );
    elsewhere.come(&venue).await;
    let mut first = Person::enter(&venue, PersonId(1)).await;
    first.ask(note("before")).await.unwrap();
    let number = first.submit(note(STONE)).await;
    assert_eq!(first.until_closed().await, CloseCode::Faulted);
    come_back(&mut first, &venue).await;
    first.outcome(number).await.expect("the entry was good: the second time it is applied");
    first.ask(note("after")).await.unwrap();
    first.check(&venue).await;
    assert_eq!(first.view().plenary.notes.len(), 3);
    elsewhere.ask(note("undisturbed")).await.expect("on the connection that it came with");
}

#[tokio::test]
async fn an_entry_that_always_panics_parks_its_meeting_and_views_stay() {
    let venue = stumbling(u32::MAX).await;
    let other = venue.hub.create("別の会".into(), Language::Ja, "進行 2".into()).await.unwrap();
    let mut first = Person::enter(&venue, PersonId(1)).await;
    first.ask(note("before")).await.unwrap();
    first.submit(note(STONE)).await;
    assert_eq!(first.until_closed().await, CloseCode::Faulted);
    first.pending.clear();
    come_back(&mut first, &venue).await;
    assert_eq!(first.view().plenary.notes.len(), 1, "what was there before is shown");
    assert_eq!(first.ask(note("after")).await, Err(Rejection::Unavailable {}));
    venue.hub.read(other, |_, _| ()).await.expect("the other meeting is served");
}
