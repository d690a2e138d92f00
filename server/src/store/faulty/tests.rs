//! The faults that the wrapper injects are the ones it was asked for.

use std::sync::Arc;

use bytes::Bytes;
use uuid::Uuid;

use super::*;
use crate::clock::ManualClock;
use crate::store::Timestamp;
use crate::store::memory::MemoryStore;

const MEETING: MeetingId = MeetingId(Uuid::from_u128(1));

async fn faulty(plan: FaultPlan) -> FaultyStore {
    let inner = Arc::new(MemoryStore::new(Arc::new(ManualClock::new(Timestamp(1)))));
    inner.create(MEETING, Bytes::from_static(b"first")).await.unwrap();
    FaultyStore::new(inner, plan)
}

async fn append(store: &FaultyStore) -> Result<Appended, StoreError> {
    store.append(MEETING, Epoch(1), vec![Bytes::from_static(b"x")]).await
}

async fn last(store: &FaultyStore) -> u64 {
    store.inner.head(MEETING).await.unwrap().last.seq.0
}

#[tokio::test]
async fn failed_appends_change_nothing_and_lost_answers_everything() {
    let store = faulty(FaultPlan::default()).await;
    store.fail_next_appends(1);
    store.lose_next_answers(2);
    assert!(matches!(append(&store).await, Err(StoreError::Unavailable { .. })));
    assert_eq!(last(&store).await, 1);
    assert!(matches!(append(&store).await, Err(StoreError::OutcomeUnknown { .. })));
    assert!(matches!(append(&store).await, Err(StoreError::OutcomeUnknown { .. })));
    assert_eq!(last(&store).await, 3);
    assert_eq!(append(&store).await.unwrap().first.seq, Seq(4));
    assert_eq!(store.injected_count(), 3);
}

#[tokio::test]
async fn stalled_writes_wait_for_release() {
    let store = Arc::new(faulty(FaultPlan::default()).await);
    store.stall();
    let appending = tokio::spawn({
        let store = Arc::clone(&store);
        async move { append(&store).await }
    });
    store.until_stalled(1).await;
    assert_eq!(last(&store).await, 1);
    store.release();
    assert_eq!(appending.await.unwrap().unwrap().first.seq, Seq(2));
}

#[tokio::test]
async fn a_break_down_refuses_all_and_cuts_tails_until_healed() {
    let store = faulty(FaultPlan::default()).await;
    let after = Position { epoch: Epoch(1), seq: Seq(1) };
    let mut tail = store.tail(MEETING, after).await.unwrap();
    store.break_down();
    assert!(append(&store).await.unwrap_err().is_retryable());
    assert!(store.head(MEETING).await.unwrap_err().is_retryable());
    assert!(matches!(tail.next().await, Err(TailEnd::Failed(error)) if error.is_retryable()));
    store.heal();
    append(&store).await.unwrap();
}

#[tokio::test]
async fn the_same_seed_gives_the_same_faults() {
    let plan =
        FaultPlan { seed: 7, fail_write_permille: 300, lose_answer_permille: 300, ..FaultPlan::default() };
    let mut runs = Vec::new();
    for _ in 0..2 {
        let store = faulty(plan).await;
        let mut outcomes = Vec::new();
        for _ in 0..64 {
            outcomes.push(append(&store).await);
        }
        runs.push(outcomes);
    }
    assert_eq!(runs[0], runs[1]);
    for wanted in ["Unavailable", "OutcomeUnknown", "Ok"] {
        assert!(runs[0].iter().any(|outcome| format!("{outcome:?}").contains(wanted)), "no {wanted} in 64");
    }
}
