//! Changes of this area: decided, complete, and such that making them cannot fail.

/// A decided change.
#[derive(Debug)]
pub(crate) enum Change {}
