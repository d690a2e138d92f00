//! A room's call for help: called by one, claimed by one, cleared.

use engawa_protocol::view::HelpState;
use engawa_protocol::{Command, PersonId, Rejection};
use todc_utils::specifications::Specification;

use super::{Act, Reply, reply};
use crate::history::{Operation, Seen};

/// A room's call as an object.
#[derive(Debug)]
pub(super) struct Help;

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum State {
    Quiet,
    Called { by: PersonId },
    Claimed { by: PersonId },
}

/// What happens to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Op {
    Call { by: PersonId, answer: Answer },
    Claim { by: PersonId, answer: Answer },
    Clear { answer: Answer },
    Read(State),
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    /// Somebody has called already.
    AlreadyCalled,
    /// This one has claimed it already.
    ClaimedBy(PersonId),
    /// Nobody calls.
    NotCalled,
    /// A no that says nothing of the call.
    Otherwise,
    Unknown,
}

/// What an operation did to its room's call.
pub(super) fn acts(operation: &Operation) -> Vec<Act<Op>> {
    let by = PersonId(operation.person);
    let answer = match reply(operation) {
        Reply::Unknown => Answer::Unknown,
        Reply::Done => Answer::Done,
        Reply::Refused(Rejection::HelpAlreadyCalled {}) => Answer::AlreadyCalled,
        Reply::Refused(Rejection::HelpAlreadyClaimed { by }) => Answer::ClaimedBy(*by),
        Reply::Refused(Rejection::AlreadySo {}) => Answer::ClaimedBy(by),
        Reply::Refused(Rejection::HelpNotCalled {}) => Answer::NotCalled,
        Reply::Refused(_) => Answer::Otherwise,
    };
    let what = match &operation.command {
        Command::CallHelp(_) => Op::Call { by, answer },
        Command::ClaimHelp(_) => Op::Claim { by, answer },
        Command::ClearHelp(_) => Op::Clear { answer },
        _ => return Vec::new(),
    };
    let invoked = operation.invoked;
    let returned = operation.outcome.as_ref().map(|outcome| outcome.returned);
    let mut acts = vec![Act { invoked, returned, what }];
    if let Some(Seen::Help(help)) = operation.outcome.as_ref().and_then(|outcome| outcome.seen.clone()) {
        let state = match help {
            HelpState::Quiet {} => State::Quiet,
            HelpState::Called { by, .. } => State::Called { by },
            HelpState::Claimed { by, .. } => State::Claimed { by },
        };
        acts.push(Act { invoked, returned, what: Op::Read(state) });
    }
    acts
}

impl Specification for Help {
    type State = State;
    type Operation = Op;

    fn init() -> State {
        State::Quiet
    }

    fn apply(op: &Op, state: &State) -> (bool, State) {
        let (fits, next) = match op {
            Op::Read(seen) => return (seen == state, *state),
            Op::Call { by, .. } => (*state == State::Quiet, State::Called { by: *by }),
            Op::Claim { by, .. } => (matches!(state, State::Called { .. }), State::Claimed { by: *by }),
            Op::Clear { .. } => (*state != State::Quiet, State::Quiet),
        };
        let (Op::Call { answer, .. } | Op::Claim { answer, .. } | Op::Clear { answer }) = op else {
            return (false, *state);
        };
        match answer {
            Answer::Done => (fits, if fits { next } else { *state }),
            Answer::Unknown => (true, if fits { next } else { *state }),
            Answer::AlreadyCalled => (*state != State::Quiet, *state),
            Answer::ClaimedBy(by) => (*state == State::Claimed { by: *by }, *state),
            Answer::NotCalled => (*state == State::Quiet, *state),
            Answer::Otherwise => (true, *state),
        }
    }
}
