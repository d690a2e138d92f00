//! Histories that part, and become one again.

use engawa_domain::{Admission, Viewer, admit};
use engawa_protocol::command::{EditNote, JoinAs, JoinMeeting};
use engawa_protocol::http::CommandReply;
use engawa_protocol::{BoardId, ClientSeq, CloseCode, DeviceId, Epoch, NoteColor, NoteId, PersonId, Role};
use engawa_server::auth::LinkGrant;
use engawa_server::hub::{HubError, HubLimits};
use uuid::Uuid;

use super::{brisk, named, store, two_nodes, until_agreed, until_shows};
use crate::support::redis::Redis;
use crate::support::{Person, Venue, note};

async fn write(venue: &mut Venue, name: &str, count: usize) {
    for text in named(name, count) {
        venue.insist(note(&text)).await;
    }
}

fn edit(id: u32, text: &str) -> EditNote {
    let (text, color) = (text.into(), NoteColor::Yellow);
    EditNote { board: BoardId::PLENARY, note: NoteId(id), base_version: 1, text, color }
}

/// Redis comes back with nothing: the node puts the meeting back, people are told by a new epoch, a node that has never
/// had the meeting finds it, and writing goes on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_redis_is_filled_from_memory() {
    let mut redis = Redis::durable();
    let (mut one, other) = two_nodes(&redis, brisk()).await;
    let mut someone = Person::enter(&other, PersonId(1)).await;
    write(&mut one, "a", 6).await;
    until_shows(&other, "the other node follows", named("a", 6)).await;
    redis.lose_everything();
    assert_eq!(someone.until_closed().await, CloseCode::EpochChanged);
    someone.position = None;
    someone.come(&other).await;
    assert_eq!(someone.position.unwrap().epoch, Epoch(2));
    let third = one.beside(store(&redis).await);
    for node in [&one, &other, &third] {
        until_shows(node, "nothing is lost", named("a", 6)).await;
    }
    someone.ask(note("on")).await.unwrap();
    someone.check(&other).await;
    until_agreed([&one, &third]).await;
}

/// A node that has never had the meeting is asked for it before any other has put it back: it waits, and does not take
/// it for deleted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_about_to_be_put_back_is_not_taken_for_deleted() {
    let mut redis = Redis::durable();
    let (mut one, other) = two_nodes(&redis, brisk()).await;
    write(&mut one, "a", 3).await;
    one.faults.break_down();
    other.faults.break_down();
    redis.lose_everything();
    let third = one.beside(store(&redis).await);
    let asked = tokio::spawn(async move { third.texts().await });
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    one.faults.heal();
    assert_eq!(asked.await.unwrap().expect("the meeting").1, named("a", 3));
}

/// Two nodes hold lost histories of different length: the longer one wins, whether or not the log has snapshots.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_longest_history_wins() {
    for snapshot_entries in [3, 500] {
        let mut redis = Redis::durable();
        let (mut one, other) = two_nodes(&redis, HubLimits { snapshot_entries, ..brisk() }).await;
        write(&mut one, "a", 3).await;
        redis.back_up();
        write(&mut one, "b", 4).await;
        until_shows(&other, "the other follows", [named("a", 3), named("b", 4)].concat()).await;
        other.faults.break_down();
        write(&mut one, "c", 3).await;
        redis.lose_since_backup();
        other.faults.heal();
        for node in [&one, &other] {
            let all = [named("a", 3), named("b", 4), named("c", 3)].concat();
            until_shows(node, "all of it is back", all).await;
        }
        until_agreed([&one, &other]).await;
        assert_eq!(one.texts().await.unwrap().0.epoch, Epoch(2));
    }
}

/// While a node sleeps with entries that Redis has lost, another goes on from the shorter log. When the sleeper wakes,
/// both histories become one: the longer one as it is, the other's commands decided again after it, each once. What names
/// a thing that came into being on the losing side is left out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_sides_of_a_fork_are_kept() {
    for (slept_on, went_on) in [(6, 2), (2, 6)] {
        let mut redis = Redis::durable();
        let (mut awake, mut sleeper) = two_nodes(&redis, brisk()).await;
        write(&mut awake, "a", 3).await;
        until_shows(&sleeper, "the other follows", named("a", 3)).await;
        redis.back_up();
        awake.faults.break_down();
        write(&mut sleeper, "s", slept_on).await;
        sleeper.faults.break_down();
        redis.lose_since_backup();
        awake.faults.heal();
        write(&mut awake, "w", went_on).await;
        // On the one side an old note, known to both; on the other a note of its own, whose number the sleeper has
        // given to another.
        awake.insist(edit(1, "a1 edited")).await;
        let own = awake.insist(note("own")).await.unwrap();
        awake.insist(edit(own, "own edited")).await;
        sleeper.faults.heal();
        let own = if slept_on > went_on + 3 { "own" } else { "own edited" };
        let mut all = [named("a", 3), named("s", slept_on), named("w", went_on), vec![own.into()]].concat();
        all[0] = "a1 edited".into();
        for node in [&awake, &sleeper] {
            until_shows(node, "both sides", all.clone()).await;
        }
        until_agreed([&awake, &sleeper]).await;
        write(&mut sleeper, "z", 1).await;
        all.extend(named("z", 1));
        until_shows(&awake, "and on it goes", all).await;
    }
}

