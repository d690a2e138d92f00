//! A deleted meeting stays deleted, whoever slept through it and whatever Redis has lost.

use engawa_protocol::keeping::DeletionReason;
use engawa_server::hub::HubError;
use engawa_server::store::{Store, StoreError};

use super::{brisk, store, two_nodes, until_shows};
use crate::support::redis::{Redis, text, until};
use crate::support::{Venue, note};

async fn until_gone(venue: &Venue) {
    until("the meeting is gone", async || {
        let read = venue.hub.read(venue.meeting, |_, _| ()).await;
        matches!(read, Err(HubError::Gone)).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sleeper_does_not_bring_a_deleted_meeting_back() {
    for loses_everything in [false, true] {
        let mut redis = Redis::durable();
        let (mut one, sleeper) = two_nodes(&redis, brisk()).await;
        one.insist(note("secret")).await;
        until_shows(&sleeper, "the other follows", vec!["secret".into()]).await;
        sleeper.faults.break_down();
        one.hub.delete(one.meeting, DeletionReason::Asked).await.unwrap();
        until_gone(&one).await;
        if loses_everything {
            redis.lose_everything();
            // As every node does all the time.
            until("the deletion is said again", async || one.hub.store().health().await.ok()).await;
        }
        sleeper.faults.heal();
        until_gone(&sleeper).await;
        // Nothing of what was in it remains: its id, and when.
        let left = redis.cli(&["keys", "engawa:{*"]);
        assert_eq!(left, format!("engawa:{{{}}}:deleted", one.meeting.0.simple()));
        let value = redis.cli(&["get", &left]);
        assert!(value.parse::<u64>().is_ok(), "{value}");
        assert!(redis.cli(&["pttl", &left]).parse::<u64>().is_ok_and(|ms| ms > 6 * 86_400_000));
    }
}

/// Redis comes back from before the deletion.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_deletion_is_said_again() {
    let mut redis = Redis::durable();
    let (mut one, other) = two_nodes(&redis, brisk()).await;
    one.insist(note("secret")).await;
    until_shows(&other, "the other follows", vec!["secret".into()]).await;
    redis.back_up();
    one.hub.delete(one.meeting, DeletionReason::Asked).await.unwrap();
    until_gone(&other).await;
    redis.lose_since_backup();
    let third = store(&redis).await;
    until("it is back", async || third.head(one.meeting).await.ok()).await;
    // The other node has only heard of the deletion.
    until("the deletion is said again", async || other.hub.store().health().await.ok()).await;
    assert_eq!(third.head(one.meeting).await, Err(StoreError::NotFound));
}

/// Whoever puts a backup of a deleted meeting back means it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_meeting_made_anew_after_its_deletion_stays() {
    let redis = Redis::durable();
    let store = store(&redis).await;
    let meeting = crate::support::redis::meeting(1);
    store.create(meeting, text("first")).await.unwrap();
    store.delete(meeting).await.unwrap();
    // Redis counts in milliseconds.
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    store.create(meeting, text("first")).await.unwrap();
    store.health().await.unwrap();
    assert_eq!(store.head(meeting).await.unwrap().last.seq.0, 1);
}
