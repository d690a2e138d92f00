//! The meeting as a deterministic state machine fed by one ordered log.
//!
//! Owns every rule of a meeting. Must not know clocks, files, sockets, threads, random sources or randomly
//! ordered maps: the crate is `no_std`, so those names do not exist here. Time, chance and identity arrive with
//! each [`Entry`].
//!
//! The contract, in ten lines:
//! 1. The same entries give the same bytes ([`snapshot`]) on every machine.
//! 2. [`apply`] is the only way to change a [`Meeting`]: authorise → deduplicate → decide (reads) → evolve (cannot fail).
//! 3. A rejection changes nothing but the record that answers a resent command.
//! 4. Every event names its audience; what a viewer may not see is in no event and no view of theirs.
//! 5. `fold(project(before, viewer), events for the viewer) == project(after, viewer)`.
//! 6. Audiences are resolved against the state after the whole entry.
//! 7. Ids are counted per kind, in log order; nothing else names things.
//! 8. Integers only, ordered maps only.
//! 9. Deadlines are data ([`next_deadline`]); expiry is an input, and the first one in the log wins.
//! 10. Rules carry a version ([`RULES_VERSION`]), so that an older log replays to its recorded digest.

#![no_std]

extern crate alloc;

pub mod audience;
pub mod chance;
pub mod entry;
pub mod fold;
pub mod grouping;
pub mod ledger;
pub mod meeting;
pub mod project;
pub mod record;
pub mod snapshot;

mod agenda;
mod apply;
mod authorize;
mod boards;
mod check;
mod context;
mod deadline;
mod decide;
mod dedupe;
mod erasure;
mod posters;
mod references;
mod rooms;
mod roster;
mod series;
mod shared;
mod totals;
mod voices;
mod vote;

pub use apply::{Applied, Outcome, apply, precheck, recall};
pub use audience::{
    Admission, Audience, Emission, Grant, RoleSet, Viewer, ViewerClass, admit, all_viewers, class_of, sees,
};
pub use boards::gesture_audience;
pub use deadline::next_deadline;
pub use entry::{CreateMeeting, Entropy, Entry, Input, Origin, SystemInput};
pub use erasure::{Erasure, Taken, check_erasable};
pub use fold::fold;
pub use meeting::{Meeting, RULES_VERSION};
pub use project::project;
pub use references::{Counts, erased_by, is_ballot, refers_only_to};
pub use series::{
    CarriedMeeting, CarriedPerson, CarriedPoster, CarriedRound, CarriedTeam, CarryOver, Recognised,
    carry_over,
};
pub use snapshot::{decode_snapshot, digest, encode_snapshot};
pub use totals::Totals;