/// A node slept through the loss and the healing, and holds more than the node that healed: what it holds beyond is
/// decided again when it wakes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_sleeper_brings_what_the_others_never_had() {
    let mut redis = Redis::durable();
    let (mut awake, mut sleeper) = two_nodes(&redis, brisk()).await;
    write(&mut awake, "a", 2).await;
    redis.back_up();
    write(&mut awake, "b", 2).await;
    until_shows(&sleeper, "the other follows", [named("a", 2), named("b", 2)].concat()).await;
    awake.faults.break_down();
    write(&mut sleeper, "s", 3).await;
    sleeper.faults.break_down();
    redis.lose_since_backup();
    awake.faults.heal();
    write(&mut awake, "w", 5).await;
    assert_eq!(awake.texts().await.unwrap().0.epoch, Epoch(2), "healed without the sleeper");
    sleeper.faults.heal();
    let all = [named("a", 2), named("b", 2), named("s", 3), named("w", 5)].concat();
    for node in [&awake, &sleeper] {
        until_shows(node, "all four", all.clone()).await;
    }
    until_agreed([&awake, &sleeper]).await;
}

/// Joins by the shared link with a name; gives the link that comes of it.
async fn join(venue: &Venue, device: DeviceId, number: u64, name: &str) -> LinkGrant {
    let shared = LinkGrant::shared(venue.meeting, Role::Participant, 0).grant;
    let command = JoinMeeting { join: JoinAs::Named { name: name.into(), team: None } };
    let asked = (device, ClientSeq(number), command.into());
    let id = crate::support::redis::until("joined", async || {
        match venue.hub.call_unpaced(venue.meeting, shared, asked.clone()).await {
            Ok(CommandReply::Accepted { created, .. }) => created,
            Ok(CommandReply::Rejected { rejection }) if rejection.is_retryable() => None,
            Err(HubError::Unavailable(_)) => None,
            other => panic!("{other:?}"),
        }
    })
    .await;
    venue.grant(PersonId(id)).await
}

/// Two people join with their names on the two sides of a fork and are given the same number. Whoever keeps it, the other's
/// link opens nothing any more, least of all the first one's place; joining again gives them a place of their own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_joined_on_the_losing_side_does_not_become_somebody_else() {
    let mut redis = Redis::durable();
    let (mut awake, mut sleeper) = two_nodes(&redis, brisk()).await;
    write(&mut awake, "a", 2).await;
    until_shows(&sleeper, "the other follows", named("a", 2)).await;
    redis.back_up();
    awake.faults.break_down();
    let [first, second] = [Uuid::new_v4(), Uuid::new_v4()].map(DeviceId);
    let slept = join(&sleeper, first, 1, "松本市 担当A").await;
    write(&mut sleeper, "s", 4).await;
    sleeper.faults.break_down();
    redis.lose_since_backup();
    awake.faults.heal();
    let went = join(&awake, second, 1, "弘前市 担当A").await;
    assert_eq!(slept.grant.person, went.grant.person, "the same number on both sides");
    write(&mut awake, "w", 1).await;
    sleeper.faults.heal();
    for node in [&awake, &sleeper] {
        until_shows(node, "both sides", [named("a", 2), named("s", 4), named("w", 1)].concat()).await;
    }
    until_agreed([&awake, &sleeper]).await;
    let grants = [slept.grant, went.grant];
    let admitted = awake.look(move |meeting| grants.map(|grant| admit(meeting, &grant))).await;
    let right = Admission::Viewer(Viewer::Person(slept.grant.person.unwrap()));
    assert_eq!(admitted, [right, Admission::Revoked], "the longer history's person stays");
    let again = join(&awake, second, 2, "弘前市 担当A").await;
    assert_ne!(again.grant.person, slept.grant.person);
    let own = again.grant;
    let (name, opens) = awake
        .look(move |meeting| {
            let person = meeting.roster().person(own.person.unwrap()).map(|person| person.name.clone());
            (person, admit(meeting, &own))
        })
        .await;
    assert_eq!(name.as_deref(), Some("弘前市 担当A"));
    assert_eq!(opens, Admission::Viewer(Viewer::Person(own.person.unwrap())));
}
