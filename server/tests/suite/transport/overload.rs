//! When the store cannot follow: over every way new commands are refused "for now" within their time and in order, nothing that
//! was acknowledged is lost, nothing is doubled, and whoever watches goes on watching.

use std::time::{Duration, Instant};

use engawa_domain::Viewer;
use engawa_protocol::{ClientSeq, PersonId, Rejection, Role};
use engawa_server::hub::HubLimits;

use crate::support::venue::tiny;
use crate::support::{Person, Venue, Way, note};

const WAYS: [Way; 3] = [Way::WebSocket, Way::Stream, Way::Poll];
/// Commands of each person while the store stands still.
const COMMANDS: usize = 4;

async fn enter(venue: &Venue, person: PersonId, way: Way) -> Person {
    let mut someone = Person::outside(venue, venue.grant(person).await);
    someone.way = way;
    someone.come(venue).await;
    someone
}

/// Sends what was refused again until all of it is taken.
async fn insist(person: &mut Person, numbers: &[ClientSeq]) {
    for number in numbers {
        while person.outcome(*number).await == Err(Rejection::Unavailable {}) {
            person.send_refused_again().await;
        }
        person.outcome(*number).await.expect("taken in the end");
    }
}

async fn texts(venue: &Venue) -> Vec<String> {
    let view = venue.truth(Viewer::Person(PersonId(1))).await.1.unwrap();
    let mut notes: Vec<_> = view.plenary.notes.into_values().map(|note| (note.id, note.text)).collect();
    notes.sort();
    notes.into_iter().map(|(_, text)| text).collect()
}

#[tokio::test]
async fn cm4_a_stalled_store_is_told_over_every_way_in_order_and_nothing_is_lost() {
    // A second as in earnest.
    let limits = HubLimits { unavailable_after: HubLimits::default().unavailable_after, ..tiny() };
    let mut venue = Venue::open(limits).await;
    let mut people = Vec::new();
    for (index, way) in WAYS.into_iter().enumerate() {
        let person = venue.invite(&format!("幹事 {index}"), Role::Facilitator).await;
        let mut person = enter(&venue, person, way).await;
        person.ask(note(&format!("{index} before"))).await.unwrap();
        people.push(person);
    }
    let late = venue.invite("幹事 後", Role::Facilitator).await;
    let mut watching = enter(&venue, PersonId(1), Way::WebSocket).await;
    watching.check(&venue).await;
    venue.faults.stall();
    let began = Instant::now();
    let mut numbers = Vec::new();
    for (index, person) in people.iter_mut().enumerate() {
        let mut own = Vec::new();
        for part in 0..COMMANDS {
            own.push(person.submit(note(&format!("{index} part {part}"))).await);
        }
        numbers.push(own);
    }
    for (person, own) in people.iter_mut().zip(&numbers) {
        for number in own {
            assert_eq!(person.outcome(*number).await, Err(Rejection::Unavailable {}), "{number:?}");
        }
    }
    // Far from a promise of time, which a busy machine could not keep: they were not left waiting for the store.
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
    // Whoever comes now is shown what there is, and whoever is there stays.
    let late = enter(&venue, late, Way::Stream).await;
    assert_eq!(late.view().plenary.notes.len(), WAYS.len());
    assert!(watching.goodbye.is_none());
    venue.faults.release();
    for (person, own) in people.iter_mut().zip(&numbers) {
        insist(person, own).await;
        person.check(&venue).await;
    }
    watching.check(&venue).await;
    let texts = texts(&venue).await;
    assert_eq!(texts.len(), WAYS.len() * (COMMANDS + 1), "each once: {texts:?}");
    for index in 0..WAYS.len() {
        let own: Vec<_> = texts.iter().filter(|text| text.starts_with(&format!("{index} part"))).collect();
        assert!(own.is_sorted(), "in the order in which they were said: {own:?}");
    }
}

#[tokio::test]
async fn cm4_no_more_wait_for_a_stalled_store_than_there_is_room_for() {
    // So long that what is refused is refused for want of room.
    let limits = HubLimits { batch_waiting: 3, unavailable_after: Duration::from_secs(3600), ..tiny() };
    let mut venue = Venue::open(limits).await;
    let person = venue.invite("幹事 1", Role::Facilitator).await;
    let mut person = enter(&venue, person, Way::WebSocket).await;
    // Their arrival is in the log; nothing else is under way.
    person.ask(note("before")).await.unwrap();
    person.check(&venue).await;
    venue.faults.stall();
    let mut numbers = Vec::new();
    for part in 0..8 {
        numbers.push(person.submit(note(&format!("part {part}"))).await);
    }
    // One or more are under way, three wait, and the last find no room.
    let last = *numbers.last().unwrap();
    assert_eq!(person.outcome(last).await, Err(Rejection::Unavailable {}));
    let refused = numbers.iter().filter(|number| person.outcomes.contains_key(number)).count();
    assert!((1..=8 - 3).contains(&refused), "three wait at least, and one is under way: {refused}");
    venue.faults.release();
    insist(&mut person, &numbers).await;
    person.check(&venue).await;
    assert_eq!(texts(&venue).await.len(), 9, "each once");
}
