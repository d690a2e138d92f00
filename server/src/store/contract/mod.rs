//! What every store promises, as tests: one function per promise, run by `server/tests/suite/store/contract.rs`
//! against each store, plain and behind a [`super::faulty::FaultyStore`].
//!
//! A new store implements [`Bench`] and lists itself with [`crate::store_contract!`]; it may not skip a promise.
//!
//! What holds under faults: entries are dense, in order, whole batches, never lost once acknowledged. What
//! does not: an append whose answer was lost is tried again by its caller and may then stand in the log twice
//! ([`Delivery::AtLeastOnce`]); the functions here tell their entries apart by markers and ask for exactly once
//! only where the bench promises it. Every other write is safe to repeat.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test suite fails by panicking")]

mod log;
mod removal;
mod snapshots;
mod support;
mod tails;

use std::sync::Arc;

use futures_util::future::BoxFuture;

pub use self::log::*;
pub use self::removal::*;
pub use self::snapshots::*;
pub use self::tails::*;
use super::Store;
use crate::clock::ManualClock;

/// How often an append that was tried until it was acknowledged stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Once: the store never loses an answer.
    ExactlyOnce,
    /// Once or more.
    AtLeastOnce,
}

/// A place where a store can be tried out. Each promise gets a bench of its own, empty.
pub trait Bench: Send + Sync {
    /// Opens the store. Called again after the store it gave has been closed, it must come back with what was
    /// stored.
    fn open(&self) -> BoxFuture<'_, Arc<dyn Store>>;

    /// The clock that the store stamps with, if the bench can set it.
    fn clock(&self) -> Option<&ManualClock>;

    /// How often an acknowledged append stands in the log.
    fn delivery(&self) -> Delivery;
}

/// Makes a module of tests out of the contract: one test per promise, each on a new bench.
///
/// `store_contract!(memory, MemoryBench::new());`
#[macro_export]
macro_rules! store_contract {
    ($name:ident, $bench:expr) => {
        $crate::store_contract!(@each $name, $bench,
            st01_create_begins_at_one_and_refuses_an_existing_meeting,
            st02_unknown_meeting_is_refused_everywhere,
            st03_positions_are_dense_and_payloads_come_back_byte_for_byte,
            st04_batches_of_concurrent_appenders_stay_whole,
            st05_time_never_goes_back,
            st06_empty_batch_is_refused,
            st07_bounds_hold_exactly,
            st08_a_wrong_epoch_is_refused,
            st09_reads_give_ranges_and_know_the_end,
            st10_meetings_do_not_touch_each_other,
            st11_meetings_are_listed_in_pages,
            st12_everything_is_there_after_reopening,
            st13_a_closed_store_refuses_everything,
            st20_tail_gives_the_stored_then_the_live,
            st21_tails_have_no_gap_under_concurrent_appends,
            st22_a_tail_far_behind_catches_up,
            st23_a_tail_resumes_across_a_restart,
            st24_tails_refuse_positions_off_the_log,
            st25_a_tail_whose_entries_are_trimmed_says_so,
            st26_dropped_tails_leave_the_others_alone,
            st30_a_snapshot_comes_back_as_it_was_put,
            st31_the_newest_and_the_one_before_are_kept,
            st32_an_older_snapshot_does_not_replace_a_newer,
            st33_a_snapshot_beyond_the_log_is_refused,
            st34_trim_removes_what_the_previous_snapshot_stands_for,
            st35_largest_snapshot_and_one_byte_more,
            st40_purge_needs_a_snapshot_that_covers_it,
            st41_purge_leaves_the_newest_snapshot_and_what_follows,
            st42_a_new_epoch_gives_up_the_history,
            st43_delete_leaves_nothing,
        );
    };
    (@each $name:ident, $bench:expr, $($promise:ident),* $(,)?) => {
        mod $name {
            #[allow(unused_imports, reason = "a bench may be a literal")]
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $promise() {
                    $crate::store::contract::$promise(&$bench).await;
                }
            )*
        }
    };
}
