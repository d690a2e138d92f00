//! Bounds that the hub sets to one person or one meeting, at the limit and one above.

use std::time::Instant;

use engawa_domain::Totals;
use engawa_protocol::command::Announce;
use engawa_protocol::{BoardId, ClientFrame, Doing, Gesture, PersonId, Rejection, Role};
use engawa_server::hub::HubLimits;

use crate::support::venue::tiny;
use crate::support::{Person, Venue, note};

const TYPING: ClientFrame =
    ClientFrame::Gesture(Gesture { board: BoardId::PLENARY, doing: Doing::Typing {} });

#[tokio::test]
async fn a_device_has_so_many_commands_under_way_and_the_next_is_refused_at_once() {
    let limits = HubLimits { commands_pending: 2, ..tiny() };
    let venue = Venue::quiet(limits).await;
    let mut first = Person::enter(&venue, PersonId(1)).await;
    // What is taken is neither done nor refused meanwhile.
    venue.faults.stall();
    let mut numbers = Vec::new();
    for text in ["一", "二", "三"] {
        numbers.push(first.submit(note(text)).await);
    }
    assert_eq!(first.outcome(numbers[2]).await, Err(Rejection::TooFast {}));
    venue.faults.release();
    for number in &numbers[..2] {
        assert!(matches!(first.outcome(*number).await, Ok(Some(_)) | Err(Rejection::Unavailable {})));
    }
    assert!(first.ask(note("四")).await.unwrap().is_some(), "there is room again");
}

#[tokio::test]
async fn a_connection_makes_so_many_gestures_a_second_and_more_are_dropped() {
    const A_SECOND: u32 = 1;
    let mut venue = Venue::quiet(HubLimits { gestures_per_second: A_SECOND, ..tiny() }).await;
    let member = venue.invite("弘前市 担当A", Role::Participant).await;
    let mut first = Person::enter(&venue, PersonId(1)).await;
    let mut someone = Person::enter(&venue, member).await;
    let began = Instant::now();
    for _ in 0..200 {
        someone.send_frame(&TYPING).await;
    }
    // Answered behind them, whatever the answer is.
    assert_eq!(someone.ask(note("ここまで")).await, Err(Rejection::BoardClosed {}));
    venue.ask(Announce { text: "ここまで".into() }).await;
    first.until("what came behind them", |me| !me.view().announcements.is_empty()).await;
    let allowed = 1 + A_SECOND * (began.elapsed().as_secs() as u32 + 1);
    let came = first.gestures.len() as u32;
    assert!((1..=allowed).contains(&came), "{came} of at most {allowed}");
}

#[tokio::test]
async fn a_meeting_delivers_so_many_gestures_and_one_that_would_be_more_is_dropped() {
    for (deliveries, comes) in [(2, true), (1, false)] {
        // No second passes before the budget counts: it is full at the beginning.
        let limits = HubLimits { gesture_deliveries_per_second: deliveries, ..tiny() };
        let mut venue = Venue::quiet(limits).await;
        let member = venue.invite("弘前市 担当A", Role::Participant).await;
        let mut watching =
            [Person::enter(&venue, PersonId(1)).await, Person::enter(&venue, PersonId(1)).await];
        let mut someone = Person::enter(&venue, member).await;
        someone.send_frame(&TYPING).await;
        venue.ask(Announce { text: "ここまで".into() }).await;
        for person in &mut watching {
            person.until("what came behind it", |me| !me.view().announcements.is_empty()).await;
            assert_eq!(!person.gestures.is_empty(), comes, "{deliveries} deliveries");
        }
    }
}

#[tokio::test]
async fn a_full_mailbox_makes_others_wait_and_loses_nothing() {
    let limits = HubLimits { mailbox_requests: 1, turn_inputs: 1, ..tiny() };
    let venue = Venue::quiet(limits).await;
    let mut people = Vec::new();
    for _ in 0..3 {
        people.push(Person::enter(&venue, PersonId(1)).await);
    }
    let mut sent = Vec::new();
    for (index, person) in people.iter_mut().enumerate() {
        for text in 0..5 {
            sent.push((index, person.submit(note(&format!("{index}-{text}"))).await));
        }
    }
    for (index, number) in sent {
        assert!(people[index].outcome(number).await.unwrap().is_some(), "each is done");
    }
    assert_eq!(venue.look(|meeting| Totals::of(meeting).notes).await, 15, "each once");
}
