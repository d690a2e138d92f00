//! The hub over a store that fails, at limits so tiny that rare things happen all the time. No sockets: people are
//! attached straight to it.

use std::time::Duration;

use crate::support::venue::tiny;
use crate::support::{PATIENCE, Person, Venue, note, titled};
use engawa_protocol::command::{Announce, MarkNote, RevokeLinks};
use engawa_protocol::keeping::DeletionReason;
use engawa_protocol::view::Attendance;
use engawa_protocol::{BoardId, CloseCode, Doing, Gesture, LinkTarget, NoteId, PersonId, Rejection, Role};
use engawa_server::auth::LinkGrant;
use engawa_server::hub::{Hub, HubLimits};

#[tokio::test]
async fn cm3_fr4_everybody_sees_the_same_and_acks_come_with_their_effect() {
    let mut venue = Venue::quiet(tiny()).await;
    let guide = venue.invite("幹事 1", Role::Facilitator).await;
    let member = venue.invite("弘前市 担当A", Role::Participant).await;
    let mut first = Person::enter(&venue, PersonId(1)).await;
    let mut guide = Person::enter(&venue, guide).await;
    let mut member = Person::enter(&venue, member).await;
    let mut screen = Person::outside(&venue, LinkGrant::shared(venue.meeting, Role::Screen, 0));
    screen.come(&venue).await;
    for round in 0..12 {
        let id = guide.ask(note(&format!("対話 {round}"))).await.unwrap().unwrap();
        assert!(guide.view().plenary.notes.contains_key(&NoteId(id)), "the effect comes with the ack");
        first.ask(MarkNote { board: BoardId::PLENARY, note: NoteId(id) }).await.unwrap();
    }
    assert_eq!(member.ask(titled("x")).await, Err(Rejection::NotPermitted {}));
    for person in [&mut first, &mut guide, &mut member, &mut screen] {
        person.check(&venue).await;
        assert_eq!(person.view().plenary.notes.len(), 12);
    }
}

#[tokio::test]
async fn who_comes_back_within_the_ring_gets_what_was_missed_and_otherwise_a_view() {
    let mut venue = Venue::quiet(tiny()).await;
    let mut first = Person::enter(&venue, PersonId(1)).await;
    first.until("arrived", |me| me.view().people[&PersonId(1)].attendance == Attendance::Present).await;
    first.check(&venue).await;
    first.vanish().await;
    for title in ["a", "b"] {
        venue.ask(titled(title)).await;
    }
    first.come(&venue).await;
    assert!(first.resumed, "two entries lie in a ring of four");
    first.check(&venue).await;
    assert_eq!(first.view().meeting.title, "b");
    first.vanish().await;
    for title in ["c", "d", "e", "f", "g"] {
        venue.ask(titled(title)).await;
    }
    first.come(&venue).await;
    assert!(!first.resumed, "five do not");
    first.check(&venue).await;
}

#[tokio::test]
async fn a_command_sent_again_takes_effect_once_whatever_the_store_does() {
    let mut venue = Venue::quiet(tiny()).await;
    let mut first = Person::enter(&venue, PersonId(1)).await;
    for round in 0..10_u32 {
        match round % 3 {
            0 => venue.faults.lose_next_answers(2),
            1 => venue.faults.fail_next_appends(2),
            _ => venue.faults.cut_tails(),
        }
        let number = first.submit(note(&format!("{round}"))).await;
        if round % 2 == 0 {
            first.vanish().await;
            first.come(&venue).await;
        }
        first.outcome(number).await.unwrap();
    }
    assert!(venue.faults.injected_count() > 10);
    first.check(&venue).await;
    assert_eq!(first.view().plenary.notes.len(), 10);
    venue.restart().await;
    let texts = venue.truth(engawa_domain::Viewer::Screen).await.1.unwrap().plenary.notes;
    assert_eq!(texts.len(), 10, "and after a restart");
}

#[tokio::test]
async fn cm5_cm4_while_the_store_is_away_commands_are_refused_views_stay_and_then_it_goes_on() {
    let limits = HubLimits { unavailable_after: Duration::from_millis(100), ..tiny() };
    let mut venue = Venue::quiet(limits).await;
    let late = venue.invite("弘前市 担当A", Role::Participant).await;
    let mut first = Person::enter(&venue, PersonId(1)).await;
    first.ask(note("before")).await.unwrap();
    venue.faults.break_down();
    let number = first.submit(note("meanwhile")).await;
    assert_eq!(first.outcome(number).await, Err(Rejection::Unavailable {}));
    let late = Person::enter(&venue, late).await;
    assert_eq!(late.view().plenary.notes.len(), 1, "views are served");
    venue.faults.heal();
    first.outcomes.remove(&number);
    first.vanish().await;
    first.come(&venue).await;
    // Sent again under its number; the store may need a moment more.
    while first.outcome(number).await == Err(Rejection::Unavailable {}) {
        first.outcomes.remove(&number);
        first.vanish().await;
        first.come(&venue).await;
    }
    first.check(&venue).await;
    assert_eq!(first.view().plenary.notes.len(), 2);
}

