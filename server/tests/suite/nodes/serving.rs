//! A client may come back to any node at any time; what is revoked, deleted or forgotten on one is so on all.

use std::time::Duration;

use engawa_domain::Viewer;
use engawa_protocol::command::{
    AddPoster, AddTeam, Announce, CastBallot, CloseVote, OpenVote, RevokeLinks, SetKeepUntil,
};
use engawa_protocol::http::{CommandReply, CommandRequest};
use engawa_protocol::keeping::DeletionReason;
use engawa_protocol::view::VotePhase;
use engawa_protocol::{
    ClientSeq, CloseCode, DeviceId, LinkTarget, PersonId, PosterId, Role, TeamId, Timestamp,
};
use engawa_server::auth::LinkGrant;
use engawa_server::hub::{Hub, HubError, HubLimits};
use engawa_server::limits::EARLY_MAX;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{Nodes, limits};
use crate::support::http::request;
use crate::support::redis::until;
use crate::support::{Person, note};

const MOVES: usize = 12;
const SEED: u64 = 0x3_0de5;

/// People who write and move between nodes in the middle of it, with commands on their way.
async fn wander(mut nodes: Nodes) {
    nodes.listen().await;
    let mut random = StdRng::seed_from_u64(SEED);
    let mut people = vec![Person::enter(&nodes.venues[0], PersonId(1)).await];
    for (index, name) in ["幹事 1", "幹事 2"].into_iter().enumerate() {
        let person = nodes.venues[0].invite(name, Role::Facilitator).await;
        // The other nodes may be a moment behind the one that has put them on the roster.
        let (position, _) = nodes.venues[0].truth(Viewer::Screen).await;
        let venue = &nodes.venues[index + 1];
        until("the node has caught up", async || {
            (venue.truth(Viewer::Screen).await.0.seq >= position.seq).then_some(())
        })
        .await;
        people.push(Person::enter(venue, person).await);
    }
    let mut written = 0;
    for round in 0..MOVES {
        for (name, person) in people.iter_mut().enumerate() {
            for part in 0..2 {
                person.submit(note(&format!("{name}-{round}-{part}"))).await;
                written += 1;
            }
            if random.random_bool(0.5) {
                // Leaves with everything on its way; otherwise with the first outcome in hand.
                person.vanish().await;
            } else {
                let first = ClientSeq(person.last_number.0 - 1);
                person.outcome(first).await.unwrap();
                person.vanish().await;
            }
            let venue = &nodes.venues[random.random_range(0..3)];
            person.come(venue).await;
        }
    }
    for person in &mut people {
        for number in 1..=person.last_number.0 {
            person.outcome(ClientSeq(number)).await.unwrap();
        }
        assert!(person.pending.is_empty());
    }
    by_http(&nodes, &people[1]).await;
    for person in &mut people {
        for venue in &nodes.venues {
            person.check(venue).await;
        }
        assert_eq!(person.view().plenary.notes.len(), written + 1);
        assert_eq!(person.views, 1, "every return went on from the position held");
    }
}

