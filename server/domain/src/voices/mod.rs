//! State of announcements, pulses and the questionnaire.

mod change;
mod decide;
mod evolve;
mod project;

use serde::{Deserialize, Serialize};

pub(crate) use change::Change;
pub(crate) use decide::*;
pub(crate) use evolve::evolve;
pub(crate) use project::*;

/// Announcements.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Announcements {}

/// Pulses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pulses {}

/// The questionnaire.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Questionnaire {}
