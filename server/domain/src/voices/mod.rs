//! What people say beside the boards: announcements to all rooms, the pulse, the questionnaire. Must not know rooms
//! or notes.

mod announcements;
mod change;
mod decide;
mod erase;
mod evolve;
mod project;
mod pulse;
mod questionnaire;

pub(crate) use announcements::Announcements;
pub(crate) use change::Change;
pub(crate) use decide::*;
pub(crate) use erase::erase_person;
pub(crate) use evolve::evolve;
pub(crate) use project::*;
pub(crate) use pulse::Pulses;
pub(crate) use questionnaire::Questionnaire;
