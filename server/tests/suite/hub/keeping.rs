//! What a meeting keeps and forgets: bad entries, new epochs, rounds that end by themselves, votes that are forgotten.

use std::sync::Arc;
use std::time::Duration;

use crate::support::venue::tiny;
use crate::support::{PATIENCE, Person, Venue, note, titled};
use engawa_protocol::command::{AddPoster, AddRound, AddTeam, CastBallot, CloseVote, OpenRound, OpenVote};
use engawa_protocol::{
    AuthorDisplay, BoardTemplate, CloseCode, Epoch, GroupingRule, PersonId, Position, PosterId, Rejection,
    Role, RoundId, RoundKind, RoundPhase, RoundPlan, Seq, TeamId,
};
use engawa_server::clock::SystemClock;
use engawa_server::hub::{Hub, HubLimits};
use engawa_server::limits::PACKED_FROM_BYTES;
use engawa_server::packed::unpack;
use engawa_server::store::memory::MemoryStore;
use engawa_server::store::{Snapshot, StateDigest, Store};

#[tokio::test]
async fn an_entry_that_cannot_be_read_parks_the_meeting_and_views_stay() {
    let venue = Venue::quiet(tiny()).await;
    let mut first = Person::enter(&venue, PersonId(1)).await;
    first.ask(note("before")).await.unwrap();
    let position = first.position.unwrap();
    venue.hub.store().append(venue.meeting, position.epoch, vec!["not an entry".into()]).await.unwrap();
    assert_eq!(first.until_closed().await, CloseCode::Faulted);
    // The first time it is loaded anew, the second time it is parked.
    while first.try_come(&venue).await.is_err() {}
    assert_eq!(first.view().plenary.notes.len(), 1);
    assert_eq!(first.ask(note("after")).await, Err(Rejection::Unavailable {}));
}

#[tokio::test]
async fn another_epoch_means_a_fresh_view() {
    let mut venue = Venue::quiet(tiny()).await;
    let mut first = Person::enter(&venue, PersonId(1)).await;
    first.ask(note("kept")).await.unwrap();
    first.check(&venue).await;
    let held = first.position.unwrap();
    let state = venue
        .look(|meeting| {
            (engawa_domain::encode_snapshot(meeting).unwrap(), engawa_domain::digest(meeting).unwrap())
        })
        .await;
    let digest = StateDigest(state.1);
    venue.hub.store().start_epoch(venue.meeting, held.epoch, held.seq, digest, state.0.into()).await.unwrap();
    assert_eq!(first.until_closed().await, CloseCode::EpochChanged);
    first.come(&venue).await;
    assert!(!first.resumed);
    assert_eq!(first.position.unwrap().epoch, held.epoch.next());
    venue.ask(titled("on we go")).await;
    first.check(&venue).await;
}

#[tokio::test]
async fn a_round_ends_by_itself_also_while_nobody_is_there() {
    let limits = HubLimits { unload_after: Duration::from_millis(1), ..tiny() };
    let mut venue = Venue::quiet(limits).await;
    let plan = RoundPlan {
        kind: RoundKind::Plenary,
        title: "短い回".into(),
        question: String::new(),
        duration_ms: Some(50),
        grouping: GroupingRule::Manual {},
        turn_ms: None,
        template: BoardTemplate::Free,
        authors: AuthorDisplay::Shown,
        countdown_ms: 50,
    };
    for _ in 0..2 {
        let round = RoundId(venue.ask(AddRound { plan: plan.clone(), before: None }).await.unwrap());
        venue.faults.fail_next_appends(0);
        venue.ask(OpenRound { round }).await;
        venue.faults.fail_next_appends(2);
        let ended = tokio::time::timeout(PATIENCE, async {
            loop {
                let view = venue.truth(engawa_domain::Viewer::Screen).await.1.unwrap();
                let phase = view.rounds.iter().find(|view| view.id == round).unwrap().phase;
                if matches!(phase, RoundPhase::Ended { .. }) {
                    return;
                }
                tokio::task::yield_now().await;
            }
        });
        ended.await.expect("it ends");
    }
}

