//! Decisions about announcements, pulse and questionnaire: reads the meeting, gives a change or a rejection.

mod announcements;
mod pulse;
mod questionnaire;

use engawa_protocol::{PersonId, Rejection};

use crate::context::Context;

pub(crate) use announcements::{announce, read_announcement, withdraw_announcement};
pub(crate) use pulse::give_pulse;
pub(crate) use questionnaire::{
    answer_questionnaire, close_questionnaire, open_questionnaire, set_questionnaire,
};

/// The person who asks; only people speak.
fn speaker(cx: &Context) -> Result<PersonId, Rejection> {
    cx.actor.person().ok_or(Rejection::NotPermitted {})
}