/// The same command over HTTP on each node has one outcome.
async fn by_http(nodes: &Nodes, person: &Person) {
    let asked = CommandRequest {
        device: DeviceId(Uuid::new_v4()),
        client_seq: ClientSeq(1),
        command: note("over HTTP").into(),
    };
    let body = serde_json::to_string(&asked).unwrap();
    let mut replies = Vec::new();
    for venue in &nodes.venues {
        let address = venue.address.unwrap().to_string();
        let (status, reply) =
            request(&address, "POST", "/api/commands", Some(&person.token), &body).await.unwrap();
        assert_eq!(status, 200, "{reply}");
        replies.push(serde_json::from_str::<CommandReply>(&reply).unwrap());
    }
    assert!(matches!(replies[0], CommandReply::Accepted { .. }), "{replies:?}");
    assert!(replies.iter().all(|reply| *reply == replies[0]), "{replies:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rs5_people_wander_between_nodes_in_memory() {
    wander(Nodes::in_memory(limits()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rs5_people_wander_between_nodes_on_redis() {
    wander(Nodes::on_redis(limits()).await).await;
}

/// Links, codes, the vote's end and the meeting's end, each asked for on one node and true on all.
async fn endings(mut nodes: Nodes) {
    let member = nodes.venues[0].invite("むつ市 担当A", Role::Participant).await;
    let office = nodes.venues[0].invite("集計 1", Role::Secretariat).await;
    let team = TeamId(nodes.venues[0].ask(AddTeam { name: "弘前市".into(), region: None }).await.unwrap());
    let poster = AddPoster { team, title: "対話".into(), summary: String::new(), file: None };
    let poster = PosterId(nodes.venues[0].ask(poster).await.unwrap());
    let mut first = Person::enter(&nodes.venues[0], PersonId(1)).await;
    let (position, _) = nodes.venues[0].truth(Viewer::Screen).await;
    for venue in &nodes.venues {
        let caught_up = async || (venue.truth(Viewer::Screen).await.0.seq >= position.seq).then_some(());
        until("the node has caught up", caught_up).await;
    }

    // A code made on one node works on the others, and ends on all.
    let old = nodes.venues[0].hub.read(nodes.venues[0].meeting, Hub::code_at).await.unwrap();
    assert_eq!(nodes.venues[1].hub.find_code(old).await, Some(nodes.venues[1].meeting));
    nodes.venues[0].ask(RevokeLinks { target: LinkTarget::Shared { role: Role::Participant } }).await;
    let new = nodes.venues[0].hub.read(nodes.venues[0].meeting, Hub::code_at).await.unwrap();
    assert_ne!(old, new);
    for venue in &nodes.venues {
        until("the new code", async || venue.hub.find_code(new).await).await;
        assert_eq!(venue.hub.find_code(old).await, None);
    }
    let another = nodes.venues[2].hub.create("別の会".into(), engawa_protocol::Language::Ja, "進行 2".into());
    let another = another.await.unwrap();
    let code = nodes.venues[2].hub.read(another, Hub::code_at).await.unwrap();
    assert_eq!(nodes.venues[0].hub.find_code(code).await, Some(another), "made a moment ago, elsewhere");

    // A closed vote is forgotten whoever closes it.
    let mut voter = Person::enter(&nodes.venues[1], member).await;
    let mut office = Person::enter(&nodes.venues[2], office).await;
    office.ask(OpenVote {}).await.unwrap();
    voter.until("the vote", |me| matches!(me.view().vote.phase, VotePhase::Open { .. })).await;
    voter.ask(CastBallot { choices: vec![poster] }).await.unwrap();
    office.ask(CloseVote {}).await.unwrap();
    let closed = office.position.unwrap();
    until("the log is purged up to the close", async || {
        let head = nodes.venues[0].hub.store().head(nodes.venues[0].meeting).await.unwrap();
        (head.floor.seq >= closed.seq).then_some(())
    })
    .await;
    for person in [&mut first, &mut voter, &mut office] {
        for venue in &nodes.venues {
            person.check(venue).await;
        }
    }

    // A link revoked through one node closes its connections on another.
    nodes.venues[0].ask(RevokeLinks { target: LinkTarget::Person { person: member } }).await;
    assert_eq!(voter.until_closed().await, CloseCode::LinkRevoked);

    // A meeting past its date is deleted by whichever node looks first, and ends on all.
    let due = Timestamp(nodes.venues[0].hub.clock().now().0 + 500);
    nodes.venues[0].ask(SetKeepUntil { keep_until: Some(due) }).await;
    let venue = &nodes.venues[2];
    until("deleted once its time has come", async || {
        venue.hub.sweep().await;
        matches!(venue.hub.read(venue.meeting, |_, _| ()).await, Err(HubError::Gone)).then_some(())
    })
    .await;
    assert_eq!(first.until_closed().await, CloseCode::MeetingGone);
    assert_eq!(office.until_closed().await, CloseCode::MeetingGone);
    for venue in &nodes.venues {
        until("gone everywhere", async || {
            matches!(venue.hub.read(venue.meeting, |_, _| ()).await, Err(HubError::Gone)).then_some(())
        })
        .await;
    }
    nodes.venues[1].hub.delete(another, DeletionReason::Asked).await.unwrap();
    let hub = &nodes.venues[0].hub;
    until("the code leads nowhere", async || hub.find_code(code).await.is_none().then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ln4_endings_hold_on_every_node_in_memory() {
    endings(Nodes::in_memory(limits()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ln4_endings_hold_on_every_node_on_redis() {
    endings(Nodes::on_redis(limits()).await).await;
}

/// Each node gives a person their pace: what the limits promise holds on every one of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cm7_a_pace_holds_on_each_node_by_itself() {
    let limits = HubLimits { commands_per_second: 1, commands_burst: 2, ..limits() };
    let nodes = Nodes::in_memory(limits).await;
    let grant = nodes.venues[0].grant(PersonId(1)).await.grant;
    let device = DeviceId(Uuid::new_v4());
    let mut number = 0;
    for venue in &nodes.venues {
        let mut taken = 0;
        let refused = loop {
            number += 1;
            let asked = (device, ClientSeq(number), note("quick").into());
            match venue.hub.call(venue.meeting, grant, asked).await {
                Ok(_) => taken += 1,
                Err(error) => break error,
            }
            assert!(taken < 20, "a pace is kept");
        };
        assert!(matches!(refused, HubError::TooFast), "{refused}");
        assert!(taken >= 2, "the burst is there on every node");
    }
}

/// Whose link this node does not know yet waits for the log; beyond so many, the next is decided by what is known.
#[tokio::test(start_paused = true)]
async fn so_many_wait_for_the_log_and_the_next_is_decided_at_once() {
    let limits = HubLimits { catch_up_wait: Duration::from_secs(1), ..limits() };
    let nodes = Nodes::in_memory(limits.clone()).await;
    let venue = &nodes.venues[0];
    let unknown = LinkGrant::personal(venue.meeting, Role::Participant, PersonId(9_999), 0).grant;
    let (mut asking, from) = (JoinSet::new(), tokio::time::Instant::now());
    for number in 0..=EARLY_MAX {
        let (hub, meeting) = (venue.hub.clone(), venue.meeting);
        let asked =
            (DeviceId(Uuid::from_u128(number as u128)), ClientSeq(1), Announce { text: "x".into() }.into());
        asking.spawn(async move {
            let outcome = hub.call_unpaced(meeting, unknown, asked).await;
            assert!(matches!(outcome, Err(HubError::Revoked)), "{outcome:?}");
            from.elapsed()
        });
    }
    let waited = asking.join_all().await;
    let at_once = waited.iter().filter(|waited| **waited < limits.catch_up_wait).count();
    assert_eq!((waited.len(), at_once), (EARLY_MAX + 1, 1));
}
