//! Changes of this area: decided, complete, and such that making them cannot fail.

use super::Series;

/// A decided change.
#[derive(Debug)]
pub(crate) enum Change {
    /// This is kept of earlier meetings from now on.
    Keep(Series),
}