#[tokio::test]
async fn after_a_vote_the_log_forgets_who_chose_what() {
    let mut venue = Venue::quiet(tiny()).await;
    let team = TeamId(venue.ask(AddTeam { name: "弘前市".into(), region: None }).await.unwrap());
    let poster = AddPoster { team, title: "対話".into(), summary: String::new(), file: None };
    let poster = PosterId(venue.ask(poster).await.unwrap());
    let member = venue.invite("むつ市 担当A", Role::Participant).await;
    let office = venue.invite("集計 1", Role::Secretariat).await;
    let mut office = Person::enter(&venue, office).await;
    office.ask(OpenVote {}).await.unwrap();
    let mut member = Person::enter(&venue, member).await;
    member.ask(CastBallot { choices: vec![poster] }).await.unwrap();
    office.ask(CloseVote {}).await.unwrap();
    let closed = venue.truth(engawa_domain::Viewer::Screen).await.0;
    let forgotten = tokio::time::timeout(PATIENCE, async {
        while venue.hub.store().head(venue.meeting).await.unwrap().floor.seq < closed.seq {
            tokio::task::yield_now().await;
        }
    });
    forgotten.await.expect("the log is purged up to the close");
    let previous = venue.hub.store().previous_snapshot(venue.meeting).await.unwrap();
    assert_eq!(previous, None, "and so are older snapshots");
    member.check(&venue).await;
    venue.restart().await;
    member.until_closed().await;
    member.come(&venue).await;
    member.check(&venue).await;
}

#[tokio::test]
async fn what_a_killed_node_should_have_forgotten_is_forgotten_at_the_next_load() {
    let mut venue = Venue::quiet(HubLimits::default()).await;
    let start = Position { epoch: Epoch(1), seq: Seq(0) };
    let mut tail = venue.hub.store().tail(venue.meeting, start).await.unwrap();
    let team = TeamId(venue.ask(AddTeam { name: "弘前市".into(), region: None }).await.unwrap());
    venue.ask(AddPoster { team, title: "対話".into(), summary: String::new(), file: None }).await;
    let office = venue.invite("集計 1", Role::Secretariat).await;
    let mut office = Person::enter(&venue, office).await;
    office.ask(OpenVote {}).await.unwrap();
    office.ask(CloseVote {}).await.unwrap();
    let (closed, _) = venue.truth(engawa_domain::Viewer::Screen).await;

    // Another store, as a node leaves it that is killed after the snapshot and before the purge.
    let left: Arc<dyn Store> = Arc::new(MemoryStore::new(Arc::new(SystemClock)));
    let mut meeting = None;
    loop {
        let entry = tail.next().await.unwrap();
        let input = serde_json::from_slice(&entry.payload).unwrap();
        engawa_domain::apply(&mut meeting, &engawa_domain::Entry { seq: entry.seq, at: entry.at, input });
        match entry.seq {
            Seq(1) => left.create(venue.meeting, entry.payload).await.unwrap(),
            _ => left.append(venue.meeting, start.epoch, vec![entry.payload]).await.unwrap(),
        };
        if entry.seq == closed.seq {
            break;
        }
    }
    let meeting = meeting.unwrap();
    let bytes = engawa_domain::encode_snapshot(&meeting).unwrap().into();
    let digest = StateDigest(engawa_domain::digest(&meeting).unwrap());
    left.put_snapshot(venue.meeting, Snapshot { position: closed, digest, bytes }).await.unwrap();
    assert_eq!(left.head(venue.meeting).await.unwrap().floor.seq, Seq(0));

    let next = Hub::new(Arc::clone(&left), Arc::new(SystemClock), HubLimits::default());
    next.read(venue.meeting, |_, _| ()).await.unwrap();
    let forgotten = tokio::time::timeout(PATIENCE, async {
        while left.head(venue.meeting).await.unwrap().floor.seq < closed.seq {
            tokio::task::yield_now().await;
        }
    });
    forgotten.await.expect("the log is purged");
}

#[tokio::test]
async fn a_large_meeting_is_packed_and_comes_back_from_its_snapshot_alone() {
    const LETTERS: usize = 500;
    // Snapshots at goodbye only.
    let limits = HubLimits { snapshot_entries: u64::MAX, ..HubLimits::default() };
    let mut venue = Venue::quiet(limits).await;
    let count = PACKED_FROM_BYTES / (LETTERS * "縁".len()) + 1;
    for index in 0..count {
        let text: String =
            format!("{index:05}").chars().chain("縁側で話す".chars().cycle()).take(LETTERS).collect();
        venue.ask(note(&text)).await;
    }
    let before = venue.texts().await.unwrap();
    venue.restart().await;
    let store = venue.hub.store();
    let snapshot = store.latest_snapshot(venue.meeting).await.unwrap().unwrap();
    assert_eq!(snapshot.position, before.0);
    let state = unpack(&snapshot.bytes).unwrap();
    assert!(snapshot.bytes.len() < PACKED_FROM_BYTES && state.len() > PACKED_FROM_BYTES);
    // Without the entries before it there is nothing else to come back from.
    store.purge(venue.meeting, snapshot.position).await.unwrap();
    assert_eq!(venue.texts().await.unwrap(), before);
    venue.ask(note("and on it goes")).await;
    assert_eq!(venue.texts().await.unwrap().1.len(), count + 1);
}
