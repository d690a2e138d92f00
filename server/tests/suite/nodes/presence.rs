//! Who is online is the union over nodes; gestures pass between them; what any node could say is said once.

use std::time::Duration;

use engawa_domain::SystemInput;
use engawa_protocol::command::{AddRound, OpenRound};
use engawa_protocol::{
    AuthorDisplay, BoardId, BoardTemplate, ClientFrame, Doing, Gesture, GroupingRule, PersonId, Role,
    RoundId, RoundKind, RoundPhase, RoundPlan,
};
use engawa_server::hub::HubLimits;

use super::{Nodes, is_told_gone, is_told_online, limits};
use crate::support::redis::until;
use crate::support::{Person, titled};

/// Somebody at two nodes is online until they have left both, and comes and goes once in the log.
async fn union(mut nodes: Nodes) {
    let member = nodes.venues[0].invite("弘前市 担当A", Role::Participant).await;
    let mut first = Person::enter(&nodes.venues[0], PersonId(1)).await;
    let mut phone = Person::enter(&nodes.venues[1], member).await;
    let mut desk = Person::enter(&nodes.venues[2], member).await;
    first.until("somebody on another node", is_told_online(member)).await;
    phone.until("staff on another node", is_told_online(PersonId(1))).await;
    let departed = SystemInput::Depart { person: member };
    phone.vanish().await;
    // More than the time after which somebody counts as away, with something going on.
    let began = std::time::Instant::now();
    while began.elapsed() < 4 * limits().departure_after {
        first.ask(titled(&format!("{:?}", began.elapsed()))).await.unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!is_told_gone(member)(&first), "they are still at the desk");
    assert_eq!(nodes.count(&departed).await, 0);
    desk.vanish().await;
    first.until("gone from both", is_told_gone(member)).await;
    until("the departure", async || (nodes.count(&departed).await > 0).then_some(())).await;
    // All three have seen the departure by now, and whoever would have said it again has had the time.
    tokio::time::sleep(3 * patient().place_delay).await;
    assert_eq!(nodes.count(&departed).await, 1, "one node has said it");
    assert_eq!(nodes.count(&SystemInput::Arrive { person: PersonId(1) }).await, 1);
    for venue in &nodes.venues {
        first.check(venue).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pr4_presence_is_the_union_over_nodes_in_memory() {
    union(Nodes::in_memory(patient()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pr4_presence_is_the_union_over_nodes_on_redis() {
    union(Nodes::on_redis(patient()).await).await;
}

/// Gestures reach other nodes by the same rules; what a killed node has left behind expires.
async fn gestures_and_a_killed_node(mut nodes: Nodes) {
    let member = nodes.venues[0].invite("弘前市 担当A", Role::Participant).await;
    let mut first = Person::enter(&nodes.venues[0], PersonId(1)).await;
    let mut near = Person::enter(&nodes.venues[1], PersonId(1)).await;
    let mut someone = Person::enter(&nodes.venues[1], member).await;
    first.until("somebody on another node", is_told_online(member)).await;
    let gesture = |board, doing| ClientFrame::Gesture(Gesture { board, doing });
    someone.send_frame(&gesture(BoardId(77), Doing::Typing {})).await;
    someone.send_frame(&gesture(BoardId::PLENARY, Doing::Typing {})).await;
    first.until("a gesture from another node", |me| !me.gestures.is_empty()).await;
    near.until("a gesture from this node", |me| !me.gestures.is_empty()).await;
    assert_eq!(first.gestures, near.gestures, "the same, and only that of the board they see");
    assert_eq!(first.gestures[0].person, Some(member));
    assert!(someone.gestures.is_empty(), "not to the one who makes it");
    nodes.kill(1).await;
    let ended = |me: &Person| me.gestures.iter().any(|shown| shown.doing == Doing::Nothing {});
    first.until("the gesture ends by itself", ended).await;
    first.until("and so does the presence", is_told_gone(member)).await;
    let departed = SystemInput::Depart { person: member };
    until("the departure", async || (nodes.count(&departed).await == 1).then_some(())).await;
    until("two are left", async || (nodes.venues[0].hub.nodes_known() == 2).then_some(())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pr2_pr5_gestures_and_a_killed_node_in_memory() {
    gestures_and_a_killed_node(Nodes::in_memory(limits()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pr2_pr5_gestures_and_a_killed_node_on_redis() {
    gestures_and_a_killed_node(Nodes::on_redis(limits()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn arrivals_do_not_pile_up_while_the_store_is_slow() {
    let mut nodes = Nodes::in_memory(limits()).await;
    let member = nodes.venues[0].invite("弘前市 担当A", Role::Participant).await;
    let mut first = Person::enter(&nodes.venues[0], PersonId(1)).await;
    first.check(&nodes.venues[0]).await;
    nodes.venues[0].faults.stall();
    for _ in 0..5 {
        let mut someone = Person::enter(&nodes.venues[0], member).await;
        someone.vanish().await;
    }
    let _someone = Person::enter(&nodes.venues[0], member).await;
    nodes.venues[0].faults.release();
    let arrived = SystemInput::Arrive { person: member };
    until("the arrival", async || (nodes.count(&arrived).await > 0).then_some(())).await;
    first.ask(crate::support::note("here")).await.unwrap();
    assert_eq!(nodes.count(&arrived).await, 1);
}

fn short_round() -> RoundPlan {
    RoundPlan {
        kind: RoundKind::Plenary,
        title: "短い回".into(),
        question: String::new(),
        duration_ms: Some(50),
        grouping: GroupingRule::Manual {},
        turn_ms: None,
        template: BoardTemplate::Free,
        authors: AuthorDisplay::Shown,
        countdown_ms: 50,
    }
}

/// Opens a round on one node and waits until it has ended on it.
async fn hold_round(nodes: &mut Nodes, node: usize) {
    let venue = &mut nodes.venues[node];
    let round = RoundId(venue.ask(AddRound { plan: short_round(), before: None }).await.unwrap());
    venue.ask(OpenRound { round }).await;
    until("the round ends", async || {
        let view = venue.truth(engawa_domain::Viewer::Screen).await.1.expect("a view");
        let phase = view.rounds.iter().find(|view| view.id == round).expect("the round").phase;
        matches!(phase, RoundPhase::Ended { .. }).then_some(())
    })
    .await;
}

async fn deadlines(mut nodes: Nodes) {
    for node in [0, 1, 2, 0] {
        hold_round(&mut nodes, node).await;
    }
    // The first in their order has spoken for all. Then it is killed, and the others do not know it yet.
    let order = nodes.in_order();
    nodes.kill(order[0]).await;
    hold_round(&mut nodes, order[2]).await;
    let expiries: Vec<_> = nodes
        .said_by_system()
        .await
        .into_values()
        .filter(|(input, _)| matches!(input, SystemInput::ExpireRound { .. }))
        .collect();
    assert!(expiries.len() >= 5, "every round has ended by its deadline: {expiries:?}");
    for (input, count) in expiries {
        assert_eq!(count, 1, "{input:?}");
    }
}

/// So much time for each place that a busy machine, or a slow disk under Redis, does not make two speak.
fn patient() -> HubLimits {
    HubLimits { place_delay: Duration::from_secs(2), ..limits() }
}

/// And an expiry far away, so that a killed node still counts.
fn unhurried() -> HubLimits {
    HubLimits { announce_expiry: Duration::from_secs(60), ..patient() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadline_is_proposed_once_also_when_the_first_node_is_dead_in_memory() {
    deadlines(Nodes::in_memory(unhurried()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadline_is_proposed_once_also_when_the_first_node_is_dead_on_redis() {
    deadlines(Nodes::on_redis(unhurried()).await).await;
}