#[tokio::test]
async fn a_stalled_store_is_told_within_its_time() {
    let limits = HubLimits { unavailable_after: Duration::from_millis(100), ..tiny() };
    let venue = Venue::quiet(limits).await;
    let mut first = Person::enter(&venue, PersonId(1)).await;
    first.until("arrived", |me| me.view().people[&PersonId(1)].attendance == Attendance::Present).await;
    venue.faults.stall();
    let (one, two) = (first.submit(note("one")).await, first.submit(note("two")).await);
    for number in [one, two] {
        assert_eq!(first.outcome(number).await, Err(Rejection::Unavailable {}));
    }
    venue.faults.release();
    // The first was under way and comes to pass; the second was given up.
    first.until("the first", |me| me.view().plenary.notes.len() == 1).await;
    first.outcome(one).await.expect("its ack comes with its effect, though it had been refused for now");
    first.vanish().await;
    first.outcomes.clear();
    first.come(&venue).await;
    first.outcome(two).await.unwrap();
    first.check(&venue).await;
    assert_eq!(first.view().plenary.notes.len(), 2);
}

#[tokio::test]
async fn a_slow_reader_is_closed_and_nobody_else_notices() {
    let limits = HubLimits { outbox_frames: 2, ..tiny() };
    let mut venue = Venue::quiet(limits).await;
    let slow = venue.invite("弘前市 担当A", Role::Participant).await;
    let mut slow = Person::enter(&venue, slow).await;
    let (sent, mut quick) = (10, Person::enter(&venue, PersonId(1)).await);
    for round in 0..sent {
        quick.ask(note(&format!("{round}"))).await.unwrap();
    }
    assert_eq!(slow.until_closed().await, CloseCode::Slow);
    slow.come(&venue).await;
    slow.check(&venue).await;
    assert_eq!(slow.view().plenary.notes.len(), sent);
    quick.check(&venue).await;
}

