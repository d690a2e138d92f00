//! What operators can see: log lines, metrics, and whether this node is alive and ready.
//!
//! Owns names and formats. It must not know names of people, texts, links or ballots: labels are fixed words of this
//! crate, and none of the functions here takes a text that came from outside.

mod busy;
mod internal;
mod logging;
pub mod metrics;
mod seldom;

pub use busy::measure as measure_busy;
pub use internal::{InternalState, Readiness, internal_router};
pub use logging::{LogFormat, LoggingError, check_filter, init_logging};
pub(crate) use seldom::Seldom;