#[tokio::test]
async fn ln4_a_revoked_link_ends_its_connections_and_lets_nobody_in() {
    let mut venue = Venue::quiet(tiny()).await;
    let member = venue.invite("弘前市 担当A", Role::Participant).await;
    let mut here = Person::enter(&venue, member).await;
    let mut other = Person::enter(&venue, PersonId(1)).await;
    let old = venue.state.hub.read(venue.meeting, Hub::code_at).await.unwrap();
    venue.ask(RevokeLinks { target: LinkTarget::Person { person: member } }).await;
    assert_eq!(here.until_closed().await, CloseCode::LinkRevoked);
    assert_eq!(here.try_come(&venue).await, Err(CloseCode::LinkRevoked));
    let mut again = Person::enter(&venue, member).await;
    again.check(&venue).await;
    other.check(&venue).await;
    assert_eq!(venue.hub.find_code(old).await, Some(venue.meeting));
    venue.ask(RevokeLinks { target: LinkTarget::Shared { role: Role::Participant } }).await;
    let new = venue.state.hub.read(venue.meeting, Hub::code_at).await.unwrap();
    tokio::time::timeout(PATIENCE, async {
        while venue.hub.find_code(new).await.is_none() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the new code leads here");
    assert_eq!(venue.hub.find_code(old).await, None);
    venue.restart().await;
    assert_eq!(venue.hub.find_code(new).await, Some(venue.meeting), "the code survives a restart");
}

#[tokio::test]
async fn two_devices_of_one_person_number_for_themselves() {
    let venue = Venue::quiet(tiny()).await;
    let mut desk = Person::enter(&venue, PersonId(1)).await;
    let mut phone = Person::enter(&venue, PersonId(1)).await;
    let (one, two) = (desk.submit(note("desk")).await, phone.submit(note("phone")).await);
    assert_eq!(one, two);
    desk.outcome(one).await.unwrap();
    phone.outcome(two).await.unwrap();
    for device in [&mut desk, &mut phone] {
        device.check(&venue).await;
        assert_eq!(device.view().plenary.notes.len(), 2);
        assert_eq!(device.outcomes.len(), 1, "answers go to the device that asked");
    }
}

#[tokio::test]
async fn the_oldest_of_too_many_connections_is_replaced() {
    let limits = HubLimits { connections_per_person: 2, ..tiny() };
    let venue = Venue::quiet(limits).await;
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(Person::enter(&venue, PersonId(1)).await);
    }
    assert_eq!(all.remove(0).until_closed().await, CloseCode::Replaced);
    for device in &mut all {
        device.check(&venue).await;
    }
}

#[tokio::test]
async fn pr3_coming_and_going_is_noted_also_over_a_restart() {
    let mut venue = Venue::quiet(tiny()).await;
    let member = venue.invite("弘前市 担当A", Role::Participant).await;
    let mut first = Person::enter(&venue, PersonId(1)).await;
    let there = move |attendance| move |me: &Person| me.view().people[&member].attendance == attendance;
    let mut someone = Person::enter(&venue, member).await;
    first.until("arrival", there(Attendance::Present)).await;
    someone.vanish().await;
    first.until("departure", there(Attendance::Away)).await;
    someone.come(&venue).await;
    first.until("return", there(Attendance::Present)).await;
    venue.restart().await;
    first.until_closed().await;
    first.come(&venue).await;
    first.until("departure after a restart", there(Attendance::Away)).await;
    first.check(&venue).await;
}

#[tokio::test]
async fn pr1_fr5_presence_tells_who_is_here_to_those_who_see_them() {
    let mut venue = Venue::quiet(tiny()).await;
    let a = venue.invite("弘前市 担当A", Role::Participant).await;
    let b = venue.invite("むつ市 担当A", Role::Participant).await;
    let mut first = Person::enter(&venue, PersonId(1)).await;
    let mut someone = Person::enter(&venue, a).await;
    let mut other = Person::enter(&venue, b).await;
    let knows = |me: &Person, person| me.presence.iter().any(|news| news.online.contains(&person));
    first.until("both", |me| knows(me, a) && knows(me, b)).await;
    someone.until("staff", |me| knows(me, PersonId(1))).await;
    someone.vanish().await;
    first.until("one gone", |me| me.presence.iter().any(|news| news.offline.contains(&a))).await;
    other.until("staff", |me| knows(me, PersonId(1)) && knows(me, b)).await;
    other.check(&venue).await;
    assert!(!knows(&other, a), "somebody of another team in no common room");
}

#[tokio::test]
async fn gestures_reach_those_who_see_the_board_and_nobody_else() {
    let mut venue = Venue::quiet(tiny()).await;
    let member = venue.invite("弘前市 担当A", Role::Participant).await;
    let mut first = Person::enter(&venue, PersonId(1)).await;
    let mut someone = Person::enter(&venue, member).await;
    let gesture = |board| engawa_protocol::ClientFrame::Gesture(Gesture { board, doing: Doing::Typing {} });
    someone.send_frame(&gesture(BoardId(77))).await;
    someone.send_frame(&gesture(BoardId::PLENARY)).await;
    first.until("a gesture", |me| !me.gestures.is_empty()).await;
    assert_eq!(first.gestures[0].board, BoardId::PLENARY);
    assert_eq!(first.gestures[0].person, Some(member));
    someone.vanish().await;
    first.until("its end", |me| me.gestures.iter().any(|g| g.doing == Doing::Nothing {})).await;
}

#[tokio::test]
async fn an_idle_meeting_is_unloaded_and_comes_back_on_demand() {
    let limits = HubLimits {
        unload_after: Duration::from_millis(1),
        departure_after: Duration::from_millis(1),
        ..tiny()
    };
    let mut venue = Venue::quiet(limits).await;
    for round in 0..5 {
        venue.ask(Announce { text: format!("{round}") }).await;
        let mut first = Person::enter(&venue, PersonId(1)).await;
        first.check(&venue).await;
        assert_eq!(first.view().announcements.len(), round + 1);
        first.vanish().await;
    }
}

#[tokio::test]
async fn a_deleted_meeting_closes_its_doors() {
    let venue = Venue::quiet(tiny()).await;
    let mut first = Person::enter(&venue, PersonId(1)).await;
    venue.hub.delete(venue.meeting, DeletionReason::Asked).await.unwrap();
    assert_eq!(first.until_closed().await, CloseCode::MeetingGone);
    assert_eq!(first.try_come(&venue).await, Err(CloseCode::MeetingGone));
    let gone = venue.hub.read(venue.meeting, |_, _| ()).await;
    assert!(matches!(gone, Err(engawa_server::hub::HubError::Gone)));
}
